/**
 * Which slots contain a term and how often: a flat, sorted base (as read from a snapshot) and a mutable tail for what came since.
 * A slot is the position of a chunk in the index. Knows nothing of removal; the index masks dead slots and merges.
 */
export class Postings {
	readonly #base: FlatPostings;
	/** Numbers of the terms in the tail; by number a term's newest entry, the slot of that, and how many entries it has. */
	readonly #numbers = new Map<string, number>();
	/** The number of the next term that neither base nor tail has. */
	#nextNumber: number;
	#newest = new Int32Array(0);
	#newestSlots = new Int32Array(0);
	#counts = new Uint32Array(0);
	/** The tail's entries in order of slot: number of the term, slot, and the entry before it of the same term (`noEntry`: none). */
	#terms = new Uint32Array(0);
	#slots = new Uint32Array(0);
	#frequencies = new Uint8Array(0);
	#older = new Int32Array(0);
	#tailSize = 0;

	constructor(base: FlatPostings = emptyPostings()) {
		this.#base = base;
		this.#nextNumber = base.numbers.length;
	}

	/** Postings in the tail, in entries. */
	get tailSize(): number {
		return this.#tailSize;
	}

	/** What was merged last: everything, when the tail is empty. */
	get base(): FlatPostings {
		return this.#base;
	}

	/** The number of a term, given to it when it has none; holds until the postings are merged into new ones. */
	number(term: string): number {
		const number = this.#numbers.get(term);
		return number === undefined ? this.#addTerm(term) : number;
	}

