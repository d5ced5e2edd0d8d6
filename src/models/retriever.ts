import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Embedder } from '../core/embedder.ts';
import { KnowhowError } from '../core/error.ts';
import type { TrainedModel, Weight } from '../core/trainer.ts';
import { type Artifact, linesOf, readArtifact, weightOf } from './artifact.ts';
import { translated, fromLines, type Lexicon, meaningsIn, toLines } from './lexicon.ts';
import { quantiseRows } from './quantised-rows.ts';
import { toFloats } from './safetensors.ts';
import { createStaticEmbedder } from './static-embedder.ts';
import type { StaticModel } from './static-folder.ts';

export const retrieverKind = 'retriever';

/**
 * What of an embedder learned: `adapter`, a matrix that queries are multiplied by, over any embedder; `query-table`, rows of a static
 * embedder's table as queries see them; `table`, the rows themselves, which makes another space.
 */
export const retrieverMethods = ['adapter', 'query-table', 'table'] as const;
export type RetrieverMethod = (typeof retrieverMethods)[number];

const settingsSchema = z.object({
	method: z.enum(retrieverMethods),
	dimensions: z.int(),
	/** The space that it was trained in and works on. */
	base: z.string(),
	/** Share of the vector leg that suits it, 0 to 1. */
	vectorWeight: z.number().optional(),
	/** Of the words that it learned; absent: it learned none. */
	language: z.string().optional(),
});

/** An embedder that learned, as it is stored. */
export type PackedRetriever = Pick<TrainedModel, 'kind' | 'settings' | 'weights' | 'texts'>;

/** `matrix`: (dimensions, dimensions), row-major. */
export function packAdapter(base: Embedder, matrix: Float32Array): PackedRetriever {
	const { dimensions, space } = base;
	return {
		kind: retrieverKind,
		settings: { method: 'adapter', dimensions, base: space },
		weights: { matrix: { shape: [dimensions, dimensions], numbers: matrix.slice() } },
		texts: {},
	};
}

export type TunedRows = {
	readonly method: 'query-table' | 'table';
	/** Of the tokens that learned. */
	readonly ids: readonly number[];
	/** (ids, dimensions): what a token adds to the sum, weights included. */
	readonly rows: Float32Array;
};

/** Only the rows that learned are kept, in int8 with a scale each. */
export function packTable(base: Embedder, { method, ids, rows }: TunedRows): PackedRetriever {
	const width = rows.length / ids.length;
	const { numbers, scales } = quantiseRows(rows, width, width);
	return {
		kind: retrieverKind,
		settings: { method, dimensions: base.dimensions, base: base.space },
		weights: { rows: { shape: [ids.length, width], numbers }, scales: { shape: [ids.length], numbers: scales } },
		texts: { 'tokens.txt': ids.map((id) => `${id}\n`).join('') },
	};
}

const lexiconFile = 'lexicon.txt';

/** A trained retriever that knows these words, too: queries are translated before it embeds them, and mean more to the keyword leg. */
export function withLexicon(packed: PackedRetriever, lexicon: Lexicon | null): PackedRetriever {
	if (lexicon === null) return packed;
	const { settings, texts } = packed;
	return {
		...packed,
		settings: { ...settings, language: lexicon.language },
		texts: { ...texts, [lexiconFile]: toLines(lexicon) },
	};
}

export type RetrieverBase = {
	readonly embedder: Embedder;
	/** Its table, when it is a static one. */
	readonly table: StaticModel | null;
};

/**
 * The embedder that a trained retriever is, over the one that it was trained on, and the share of the vector leg that suits it. Throws `not_found`, `unreadable_file`, and
 * `embedder_mismatch` over another embedder.
 */
export async function loadRetriever(
	folder: string,
	base: RetrieverBase,
): Promise<{ readonly embedder: Embedder; readonly vectorWeight: number | null }> {
	const artifact = await readArtifact(folder, retrieverKind);
	const { id, settings } = artifact.manifest;
	const embedder = retrieverOf(id, { settings, lexicon: artifact.texts[lexiconFile], ...numbersOf(artifact) }, base);
	return { embedder, vectorWeight: settingsSchema.parse(settings).vectorWeight ?? null };
}

/** Adapter or rows, in memory. */
type Numbers = { readonly weights: PackedRetriever['weights']; readonly ids: readonly number[] };

function numbersOf(artifact: Artifact): Numbers {
	const floats = (name: string): Weight => {
		const tensor = weightOf(artifact, name, 'F32');
		return { shape: tensor.shape, numbers: toFloats(tensor) };
	};
	if (artifact.weights.has('matrix')) return { weights: { matrix: floats('matrix') }, ids: [] };
	const { shape, bytes } = weightOf(artifact, 'rows', 'I8');
	const rows = { shape, numbers: new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length) };
	return { weights: { rows, scales: floats('scales') }, ids: linesOf(artifact, 'tokens.txt').map(Number) };
}

