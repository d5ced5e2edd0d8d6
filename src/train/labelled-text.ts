import { type RawRow, readRows } from '../collect/rows.ts';
import { KnowhowError } from '../core/error.ts';

export type LabelledText = {
	readonly text: string;
	readonly label: string;
	/** Where it stands in its file, counted from 1. */
	readonly line: number;
};

type Fault = { readonly line: number; readonly reason: string };

/** Faults that a message spells out; the rest are in its details. */
const shown = 5;

/**
 * Reads texts with their classes: JSON lines `{text, label}`, or CSV with these columns; `.gz`: packed. With `split` only rows whose
 * `split` is that. Throws `not_found`, and `invalid_data` with the lines when a row has no text or no label.
 */
export async function readLabelledTexts(
	path: string,
	{ split }: { readonly split?: string | undefined } = {},
): Promise<LabelledText[]> {
	const { rows } = await readRows(path);
	return toLabelledTexts(ofSplit(rows, { split, name: path }), path);
}

/** Rows whose `split` is that, and those that cannot be read; all without one. Throws `invalid_data` when there are none. */
export function ofSplit(
	rows: readonly RawRow[],
	{ split, name }: { readonly split: string | undefined; readonly name: string },
): readonly RawRow[] {
	const found = split === undefined ? rows : rows.filter(({ value }) => value === null || value['split'] === split);
	if (found.length > 0) return found;
	throw new KnowhowError('invalid_data', `${name} has no rows${split === undefined ? '' : ` with split "${split}"`}.`);
}

/** Rows `{text, label}` of something that has this name. Throws `invalid_data` with the lines when a row has no text or no label. */
export function toLabelledTexts(rows: readonly RawRow[], name: string): LabelledText[] {
	const faults: Fault[] = [];
	const found: LabelledText[] = [];
	for (const { line, value, fault } of rows) {
		const text = value?.['text'];
		const label = value?.['label'];
		const reason =
			value === null ? (fault?.message ?? 'is no row') : (reasonAgainst('text', text) ?? reasonAgainst('label', label));
		if (reason === null) found.push({ text: text as string, label: label as string, line });
		else faults.push({ line, reason });
	}
	if (faults.length > 0) throw faulty(name, faults);
	return found;
}

function reasonAgainst(name: string, value: unknown): string | null {
	if (typeof value !== 'string') return `has no ${name} that is a string`;
	return value.trim() === '' ? `has an empty ${name}` : null;
}

function faulty(path: string, faults: readonly Fault[]): KnowhowError {
	const spelled = faults.slice(0, shown).map(({ line, reason }) => `line ${line} ${reason}`);
	const others = faults.length > shown ? `, and ${faults.length - shown} others` : '';
	return new KnowhowError('invalid_data', `${path}: ${spelled.join('; ')}${others}.`, {
		hint: 'Each row needs a text and a label: {"text": "where is my card", "label": "card_arrival"}.',
		details: { faults },
	});
}

/** Fewer examples of a class than this cannot be held out and learned from. */
const fewest = 2;

/** Throws `invalid_data` with the lines when there are fewer than two classes, or fewer than two examples of one. */
export function checkClasses(examples: readonly LabelledText[]): void {
	const byLabel = Map.groupBy(examples, ({ label }) => label);
	const hint = 'Add examples, or drop the class; ten of each are a sensible beginning.';
	if (byLabel.size < 2) {
		const [only] = byLabel.keys();
		throw new KnowhowError('invalid_data', `All ${examples.length} rows have the label "${only}".`, { hint });
	}
	const scarce = [...byLabel].filter(([, rows]) => rows.length < fewest);
	if (scarce.length === 0) return;
	const faults = scarce.map(([label, rows]) => ({
		line: rows[0]!.line,
		reason: `is the only one with label "${label}"`,
	}));
	const spelled = faults.slice(0, shown).map(({ line, reason }) => `line ${line} ${reason}`);
	throw new KnowhowError('invalid_data', `Too few examples: ${spelled.join('; ')}.`, { hint, details: { faults } });
}
