import { readRows } from '../collect/rows.ts';
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
	const faults: Fault[] = [];
	const found: LabelledText[] = [];
	for (const { line, value, fault } of rows) {
		if (value === null) faults.push({ line, reason: fault?.message ?? 'is no row' });
		else if (split === undefined || value['split'] === split) {
			const { text, label } = value;
			const reason = reasonAgainst('text', text) ?? reasonAgainst('label', label);
			if (reason === null) found.push({ text: text as string, label: label as string, line });
			else faults.push({ line, reason });
		}
	}
	if (faults.length > 0) throw faulty(path, faults);
	if (found.length === 0) {
		throw new KnowhowError(
			'invalid_data',
			`${path} has no rows${split === undefined ? '' : ` with split "${split}"`}.`,
		);
	}
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
