import { KnowhowError } from '../../core/error.ts';
import type { Records } from '../../core/store.ts';
import type { Manifest } from '../../models/artifact.ts';
import { readTextRows, type TextRows } from './text-rows.ts';

/**
 * Texts that a router or an extractor has not learned from: those of a file or dataset, or the test part of the dataset that it learned
 * from. Throws `not_found`, `invalid_data`, and `invalid_argument` when neither is there.
 */
export async function heldOutRows(
	records: Records,
	{ id, lineage }: Manifest,
	{ target, split }: { readonly target?: string | undefined; readonly split?: string | undefined },
): Promise<TextRows> {
	if (target !== undefined) return await readTextRows(records, { data: target, split });
	const dataset = lineage['dataset'];
	if (typeof dataset === 'string') return await readTextRows(records, { data: dataset, split: 'test' });
	throw new KnowhowError(
		'invalid_argument',
		`${id} was trained on a file, so nobody knows texts that it has not learned from.`,
		{
			hint: 'Name some: `knowhow models promote --target FILE`, with `--split NAME` where the file has parts.',
		},
	);
}
