import { type Readers, readersSchema } from '../core/access.ts';
import { KnowhowError } from '../core/error.ts';

/** `--readers` of the commands that say who may read what. */
export const readersOption = {
	type: 'string',
	value: 'LIST',
	describe:
		'Who may read: everyone, nobody, or people and groups by name, separated by commas, groups as group:NAME. Without it the readers are printed.',
} as const;

/** Throws `invalid_argument`. */
export function parseReaders(text: string): Readers {
	if (text === 'everyone') return 'everyone';
	const names = text === 'nobody' ? [] : text.split(',').map((name) => name.trim());
	const parsed = readersSchema.safeParse(names);
	if (parsed.success) return parsed.data;
	throw new KnowhowError('invalid_argument', `--readers: ${JSON.stringify(text)} is no list of readers.`, {
		hint: 'For instance --readers anna,group:support, or --readers everyone.',
	});
}

export function readersText(readers: Readers): string {
	if (readers === 'everyone') return 'everyone';
	return readers.length === 0 ? 'nobody' : readers.join(', ');
}
