import { top } from './top.ts';
import scanBytes from './scan.wasm.ts';

/** Up to this many slots every int8 vector is scanned; above, 1-bit codes choose candidates first (docs/decisions/0004-vector-scan.md). */
const scanAll = 16_384;
/** Of the slots chosen by sign codes, the share (and the least number) that int8 scores again. */
const candidateShare = 0.02;
const leastCandidates = 1_000;
const scratch = 1 << 17;
const queryAt = 0;
const signQueryAt = 1 << 15;
const histogramAt = 1 << 16;

type Scan = {
	dots(codes: number, stride: number, query: number, count: number, scales: number, mask: number, out: number): void;
	dotsAt(codes: number, stride: number, query: number, slots: number, count: number, scales: number, out: number): void;
	hamming(
		codes: number,
		stride: number,
		query: number,
		count: number,
		mask: number,
		out: number,
		histogram: number,
	): void;
	collect(distances: number, count: number, limit: number, out: number): number;
};

let compiled: WebAssembly.Module | undefined;

/**
 * The vectors of an index: int8 codes with a scale each, and their signs, in WASM memory. Scores are approximate (int8); the index
 * scores the best ones again with the float vectors. A slot without a vector has scale 0 and never enters a ranking.
 */
export class VectorTable {
	readonly dimensions: number;
	readonly #memory = new WebAssembly.Memory({ initial: scratch >> 16, maximum: 65_536 });
	readonly #scan: Scan;
	/** Bytes of one int8 code and of one sign code, multiples of 16. */
	readonly #stride: number;
	readonly #signStride: number;
	readonly #isPadded: boolean;
	#capacity = 0;
	#count = 0;
	/** Byte offsets of the regions, each `capacity` entries long. */
	#at: Regions = { present: 0, scales: 0, signs: 0, codes: 0, mask: 0, distances: 0, scores: 0, slots: 0 };
	/** The whole memory, as of its last growth. */
	#bytes = new Uint8Array(this.#memory.buffer);
	#floats = new Float32Array(this.#memory.buffer);

	constructor(dimensions: number) {
		this.dimensions = dimensions;
		this.#stride = Math.ceil(dimensions / 16) * 16;
		this.#signStride = Math.ceil(dimensions / 128) * 16;
		this.#isPadded = dimensions % 128 !== 0;
		compiled ??= new WebAssembly.Module(Buffer.from(scanBytes, 'base64'));
		this.#scan = new WebAssembly.Instance(compiled, { env: { memory: this.#memory } }).exports as Scan;
	}

	/** Slots that exist, with or without a vector. */
	get count(): number {
		return this.#count;
	}

