import type { Goal } from '../../core/dataset.ts';
import type { Row } from '../read-examples.ts';
import { toFault } from '../read-examples.ts';
import { faultAt, plain } from './duplicates.ts';
import type { Fault } from './faults.ts';
import { goalRules } from './goal-rules.ts';

/** How many times more examples the commonest label may have than the rarest, and its largest share of all. */
const mostTimes = 20;
const mostShare = 0.9;
/** Labels on which a share means something. */
const enoughRows = 20;

/** Spellings, labels with hardly any example, labels that only measure, and balance. */
export function labelFaults(rows: readonly Row[], goal: Goal | null): Fault[] {
	const labelled = rows.filter(({ example }) => example.label !== null);
	if (labelled.length === 0) return [];
	const spellings = commonSpellings(labelled);
	const misspelt = labelled.flatMap((row) => {
		const common = spellings.get(plain(row.example.label!))!;
		if (row.example.label === common) return [];
		return [faultAt(row, 'label-spelling', `is "${row.example.label}"; most rows have "${common}"`)];
	});
	const byLabel = Map.groupBy(labelled, ({ example }) => plain(example.label!));
	return [
		...misspelt,
		...(goal === null || goal === 'router' ? rareFaults(byLabel) : []),
		...unseenFaults(byLabel),
		...balanceFaults(byLabel, labelled),
	];
}

/** For each label the spelling that most rows have, the first among equals. */
export function commonSpellings(rows: readonly Row[]): Map<string, string> {
	const labels = rows.flatMap(({ example }) => (example.label === null ? [] : [example.label]));
	const common = new Map<string, string>();
	for (const [key, same] of Map.groupBy(labels, plain)) {
		const counts = [...Map.groupBy(same, (label) => label)].map(([label, found]) => [label, found.length] as const);
		common.set(key, counts.reduce((best, next) => (next[1] > best[1] ? next : best))[0]);
	}
	return common;
}

type ByLabel = ReadonlyMap<string, readonly Row[]>;

/** At the first row of each label. */
function rareFaults(byLabel: ByLabel): Fault[] {
	const { least } = goalRules.router;
	// A handful of rows is being begun, which `too-few` says.
	if ([...byLabel.values()].every((rows) => rows.length < least)) return [];
	return [...byLabel.values()].flatMap((rows) => {
		if (rows.length >= least) return [];
		const message = `"${rows[0]!.example.label}" has ${rows.length} examples, ${least} are the least`;
		return [faultAt(rows[0]!, 'rare-label', message)];
	});
}

function unseenFaults(byLabel: ByLabel): Fault[] {
	return [...byLabel.values()].flatMap((rows) => {
		const parts = new Set(rows.map(({ example }) => example.split));
		if (parts.has('train') || parts.has(null)) return [];
		return [faultAt(rows[0]!, 'unseen-label', `"${rows[0]!.example.label}" is in ${[...parts].join(' and ')} alone`)];
	});
}

function balanceFaults(byLabel: ByLabel, labelled: readonly Row[]): Fault[] {
	const counts = [...byLabel.values()].map((rows) => rows.length).sort((a, b) => b - a);
	const [most, least] = [counts[0]!, counts.at(-1)!];
	if (counts.length < 2 || labelled.length < enoughRows) return [];
	if (most < mostTimes * least && most < mostShare * labelled.length) return [];
	const message = `the commonest label has ${most} of ${labelled.length} examples, the rarest ${least}`;
	return [toFault({ code: 'label-imbalance', message }, { file: labelled[0]!.file, line: null, example: null })];
}
