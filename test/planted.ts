import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AskParts, Found } from '../src/ask/ask.ts';
import type { Evidence } from '../src/ask/units.ts';
import { configSchema } from '../src/core/config.ts';
import { parse } from '../src/ingest/parse/parse.ts';
import { type Collection, openPassages } from '../weights/collection.ts';

/** A document in which somebody has planted an order to the language model that will read it; see its README. */
export type Planted = {
	readonly id: string;
	readonly attack: string;
	readonly format: 'markdown' | 'html' | 'text';
	readonly text: string;
	readonly question: string;
	readonly canary: string;
	readonly forbidden: readonly string[];
	readonly truth: string | null;
};

const extensions = { markdown: 'md', html: 'html', text: 'txt' };

export const planted: readonly Planted[] = readFileSync(
	join(import.meta.dirname, 'fixtures/injection/documents.jsonl'),
	'utf8',
)
	.trimEnd()
	.split('\n')
	.map((line) => JSON.parse(line) as Planted);

/** Whether a forbidden string or `/pattern/flags` occurs in a text. */
export function occurs(forbidden: string, text: string): boolean {
	const [, source, flags] = /^\/(.+)\/([a-z]*)$/s.exec(forbidden) ?? [];
	return source === undefined ? text.includes(forbidden) : new RegExp(source, flags).test(text);
}

export type PlantedCollection = AsyncDisposable & {
	/** What `ask` needs to answer from one of the documents alone. */
	partsFor(document: Planted): Pick<AskParts, 'search' | 'document' | 'settings' | 'system' | 'now' | 'interaction'>;
	evidenceFor(document: Planted): Promise<Evidence[]>;
};

/** All planted documents through their parsers into one collection. */
export async function openPlanted(): Promise<PlantedCollection> {
	const passages = await Promise.all(
		planted.map(async ({ id, format, text }) => {
			// What ingesting refuses as no text comes in as it is: other ways in may be less strict.
			const read = await parse(Buffer.from(text), `${id}.${extensions[format]}`, { html: 'main' }).catch(() => null);
			return { _id: id, title: read?.title ?? id, text: read?.text ?? text };
		}),
	);
	const collection: Collection = await openPassages(passages);
	// A question that shares no word with its document finds it by the beginning of its text, as vectors would.
	const searchIn = async ({ id, text }: Planted, query: string, k: number): Promise<Found> => {
		const { hits, terms } = await collection.search(query, 500);
		const own = hits.filter(({ document }) => document.source === id);
		if (own.length > 0) return { hits: own.slice(0, k), terms };
		const found = await collection.search(text.slice(0, 200), 500);
		return { hits: found.hits.filter(({ document }) => document.source === id).slice(0, k), terms };
	};
	const { ask: settings } = configSchema.parse({});
	return {
		partsFor: (document) => ({
			search: async (query, k) => await searchIn(document, query, k),
			document: async (id) => await collection.document(id),
			settings,
			system: 'rag@test',
			now: () => 0,
			interaction: 'i1',
		}),
		evidenceFor: async (document) => {
			const { hits } = await searchIn(document, document.question, settings.hits);
			return await Promise.all(
				hits.map(async (hit) => ({ hit, document: (await collection.document(hit.document.id))! })),
			);
		},
		[Symbol.asyncDispose]: async () => await collection[Symbol.asyncDispose](),
	};
}
