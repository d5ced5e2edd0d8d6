import { z } from 'zod';
import type { Message } from '../../core/generator.ts';
import { wrongParameter } from '../errors.ts';

const textPart = z.object({
	type: z.enum(['text', 'input_text', 'output_text'], 'Only text is read here: no pictures, sound or files'),
	text: z.string(),
});

/** A text, or its parts. Pictures, sound and files are not read. */
export const contentSchema = z.union(
	[z.string(), z.array(textPart)],
	'Must be a text, or a list of parts of type text',
);

/** One message of a chat; calls of tools are not understood. */
export const messageSchema = z.object({
	role: z.enum(['developer', 'system', 'user', 'assistant']),
	content: contentSchema.nullish(),
});

export type GivenMessage = z.output<typeof messageSchema>;

/** Throws `invalid_argument` unless the last message is a question. */
export function demandQuestion(messages: readonly Message[], param: string): void {
	if (messages.at(-1)?.role === 'user') return;
	throw wrongParameter('invalid_argument', param, `The last of "${param}" is not of role "user".`);
}

/** Instructions go first, as one message. */
export function toMessages(given: readonly GivenMessage[], instructions?: string | null): Message[] {
	const messages = given.map(({ role, content }) => ({ role, content: textOf(content) }));
	const isInstruction = ({ role }: { role: string }): boolean => role === 'developer' || role === 'system';
	const said = [instructions ?? '', ...messages.filter(isInstruction).map(({ content }) => content)];
	const system = said.filter((text) => text !== '').join('\n\n');
	const turns = messages.flatMap(({ role, content }): Message[] =>
		role === 'user' || role === 'assistant' ? [{ role, content }] : [],
	);
	return system === '' ? turns : [{ role: 'system', content: system }, ...turns];
}

function textOf(content: z.output<typeof contentSchema> | null | undefined): string {
	if (typeof content === 'string') return content;
	return (content ?? []).map(({ text }) => text).join('\n');
}
