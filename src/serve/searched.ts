import { z } from 'zod';
import type { Message } from '../core/generator.ts';
import { wrongParameter } from './errors.ts';

/** UTF-16 units of a text that is searched for: each of its words is looked up, while others wait. */
const most = 16_000;

export const searchedText = z.string().min(1).max(most);

/** The last message is searched for; those before it may be of any length. Throws `invalid_argument`. */
export function demandSearchable(messages: readonly Message[], param: string): void {
	const { length } = messages.at(-1)?.content ?? '';
	if (length <= most) return;
	throw wrongParameter(
		'invalid_argument',
		param,
		`The question has ${length} characters; at most ${most} can be searched for.`,
		'Put what it is about into a document, and ask about that.',
	);
}
