import { z } from 'zod';
import { readLines } from './read-lines.ts';

/** The classes, each explained in README.md. */
export const ticketLabels = [
	'account-access',
	'billing',
	'code',
	'compliance',
	'general',
	'hardware',
	'refunds',
	'troubleshooting',
] as const;

const ticketSchema = z
	.strictObject({
		id: z.string().regex(/^t-\d{3}$/),
		/** Who wrote it. All tickets of a writer are in one split. */
		writer: z.string().regex(/^w\d{2}$/),
		split: z.enum(['train', 'dev', 'test']),
		label: z.enum(ticketLabels),
		text: z.string().min(1),
	})
	.readonly();

const outOfScopeTicketSchema = z
	.strictObject({
		id: z.string().regex(/^o-\d{3}$/),
		writer: z.string().regex(/^x\d{2}$/),
		/** Nothing to train on: what is out of scope is not known beforehand. */
		split: z.enum(['dev', 'test']),
		label: z.literal('out-of-scope'),
		text: z.string().min(1),
	})
	.readonly();

/** A message to Tallyport's support with the class of what it asks. */
export type Ticket = z.output<typeof ticketSchema>;
/** A message that belongs to none of the classes. */
export type OutOfScopeTicket = z.output<typeof outOfScopeTicketSchema>;

/** The tickets, in order of their writers. */
export function readTickets(): readonly Ticket[] {
	return readLines('tickets.jsonl', ticketSchema);
}

/** What reaches a support mailbox and is none of its business: spam, job applications, mail for somebody else. */
export function readOutOfScopeTickets(): readonly OutOfScopeTicket[] {
	return readLines('tickets-out-of-scope.jsonl', outOfScopeTicketSchema);
}
