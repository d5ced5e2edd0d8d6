import { existsSync } from 'node:fs';
import { type RawRow, readRows } from '../../collect/rows.ts';
import type { Example, Split } from '../../core/dataset.ts';
import type { Records } from '../../core/store.ts';
import { ofSplit } from '../../train/labelled-text.ts';
import { readDataset } from '../datasets/datasets.ts';

/** Rows with a text and what is right about it. */
export type TextRows = {
	readonly name: string;
	readonly rows: readonly RawRow[];
	/** For the lineage: the dataset, its examples and their documents; nothing for a file, whose hash the trainer tells. */
	readonly from: Readonly<Record<string, unknown>>;
};

/**
 * Reads a file of rows, or the part of a dataset (`name` or `name@version`) as rows `{text, label, output}`. With `split` only that
 * part; without, all rows of a file and `train` of a dataset. Throws `not_found`, and `invalid_data` when there is nothing.
 */
export async function readTextRows(
	records: Records,
	{ data, split }: { readonly data: string; readonly split?: string | undefined },
): Promise<TextRows> {
	if (existsSync(data)) {
		const { rows } = await readRows(data);
		return { name: data, rows: ofSplit(rows, { split, name: data }), from: {} };
	}
	const { id, examples } = await readDataset(records, data);
	const part = split ?? 'train';
	const chosen = Object.hasOwn(examples, part) ? examples[part as Split] : [];
	const rows = ofSplit(chosen.map(toRow), { split, name: id });
	const documents = new Set(chosen.flatMap(({ sources }) => sources.map(({ document }) => document)));
	return { name: id, rows, from: { dataset: id, examples: chosen.map((one) => one.id), documents: [...documents] } };
}

function toRow({ query, label, answer, split }: Example, at: number): RawRow {
	return { line: at + 1, value: { text: query, label, output: answer, split }, raw: null, fault: null };
}
