import { type ErrorCode, KnowhowError } from '../../core/error.ts';
import type { Records } from '../../core/store.ts';
import type { HouseExample } from '../../core/system.ts';
import type { GoldQuestion } from '../../evaluate/questions.ts';
import {
	type Baseline,
	baselineOf,
	findRegression,
	noSharedQuestion,
	type Regression,
} from '../../evaluate/regression.ts';
import type { Report } from '../../evaluate/report.ts';
import { allRecords } from '../records.ts';
import type { NamedSpec } from './systems.ts';

const reportKind = 'report';

export type BaselineParts = {
	readonly records: Records;
	/** Throws `not_found`, and `invalid_argument` when the settings cannot make it. */
	readonly resolve: (name: string, examples: readonly HouseExample[]) => Promise<NamedSpec>;
};

/** A report without a word of any document or answer. */
type StoredReport = Pick<Report, 'dataset' | 'at' | 'metric' | 'questions'> & {
	readonly systems: readonly Pick<Report['systems'][number], 'name' | 'system'>[];
	readonly rows: readonly Pick<Report['rows'][number], 'question' | 'system' | 'scores'>[];
};

/** A name that a gate takes for a report must not be a system's. */
export async function checkReportName({ resolve }: BaselineParts, name: string): Promise<void> {
	const isSystem = await resolve(name, []).then(
		() => true,
		(error: unknown) => !isKnowhowError(error, 'not_found'),
	);
	if (isSystem) throw new KnowhowError('invalid_argument', `"${name}" is a system; a report needs another name.`);
}

/** Keeps the scores of a report under a name, for gates. */
export async function keepReport(records: Records, name: string, made: Report): Promise<void> {
	const { dataset, at, metric, questions, systems, rows } = made;
	const value: StoredReport = {
		dataset,
		at,
		metric,
		questions,
		systems: systems.map(({ name, system }) => ({ name, system })),
		rows: rows.map(({ question, system, scores }) => ({ question, system, scores })),
	};
	await records.put({ kind: reportKind, id: name, value });
}

/** Null when the baseline is a system, or there is none. Throws `not_found` for what is neither report nor system. */
export async function storedBaseline(
	{ records, resolve }: BaselineParts,
	gate: string | Report | undefined,
): Promise<StoredReport | null> {
	if (gate === undefined) return null;
	if (typeof gate !== 'string') return gate;
	const stored = await records.get(reportKind, gate);
	if (stored !== null) return stored.value as StoredReport;
	try {
		await resolve(gate, []);
	} catch (cause) {
		if (isKnowhowError(cause, 'not_found')) throw await unknownBaseline(records, gate, cause);
	}
	return null;
}

async function unknownBaseline(records: Records, gate: string, cause: KnowhowError): Promise<KnowhowError> {
	const reports: string[] = [];
	for await (const { id } of allRecords(records, reportKind)) reports.push(id);
	return new KnowhowError('not_found', `There is no saved report and no system "${gate}".`, {
		hint: reports.length === 0 ? 'Save a report first: `--save NAME`.' : `Saved reports: ${reports.join(', ')}.`,
		cause,
	});
}

function isKnowhowError(error: unknown, code: ErrorCode): error is KnowhowError {
	return error instanceof KnowhowError && error.code === code;
}

/**
 * Before anything is asked. Throws `invalid_argument` without a system to judge, `not_found` for one that the report does not have, and
 * `invalid_data` when the report is about other questions.
 */
export function checkBaseline(
	judged: readonly string[],
	{ stored, questions }: { readonly stored: StoredReport | null; readonly questions: readonly GoldQuestion[] },
): void {
	if (judged.length === 0) {
		throw new KnowhowError('invalid_argument', `There is nothing to hold against the baseline.`, {
			hint: 'Name other systems with --systems, or a saved report with --gate.',
		});
	}
	if (stored === null) return;
	for (const name of judged) {
		const baseline = baselineOf(stored, name, stored.metric);
		if (!questions.some(({ id }) => baseline.scores.has(id))) throw noSharedQuestion(name, baseline);
	}
}

/** Each system against the baseline: its own scores in a report, or those of the system that the gate names. */
export function judge(
	made: Report,
	judged: readonly string[],
	{ gate, stored }: { readonly gate: string | Report; readonly stored: StoredReport | null },
): Regression[] {
	return judged.map((name) => {
		const baseline: Baseline =
			stored === null ? baselineOf(made, gate as string, made.metric) : baselineOf(stored, name, made.metric);
		return findRegression(made, name, baseline);
	});
}
