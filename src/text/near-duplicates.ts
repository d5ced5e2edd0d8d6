import { type Word, words } from './words.ts';

/** Words in a shingle. */
const width = 3;
/** Jaccard similarity of shingles from which two passages say the same. */
const threshold = 0.9;

const number = /\p{N}/u;
const asciiWord = /^[a-z]*$/;

/** Whether a word, lower-cased, has a digit or another numeral. */
function isNumber(word: string): boolean {
	return !asciiWord.test(word) && number.test(word);
}

/** What two passages are compared by. */
export type Fingerprint = { readonly shingles: ReadonlySet<string>; readonly numbers: string };

/** The shingles (runs of 3 words; Broder 1997) of a text, and its numbers and codes in order. */
export function fingerprint(text: string): Fingerprint {
	const all = words(text).map((word) => word.text);
	const shingles = new Set<string>();
	for (let i = 0; i + width <= all.length || i === 0; i++) shingles.add(all.slice(i, i + width).join(' '));
	return { shingles, numbers: all.filter(isNumber).join(' ') };
}

/**
 * Whether two passages are copies of each other: Jaccard similarity of their shingles at least 0.9 *and* the same numbers
 * and codes in the same order. Two editions that differ in one price are not duplicates but a conflict worth showing.
 */
export function isNearDuplicate(a: Fingerprint, b: Fingerprint): boolean {
	if (a.numbers !== b.numbers) return false;
	const [small, large] = a.shingles.size <= b.shingles.size ? [a.shingles, b.shingles] : [b.shingles, a.shingles];
	if (small.size < threshold * large.size) return false;
	let shared = 0;
	for (const shingle of small) if (large.has(shingle)) shared++;
	return shared / (small.size + large.size - shared) >= threshold;
}

/** Shingles are counted in so many groups, two a byte; behind them stand how many there are, and a hash of the numbers. */
const groups = 64;
const mostInGroup = 15;
const countAt = groups / 2;
const numbersAt = countAt + 4;
/** Bytes of a sketch. */
export const sketchBytes = numbersAt + 4;

/** What tells most passages apart without their text: how many different shingles fall by hash into each group, and the numbers. */
export function sketch(text: readonly Word[]): Uint8Array {
	const found = new Uint8Array(sketchBytes);
	const view = new DataView(found.buffer);
	const words = new Int32Array(text.length);
	let numbers = 0;
	for (let i = 0; i < text.length; i++) {
		const word = text[i]!.text;
		words[i] = hashOf(word);
		if (isNumber(word)) numbers = mixed(numbers, words[i]!);
	}
	const shingles = shingleHashes(words).sort();
	view.setUint32(countAt, shingles.length);
	view.setInt32(numbersAt, numbers);
	for (let i = 0; i < shingles.length; i++) {
		if (i > 0 && shingles[i - 1] === shingles[i]) continue;
		const group = shingles[i]! & (groups - 1);
		if (inGroup(found, group) < mostInGroup) found[group >> 1]! += group & 1 ? 16 : 1;
	}
	return found;
}

/**
 * Whether two passages, by their sketches, can be near-duplicates: false only where `isNearDuplicate` is. The Jaccard similarity
 * of A and B is at most 1 − |A \ B| / |A|; of A no fewer shingles are missing in B than the groups have more of A than of B.
 */
export function mayBeNearDuplicates(a: Uint8Array, b: Uint8Array): boolean {
	for (let at = numbersAt; at < sketchBytes; at++) if (a[at] !== b[at]) return false;
	let onlyA = 0;
	let onlyB = 0;
	for (let group = 0; group < groups; group++) {
		const more = inGroup(a, group) - inGroup(b, group);
		if (more > 0) onlyA += more;
		else onlyB -= more;
	}
	return onlyA <= mostMissing(a) && onlyB <= mostMissing(b);
}

/** |A \ B| of near-duplicates, at most: |A ∩ B| ≥ t · |A ∪ B| makes it (1 − t) / t · |A|. */
function mostMissing(a: Uint8Array): number {
	const count = new DataView(a.buffer, a.byteOffset).getUint32(countAt);
	return ((1 - threshold) / threshold) * count + 1e-6;
}

function inGroup(found: Uint8Array, group: number): number {
	const both = found[group >> 1]!;
	return group & 1 ? both >> 4 : both & 15;
}

/** One for each place where a shingle stands, in order. */
function shingleHashes(words: Int32Array): Int32Array {
	const shingles = new Int32Array(Math.max(1, words.length - width + 1));
	for (let i = 0; i < shingles.length; i++) {
		const end = Math.min(i + width, words.length);
		for (let at = i; at < end; at++) shingles[i] = mixed(shingles[i]!, words[at]!);
	}
	return shingles;
}

function hashOf(word: string): number {
	let hash = 0x811c9dc5; // FNV-1a over UTF-16 units
	for (let i = 0; i < word.length; i++) hash = Math.imul(hash ^ word.charCodeAt(i), 0x01000193);
	return hash;
}

/** A step of MurmurHash3 (Appleby 2011). */
function mixed(hash: number, value: number): number {
	const scrambled = Math.imul(value, 0xcc9e2d51);
	const both = hash ^ Math.imul((scrambled << 15) | (scrambled >>> 17), 0x1b873593);
	return (Math.imul((both << 13) | (both >>> 19), 5) + 0xe6546b64) | 0;
}
