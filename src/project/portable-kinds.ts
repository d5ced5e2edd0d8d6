import { KnowhowError } from '../core/error.ts';
import type { Store, StoredRecord } from '../core/store.ts';
import { CollectionAccess } from './access/collection-access.ts';
import { allDocuments } from './all-documents.ts';
import { fusionKind } from './collection-fusion.ts';
import { findDataset, listDatasets, readDataset, saveDataset } from './datasets/datasets.ts';
import { conversationKind } from './interactions/conversations.ts';
import { allInteractions, interactionKind, isExpired, type Log } from './interactions/interactions.ts';
import { documentLine, type Line, lineSchemas, type PortableKind, toAdopted } from './portable-lines.ts';
import { allRecords } from './records.ts';
import { systemKind, systemVersionKind } from './systems/systems.ts';

/** What moves: documents, what is kept of answers, systems, datasets, learned weights. */
export type Portable = { readonly store: Pick<Store, 'corpus' | 'records'>; readonly log: Log };

/** What the project has in the place of a line: nothing, the same, or something else (said in a sentence). */
export type Fate = 'new' | 'same' | { readonly conflict: string };

/** How things of a kind leave a project and come into another. */
type Mover<K extends PortableKind> = {
	lines(portable: Portable): AsyncIterable<Line<K>>;
	fate(portable: Portable, line: Line<K>): Promise<Fate>;
	/** Of a line whose fate is `new`. */
	add(portable: Portable, line: Line<K>): Promise<void>;
};

const collections: Mover<'collections'> = {
	async *lines({ store }) {
		const grants = new CollectionAccess(store);
		for (const { id, name } of await store.corpus.collections()) {
			const { owner, readers } = await grants.get(id);
			yield { name, owner, readers: readers === 'everyone' ? readers : [...readers] };
		}
	},
	async fate({ store }, { name, ...grant }) {
		const present = await store.corpus.collection(name);
		if (present === null) return 'new';
		const stored = await new CollectionAccess(store).get(present.id);
		return sameOr(stored, grant, `The collection "${name}" is reached by others than in the export.`);
	},
	async add({ store }, { name, owner, readers }) {
		const { id } = await store.corpus.createCollection(name);
		await new CollectionAccess(store).set(id, { owner, readers });
	},
};

const documents: Mover<'documents'> = {
	async *lines({ store: { corpus } }) {
		for (const collection of await corpus.collections()) {
			for await (const { id } of allDocuments(corpus, collection.id, 'everything')) {
				const line = await documentLine(corpus, id, collection);
				if (line !== null) yield line;
			}
		}
	},
	async fate({ store: { corpus } }, line) {
		const { id, source } = line;
		const known = await corpus.document(id, 'everything');
		if (known !== null) {
			const home = (await corpus.collections()).find((collection) => collection.id === known.collection);
			const stored = await documentLine(corpus, id, { name: home?.name ?? '' });
			return sameOr(stored, line, `The document ${id} (${source}) differs.`);
		}
		const collection = await corpus.collection(line.collection);
		const taken = collection && (await corpus.documentAt(collection.id, source, 'everything'));
		return taken ? { conflict: `"${line.collection}" has another document at ${source}: ${taken.id}.` } : 'new';
	},
	async add({ store: { corpus } }, line) {
		const collection = await corpus.collection(line.collection);
		if (collection === null) throw homeless(`The document ${line.id}`);
		await corpus.adopt(toAdopted(line, collection.id));
	},
};

const interactions: Mover<'interactions'> = {
	...recordMover('interactions', {
		kind: interactionKind,
		toRecord: (line) => ({ id: line.id, value: line }),
		toLine: ({ value }) => value,
		name: ({ id }) => `The interaction ${id}`,
	}),
	async *lines({ store: { records }, log }) {
		for await (const interaction of allInteractions(records)) {
			if (!isExpired(interaction.id, log)) yield interaction;
		}
	},
};

const conversations = recordMover('conversations', {
	kind: conversationKind,
	toRecord: (line) => ({ id: line.id, value: line }),
	toLine: ({ value }) => value,
	name: ({ id }) => `The conversation ${id}`,
});

