/**
 * The benchmark's corpus: real English text in chunks of about 150 words, synthetic clustered vectors, known-item queries and
 * the exact answers. Deterministic for given packages, count and seed; kept under `.cache`. `node bench/corpus.ts [--chunks N]`.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createGaussian, createRandom, shuffle } from './random.ts';
import { findTexts, type SourceText } from './texts.ts';

export const dimensions = 384;
/** Shares of the chunks that carry the tags `one` and `ten`; a document carries a tag with all of its chunks. */
const shares = { one: 0.01, ten: 0.1 } as const;
export type Tag = keyof typeof shares;

export type CorpusDocument = {
	readonly source: string;
	readonly title: string;
	readonly tags: readonly Tag[];
	/** The first chunk's number; the others follow. */
	readonly first: number;
	readonly chunks: readonly string[];
};

export type CorpusQuery = {
	/** 6 to 12 words in a row from the chunk `source`; the query's vector is that chunk's with noise. */
	readonly text: string;
	readonly source: number;
	/** The exact 10 nearest chunks by cosine: of all, and of those with a tag. */
	readonly nearest: readonly number[];
	readonly nearestOne: readonly number[];
	readonly nearestTen: readonly number[];
};

export type Manifest = {
	readonly note: string;
	readonly chunks: number;
	readonly documents: number;
	readonly characters: number;
	readonly tagged: Readonly<Record<Tag, number>>;
	/** Chunks beyond the corpus, for updates. */
	readonly spare: number;
};

const version = 1;
const wordsPerChunk = 150;
const leastWords = 60;
const chunksPerDocument = 100;
const chunksPerPackage = 9_000;
const queryCount = 500;
const cache = join(import.meta.dirname, '.cache');
const data = join(import.meta.dirname, '../../shared/data');

/** The folder of a corpus of `count` chunks, made when it is not there. */
export function corpusFolder(count: number, seed = 1): string {
	const folder = join(cache, `corpus-${count}-${seed}-v${version}`);
	if (existsSync(join(folder, 'manifest.json'))) return folder;
	rmSync(folder, { recursive: true, force: true });
	const temporary = `${folder}.tmp`;
	mkdirSync(temporary, { recursive: true });
	build(temporary, count, seed);
	renameSync(temporary, folder);
	return folder;
}

export function readManifest(folder: string): Manifest {
	return JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as Manifest;
}

/** The documents, those beyond the corpus (`spare`) included only when asked. */
export function* readDocuments(folder: string, file: 'documents' | 'spare' = 'documents'): Generator<CorpusDocument> {
	const bytes = readFileSync(join(folder, `${file}.jsonl`));
	for (let at = 0; at < bytes.length;) {
		const end = bytes.indexOf(10, at);
		yield JSON.parse(bytes.toString('utf8', at, end)) as CorpusDocument;
		at = end + 1;
	}
}

/** Views of a file of unit vectors. */
export function readVectors(folder: string, file: 'chunks' | 'spare' | 'queries'): Float32Array[] {
	const bytes = readFileSync(join(folder, `${file}.f32`));
	const all = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
	return Array.from({ length: all.length / dimensions }, (_, i) => all.subarray(i * dimensions, (i + 1) * dimensions));
}

export function readQueries(folder: string): CorpusQuery[] {
	return JSON.parse(readFileSync(join(folder, 'queries.json'), 'utf8')) as CorpusQuery[];
}

function build(folder: string, count: number, seed: number): void {
	const spareCount = Math.ceil(count / 50);
	const { note, files, kind } = findTexts(cache, data);
	const all = kind === 'data' ? recombine(cut(files), count + spareCount, seed) : cut(files);
	const random = createRandom(seed);
	const { documents, spare } = choose(shuffle(all, random), count, spareCount, random);
	const vectors = createVectors([...documents, ...spare], random);
	const chunkVectors = vectors.subarray(0, count * dimensions);
	const { queries, queryVectors } = createQueries(documents, chunkVectors, random);
	writeLines(join(folder, 'documents.jsonl'), documents);
	writeLines(join(folder, 'spare.jsonl'), spare);
	writeFileSync(join(folder, 'chunks.f32'), chunkVectors);
	writeFileSync(join(folder, 'spare.f32'), vectors.subarray(count * dimensions));
	writeFileSync(join(folder, 'queries.f32'), queryVectors);
	writeFileSync(join(folder, 'queries.json'), JSON.stringify(queries));
	const manifest: Manifest = {
		note: `${note}; 384-d synthetic unit vectors, clustered by source file; seed ${seed}`,
		chunks: count,
		documents: documents.length,
		characters: documents.flatMap(({ chunks }) => chunks).reduce((sum, text) => sum + text.length, 0),
		tagged: { one: countTagged(documents, 'one'), ten: countTagged(documents, 'ten') },
		spare: spareCount,
	};
	writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest, null, '\t'));
}

