import { KnowhowError } from '../core/error.ts';
import { priceOf } from '../core/prices.ts';
import type { EvaluatedSystem } from './run.ts';

export type BudgetOptions = {
	/** US dollars that new answers may cost together; null: no cap. */
	readonly maxUsd: number | null;
	/** Go on with models whose price is not known: they count nothing against the cap. */
	readonly allowUnknown: boolean;
};

/**
 * Watches what new answers cost. An answer is begun only when the dearest of its system so far still fits beside those under way;
 * before one is known, a system answers one question at a time, and that first answer alone may go beyond the cap.
 */
export class Budget {
	readonly #options: BudgetOptions;
	readonly #free: ReadonlySet<string>;
	readonly #dearest = new Map<string, number>();
	readonly #trying = new Set<string>();
	#reserved = 0;
	#spent = 0;
	#unknown = 0;

	/** `free` names the systems whose answers cost nothing. */
	constructor(options: BudgetOptions, free: readonly string[]) {
		this.#options = options;
		this.#free = new Set(free);
	}

	/** US dollars so far, as far as they are known. */
	get spent(): number {
		return this.#spent;
	}

	/** Answers whose cost is not known. */
	get unknown(): number {
		return this.#unknown;
	}

	/** `wait`: one under way must end first; `over`: it does not fit. */
	ask(system: string): 'go' | 'wait' | 'over' {
		const { maxUsd, allowUnknown } = this.#options;
		const expected = this.#dearest.get(system);
		if (maxUsd === null || this.#free.has(system)) return 'go';
		if (this.#unknown > 0 && !allowUnknown) return 'over';
		if (expected === undefined) return this.#spent >= maxUsd ? 'over' : this.#trying.has(system) ? 'wait' : 'go';
		if (this.#spent + expected > maxUsd) return 'over';
		return this.#spent + this.#reserved + expected > maxUsd ? 'wait' : 'go';
	}

	/** Returns what to call at the end, with what the answer cost: null when that is not known, nothing when it failed. */
	begin(system: string): (costUsd?: number | null) => void {
		const reserved = this.#dearest.get(system);
		this.#reserved += reserved ?? 0;
		if (reserved === undefined) this.#trying.add(system);
		return (costUsd) => {
			this.#reserved -= reserved ?? 0;
			this.#trying.delete(system);
			if (costUsd === null) this.#unknown++;
			else if (costUsd !== undefined) this.#count(system, costUsd);
		};
	}

	#count(system: string, costUsd: number): void {
		this.#spent += costUsd;
		this.#dearest.set(system, Math.max(this.#dearest.get(system) ?? 0, costUsd));
	}
}

/** Throws `invalid_argument` when a cap is to be kept and the price of a system's model is not known. */
export function checkPrices(systems: readonly EvaluatedSystem[], { maxUsd, allowUnknown }: BudgetOptions): void {
	if (maxUsd === null || allowUnknown) return;
	for (const { system, models } of systems) {
		const unknown = models.find((id) => priceOf(id) === null);
		if (unknown === undefined) continue;
		throw new KnowhowError(
			'invalid_argument',
			`What ${unknown} costs is not known, so no cap can be kept for the system "${system.name}".`,
			{ hint: 'See `knowhow prices`. Leave out --max-cost, or count it as nothing with --allow-unknown-cost.' },
		);
	}
}
