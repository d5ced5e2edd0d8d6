/** Checks the tickets: classes, splits by writer, and that no text is there twice or nearly so. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { jaccard, nearestHeldOut, readHeldOut } from './held-out.ts';
import { type Check as CheckOf, holdsFor } from './holds.ts';
import { type OutOfScopeTicket, readOutOfScopeTickets, readTickets, type Ticket, ticketLabels } from './tickets.ts';

type Tickets = { tickets: readonly Ticket[]; outOfScope: readonly OutOfScopeTicket[] };
type Check = CheckOf<Tickets>;

/** How many tickets each split has. */
const SPLITS: Readonly<Record<string, number>> = { train: 250, dev: 60, test: 90 };
const OUT_OF_SCOPE: Readonly<Record<string, number>> = { dev: 8, test: 12 };
/** The smallest and largest share of a class in a split; eight equal classes would have 12.5 % each. */
const SHARE = { least: 0.09, most: 0.16 };
const WRITERS = { all: 15, train: 8, dev: 3, test: 4 };
/** The most that two tickets may share: Jaccard index of their runs of three words. */
const NEAR_DUPLICATE = 0.3;
const NEAR_QUESTION = 0.5;

const real: Tickets = { tickets: readTickets(), outOfScope: readOutOfScopeTickets() };
const heldOut = readHeldOut();
const holds = holdsFor(real, () => structuredClone(real));

const all = ({ tickets, outOfScope }: Tickets): readonly (Ticket | OutOfScopeTicket)[] => [...tickets, ...outOfScope];

function countBy<T>(items: readonly T[], key: (item: T) => string): Map<string, number> {
	const counts = new Map<string, number>();
	for (const item of items) counts.set(key(item), (counts.get(key(item)) ?? 0) + 1);
	return counts;
}

const sizes: Check = ({ tickets, outOfScope }) => {
	const problems: string[] = [];
	for (const [items, wanted] of [[tickets, SPLITS] as const, [outOfScope, OUT_OF_SCOPE] as const]) {
		const counts = countBy<Ticket | OutOfScopeTicket>(items, ({ split }) => split);
		for (const [split, count] of Object.entries(wanted))
			if (counts.get(split) !== count) problems.push(`${split}: ${counts.get(split)} tickets, not ${count}`);
	}
	return problems;
};

const balance: Check = ({ tickets }) =>
	Object.keys(SPLITS).flatMap((split) => {
		const ofSplit = tickets.filter((ticket) => ticket.split === split);
		return ticketLabels
			.map((label) => ({ label, share: ofSplit.filter((ticket) => ticket.label === label).length / ofSplit.length }))
			.filter(({ share }) => !(share >= SHARE.least && share <= SHARE.most))
			.map(({ label, share }) => `${split}: ${(share * 100).toFixed(1)} % are ${label}`);
	});

const writersKeepToTheirSplit: Check = (data) => {
	const splits = new Map<string, Set<string>>();
	for (const { writer, split } of all(data)) splits.set(writer, (splits.get(writer) ?? new Set()).add(split));
	return [...splits].filter(([, of]) => of.size > 1).map(([writer, of]) => `${writer} is in ${[...of].join(' and ')}`);
};

const writersAreMany: Check = ({ tickets }) => {
	const problems: string[] = [];
	for (const [split, least] of Object.entries(WRITERS)) {
		const ofSplit = tickets.filter((ticket) => split === 'all' || ticket.split === split);
		const count = new Set(ofSplit.map(({ writer }) => writer)).size;
		if (count < least) problems.push(`${split}: ${count} writers, fewer than ${least}`);
	}
	return problems;
};

/** Whoever writes about one thing only would give the class away by style. */
const writersWriteAboutManyThings: Check = ({ tickets }) =>
	[...countBy(tickets, ({ writer }) => writer).keys()].flatMap((writer) => {
		const ofWriter = tickets.filter((ticket) => ticket.writer === writer);
		const labels = countBy(ofWriter, ({ label }) => label);
		return labels.size < 7 || Math.max(...labels.values()) > ofWriter.length / 2 ? [`${writer} has one theme`] : [];
	});

const idsAreInOrder: Check = ({ tickets, outOfScope }) =>
	[...tickets.map((one, index) => ({ ...one, index })), ...outOfScope.map((one, index) => ({ ...one, index }))]
		.filter(({ id, index }) => Number(id.slice(2)) !== index + 1)
		.map(({ id }) => `${id} is out of order`);

function shingles(text: string): Set<string> {
	const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
	return new Set(words.slice(2).map((word, index) => `${words[index]} ${words[index + 1]} ${word}`));
}

const nothingIsNearlyThereTwice: Check = (data) => {
	const cut = all(data).map(({ id, text }) => ({ id, text, shingles: shingles(text) }));
	return cut.flatMap((one, index) =>
		cut
			.slice(index + 1)
			.filter(({ text, shingles: other }) => text === one.text || jaccard(one.shingles, other) >= NEAR_DUPLICATE)
			.map(({ id }) => `${one.id} and ${id} are nearly the same`),
	);
};

const farFromTestQuestions: Check = ({ tickets }) =>
	tickets
		.filter(({ split, text }) => split !== 'test' && nearestHeldOut(text, heldOut) >= NEAR_QUESTION)
		.map(({ id }) => `${id} asks what a test question asks`);

const first = (data: Tickets, change: Partial<Ticket>) =>
	(data.tickets = data.tickets.map((ticket, index) => (index === 0 ? { ...ticket, ...change } : ticket)));

holds(
	'there are 400 tickets in three splits and 20 that are out of scope',
	sizes,
	(data) => (data.tickets = data.tickets.slice(1)),
	(data) => first(data, { split: 'test' }),
	(data) => (data.outOfScope = []),
);

holds(
	'the classes are balanced in each split',
	balance,
	(data) => (data.tickets = data.tickets.filter(({ split, label }) => split !== 'dev' || label !== 'code')),
	(data) => (data.tickets = data.tickets.map((ticket) => ({ ...ticket, label: 'general' }))),
);

holds('no writer is in two splits', writersKeepToTheirSplit, (data) => first(data, { split: 'test' }));

holds(
	'there are many writers in each split',
	writersAreMany,
	(data) =>
		(data.tickets = data.tickets.map((ticket) => (ticket.split === 'dev' ? { ...ticket, writer: 'w11' } : ticket))),
);

holds(
	'every writer writes about many things',
	writersWriteAboutManyThings,
	(data) => (data.tickets = data.tickets.map((one) => (one.writer === 'w03' ? { ...one, label: 'code' } : one))),
);

holds('tickets are numbered in order', idsAreInOrder, (data) => first(data, { id: 't-002' }));

holds(
	'no two tickets are nearly the same',
	nothingIsNearlyThereTwice,
	(data) => first(data, { text: `Hello! ${data.tickets[30]?.text}` }),
	(data) => first(data, { text: data.outOfScope[0]?.text ?? '' }),
);

holds('no ticket to learn from asks a test question', farFromTestQuestions, (data) =>
	first(data, { text: `hi ${heldOut.questions[0]}` }),
);

test('the README has the counts of the tickets', () => {
	const readme = readFileSync(new URL('README.md', import.meta.url), 'utf8');
	for (const label of ticketLabels) {
		const counts = countBy(
			real.tickets.filter((ticket) => ticket.label === label),
			({ split }) => split,
		);
		const row = `| \`${label}\` | ${Object.keys(SPLITS)
			.map((split) => counts.get(split))
			.join(' | ')} | `;
		assert.ok(readme.includes(row), row);
	}
});