type Piece = { readonly source: string; readonly title: string; readonly chunks: string[] };

/** Cuts texts into chunks, leaving out what is not English prose and what was there before. */
function cut(files: Iterable<SourceText>): Piece[] {
	const seen = new Set<string>();
	const perPackage = new Map<string, number>();
	const pieces: Piece[] = [];
	for (const { source, title, text } of files) {
		const origin = source.slice(0, source.indexOf('/'));
		const already = perPackage.get(origin) ?? 0;
		if (already >= chunksPerPackage) continue;
		const chunks = chunksOf(text).filter((chunk) => isEnglishProse(chunk) && isNew(chunk, seen));
		if (chunks.length === 0) continue;
		perPackage.set(origin, already + chunks.length);
		for (let at = 0; at < chunks.length; at += chunksPerDocument) {
			const part = at === 0 ? '' : `#${at / chunksPerDocument}`;
			pieces.push({ source: source + part, title, chunks: chunks.slice(at, at + chunksPerDocument) });
		}
	}
	return pieces;
}

/** Whole lines until there are 150 words; a longer line is cut. */
function chunksOf(text: string): string[] {
	const chunks: string[] = [];
	let lines: string[] = [];
	let words = 0;
	const flush = (): void => {
		if (words >= leastWords) chunks.push(lines.join('\n'));
		lines = [];
		words = 0;
	};
	for (const raw of text.split('\n')) {
		const tokens = raw.trim().split(/\s+/).filter(Boolean);
		for (let at = 0; at < tokens.length; at += wordsPerChunk) {
			const line = tokens.slice(at, at + wordsPerChunk);
			lines.push(line.join(' '));
			words += line.length;
			if (words >= wordsPerChunk) flush();
		}
	}
	flush();
	return chunks;
}

const common = new Set('a an and are as be by for from if in is it not of on or that the this to with'.split(' '));

