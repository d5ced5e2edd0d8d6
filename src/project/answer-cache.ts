import { createHash } from 'node:crypto';
import type { Corpus, Records } from '../core/store.ts';
import type { System } from '../core/system.ts';
import type { Answered } from '../evaluate/row.ts';
import type { AnswerCache } from '../evaluate/run.ts';
import { collectionWeights } from './collection-fusion.ts';
import { allRecords } from './records.ts';

const kind = 'evaluated-answer';

/** What a collection held when a system answered; equal states hold the same. */
type CollectionState = {
	readonly collection: string;
	readonly epoch: string;
	readonly sequence: number;
	readonly space: string | null;
	/** Learned for it; null when it uses what suits its embedder. */
	readonly vectorWeight: number | null;
};

type Kept = {
	/** Empty for a system without a search: no document changes what it says. */
	readonly states: readonly CollectionState[];
	readonly documents: readonly string[];
	readonly answered: Answered;
};

export type AnswerCacheParts = {
	readonly records: Records;
	readonly corpus: Corpus;
	/** Names of the collections that are searched. */
	readonly collections: readonly string[];
	/** Of this package: another one may answer otherwise. */
	readonly packageVersion: string;
	/** Look nothing up, but keep what is new. */
	readonly isFresh: boolean;
};

/**
 * Answers by what makes them: system version, question, the state of the collections, this package. A changed document changes the
 * state, so that nothing old is found again; an answer during which something changed is not kept.
 */
export function createAnswerCache({
	records,
	corpus,
	collections,
	packageVersion,
	isFresh,
}: AnswerCacheParts): AnswerCache {
	const asked = new Map<string, string>();
	const keyOf = async (system: System, question: string): Promise<{ id: string; states: CollectionState[] }> => {
		const { spec } = system;
		const isSearching = spec.kind !== 'plain' || spec.retrieval !== null;
		const states = isSearching ? await statesOf({ corpus, records }, collections) : [];
		const made = JSON.stringify([packageVersion, spec, question, states]);
		return { id: createHash('sha256').update(made).digest('hex'), states };
	};
	return {
		get: async (system, question) => {
			const { id } = await keyOf(system, question);
			asked.set(`${system.name}\n${question}`, id);
			return isFresh ? null : (((await records.get(kind, id))?.value as Kept | undefined)?.answered ?? null);
		},
		put: async (system, question, answered) => {
			const { id, states } = await keyOf(system, question);
			if (asked.get(`${system.name}\n${question}`) !== id) return;
			const documents = [...new Set(answered.hits.map(({ documentId }) => documentId))];
			await records.put({ kind, id, value: { states, documents, answered } satisfies Kept });
		},
	};
}

async function statesOf(
	{ corpus, records }: Pick<AnswerCacheParts, 'corpus' | 'records'>,
	names: readonly string[],
): Promise<CollectionState[]> {
	const found = await Promise.all([...names].sort().map((name) => corpus.collection(name)));
	const collections = found.filter((collection) => collection !== null);
	const weights = await collectionWeights(records, collections);
	return collections.map(({ id, sequence, space }) => {
		const vectorWeight = weights.get(id) ?? null;
		return { collection: id, epoch: corpus.epoch, sequence, space, vectorWeight };
	});
}

/** Removes the answers that nothing can find again, with the text that they hold. */
export async function removeStaleAnswers(records: Records, corpus: Corpus): Promise<void> {
	const current = new Map((await corpus.collections()).map(({ id, sequence, space }) => [id, { sequence, space }]));
	await removeWhere(records, ({ states }) =>
		states.some(({ collection, epoch, sequence, space }) => {
			const now = current.get(collection);
			return epoch !== corpus.epoch || now?.sequence !== sequence || now.space !== space;
		}),
	);
}

/** Removes the answers that hold text of these documents. */
export async function removeAnswersFrom(records: Records, documents: ReadonlySet<string>): Promise<void> {
	await removeWhere(records, (kept) => kept.documents.some((id) => documents.has(id)));
}

async function removeWhere(records: Records, isGone: (kept: Kept) => boolean): Promise<void> {
	const gone: string[] = [];
	for await (const { id, value } of allRecords(records, kind)) if (isGone(value as Kept)) gone.push(id);
	if (gone.length > 0) await records.removeAll(kind, gone);
}
