import { type Filter, parseFilter } from '../core/filter.ts';
import { misuse } from './parse.ts';

/** `--filter JSON`; null without it. Throws `invalid_argument` and `invalid_filter`. */
export function parseFilterOption(text: string | undefined): Filter | null {
	if (text === undefined) return null;
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {
		throw misuse('--filter is not valid JSON.', 'Put it in single quotes, so that the shell leaves its double quotes.');
	}
	return parseFilter(value);
}