/** What was just trained as an embedder: equal to the one that is loaded once it has been stored. */
export function openTrained(id: string, packed: PackedRetriever, base: RetrieverBase): Embedder {
	const { texts } = packed;
	const lines = texts['tokens.txt']?.trimEnd().split('\n') ?? [];
	return retrieverOf(id, { ...packed, lexicon: texts[lexiconFile], ids: lines.map(Number) }, base);
}

type Opened = Numbers & Pick<PackedRetriever, 'settings'> & { readonly lexicon: string | undefined };

function retrieverOf(id: string, { lexicon, ...numbers }: Opened, base: RetrieverBase): Embedder {
	const embedder = vectorsOf(id, numbers, base);
	const { language } = settingsSchema.parse(numbers.settings);
	if (lexicon === undefined || language === undefined) return embedder;
	return translating(embedder, fromLines(lexicon.trimEnd().split('\n'), language));
}

/** Embeds queries with what their words mean in their place. */
export function translating(embedder: Embedder, lexicon: Lexicon): Embedder {
	const { id, space, dimensions } = embedder;
	return {
		id,
		space,
		dimensions,
		embed: (texts, kind, signal) =>
			embedder.embed(kind === 'query' ? texts.map((text) => translated(text, lexicon)) : texts, kind, signal),
		meanings: (query) => meaningsIn(query, lexicon),
	};
}

function vectorsOf(
	id: string,
	{ settings, weights, ids }: Omit<Opened, 'lexicon'>,
	{ embedder, table }: RetrieverBase,
): Embedder {
	const { method, dimensions, base } = settingsSchema.parse(settings);
	if (base !== embedder.space || (method !== 'adapter' && table === null)) {
		throw new KnowhowError(
			'embedder_mismatch',
			`${id} was trained on another embedder (${base}) than ${embedder.id}.`,
			{
				hint: 'Configure that embedder again, roll back, or train anew.',
			},
		);
	}
	if (method === 'adapter') return adapted(id, embedder, weights['matrix']!.numbers as Float32Array);
	const tuned = withRows(id, table!, { ids, weights });
	const whole = createStaticEmbedder(tuned, { dimensions });
	// Of its base's family: what else is known of that one's vectors still holds.
	const space = `${base}~${tuned.hash.slice(0, 16)}`;
	return method === 'table' ? inSpace(whole, space) : askingWith(whole, embedder);
}

/** Queries times the matrix, at unit length; passages as they are. */
function adapted(id: string, base: Embedder, matrix: Float32Array): Embedder {
	return {
		id,
		space: base.space,
		dimensions: base.dimensions,
		embed: async (texts, kind, signal) => {
			const vectors = await base.embed(texts, kind, signal);
			return kind === 'query' ? vectors.map((vector) => times(vector, matrix)) : vectors;
		},
	};
}

/** A matrix that maps a query to nothing leaves it as it is. */
function times(vector: Float32Array, matrix: Float32Array): Float32Array {
	const width = vector.length;
	const out = new Float32Array(width);
	for (let i = 0; i < width; i++) {
		const factor = vector[i]!;
		const at = i * width;
		for (let j = 0; j < width; j++) out[j]! += factor * matrix[at + j]!;
	}
	const length = Math.hypot(...out);
	return length > 0 ? out.map((value) => value / length) : vector;
}

/** Queries by one embedder, passages by another whose space both share. */
function askingWith(queries: Embedder, passages: Embedder): Embedder {
	const { space, dimensions } = passages;
	return {
		id: queries.id,
		space,
		dimensions,
		embed: (texts, kind, signal) => (kind === 'query' ? queries : passages).embed(texts, kind, signal),
	};
}

function inSpace(embedder: Embedder, space: string): Embedder {
	const { id, dimensions } = embedder;
	return { id, space, dimensions, embed: (texts, kind, signal) => embedder.embed(texts, kind, signal) };
}

/** A copy of a table with other rows. Its hash is that of both. */
function withRows(id: string, table: StaticModel, { ids, weights }: Numbers): StaticModel {
	const rows = weights['rows']!.numbers as Int8Array;
	const scales = weights['scales']!.numbers as Float32Array;
	const { dimensions } = table;
	const numbers = table.numbers.slice();
	const factors = table.weights.slice();
	ids.forEach((token, row) => {
		factors[token] = scales[row]!;
		numbers.set(rows.subarray(row * dimensions, (row + 1) * dimensions), token * dimensions);
	});
	const bytes = (array: Int8Array | Float32Array) => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
	const hash = createHash('sha256').update(table.hash).update(ids.join()).update(bytes(rows)).update(bytes(scales));
	return { ...table, id, hash: hash.digest('hex'), numbers, weights: factors };
}
