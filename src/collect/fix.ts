import { isFixable, type Fault } from './checks/faults.ts';
import { plain } from './checks/duplicates.ts';
import { commonSpellings } from './checks/labels.ts';
import { cleanText } from './checks/text-checks.ts';
import { rewriteTexts, toExample } from './example.ts';
import { reason, type Rejected, type Row } from './read-examples.ts';

export type Fixed = {
	readonly rows: readonly Row[];
	/** Rows that were taken out because another one says or asks the same. */
	readonly removed: readonly Rejected[];
	/** Rows of which a text was changed. */
	readonly rewritten: number;
};

/**
 * What can be done without knowing what is meant: texts lose white space at the ends, control characters, marks of chat
 * templates, personal data (a placeholder stays) and broken encodings; labels get their common spelling; repeated rows and
 * rows that train on what is measured go.
 */
export function fixRows(rows: readonly Row[], faults: readonly Fault[]): Fixed {
	const fixable = Map.groupBy(
		faults.filter(({ code }) => isFixable(code)),
		({ file, line, example }) => key(file, line, example),
	);
	const spellings = commonSpellings(rows);
	const kept: Row[] = [];
	const removed: Rejected[] = [];
	const ids = new Set<string>();
	let rewritten = 0;
	for (const row of rows) {
		const found = fixable.get(key(row.file, row.line, row.example.id)) ?? [];
		const grounds = found.filter(
			({ code }) => code === 'train-test-overlap' || (code === 'duplicate' && ids.has(row.example.id)),
		);
		ids.add(row.example.id);
		if (grounds.length > 0) {
			removed.push({ file: row.file, line: row.line, row: row.example, faults: grounds.map(reason) });
			continue;
		}
		const fixed = found.length === 0 ? row : rewrite(row, spellings);
		if (JSON.stringify(fixed.example) !== JSON.stringify(row.example)) rewritten++;
		kept.push(fixed);
	}
	return { rows: kept, removed, rewritten };
}

function key(file: string, line: number | null, example: string | null): string {
	return `${file}:${line}:${example}`;
}

function rewrite(row: Row, spellings: ReadonlyMap<string, string>): Row {
	const example = rewriteTexts(row.example, cleanText);
	const label = example.label === null ? null : (spellings.get(plain(example.label)) ?? example.label);
	if (label === example.label) return { ...row, example };
	// What the row said besides may hold the label as it was spelt.
	return { ...row, example: toExample({ ...example, label }, { ...example, rest: null }) };
}