function isEnglishProse(chunk: string): boolean {
	const tokens = chunk.split(/\s+/);
	let wordLike = 0;
	let functionWords = 0;
	for (const token of tokens) {
		if (/^[("'“‘]?[A-Za-z][a-z'’-]*[)"'”’.,:;!?]*$/.test(token)) wordLike++;
		if (common.has(token.toLowerCase())) functionWords++;
	}
	return wordLike >= 0.72 * tokens.length && functionWords >= 0.15 * tokens.length;
}

/** Neither the whole chunk nor its first 25 words have been seen. */
function isNew(chunk: string, seen: Set<string>): boolean {
	const normal = chunk.toLowerCase().replace(/[^a-z]+/g, ' ');
	const prints = [normal, normal.split(' ', 25).join(' ')].map((text) =>
		createHash('sha1').update(text).digest('base64'),
	);
	if (prints.some((print) => seen.has(print))) return false;
	for (const print of prints) seen.add(print);
	return true;
}

/** New chunks from halves of two chunks, until there are enough. */
function recombine(pieces: Piece[], wanted: number, seed: number): Piece[] {
	const random = createRandom(seed + 1);
	const originals = pieces.flatMap(({ chunks }) => chunks);
	const half = (text: string, second: boolean): string => {
		const words = text.split(' ');
		const middle = words.length >> 1;
		return (second ? words.slice(middle) : words.slice(0, middle)).join(' ');
	};
	const any = (): string => originals[Math.floor(random() * originals.length)]!;
	const made = [...pieces];
	for (let size = originals.length; size < wanted; size += 12) {
		const chunks = Array.from({ length: 12 }, () => `${half(any(), false)} ${half(any(), true)}`);
		made.push({ source: `recombined/${made.length}`, title: 'Recombined text', chunks });
	}
	return made;
}

function choose(
	pieces: readonly Piece[],
	count: number,
	spareCount: number,
	random: () => number,
): { documents: CorpusDocument[]; spare: CorpusDocument[] } {
	const documents: CorpusDocument[] = [];
	const spare: CorpusDocument[] = [];
	const tagged = { one: 0, ten: 0 };
	let size = 0;
	for (const piece of pieces) {
		if (size === count + spareCount) break;
		const end = size < count ? count : count + spareCount;
		const chunks = piece.chunks.slice(0, end - size);
		const tags = (['one', 'ten'] as const).filter((tag) => {
			// Nothing large takes a tag, so that a tag's chunks come from many documents.
			const wanted = shares[tag] * count;
			if (size >= count || chunks.length > wanted / 10 || tagged[tag] + chunks.length > wanted) return false;
			if (random() > 3 * shares[tag]) return false;
			tagged[tag] += chunks.length;
			return true;
		});
		(size < count ? documents : spare).push({ source: piece.source, title: piece.title, tags, first: size, chunks });
		size += chunks.length;
	}
	if (size < count + spareCount) throw new Error(`The texts give ${size} chunks, not ${count + spareCount}.`);
	return { documents, spare };
}

function countTagged(documents: readonly CorpusDocument[], tag: Tag): number {
	return documents.filter(({ tags }) => tags.includes(tag)).reduce((sum, { chunks }) => sum + chunks.length, 0);
}

const superClusters = 60;
const centres = 2_000;

/** 2,000 Gaussian centres in 60 super-clusters; the chunks of a document share a centre (cosine to it about 0.78). */
function createVectors(documents: readonly CorpusDocument[], random: () => number): Float32Array {
	const gaussian = createGaussian(random);
	const noise = (): Float32Array => unit(Float32Array.from({ length: dimensions }, gaussian));
	const around = (centre: Float32Array, spread: number): Float32Array => {
		const drift = noise();
		return unit(centre.map((value, i) => value + spread * drift[i]!));
	};
	const supers = Array.from({ length: superClusters }, noise);
	const middle = Array.from({ length: centres }, (_, i) => around(supers[i % superClusters]!, 1));
	const count = documents.reduce((sum, { chunks }) => sum + chunks.length, 0);
	const vectors = new Float32Array(count * dimensions);
	for (const { first, chunks } of documents) {
		const centre = middle[Math.floor(random() * centres)]!;
		chunks.forEach((_, i) => vectors.set(around(centre, 0.8), (first + i) * dimensions));
	}
	return vectors;
}

function createQueries(
	documents: readonly CorpusDocument[],
	vectors: Float32Array,
	random: () => number,
): { queries: CorpusQuery[]; queryVectors: Float32Array } {
	const gaussian = createGaussian(random);
	const texts = documents.flatMap(({ chunks }) => chunks);
	const ofTag = (tag: Tag): number[] =>
		documents.filter(({ tags }) => tags.includes(tag)).flatMap(({ first, chunks }) => chunks.map((_, i) => first + i));
	const [one, ten] = [ofTag('one'), ofTag('ten')];
	const all = texts.map((_, i) => i);
	const queryVectors = new Float32Array(queryCount * dimensions);
	const queries = Array.from({ length: queryCount }, (_, i): CorpusQuery => {
		const source = Math.floor(random() * texts.length);
		const words = texts[source]!.split(/\s+/);
		const length = 6 + Math.floor(random() * 7);
		const begin = Math.floor(random() * (words.length - length));
		const drift = unit(Float32Array.from({ length: dimensions }, gaussian));
		const own = vectors.subarray(source * dimensions, (source + 1) * dimensions);
		const vector = unit(own.map((value, d) => value + 0.6 * drift[d]!));
		queryVectors.set(vector, i * dimensions);
		return {
			text: words.slice(begin, begin + length).join(' '),
			source,
			nearest: nearest(vector, vectors, all),
			nearestOne: nearest(vector, vectors, one),
			nearestTen: nearest(vector, vectors, ten),
		};
	});
	return { queries, queryVectors };
}

function nearest(query: Float32Array, vectors: Float32Array, among: readonly number[]): number[] {
	const best: { chunk: number; score: number }[] = [];
	for (const chunk of among) {
		let score = 0;
		for (let d = 0, at = chunk * dimensions; d < dimensions; d++, at++) score += query[d]! * vectors[at]!;
		if (best.length === 10 && score <= best[9]!.score) continue;
		best.push({ chunk, score });
		best.sort((a, b) => b.score - a.score || a.chunk - b.chunk);
		best.length = Math.min(10, best.length);
	}
	return best.map(({ chunk }) => chunk);
}

function unit(vector: Float32Array): Float32Array {
	const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
	return vector.map((value) => value / length);
}

function writeLines(path: string, values: readonly unknown[]): void {
	writeFileSync(path, values.map((value) => `${JSON.stringify(value)}\n`).join(''));
}

if (import.meta.main) {
	const { values } = parseArgs({ options: { chunks: { type: 'string', default: '100000' } } });
	const folder = corpusFolder(Number(values.chunks));
	console.log(`corpus: ${folder}\n${JSON.stringify(readManifest(folder), null, '\t')}`);
}
