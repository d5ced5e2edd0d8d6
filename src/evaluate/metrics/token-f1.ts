import { squadTokens } from './squad-normal.ts';

/**
 * How many words answer and gold answer share: F1 = 2 · shared / (words of the answer + words of the gold answer), words of SQuAD's
 * normal form counted as often as they occur. The best over the gold answers; null without any. Where one side has no words it is 1
 * when neither has, else 0. Rajpurkar et al. 2016.
 */
export function tokenF1(answer: string, golds: readonly string[]): number | null {
	if (golds.length === 0) return null;
	const words = squadTokens(answer);
	return Math.max(...golds.map((gold) => overlap(words, squadTokens(gold))));
}

function overlap(a: readonly string[], b: readonly string[]): number {
	if (a.length === 0 || b.length === 0) return a.length === b.length ? 1 : 0;
	const left = new Map<string, number>();
	for (const word of b) left.set(word, (left.get(word) ?? 0) + 1);
	let shared = 0;
	for (const word of a) {
		const count = left.get(word) ?? 0;
		if (count === 0) continue;
		left.set(word, count - 1);
		shared++;
	}
	return (2 * shared) / (a.length + b.length);
}