	/** Counts one occurrence of a term, by number, in a slot. Slots must come in rising order. A frequency ends at 255. */
	add(number: number, slot: number): void {
		const newest = this.#newest[number]!;
		if (this.#newestSlots[number] === slot) {
			if (this.#frequencies[newest]! < 255) this.#frequencies[newest]!++;
			return;
		}
		const entry = this.#tailSize++;
		if (entry === this.#slots.length) this.#growEntries();
		this.#terms[entry] = number;
		this.#slots[entry] = slot;
		this.#frequencies[entry] = 1;
		this.#older[entry] = newest;
		this.#newest[number] = entry;
		this.#newestSlots[number] = slot;
		this.#counts[number]!++;
	}

	/** Where a term's postings are; null when no slot has it. */
	find(term: string): TermPostings | null {
		const at = findTerm(this.#base, term);
		const number = this.#numbers.get(term);
		if (at === -1 && number === undefined) return null;
		const { slots, frequencies, offsets, numbers } = this.#base;
		return {
			number: at === -1 ? number! : numbers[at]!,
			slots,
			frequencies,
			start: at === -1 ? 0 : offsets[at]!,
			end: at === -1 ? 0 : offsets[at + 1]!,
			tail: number === undefined ? null : this.#tailOf(number),
		};
	}

	/** Everything as a new flat base; `renumber[slot]` is the new slot, or -1 to drop it (order must be kept). */
	merge(renumber: Int32Array): Merged {
		const base = this.#base;
		const tailTerms = [...this.#numbers.keys()].sort(byCodeUnit);
		const inTail = this.#countKept(renumber);
		/** Where in the result the next entry of a tail term goes, by its number. */
		const places = new Uint32Array(inTail.length);
		const slots = new Uint32Array(base.slots.length + this.#tailSize);
		const frequencies = new Uint8Array(slots.length);
		const terms: string[] = [];
		/** The numbers that the terms had. */
		const before: number[] = [];
		const offsets: number[] = [0];
		let size = 0;
		let at = 0;
		let next = 0;
		while (at < base.offsets.length - 1 || next < tailTerms.length) {
			const baseTerm = at < base.offsets.length - 1 ? termAt(base, at) : null;
			const tailTerm = tailTerms[next] ?? null;
			const term = tailTerm === null || (baseTerm !== null && baseTerm <= tailTerm) ? baseTerm! : tailTerm;
			const start = size;
			let number = 0;
			if (term === baseTerm) {
				number = base.numbers[at]!;
				for (let i = base.offsets[at]!; i < base.offsets[at + 1]!; i++) {
					const to = renumber[base.slots[i]!]!;
					if (to < 0) continue;
					slots[size] = to;
					frequencies[size++] = base.frequencies[i]!;
				}
				at++;
			}
			if (term === tailTerm) {
				number = this.#numbers.get(term)!;
				places[number] = size;
				size += inTail[number]!;
				next++;
			}
			if (size === start) continue;
			terms.push(term);
			before.push(number);
			offsets.push(size);
		}
		for (let entry = 0; entry < this.#tailSize; entry++) {
			const to = renumber[this.#slots[entry]!]!;
			if (to < 0) continue;
			const place = places[this.#terms[entry]!]!++;
			slots[place] = to;
			frequencies[place] = this.#frequencies[entry]!;
		}
		const numbers = numbersByFrequency(offsets);
		const renumbered = new Uint32Array(this.#nextNumber);
		before.forEach((number, i) => (renumbered[number] = numbers[i]!));
		const postings = {
			...packTerms(terms),
			numbers,
			offsets: Uint32Array.from(offsets),
			slots: size === slots.length ? slots : slots.slice(0, size),
			frequencies: size === slots.length ? frequencies : frequencies.slice(0, size),
		};
		return { postings, renumbered };
	}

	/** How many entries each term of the tail keeps, by number. */
	#countKept(renumber: Int32Array): Uint32Array {
		const kept = new Uint32Array(this.#nextNumber);
		for (let entry = 0; entry < this.#tailSize; entry++) {
			if (renumber[this.#slots[entry]!]! >= 0) kept[this.#terms[entry]!]!++;
		}
		return kept;
	}

	#tailOf(number: number): Tail {
		return {
			slots: this.#slots,
			frequencies: this.#frequencies,
			older: this.#older,
			newest: this.#newest[number]!,
			count: this.#counts[number]!,
		};
	}

	#addTerm(term: string): number {
		const at = findTerm(this.#base, term);
		const number = at === -1 ? this.#nextNumber++ : this.#base.numbers[at]!;
		this.#numbers.set(term, number);
		if (number >= this.#newest.length) {
			const old = this.#newest.length;
			const length = Math.max(grownLength(old), this.#nextNumber);
			this.#newest = grown(this.#newest, new Int32Array(length)).fill(noEntry, old);
			this.#newestSlots = grown(this.#newestSlots, new Int32Array(length)).fill(noEntry, old);
			this.#counts = grown(this.#counts, new Uint32Array(length));
		}
		return number;
	}

	#growEntries(): void {
		const length = grownLength(this.#slots.length);
		this.#terms = grown(this.#terms, new Uint32Array(length));
		this.#slots = grown(this.#slots, new Uint32Array(length));
		this.#frequencies = grown(this.#frequencies, new Uint8Array(length));
		this.#older = grown(this.#older, new Int32Array(length));
	}
}

/** A new base, and by the number that a term had the one that it has there. */
export type Merged = { readonly postings: FlatPostings; readonly renumbered: Uint32Array };

/** One term's entries: `slots[start..end)` with `frequencies`, then its tail. */
export type TermPostings = {
	readonly number: number;
	readonly slots: Uint32Array;
	readonly frequencies: Uint8Array;
	readonly start: number;
	readonly end: number;
	readonly tail: Tail | null;
};

/** `count` linked entries: `newest`, then `older[newest]`, … until `noEntry`. */
export type Tail = {
	readonly slots: Uint32Array;
	readonly frequencies: Uint8Array;
	readonly older: Int32Array;
	readonly newest: number;
	readonly count: number;
};

export const noEntry = -1;

const mostTerms = 2 ** 27;

/** All postings as typed arrays; term `i` is `termBytes[termOffsets[i]..termOffsets[i+1])`, its entries `offsets[i]..offsets[i+1]`. */
export type FlatPostings = {
	/** UTF-8, in order of UTF-16 code units of the terms. */
	readonly termBytes: Buffer;
	readonly termOffsets: Uint32Array;
	/** For each term its number: 0 for the one that most slots have, and so on. */
	readonly numbers: Uint32Array;
	readonly offsets: Uint32Array;
	readonly slots: Uint32Array;
	readonly frequencies: Uint8Array;
};

export function emptyPostings(): FlatPostings {
	return {
		...packTerms([]),
		numbers: new Uint32Array(0),
		offsets: new Uint32Array(1),
		slots: new Uint32Array(0),
		frequencies: new Uint8Array(0),
	};
}

/** Numbers for the terms whose entries begin at `offsets`: the more entries the lower, among equals in order. */
function numbersByFrequency(offsets: readonly number[]): Uint32Array {
	const numbers = new Uint32Array(offsets.length - 1);
	// Numbers are sorted much faster than objects: entries, fewest last, and the term in one.
	const keys = Float64Array.from(numbers, (_, i) => i - (offsets[i + 1]! - offsets[i]!) * mostTerms).sort();
	keys.forEach((key, number) => {
		numbers[key - Math.floor(key / mostTerms) * mostTerms] = number;
	});
	return numbers;
}

function grownLength(length: number): number {
	return Math.max(256, length * 2);
}

function grown<T extends Int32Array | Uint32Array | Uint8Array>(from: T, to: T): T {
	to.set(from);
	return to;
}

function packTerms(terms: readonly string[]): { termBytes: Buffer; termOffsets: Uint32Array } {
	const termBytes = Buffer.from(terms.join(''));
	const termOffsets = new Uint32Array(terms.length + 1);
	for (let i = 0; i < terms.length; i++) termOffsets[i + 1] = termOffsets[i]! + Buffer.byteLength(terms[i]!);
	return { termBytes, termOffsets };
}

function termAt(flat: FlatPostings, i: number): string {
	return flat.termBytes.toString('utf8', flat.termOffsets[i], flat.termOffsets[i + 1]);
}

/** Binary search: opening a snapshot builds no dictionary. */
function findTerm(flat: FlatPostings, term: string): number {
	let low = 0;
	let high = flat.termOffsets.length - 2;
	while (low <= high) {
		const middle = (low + high) >> 1;
		const found = termAt(flat, middle);
		if (found === term) return middle;
		if (found < term) low = middle + 1;
		else high = middle - 1;
	}
	return -1;
}

function byCodeUnit(a: string, b: string): number {
	return a < b ? -1 : a > b ? 1 : 0;
}
