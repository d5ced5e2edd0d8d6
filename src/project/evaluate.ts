import { type ErrorCode, KnowhowError } from '../core/error.ts';
import type { Corpus, Records } from '../core/store.ts';
import type { HouseExample, System, SystemSpec } from '../core/system.ts';
import type { GoldQuestion } from '../evaluate/questions.ts';
import { type Baseline, baselineOf, findRegression, type Regression } from '../evaluate/regression.ts';
import { type Report, report } from '../evaluate/report.ts';
import { type EvaluatedSystem, type RunEvent, runSystems } from '../evaluate/run.ts';
import type { RowMetric } from '../evaluate/score.ts';
import { createAnswerCache, removeStaleAnswers } from './answer-cache.ts';
import { allRecords } from './records.ts';
import { builtInSystems, membersOf, type NamedSpec } from './systems.ts';
import { version } from './version.ts';

const reportKind = 'report';

export type EvaluateOptions = {
	/** Names, or `name@version`; when absent those of `base`, `few-shot` and `rag` that these settings can make. */
	readonly systems?: readonly string[] | undefined;
	/** What `few-shot` shows the language model: questions that are asked are left out, and of the others at most eight are taken. */
	readonly examples?: readonly GoldQuestion[] | undefined;
	/** Names of the collections to read; the setting `collection` when absent. */
	readonly collections?: readonly string[] | undefined;
	/** What the report calls the questions. */
	readonly dataset?: string | undefined;
	/** Questions answered at the same time; 1 when no system has a language model, else 4. */
	readonly concurrency?: number | undefined;
	/** US dollars that new answers may cost together. */
	readonly maxCostUsd?: number | undefined;
	/** Go on with models whose price is not known; without it such a model is refused where a cap is set. */
	readonly allowUnknownCost?: boolean | undefined;
	/** Answer everything again. */
	readonly fresh?: boolean | undefined;
	/** What systems are compared by; `correct` when absent. */
	readonly metric?: RowMetric | undefined;
	/** A saved report, a report as JSON, or a system: what nothing may be worse than. */
	readonly gate?: string | Report | undefined;
	/** Keep the scores under this name, for later gates. */
	readonly save?: string | undefined;
	/** Of the resampling; 1 when absent. */
	readonly seed?: number | undefined;
	readonly signal?: AbortSignal | undefined;
	readonly onEvent?: ((event: RunEvent) => void) | undefined;
};

/** A report, and for each system whether it is worse than the baseline; empty without a gate. */
export type Evaluation = Report & { readonly gate: readonly Regression[] };

export type EvaluateParts = {
	readonly records: Records;
	readonly corpus: Corpus;
	/** Names of the collections that are searched. */
	readonly collections: readonly string[];
	/** Throws `not_found`, and `invalid_argument` when the settings cannot make it. */
	readonly resolve: (name: string, examples: readonly HouseExample[]) => Promise<NamedSpec>;
	readonly open: (name: string, examples: readonly HouseExample[]) => Promise<System>;
	/** Milliseconds since the epoch. */
	readonly now: () => number;
};

/** Puts the questions to every system, compares them, and holds them against a baseline. */
export async function evaluate(
	questions: readonly GoldQuestion[],
	parts: EvaluateParts,
	options: EvaluateOptions,
): Promise<Evaluation> {
	const { records, corpus, collections } = parts;
	const examples = houseExamples(options.examples ?? [], questions);
	if (options.save !== undefined) await checkReportName(parts, options.save);
	const stored = await storedBaseline(parts, options.gate);
	const names = await systemNames(parts, options, examples, stored === null ? options.gate : undefined);
	const judged = stored === null ? names.filter((name) => name !== options.gate) : names;
	if (options.gate !== undefined) checkBaseline(judged, stored);
	const systems: EvaluatedSystem[] = [];
	for (const name of names) systems.push(await openEvaluated(name, parts, examples));
	await removeStaleAnswers(records, corpus);
	const run = await runSystems({
		questions,
		systems,
		cache: createAnswerCache({
			records,
			corpus,
			collections,
			packageVersion: await version(),
			isFresh: options.fresh ?? false,
		}),
		budget: { maxUsd: options.maxCostUsd ?? null, allowUnknown: options.allowUnknownCost ?? false },
		concurrency: options.concurrency ?? (systems.some(({ models }) => models.length > 0) ? 4 : 1),
		access: 'everything',
		textOf: async (id, documentVersion) => {
			const document = await corpus.document(id, 'everything');
			return document?.version === documentVersion ? document.text : null;
		},
		now: () => performance.now(),
		signal: options.signal,
		onEvent: options.onEvent,
	});
	const made = await report(run, questions, systems, {
		dataset: options.dataset ?? 'questions',
		at: parts.now(),
		...(options.seed === undefined ? {} : { seed: options.seed }),
		...(options.metric === undefined ? {} : { metric: options.metric }),
	});
	const gate = options.gate === undefined ? [] : judge(made, judged, { gate: options.gate, stored });
	if (options.save !== undefined) await keepReport(records, options.save, made);
	return { ...made, gate };
}

