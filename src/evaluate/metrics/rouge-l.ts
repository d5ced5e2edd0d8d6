/**
 * ROUGE-L (Lin 2004): the longest common subsequence of words, LCS; P = LCS / words of the answer, R = LCS / words of the gold answer,
 * F = 2PR / (P + R). The best over the gold answers; null without any, 0 where one side has no words. On ASCII text equal to
 * `rougeL` of Google's `rouge_score` *without* its stemmer, which is English only; letters of other scripts are letters here, where
 * `rouge_score` drops them, and signs of scripts without spaces count one each.
 */
export function rougeL(answer: string, golds: readonly string[]): number | null {
	if (golds.length === 0) return null;
	const words = tokens(answer);
	return Math.max(...golds.map((gold) => fMeasure(words, tokens(gold))));
}

function tokens(text: string): string[] {
	return text
		.toLowerCase()
		.replace(/[\p{Ideographic}\p{Script=Hiragana}\p{Script=Katakana}]/gu, ' $& ')
		.split(/[^\p{L}\p{N}\p{M}]+/u)
		.filter((word) => word !== '');
}

function fMeasure(answer: readonly string[], gold: readonly string[]): number {
	if (answer.length === 0 || gold.length === 0) return 0;
	return (2 * longestCommon(answer, gold)) / (answer.length + gold.length);
}

/** One row of the usual table at a time; 2 · LCS / (m + n) is the F above. */
function longestCommon(a: readonly string[], b: readonly string[]): number {
	let above = new Uint32Array(b.length + 1);
	let row = new Uint32Array(b.length + 1);
	for (const word of a) {
		for (let j = 1; j <= b.length; j++) {
			row[j] = word === b[j - 1] ? above[j - 1]! + 1 : Math.max(above[j]!, row[j - 1]!);
		}
		[above, row] = [row, above];
	}
	return above[b.length]!;
}
