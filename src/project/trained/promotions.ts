import { KnowhowError } from '../../core/error.ts';
import type { Records, Store } from '../../core/store.ts';
import type { GateVerdict } from '../../evaluate/statistics/gate.ts';
import { movePointer, readPointer, rollBackPointer } from '../systems/pointer.ts';
import { allRecords } from '../records.ts';
import { timedId } from '../timed-id.ts';

/** Pointers: the model that serves for everybody, by what it is for. */
const pointerKind = 'promoted';
/** What was promoted and rolled back, and why. Never changed. */
const auditKind = 'promotion';

/** Kinds of models that can serve: retriever and reranker in every search, router and extractor wherever none is named. */
export const servingKinds = ['retriever', 'reranker', 'router', 'extractor'] as const;
export type ServingKind = (typeof servingKinds)[number];

/** One move of a pointer. */
export type Promotion = {
	readonly id: string;
	/** Milliseconds since the epoch. */
	readonly at: number;
	readonly action: 'promote' | 'rollback';
	readonly kind: ServingKind;
	/** What serves from then on, and what served before; null: what serves without any promotion. */
	readonly model: string | null;
	readonly replaced: string | null;
	/** What the gate said; null for a rollback, which asks none. */
	readonly verdict: GateVerdict | null;
	/** Promoted although the gate refused. */
	readonly isForced: boolean;
};

export type PromotionParts = {
	readonly records: Records;
	/** Milliseconds since the epoch. */
	readonly now: () => number;
	readonly random: (bytes: number) => Uint8Array;
};

/** The id of the model that was promoted; null: none, so a search uses what the package brings, and others the model trained last. */
export async function promoted(records: Records, kind: ServingKind): Promise<string | null> {
	return (await readPointer(records, { kind: pointerKind, id: kind })).version;
}

/** Which model of a kind serves, asked again when anybody committed anything. */
export class ServingPointer {
	readonly #store: Pick<Store, 'corpus' | 'records'>;
	readonly #kind: ServingKind;
	#seen: { readonly pulse: number; readonly id: string | null } | null = null;

	constructor(store: Pick<Store, 'corpus' | 'records'>, kind: ServingKind) {
		this.#store = store;
		this.#kind = kind;
	}

	/** Null: none was promoted. */
	async id(): Promise<string | null> {
		const pulse = this.#store.corpus.pulse();
		if (this.#seen?.pulse !== pulse) this.#seen = { pulse, id: await promoted(this.#store.records, this.#kind) };
		return this.#seen.id;
	}
}

/** What a rollback leads to; null: to no promoted model. Throws `not_found` when nothing was promoted. */
export async function beforePromotion(records: Records, kind: ServingKind): Promise<string | null> {
	const { earlier } = await readPointer(records, { kind: pointerKind, id: kind });
	if (earlier.length > 0) return earlier.at(-1)!;
	throw new KnowhowError('not_found', `No ${kind} was promoted, so there is nothing to go back to.`);
}

/** The models that serve, and those that a rollback leads to. */
export async function neededModels(records: Records): Promise<ReadonlySet<string>> {
	const pointers = await Promise.all(servingKinds.map((kind) => readPointer(records, { kind: pointerKind, id: kind })));
	return new Set(pointers.flatMap(({ version, earlier }) => [version, ...earlier]).filter((id) => id !== null));
}

/** Lets a model serve, when `replaced` still does. Every open project sees it with its next search. Throws `conflict`. */
export async function recordPromotion(
	parts: PromotionParts,
	move: Pick<Promotion, 'kind' | 'replaced' | 'verdict' | 'isForced'> & { readonly model: string },
): Promise<Promotion> {
	const place = { kind: pointerKind, id: move.kind };
	await movePointer(parts.records, place, { to: move.model, expected: move.replaced });
	return await keep(parts, { action: 'promote', ...move });
}

/** Lets serve what served before. Throws `not_found` when nothing did, and `conflict`. */
export async function recordRollback(parts: PromotionParts, kind: ServingKind): Promise<Promotion> {
	const replaced = await promoted(parts.records, kind);
	const { version: model } = await rollBackPointer(parts.records, { kind: pointerKind, id: kind });
	return await keep(parts, { action: 'rollback', kind, model, replaced, verdict: null, isForced: false });
}

/** In order of time. */
export async function listPromotions(records: Records): Promise<Promotion[]> {
	const found: Promotion[] = [];
	for await (const { value } of allRecords(records, auditKind)) found.push(value as Promotion);
	return found;
}

async function keep({ records, now, random }: PromotionParts, move: Omit<Promotion, 'id' | 'at'>): Promise<Promotion> {
	const at = now();
	const promotion = { id: timedId('prm', at, random), at, ...move };
	await records.put({ kind: auditKind, id: promotion.id, value: promotion });
	return promotion;
}