const systemVersions = recordMover('systemVersions', {
	kind: systemVersionKind,
	toRecord: ({ version, spec }) => ({ id: version, value: spec }),
	toLine: ({ id, value }) => ({ version: id, spec: value }),
	name: ({ version }) => `The system version ${version}`,
});

const systems = recordMover('systems', {
	kind: systemKind,
	toRecord: ({ name, ...pointer }) => ({ id: name, value: pointer }),
	toLine: ({ id, value }) => ({ name: id, ...(value as object) }),
	name: ({ name }) => `What the system "${name}" stands for`,
});

const datasets: Mover<'datasets'> = {
	async *lines({ store: { records } }) {
		for (const { id } of (await listDatasets(records)).toReversed()) yield await datasetLine(records, id);
	},
	async fate({ store: { records } }, line) {
		if ((await findDataset(records, line.id)) === null) return 'new';
		return sameOr(await datasetLine(records, line.id), line, `The dataset ${line.id} differs.`);
	},
	async add({ store: { records } }, { examples, ...summary }) {
		await saveDataset(records, summary, examples);
	},
};

async function datasetLine(records: Store['records'], id: string): Promise<Line<'datasets'>> {
	const { pages: _, examples, ...summary } = await readDataset(records, id);
	return lineSchemas.datasets.parse({ ...summary, examples: Object.values(examples).flat() });
}

const fusion: Mover<'fusion'> = {
	async *lines({ store: { corpus, records } }) {
		for (const { id, name } of await corpus.collections()) {
			const stored = await records.get(fusionKind, id);
			if (stored !== null) yield fusionLine(name, stored);
		}
	},
	async fate({ store: { corpus, records } }, line) {
		const collection = await corpus.collection(line.collection);
		const stored = collection && (await records.get(fusionKind, collection.id));
		if (stored === null) return 'new';
		return sameOr(fusionLine(line.collection, stored), line, `"${line.collection}" has learned another weight.`);
	},
	async add({ store: { corpus, records } }, { collection: name, ...learned }) {
		const collection = await corpus.collection(name);
		if (collection === null) throw homeless('A learned weight');
		await records.put({ kind: fusionKind, id: collection.id, value: learned }, 0);
	},
};

function fusionLine(collection: string, { value }: StoredRecord): Line<'fusion'> {
	return lineSchemas.fusion.parse({ collection, ...(value as object) });
}

type Recorded<K extends PortableKind> = {
	/** Of the record that holds a line. */
	readonly kind: string;
	toRecord(line: Line<K>): { readonly id: string; readonly value: unknown };
	/** What was stored before a field was there gets its default. */
	toLine(record: StoredRecord): unknown;
	/** Begins a sentence. */
	name(line: Line<K>): string;
};

/** Moves what is a record each. */
function recordMover<K extends PortableKind>(kind: K, recorded: Recorded<K>): Mover<K> {
	const lineOf = (record: StoredRecord) => lineSchemas[kind].parse(recorded.toLine(record)) as Line<K>;
	return {
		async *lines({ store: { records } }) {
			for await (const record of allRecords(records, recorded.kind)) yield lineOf(record);
		},
		async fate({ store: { records } }, line) {
			const stored = await records.get(recorded.kind, recorded.toRecord(line).id);
			return stored === null ? 'new' : sameOr(lineOf(stored), line, `${recorded.name(line)} differs.`);
		},
		async add({ store: { records } }, line) {
			await records.put({ kind: recorded.kind, ...recorded.toRecord(line) }, 0);
		},
	};
}

function homeless(what: string): KnowhowError {
	return new KnowhowError('invalid_data', `${what} is in a collection that the export lacks.`);
}

/** Two JSON values are equal whatever the order of their keys. */
function sameOr(a: unknown, b: unknown, conflict: string): Fate {
	return JSON.stringify(a, sortedKeys) === JSON.stringify(b, sortedKeys) ? 'same' : { conflict };
}

function sortedKeys(_key: string, value: unknown): unknown {
	if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
	return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

export const movers: { readonly [K in PortableKind]: Mover<K> } = {
	collections,
	documents,
	interactions,
	conversations,
	systemVersions,
	systems,
	datasets,
	fusion,
};

/** The one for lines of a kind that only the file says. */
export function moverOf(kind: PortableKind): Mover<PortableKind> {
	return movers[kind];
}
