import { mayRead, type Access } from '../core/access.ts';
import type { DocumentSummary } from '../core/document.ts';
import type { Meanings } from '../core/embedder.ts';
import { type Filter, testOf } from '../core/filter.ts';
import type { ChunkRow } from '../core/store.ts';
import { sketch } from '../text/near-duplicates.ts';
import { type Stemmer, stemmer } from '../text/stem.ts';
import { termsOf, type Word, words } from '../text/words.ts';
import { addScores, defaultBm25, documentFrequency, idf, lengthNorms, type Bm25 } from './bm25.ts';
import { Wanted } from './occurrences.ts';
import { Postings, type FlatPostings, type TermPostings } from './postings.ts';
import { queryTerms, type QueryTerm } from './query.ts';
import { type FlatDigests, Digests } from './digests.ts';
import { top } from './top.ts';
import { VectorTable } from './vector-table.ts';

/** A chunk that one of the legs found, with its score in both. */
export type Candidate = {
	/** The chunk's row in the store. */
	readonly row: number;
	readonly document: DocumentSummary;
	/** BM25; 0 when no query term occurs, null when the keyword leg did not run. */
	readonly keyword: number | null;
	/** `keyword` as a share of the most that the query could score (Σ idf of its terms), 0 to 1. */
	readonly saturation: number | null;
	/** Cosine, approximate to about 0.01 (`Searcher.search` makes the best exact); null when the vector leg did not run or the chunk has no vector. */
	readonly vector: number | null;
	/** What is kept of its words (see `Digests`). */
	readonly digest: Uint8Array;
};

/** What an index is asked. */
export type IndexQuery = {
	/** For the keyword leg; null leaves it out. */
	readonly text: string | null;
	/** What words of `text` mean; none when absent. */
	readonly meanings?: Meanings | undefined;
	/** For the vector leg, unit length; null leaves it out. */
	readonly vector: Float32Array | null;
	/** Candidates wanted from each leg. */
	readonly k: number;
	readonly filter: Filter | null;
	readonly access: Access;
};

/** A term of the query with its weight in this collection. */
export type WeightedTerm = QueryTerm & { readonly idf: number };

export type IndexResult = {
	/** Found by either leg, in no order that means anything. */
	readonly candidates: readonly Candidate[];
	readonly terms: readonly WeightedTerm[];
	/** Which terms of the candidates' digests are those of the query. */
	readonly wanted: Wanted;
};

/** A term of the query and where its variants are. */
type LocatedTerm = { readonly term: WeightedTerm; readonly postings: readonly TermPostings[] };

/** A document; its chunks have the slots from `first` on. */
type Entry = { summary: DocumentSummary; first: number; count: number; live: boolean };

/** Share of dead slots, and of postings not yet merged, at which an index compacts itself. */
const wasteBeforeCompaction = 0.25;
/** Postings not yet merged that are no reason to compact: about 10,000 chunks. */
const smallTail = 1_000_000;
/** Kept sets of slots that a caller and filter may see. */
const keptMasks = 8;

/**
 * The in-memory index of one collection: BM25 postings and vectors over *slots* (one a chunk). Documents are added and removed
 * whole. Knows neither the store nor chunk text: it gives rows. Not safe for use by several threads.
 */
export class MemoryIndex {
	readonly #bm25: Bm25;
	#postings = new Postings();
	#digests = new Digests();
	/** For each language's stemmer, the number in `#postings` of the stem of a word. */
	#wordNumbers = new Map<Stemmer, Map<string, number>>();
	#vectors: VectorTable | null = null;
	#entries: Entry[] = [];
	#byId = new Map<string, number>();
	#count = 0;
	#dead = 0;
	#rows = new Float64Array(1024);
	/** For each slot the position of its document in `#entries`. */
	#owners = new Uint32Array(1024);
	#lengths = new Uint32Array(1024);
	#alive = new Uint8Array(1024);
	#totalLength = 0;
	#languages = new Map<string, number>();
	#norms: Float32Array | null = null;
	#scores = new Float32Array(0);
	/** By access and filter, the least recently used first. */
	#masks = new Map<string, Uint8Array | null>();

	constructor(bm25: Bm25 = defaultBm25) {
		this.#bm25 = bm25;
	}

	/** Live chunks. */
	get chunks(): number {
		return this.#count - this.#dead;
	}

	/** Entries that only a compaction frees. */
	get waste(): number {
		return this.#dead + this.#postings.tailSize + (this.#entries.length - this.#byId.size);
	}

