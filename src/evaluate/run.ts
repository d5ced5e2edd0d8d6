import { setImmediate as turn } from 'node:timers/promises';
import { KnowhowError } from '../core/error.ts';
import type { System } from '../core/system.ts';
import { answerOne, type AnswerOneParts } from './answer-one.ts';
import { Budget, type BudgetOptions, checkPrices } from './budget.ts';
import type { GoldQuestion } from './questions.ts';
import type { Answered, EvaluatedRow } from './row.ts';

/** A system and the language models that write its answers, by id; none: the documents' own sentences. */
export type EvaluatedSystem = { readonly system: System; readonly models: readonly string[] };

/** Answers of earlier runs. What it gives must be what the system would answer now. */
export type AnswerCache = {
	get(system: System, question: string): Promise<Answered | null>;
	/** On return it is durable. */
	put(system: System, question: string, answered: Answered): Promise<void>;
};

export type RunEvent = {
	readonly type: 'row-end';
	readonly row: EvaluatedRow;
	readonly done: number;
	readonly total: number;
	/** US dollars for new answers so far, as far as they are known, and for how many they are not. */
	readonly spentUsd: number;
	readonly unknownCosts: number;
	/** Milliseconds that the rest will take; null before anything is known. */
	readonly remainingMs: number | null;
};

export type RunParts = AnswerOneParts & {
	readonly questions: readonly GoldQuestion[];
	/** Of different names. */
	readonly systems: readonly EvaluatedSystem[];
	readonly cache: AnswerCache;
	readonly budget: BudgetOptions;
	/** Questions answered at the same time, 1 or more. */
	readonly concurrency: number;
	readonly onEvent?: ((event: RunEvent) => void) | undefined;
};

export type Run = {
	/** Question by question, in the order of the systems; those that a cap kept from being asked are not there. */
	readonly rows: readonly EvaluatedRow[];
	/** How many questions each system was not asked because of the cap. */
	readonly missing: Readonly<Record<string, number>>;
	readonly spentUsd: number;
	readonly unknownCosts: number;
};

/**
 * Puts every question to every system, one question to all before the next. Each finished answer is in the cache before the next
 * is begun, so that a run which is killed goes on where it was. A failure is a row with its error; it is tried again next time.
 * Throws `cancelled`, and `invalid_argument` when a cap is to be kept and a price is not known.
 */
export async function runSystems(parts: RunParts): Promise<Run> {
	checkPrices(parts.systems, parts.budget);
	const progress = new Progress(parts);
	const tasks = parts.questions.flatMap((question) => parts.systems.map(({ system }) => ({ question, system })));
	const rows: (EvaluatedRow | null)[] = tasks.map(() => null);
	let next = 0;
	const work = async (): Promise<void> => {
		for (let at = next++; at < tasks.length; at = next++) {
			// Answers without a language model never wait for anything: Ctrl-C needs a turn, too.
			await turn();
			throwIfCancelled(parts.signal);
			const { question, system } = tasks[at]!;
			rows[at] = await rowOf(system, question, parts, progress);
			progress.tell(rows[at]!);
		}
	};
	await allOrFirstFailure(Array.from({ length: Math.min(parts.concurrency, tasks.length) }, work));
	const { spent, unknown } = progress.budget;
	return {
		rows: rows.filter((row) => row !== null),
		missing: missingOf(tasks.filter((_, at) => rows[at] === null)),
		spentUsd: spent,
		unknownCosts: unknown,
	};
}

/** What all workers watch together. */
class Progress {
	readonly budget: Budget;
	readonly #parts: RunParts;
	readonly #total: number;
	readonly #began: number;
	#ended = Promise.withResolvers<void>();
	#done = 0;
	#new = 0;

	constructor(parts: RunParts) {
		const free = parts.systems.filter(({ models }) => models.length === 0);
		this.budget = new Budget(
			parts.budget,
			free.map(({ system }) => system.name),
		);
		this.#parts = parts;
		this.#total = parts.questions.length * parts.systems.length;
		this.#began = parts.now();
	}

	/** Resolves when a new answer has ended. */
	async oneEnds(): Promise<void> {
		await this.#ended.promise;
	}

	/** Does one new answer within the budget. */
	async spend<T extends { readonly costUsd: number | null }>(system: string, answer: () => Promise<T>): Promise<T> {
		const end = this.budget.begin(system);
		let cost: number | null | undefined;
		try {
			const answered = await answer();
			cost = answered.costUsd;
			return answered;
		} finally {
			end(cost);
			this.#new++;
			this.#ended.resolve();
			this.#ended = Promise.withResolvers();
		}
	}

	tell(row: EvaluatedRow | null): void {
		this.#done++;
		if (row === null) return;
		const left = this.#total - this.#done;
		this.#parts.onEvent?.({
			type: 'row-end',
			row,
			done: this.#done,
			total: this.#total,
			spentUsd: this.budget.spent,
			unknownCosts: this.budget.unknown,
			remainingMs: this.#new === 0 ? null : ((this.#parts.now() - this.#began) / this.#new) * left,
		});
	}
}

/** Null when the cap does not let it be asked. */
async function rowOf(
	system: System,
	question: GoldQuestion,
	parts: RunParts,
	progress: Progress,
): Promise<EvaluatedRow | null> {
	const of = { question: question.id, system: system.name };
	const known = await parts.cache.get(system, question.question);
	if (known !== null) return { ...of, answered: known, error: null, isCached: true };
	for (let leave = progress.budget.ask(system.name); leave !== 'go'; leave = progress.budget.ask(system.name)) {
		if (leave === 'over') return null;
		await progress.oneEnds();
	}
	try {
		const answered = await progress.spend(system.name, () => answerOne(system, question.question, parts));
		await parts.cache.put(system, question.question, answered);
		return { ...of, answered, error: null, isCached: false };
	} catch (error) {
		throwIfCancelled(parts.signal);
		const code = error instanceof KnowhowError ? error.code : 'unexpected';
		const message = error instanceof Error ? error.message : String(error);
		return { ...of, answered: null, error: { code, message }, isCached: false };
	}
}

/** Waits for all workers, so that none works on behind a failure. */
async function allOrFirstFailure(workers: readonly Promise<void>[]): Promise<void> {
	const failed = (await Promise.allSettled(workers)).find((result) => result.status === 'rejected');
	if (failed) throw failed.reason;
}

function missingOf(tasks: readonly { readonly system: System }[]): Record<string, number> {
	const missing: Record<string, number> = {};
	for (const { system } of tasks) missing[system.name] = (missing[system.name] ?? 0) + 1;
	return missing;
}

function throwIfCancelled(signal: AbortSignal | undefined): void {
	if (signal?.aborted === true) {
		throw new KnowhowError('cancelled', 'The evaluation was cancelled.', { cause: signal.reason });
	}
}
