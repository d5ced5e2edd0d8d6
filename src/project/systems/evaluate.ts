import { KnowhowError } from '../../core/error.ts';
import type { Corpus } from '../../core/store.ts';
import type { HouseExample, System, SystemSpec } from '../../core/system.ts';
import type { GoldQuestion } from '../../evaluate/questions.ts';
import type { Regression } from '../../evaluate/regression.ts';
import { type Report, report } from '../../evaluate/report.ts';
import { type EvaluatedSystem, type RunEvent, runSystems } from '../../evaluate/run.ts';
import type { RowMetric } from '../../evaluate/score.ts';
import { createAnswerCache, removeStaleAnswers } from './answer-cache.ts';
import { type BaselineParts, checkBaseline, checkReportName, judge, keepReport, storedBaseline } from './baseline.ts';
import { builtInSystems, membersOf, type NamedSpec } from './systems.ts';
import { version } from '../version.ts';

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

export type EvaluateParts = BaselineParts & {
	readonly corpus: Corpus;
	/** Names of the collections that are searched. */
	readonly collections: readonly string[];
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
	check(questions, options);
	if (options.save !== undefined) await checkReportName(parts, options.save);
	const stored = await storedBaseline(parts, options.gate);
	const names = await systemNames(parts, options, examples, stored === null ? options.gate : undefined);
	const judged = stored === null ? names.filter((name) => name !== options.gate) : names;
	if (options.gate !== undefined) checkBaseline(judged, { stored, questions });
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

/** Throws `invalid_argument`. */
function check(questions: readonly GoldQuestion[], { concurrency = 1, maxCostUsd = 0 }: EvaluateOptions): void {
	const refuse = (problem: string): never => {
		throw new KnowhowError('invalid_argument', problem);
	};
	if (questions.length === 0) refuse('There are no questions.');
	if (new Set(questions.map(({ id }) => id)).size < questions.length) refuse('Two questions have the same id.');
	if (!(Number.isInteger(concurrency) && concurrency > 0)) refuse('The concurrency must be a whole number above 0.');
	if (!(maxCostUsd >= 0)) refuse('The cap on costs must be 0 or more.');
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
			const isMissing = error instanceof KnowhowError && error.code === 'invalid_argument';
			if (name === 'rag' || !isMissing) throw error;
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
