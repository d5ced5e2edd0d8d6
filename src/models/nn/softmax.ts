/** Turns the first `width` scores into probabilities in place; returns the log of the sum of their exponentials. */
export function softmax(scores: Float32Array, width: number): number {
	let most = -Infinity;
	for (let c = 0; c < width; c++) if (scores[c]! > most) most = scores[c]!;
	let sum = 0;
	for (let c = 0; c < width; c++) sum += scores[c] = Math.exp(scores[c]! - most);
	for (let c = 0; c < width; c++) scores[c]! /= sum;
	return most + Math.log(sum);
}

/**
 * Cross entropy of one example, −log softmax(scores)[gold]. Writes d loss / d score = p − 1[gold], times `scale`, over the first
 * `width` scores and 0 over the rest.
 */
export function crossEntropy(scores: Float32Array, width: number, gold: number, scale: number): number {
	const right = scores[gold]!;
	const loss = softmax(scores, width) - right;
	scores[gold]! -= 1;
	for (let c = 0; c < width; c++) scores[c]! *= scale;
	scores.fill(0, width);
	return loss;
}
