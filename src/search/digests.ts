import { sketchBytes } from '../text/near-duplicates.ts';

/**
 * What is kept of each slot's words, enough to rerank a chunk and to tell it from others without reading its text. Slots are
 * added in order and never changed. The digest of one is a run of bytes: the sketch of its text (`text/near-duplicates.ts`), the
 * codes of its headings' terms, a 0, the codes of its text's terms, in order. A code is `(number + 1) * 2` of a term, one more
 * where the next term is of the same word; seven bits a byte, the lowest first, the highest bit says that there are more
 * (LEB128). Frequent terms have low numbers, so that most codes are one or two bytes.
 */
export class Digests {
	#bytes: Uint8Array<ArrayBuffer>;
	/** For each slot where its bytes end. */
	#ends: Uint32Array<ArrayBuffer>;
	#size: number;

	constructor({ bytes, ends }: FlatDigests = { bytes: new Uint8Array(0), ends: new Uint32Array(0) }) {
		this.#bytes = bytes;
		this.#ends = ends;
		this.#size = bytes.length;
	}

	/** Begins the digest of the next slot. Then come `add`s, `endHeadings`, `add`s, `end`. */
	begin(sketch: Uint8Array): void {
		this.#reserve(sketch.length);
		this.#bytes.set(sketch, this.#size);
		this.#size += sketch.length;
	}

	add(number: number, isOpen: boolean): void {
		this.#addCode((number + 1) * 2 + (isOpen ? 1 : 0));
	}

	endHeadings(): void {
		this.#addCode(0);
	}

	end(slot: number): void {
		if (slot >= this.#ends.length) this.#ends = grown(this.#ends, new Uint32Array(Math.max(1024, 2 * slot)));
		this.#ends[slot] = this.#size;
	}

	/** The digest of a slot. A view that stays as it is, whatever is added or merged later. */
	of(slot: number): Uint8Array {
		return this.#bytes.subarray(slot === 0 ? 0 : this.#ends[slot - 1]!, this.#ends[slot]);
	}

	/** `slots[slot]` is the new slot, or -1 to drop it (order must be kept); `numbers` has the new number of each term. */
	renumbered(slots: Int32Array, numbers: Uint32Array): Digests {
		const digests = new Digests({ bytes: new Uint8Array(0), ends: new Uint32Array(slots.length) });
		digests.#bytes = new Uint8Array(this.#size + mostCodeBytes);
		for (let slot = 0; slot < slots.length; slot++) {
			if (slots[slot] === -1) continue;
			const digest = this.of(slot);
			digests.begin(sketchIn(digest));
			const old = codesOf(digest);
			for (let i = 0; i < old.length; i++) {
				const code = old[i]!;
				digests.#addCode(code === 0 ? 0 : (numbers[(code >>> 1) - 1]! + 1) * 2 + (code & 1));
			}
			digests.end(slots[slot]!);
		}
		return digests;
	}

	/** What a snapshot holds of the first `count` slots. Views. */
	flat(count: number): FlatDigests {
		return { bytes: this.#bytes.subarray(0, this.#size), ends: this.#ends.subarray(0, count) };
	}

	#addCode(code: number): void {
		this.#reserve(mostCodeBytes);
		const bytes = this.#bytes;
		let at = this.#size;
		let rest = code;
		for (; rest > 127; rest >>>= 7) bytes[at++] = (rest & 127) | 128;
		bytes[at++] = rest;
		this.#size = at;
	}

	#reserve(more: number): void {
		if (this.#size + more <= this.#bytes.length) return;
		this.#bytes = grown(this.#bytes, new Uint8Array(Math.max(4096, 2 * this.#bytes.length)));
	}
}

const mostCodeBytes = 5;

export type FlatDigests = {
	readonly bytes: Uint8Array<ArrayBuffer>;
	readonly ends: Uint32Array<ArrayBuffer>;
};

function grown<T extends Uint8Array | Uint32Array>(from: T, to: T): T {
	to.set(from);
	return to;
}

/** The sketch of the text that a digest is of. A view. */
export function sketchIn(digest: Uint8Array): Uint8Array {
	return digest.subarray(0, sketchBytes);
}

let codes = new Uint32Array(4096);

/** The codes of a digest, in order. A view that the next call overwrites. */
export function codesOf(digest: Uint8Array): Uint32Array {
	const { length } = digest;
	if (length > codes.length) codes = new Uint32Array(2 * length);
	const found = codes;
	let count = 0;
	for (let at = sketchBytes; at < length;) {
		let byte = digest[at++]!;
		let code = byte & 127;
		for (let shift = 7; byte > 127; shift += 7) {
			byte = digest[at++]!;
			code |= (byte & 127) << shift;
		}
		found[count++] = code;
	}
	return found.subarray(0, count);
}