/** At most so many examples are shown: more lengthen every prompt. */
const mostExamples = 8;

/** Examples spread over the file, none of which is asked. */
function houseExamples(given: readonly GoldQuestion[], asked: readonly GoldQuestion[]): HouseExample[] {
	const taken = new Set(asked.map(({ question }) => question.trim()));
	const usable = given.flatMap(({ question, answers }) =>
		taken.has(question.trim()) || answers[0] === undefined ? [] : [{ question, answer: answers[0].join('\n') }],
	);
	const step = Math.max(1, usable.length / mostExamples);
	return Array.from({ length: Math.min(mostExamples, usable.length) }, (_, i) => usable[Math.floor(i * step)]!);
}

/** Those named, the baseline last when it is a system that is not among them. Settings that cannot make `rag` are told. */
async function systemNames(
	{ resolve }: EvaluateParts,
	{ systems }: EvaluateOptions,
	examples: readonly HouseExample[],
	baseline: string | Report | undefined,
): Promise<string[]> {
	const wanted = systems === undefined || systems.length === 0 ? await possible(resolve, examples) : systems;
	const names = typeof baseline === 'string' ? [...wanted, baseline] : wanted;
	return [...new Set(names)];
}

async function possible(resolve: EvaluateParts['resolve'], examples: readonly HouseExample[]): Promise<string[]> {
	const names: string[] = [];
	for (const name of builtInSystems) {
		try {
			await resolve(name, examples);
			names.push(name);
		} catch (error) {
			if (name === 'rag' || !isKnowhowError(error, 'invalid_argument')) throw error;
		}
	}
	return names;
}

async function openEvaluated(
	name: string,
	parts: EvaluateParts,
	examples: readonly HouseExample[],
): Promise<EvaluatedSystem> {
	const system = await parts.open(name, examples);
	const specs = await memberSpecs(system.spec, (reference) => parts.resolve(reference, examples));
	const models = new Set(
		specs.flatMap((spec) => (spec.kind === 'plain' && spec.generator !== null ? [spec.generator] : [])),
	);
	// A report tells `rag` and `rag@0a1b2c3d` apart by what was asked for.
	return { system: { ...system, name }, models: [...models] };
}

async function memberSpecs(
	spec: SystemSpec,
	resolve: (reference: string) => Promise<NamedSpec>,
): Promise<SystemSpec[]> {
	if (spec.kind === 'plain') return [spec];
	return (await Promise.all(membersOf(spec).map(resolve))).map((member) => member.spec);
}

/** A report without a word of any document or answer. */
type StoredReport = Pick<Report, 'dataset' | 'at' | 'metric' | 'questions'> & {
	readonly systems: readonly Pick<Report['systems'][number], 'name' | 'system'>[];
	readonly rows: readonly Pick<Report['rows'][number], 'question' | 'system' | 'scores'>[];
};

/** A name that a gate takes for a report must not be a system's. */
async function checkReportName({ resolve }: EvaluateParts, name: string): Promise<void> {
	const isSystem = await resolve(name, []).then(
		() => true,
		(error: unknown) => !isKnowhowError(error, 'not_found'),
	);
	if (isSystem) throw new KnowhowError('invalid_argument', `"${name}" is a system; a report needs another name.`);
}

async function keepReport(records: Records, name: string, made: Report): Promise<void> {
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
async function storedBaseline(
	{ records, resolve }: EvaluateParts,
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

/** Before anything is asked. Throws `invalid_argument` without a system to judge, `not_found` for one that the report does not have. */
function checkBaseline(judged: readonly string[], stored: StoredReport | null): void {
	if (judged.length === 0) {
		throw new KnowhowError('invalid_argument', `There is nothing to hold against the baseline.`, {
			hint: 'Name other systems with --systems, or a saved report with --gate.',
		});
	}
	if (stored !== null) for (const name of judged) baselineOf(stored, name, stored.metric);
}

/** Each system against the baseline: its own scores in a report, or those of the system that the gate names. */
function judge(
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