	/** Of its vectors; null when it has none. */
	get dimensions(): number | null {
		return this.#vectors?.dimensions ?? null;
	}

	document(id: string): DocumentSummary | null {
		const at = this.#byId.get(id);
		return at === undefined ? null : this.#entries[at]!.summary;
	}

	/** Languages of the live documents (ISO 639-1), most frequent first. */
	languages(): string[] {
		return [...this.#languages].sort((a, b) => b[1] - a[1]).map(([language]) => language);
	}

	/**
	 * Adds a document or replaces what is indexed of it. When only its summary or vectors changed (same version) its slots stay.
	 * `vectorOf` gives the vector of a chunk row, null when it has none (or no vector space is active).
	 */
	put(summary: DocumentSummary, chunks: readonly ChunkRow[], vectorOf: (row: number) => Float32Array | null): void {
		const known = this.#byId.get(summary.id);
		this.#masks.clear();
		const entry = known === undefined ? undefined : this.#entries[known]!;
		if (entry?.summary.version === summary.version) {
			entry.summary = summary;
			chunks.forEach(({ row }, i) => this.#vectors?.set(entry.first + i, vectorOf(row)));
			return;
		}
		this.remove(summary.id);
		const owner = this.#entries.length;
		this.#entries.push({ summary, first: this.#count, count: chunks.length, live: true });
		this.#byId.set(summary.id, owner);
		const language = summary.language ?? 'en';
		this.#languages.set(language, (this.#languages.get(language) ?? 0) + 1);
		for (const chunk of chunks) this.#addSlot(owner, summary, chunk, vectorOf(chunk.row));
		this.#norms = null;
	}

	remove(id: string): void {
		const at = this.#byId.get(id);
		if (at === undefined) return;
		const entry = this.#entries[at]!;
		for (let slot = entry.first; slot < entry.first + entry.count; slot++) {
			this.#alive[slot] = 0;
			this.#totalLength -= this.#lengths[slot]!;
			this.#dead++;
		}
		const language = entry.summary.language ?? 'en';
		const left = this.#languages.get(language)! - 1;
		if (left === 0) this.#languages.delete(language);
		else this.#languages.set(language, left);
		entry.live = false;
		this.#byId.delete(id);
		this.#norms = null;
		this.#masks.clear();
	}

	/** Forgets all vectors and begins a space of `dimensions` (null: none); then `setVector` fills it. */
	resetVectors(dimensions: number | null): void {
		this.#vectors = dimensions === null ? null : new VectorTable(dimensions);
		if (this.#count > 0) this.#vectors?.set(this.#count - 1, null);
	}

	/** Rows of live chunks in order of slot, with a way to set their vectors. */
	setVectors(vectorOf: (row: number) => Float32Array | null): void {
		if (this.#vectors === null) return;
		for (let slot = 0; slot < this.#count; slot++) {
			if (this.#alive[slot] === 1) this.#vectors.set(slot, vectorOf(this.#rows[slot]!));
		}
	}

	search(query: IndexQuery): IndexResult {
		const wanted = new Wanted();
		if (this.chunks === 0) return { candidates: [], terms: [], wanted };
		const allowed = this.#allowed(query.access, query.filter);
		const located = query.text === null ? [] : this.#locate(queryTerms(query.text, this.languages(), query.meanings));
		const keyword = query.text === null ? null : this.#keywordScores(located, allowed);
		const found = new Set<number>();
		if (keyword !== null) for (const slot of top(keyword, this.#count, query.k, 0)) found.add(slot);
		const vector = query.vector !== null && this.#vectors !== null ? query.vector : null;
		if (vector !== null) for (const slot of this.#vectors!.search(vector, query.k, allowed)) found.add(slot);
		const slots = [...found];
		const cosines = vector === null ? null : this.#vectors!.scores(vector, slots);
		const most = located.reduce((sum, { term }) => sum + term.idf, 0) || 1;
		located.forEach(({ postings }, i) => postings.forEach(({ number }) => wanted.add(number, i)));
		const candidates = slots.map((slot, i) => ({
			row: this.#rows[slot]!,
			document: this.#entries[this.#owners[slot]!]!.summary,
			keyword: keyword === null ? null : keyword[slot]!,
			saturation: keyword === null ? null : keyword[slot]! / most,
			vector: cosines === null ? null : cosines[i]!,
			digest: this.#digests.of(slot),
		}));
		return { candidates, terms: located.map(({ term }) => term), wanted };
	}

	/** Drops dead slots and merges what was added. Changes no ranking. */
	compact(): void {
		const renumber = new Int32Array(this.#count).fill(-1);
		const entries = this.#entries.filter((entry) => entry.live);
		let count = 0;
		for (let slot = 0; slot < this.#count; slot++) {
			if (this.#alive[slot] === 0) continue;
			renumber[slot] = count;
			this.#rows[count] = this.#rows[slot]!;
			this.#lengths[count] = this.#lengths[slot]!;
			this.#vectors?.move(slot, count);
			count++;
		}
		const { postings, renumbered } = this.#postings.merge(renumber);
		this.#postings = new Postings(postings);
		this.#digests = this.#digests.renumbered(renumber, renumbered);
		this.#wordNumbers.clear();
		this.#alive.fill(1, 0, count).fill(0, count);
		this.#byId = new Map(entries.map((entry, owner) => [entry.summary.id, owner]));
		entries.forEach((entry, owner) => {
			if (entry.count > 0) entry.first = renumber[entry.first]!;
			this.#owners.fill(owner, entry.first, entry.first + entry.count);
		});
		this.#entries = entries;
		this.#vectors?.truncate(count);
		this.#count = count;
		this.#dead = 0;
		this.#norms = null;
		this.#masks.clear();
	}

	/** Compacts when a quarter of the index is waste. */
	compactIfWasteful(): void {
		const { tailSize, base } = this.#postings;
		const hasLongTail = tailSize > Math.max(smallTail, wasteBeforeCompaction * base.slots.length);
		if (hasLongTail || this.#dead > wasteBeforeCompaction * this.#count) this.compact();
	}

	/** The whole state, compacted: what a snapshot holds. Views of live memory: write them before the next change. */
	state(): IndexState {
		if (this.waste > 0) this.compact();
		const count = this.#count;
		return {
			postings: this.#postings.base,
			digests: this.#digests.flat(count),
			rows: this.#rows.subarray(0, count),
			owners: this.#owners.subarray(0, count),
			lengths: this.#lengths.subarray(0, count),
			documents: this.#entries.map((entry) => entry.summary),
			vectors: this.#vectors,
		};
	}

	static fromState(state: IndexState, bm25: Bm25 = defaultBm25): MemoryIndex {
		const index = new MemoryIndex(bm25);
		const count = state.rows.length;
		index.#postings = new Postings(state.postings);
		index.#digests = new Digests(state.digests);
		index.#count = count;
		index.#rows = state.rows;
		index.#owners = state.owners;
		index.#lengths = state.lengths;
		index.#alive = new Uint8Array(count).fill(1);
		index.#entries = state.documents.map((summary) => ({ summary, first: 0, count: 0, live: true }));
		for (let slot = 0; slot < count; slot++) {
			const entry = index.#entries[state.owners[slot]!]!;
			if (entry.count++ === 0) entry.first = slot;
			index.#totalLength += state.lengths[slot]!;
		}
		index.#entries.forEach((entry, owner) => {
			index.#byId.set(entry.summary.id, owner);
			const language = entry.summary.language ?? 'en';
			index.#languages.set(language, (index.#languages.get(language) ?? 0) + 1);
		});
		index.#vectors = state.vectors;
		return index;
	}

	#addSlot(owner: number, summary: DocumentSummary, chunk: ChunkRow, vector: Float32Array | null): void {
		const slot = this.#count++;
		if (slot >= this.#rows.length) this.#grow();
		const length = this.#addTerms(summary, chunk, slot);
		this.#rows[slot] = chunk.row;
		this.#owners[slot] = owner;
		this.#lengths[slot] = length;
		this.#alive[slot] = 1;
		this.#totalLength += length;
		this.#vectors?.set(slot, vector);
	}

	/** Adds the terms of what is indexed of a chunk (see `indexedText`); returns the number of positions. */
	#addTerms({ title, language }: DocumentSummary, { headings, text }: ChunkRow, slot: number): number {
		const postings = this.#postings;
		const digests = this.#digests;
		const ofText = words(text);
		digests.begin(sketch(ofText));
		let length = this.#numberTerms(words(title), language, (number) => postings.add(number, slot));
		for (const heading of headings) {
			const positions = this.#numberTerms(words(heading), language, (number, isOpen) => {
				if (heading !== title) postings.add(number, slot);
				digests.add(number, isOpen);
			});
			if (heading !== title) length += positions;
		}
		digests.endHeadings();
		length += this.#numberTerms(ofText, language, (number, isOpen) => {
			postings.add(number, slot);
			digests.add(number, isOpen);
		});
		digests.end(slot);
		return length;
	}

	/** Calls `emit` with the number of every term of a text. One look-up a word: its stem is taken, and the stem's number found, once. */
	#numberTerms(
		text: readonly Word[],
		language: string | null,
		emit: (number: number, isOpen: boolean) => void,
	): number {
		const postings = this.#postings;
		const stem = stemmer(language);
		let numbers = this.#wordNumbers.get(stem);
		if (numbers === undefined) this.#wordNumbers.set(stem, (numbers = new Map()));
		let wasOpen = false;
		return termsOf(text, asWritten, (word, _, isOpen) => {
			// A compound's whole, its last term, is a term as it is.
			const isWhole = wasOpen && !isOpen;
			let number = isWhole ? postings.number(word) : numbers.get(word);
			if (number === undefined) numbers.set(word, (number = postings.number(stem(word))));
			emit(number, isOpen);
			wasOpen = isOpen;
		});
	}

	#grow(): void {
		const capacity = Math.max(1024, this.#rows.length * 2);
		const rows = new Float64Array(capacity);
		rows.set(this.#rows);
		this.#rows = rows;
		const owners = new Uint32Array(capacity);
		owners.set(this.#owners);
		this.#owners = owners;
		const lengths = new Uint32Array(capacity);
		lengths.set(this.#lengths);
		this.#lengths = lengths;
		const alive = new Uint8Array(capacity);
		alive.set(this.#alive);
		this.#alive = alive;
	}

	#locate(found: readonly QueryTerm[]): LocatedTerm[] {
		const alive = this.#dead === 0 ? null : this.#alive;
		return found.map((term) => {
			const postings = term.variants.map((variant) => this.#postings.find(variant)).filter((one) => one !== null);
			const frequency = postings.reduce((sum, one) => sum + documentFrequency(one, alive), 0);
			return { term: { ...term, idf: idf(this.chunks, Math.min(frequency, this.chunks)) }, postings };
		});
	}

	/** BM25 of every slot; slots that are dead or not allowed stay 0. */
	#keywordScores(located: readonly LocatedTerm[], allowed: Uint8Array | null): Float32Array {
		if (this.#scores.length < this.#count) this.#scores = new Float32Array(this.#rows.length);
		const scores = this.#scores.fill(0, 0, this.#count);
		const average = this.#totalLength / this.chunks;
		this.#norms ??= lengthNorms(this.#lengths, this.#count, average, this.#bm25);
		for (const { term, postings } of located) {
			for (const one of postings) addScores(one, term.idf, this.#norms, allowed, scores);
		}
		return scores;
	}

	/** Which slots this caller and filter may see: 1 a slot, decided before any score; null when all of them are live and allowed. */
	#allowed(access: Access, filter: Filter | null): Uint8Array | null {
		const key = JSON.stringify([access, filter]);
		const known = this.#masks.get(key);
		const slots = known === undefined ? this.#maskOf(access, filter) : known;
		this.#masks.delete(key);
		this.#masks.set(key, slots);
		if (this.#masks.size > keptMasks) this.#masks.delete(this.#masks.keys().next().value!);
		return slots;
	}

	#maskOf(access: Access, filter: Filter | null): Uint8Array | null {
		if (access === 'everything' && filter === null) return this.#dead === 0 ? null : this.#alive;
		const passes = filter === null ? () => true : testOf(filter);
		const open = this.#entries.map(({ live, summary }) => live && mayRead(access, summary.readers) && passes(summary));
		if (open.every(Boolean)) return null;
		const slots = new Uint8Array(this.#count);
		this.#entries.forEach(({ first, count }, i) => {
			if (open[i]!) slots.fill(1, first, first + count);
		});
		return slots;
	}
}

function asWritten(word: string): string {
	return word;
}

export type IndexState = {
	readonly postings: FlatPostings;
	readonly digests: FlatDigests;
	readonly rows: Float64Array<ArrayBuffer>;
	/** For each slot the position of its document in `documents`. */
	readonly owners: Uint32Array<ArrayBuffer>;
	readonly lengths: Uint32Array<ArrayBuffer>;
	readonly documents: readonly DocumentSummary[];
	readonly vectors: VectorTable | null;
};
