import { createHash } from 'node:crypto';
import type { Corpus, Records } from '../../core/store.ts';
import type { System } from '../../core/system.ts';
import type { Answered } from '../../evaluate/row.ts';
import type { AnswerCache } from '../../evaluate/run.ts';
import { collectionWeights } from '../collection-fusion.ts';
import { allRecords, readRecord } from '../records.ts';

/** Answers; their ids begin with the state that they were given in, so that those of one state lie together. */
const kind = 'evaluated-answer';
/** The states that there are answers of. */
const stateKind = 'evaluated-state';

/** What a collection held when a system answered; equal states hold the same. */
type CollectionState = {
	readonly collection: string;
	readonly epoch: string;
	readonly sequence: number;
	readonly space: string | null;
	/** Learned for it; null when it uses what suits its embedder. */
	readonly vectorWeight: number | null;
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
	const placeOf = async (system: System, question: string): Promise<Place> => {
		const { spec } = system;
		const isSearching = spec.kind !== 'plain' || spec.retrieval !== null;
		const states = isSearching ? await statesOf({ corpus, records }, collections) : [];
		const state = hashOf(states);
		return { states, state, id: `${state}.${hashOf([packageVersion, spec, question])}` };
	};
	return {
		get: async (system, question) => {
			const { id } = await placeOf(system, question);
			asked.set(`${system.name}\n${question}`, id);
			return isFresh ? null : await readRecord<Answered>(records, kind, id);
		},
		put: async (system, question, answered) => {
			const { id, state, states } = await placeOf(system, question);
			if (asked.get(`${system.name}\n${question}`) !== id) return;
			// Before its first answer, so that none is ever without it.
			if ((await records.get(stateKind, state)) === null)
				await records.put({ kind: stateKind, id: state, value: states });
			await records.put({ kind, id, value: answered });
		},
	};
}

type Place = {
	/** Empty for a system without a search: no document changes what it says. */
	readonly states: readonly CollectionState[];
	readonly state: string;
	readonly id: string;
};

function hashOf(value: unknown): string {
	return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 32);
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

/** Removes the answers that nothing can find again, with the text that they hold. Looks at states, not at answers. */
export async function removeStaleAnswers(records: Records, corpus: Corpus): Promise<void> {
	const current = new Map((await corpus.collections()).map(({ id, sequence, space }) => [id, { sequence, space }]));
	await removeAnswersOf(records, (states) =>
		states.some(({ collection, epoch, sequence, space }) => {
			const now = current.get(collection);
			return epoch !== corpus.epoch || now?.sequence !== sequence || now.space !== space;
		}),
	);
}

/** Removes every answer that holds text of documents: before one of them goes, which makes all of these stale. */
export async function removeSearchedAnswers(records: Records): Promise<void> {
	await removeAnswersOf(records, (states) => states.length > 0);
}

async function removeAnswersOf(
	records: Records,
	isGone: (states: readonly CollectionState[]) => boolean,
): Promise<void> {
	for await (const { id: state, value } of allRecords(records, stateKind)) {
		if (!isGone(value as CollectionState[])) continue;
		const ids: string[] = [];
		for await (const { id } of allRecords(records, kind, { after: `${state}.` })) {
			if (!id.startsWith(`${state}.`)) break;
			ids.push(id);
		}
		await records.removeAll(kind, ids);
		await records.remove(stateKind, state);
	}
}
