import { words } from './words.ts';

/** Words in a shingle. */
const width = 3;
/** Jaccard similarity of shingles from which two passages say the same. */
const threshold = 0.9;

/** What two passages are compared by. */
export type Fingerprint = { readonly shingles: ReadonlySet<string>; readonly numbers: string };

/** The shingles (runs of 3 words; Broder 1997) of a text, and its numbers and codes in order. */
export function fingerprint(text: string): Fingerprint {
	const all = words(text).map((word) => word.text);
	const shingles = new Set<string>();
	for (let i = 0; i + width <= all.length || i === 0; i++) shingles.add(all.slice(i, i + width).join(' '));
	return { shingles, numbers: all.filter((word) => /\p{N}/u.test(word)).join(' ') };
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
