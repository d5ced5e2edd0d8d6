import type { Goal } from '../../core/dataset.ts';
import { type Row, toFault } from '../read-examples.ts';
import { plain } from './duplicates.ts';
import type { Fault, FaultCode } from './faults.ts';
import { goalRules } from './goal-rules.ts';

/** What all rows together lack for a goal: enough of them, and some that a person asked or looked at. */
export function wholeFaults(rows: readonly Row[], goal: Goal | null): Fault[] {
	const first = rows[0];
	if (first === undefined) return [];
	const fault = (code: FaultCode, message: string): Fault =>
		toFault({ code, message }, { file: first.file, line: null, example: null });
	const faults: Fault[] = [];
	const few = goal === null ? null : tooFew(rows, goal);
	if (few !== null) faults.push(fault('too-few', few));
	const synthetic = rows.filter(({ example: { origin } }) => origin.kind === 'document').length;
	if (synthetic === rows.length && (goal === null || goalRules[goal].warnsSynthetic)) {
		faults.push(fault('synthetic-only', `all ${rows.length} questions were made of documents`));
	}
	if (rows.every(({ example: { origin } }) => origin.kind === 'model')) {
		faults.push(fault('unreviewed-model', `all ${rows.length} answers are a model's`));
	}
	return faults;
}

function tooFew(rows: readonly Row[], goal: Goal): string | null {
	const { least, good, reason } = goalRules[goal];
	const labels = new Set(rows.flatMap(({ example }) => (example.label === null ? [] : [plain(example.label)])));
	const times = goal === 'router' ? Math.max(2, labels.size) : 1;
	if (rows.length >= least * times) return null;
	return `${rows.length} examples for a ${goal}: at least ${least * times}, better ${good * times} (${reason})`;
}
