import { readFileSync } from 'node:fs';
import type { z } from 'zod';

/** The lines of a JSON Lines file of this folder, each checked. Throws with the line's number for one that does not fit. */
export function readLines<S extends z.ZodType>(name: string, schema: S): readonly z.output<S>[] {
	const lines = readFileSync(new URL(name, import.meta.url), 'utf8')
		.trimEnd()
		.split('\n');
	return lines.map((line, index) => {
		const parsed = schema.safeParse(JSON.parse(line));
		if (parsed.success) return parsed.data;
		throw new Error(`${name}, line ${index + 1}: ${parsed.error.message}`);
	});
}