	/** Stores the vector of a slot (unit length); null: the slot has none. Slots may be set in any order. */
	set(slot: number, vector: Float32Array | null): void {
		if (slot >= this.#capacity) this.reserve(Math.max(1024, Math.ceil(1.5 * (slot + 1))));
		this.#count = Math.max(this.#count, slot + 1);
		const { present, scales, signs, codes } = this.#at;
		this.#bytes[present + slot] = vector === null ? 0 : 1;
		this.#floats[scales / 4 + slot] = 0;
		if (vector === null) return;
		const code = codes + slot * this.#stride;
		const sign = signs + slot * this.#signStride;
		if (this.#isPadded) this.#bytes.fill(0, code, code + this.#stride).fill(0, sign, sign + this.#signStride);
		this.#floats[scales / 4 + slot] = quantise(vector, this.#bytes, code);
		packSigns(vector, this.#bytes, sign);
	}

	/** The best `k` slots for a query vector (unit length) among those that `allowed` marks 1 (null: all), best first. */
	search(query: Float32Array, k: number, allowed: Uint8Array | null): number[] {
		if (this.#count === 0) return [];
		const scale = this.#writeQuery(query);
		const mask = this.#writeMask(allowed);
		return this.#count <= scanAll ? this.#searchAll(mask, k) : this.#searchSigns(query, { scale, mask, k });
	}

	/** Approximate cosines of a query with the vectors of these slots. A view that the next call overwrites. */
	scores(query: Float32Array, slots: readonly number[]): Float32Array {
		new Uint32Array(this.#memory.buffer, this.#at.slots, slots.length).set(slots);
		return this.#scoresOfListed(slots.length, this.#writeQuery(query));
	}

	/** Moves the vector of slot `from` to slot `to` (at most `from`). For compaction; ends with `truncate`. */
	move(from: number, to: number): void {
		if (from === to) return;
		const { present, scales, signs, codes } = this.#at;
		for (const [at, size] of [
			[present, 1],
			[scales, 4],
			[signs, this.#signStride],
			[codes, this.#stride],
		] as const) {
			this.#bytes.copyWithin(at + to * size, at + from * size, at + (from + 1) * size);
		}
	}

	truncate(count: number): void {
		this.#count = count;
	}

	/** What a snapshot holds: views of presence, scales, signs and codes for all slots. */
	sections(): { present: Uint8Array; scales: Float32Array; signs: Uint8Array; codes: Uint8Array } {
		const { buffer } = this.#memory;
		return {
			present: new Uint8Array(buffer, this.#at.present, this.#count),
			scales: new Float32Array(buffer, this.#at.scales, this.#count),
			signs: new Uint8Array(buffer, this.#at.signs, this.#count * this.#signStride),
			codes: new Uint8Array(buffer, this.#at.codes, this.#count * this.#stride),
		};
	}

	/** A table of `count` slots whose `sections` are to be filled with what those of another table held. */
	static ofSize(dimensions: number, count: number): VectorTable {
		const table = new VectorTable(dimensions);
		table.reserve(count);
		table.#count = count;
		return table;
	}

	#searchAll(mask: number, k: number): number[] {
		const { codes, scales, scores } = this.#at;
		this.#scan.dots(codes, this.#stride, queryAt, this.#count, scales, mask, scores);
		return top(new Float32Array(this.#memory.buffer, scores, this.#count), this.#count, k, -Infinity);
	}

	#searchSigns(query: Float32Array, { scale, mask, k }: { scale: number; mask: number; k: number }): number[] {
		const { buffer } = this.#memory;
		packSigns(query, this.#bytes, signQueryAt);
		const histogram = new Uint32Array(buffer, histogramAt, this.dimensions + 1).fill(0);
		const { signs, distances, slots } = this.#at;
		this.#scan.hamming(signs, this.#signStride, signQueryAt, this.#count, mask, distances, histogramAt);
		const wanted = Math.max(leastCandidates, 4 * k, Math.ceil(this.#count * candidateShare));
		const limit = distanceThatAdmits(histogram, wanted);
		const found = this.#scan.collect(distances, this.#count, limit, slots);
		const candidates = new Uint32Array(buffer, slots, found);
		return top(this.#scoresOfListed(found, scale), found, k, -Infinity).map((i) => candidates[i]!);
	}

	/** Of the first `count` slots in the list, for the query that was written. */
	#scoresOfListed(count: number, queryScale: number): Float32Array {
		const { codes, slots, scales, scores } = this.#at;
		this.#scan.dotsAt(codes, this.#stride, queryAt, slots, count, scales, scores);
		const found = new Float32Array(this.#memory.buffer, scores, count);
		for (let i = 0; i < count; i++) found[i]! *= queryScale;
		return found;
	}

	/** Writes the query as int16 codes; returns its scale. */
	#writeQuery(query: Float32Array): number {
		const code = new Uint8Array(this.#stride);
		const scale = quantise(query, code, 0);
		new Int16Array(this.#memory.buffer, queryAt, this.#stride).set(new Int8Array(code.buffer));
		return scale;
	}

	/** Writes which slots may be ranked: those with a vector and allowed. */
	#writeMask(allowed: Uint8Array | null): number {
		if (allowed === null) return this.#at.present;
		const bytes = this.#bytes;
		const { present, mask } = this.#at;
		for (let slot = 0; slot < this.#count; slot++) bytes[mask + slot] = bytes[present + slot]! & allowed[slot]!;
		return mask;
	}

	/** Makes room for `capacity` slots; what is stored stays. */
	reserve(capacity: number): void {
		if (capacity <= this.#capacity) return;
		let end = scratch;
		const region = (bytes: number): number => {
			const begin = end;
			end += Math.ceil((capacity * bytes) / 64) * 64;
			return begin;
		};
		const old = this.#at;
		this.#at = {
			present: region(1),
			scales: region(4),
			signs: region(this.#signStride),
			codes: region(this.#stride),
			mask: region(1),
			distances: region(2),
			scores: region(4),
			slots: region(4),
		};
		const missing = end + 64 - this.#memory.buffer.byteLength;
		if (missing > 0) this.#memory.grow(Math.ceil(missing / 65_536));
		this.#bytes = new Uint8Array(this.#memory.buffer);
		this.#floats = new Float32Array(this.#memory.buffer);
		this.#capacity = capacity;
		if (this.#count > 0) this.#moveRegions(old);
	}

	/** Every region moves up, so the last is moved first. Slots never set have no vector. */
	#moveRegions(old: Regions): void {
		for (const [name, size] of [
			['codes', this.#stride],
			['signs', this.#signStride],
			['scales', 4],
			['present', 1],
		] as const) {
			this.#bytes.copyWithin(this.#at[name], old[name], old[name] + this.#count * size);
		}
		for (const [name, size] of [
			['scales', 4],
			['present', 1],
		] as const) {
			this.#bytes.fill(0, this.#at[name] + this.#count * size, this.#at[name] + this.#capacity * size);
		}
	}
}

type Regions = Record<'present' | 'scales' | 'signs' | 'codes' | 'mask' | 'distances' | 'scores' | 'slots', number>;

/**
 * Writes `vector` to `bytes` at `at` as int8, scaled so that the largest component is ±127; returns the factor that undoes it.
 */
function quantise(vector: Float32Array, bytes: Uint8Array, at: number): number {
	let largest = 0;
	for (let i = 0; i < vector.length; i++) {
		const size = Math.abs(vector[i]!);
		if (size > largest) largest = size;
	}
	const factor = largest === 0 ? 0 : 127 / largest;
	// `| 0` cuts towards zero what half a step made a rounding, and the byte keeps two's complement.
	for (let i = 0; i < vector.length; i++) {
		const scaled = vector[i]! * factor;
		bytes[at + i] = (scaled < 0 ? scaled - 0.5 : scaled + 0.5) | 0;
	}
	return largest / 127;
}

/** Writes the signs of `vector` to `bytes` at `at`, a bit each: 1 where positive. */
function packSigns(vector: Float32Array, bytes: Uint8Array, at: number): void {
	for (let i = 0; i < vector.length; i += 8) {
		let bits = 0;
		const end = Math.min(8, vector.length - i);
		for (let bit = 0; bit < end; bit++) if (vector[i + bit]! > 0) bits |= 1 << bit;
		bytes[at + (i >> 3)] = bits;
	}
}

/** The smallest distance at which at least `wanted` slots lie within it. */
function distanceThatAdmits(histogram: Uint32Array, wanted: number): number {
	let admitted = 0;
	for (let distance = 0; distance < histogram.length; distance++) {
		admitted += histogram[distance]!;
		if (admitted >= wanted) return distance;
	}
	return histogram.length - 1;
}
