/** Scores looked at together: hardly a block holds one of the best, and a block is told quickly. */
const block = 8;

/** The slots of the `k` largest scores above `floor`, best first; among equal scores the lower slot first. */
export function top(scores: Float32Array, count: number, k: number, floor: number): number[] {
	const bestScores = new Float64Array(k).fill(-Infinity);
	const bestSlots = new Int32Array(k).fill(-1);
	let lowest = floor;
	for (let from = 0; from < count; from += block) {
		if (from + block <= count && !hasAbove(scores, from, lowest)) continue;
		const end = Math.min(from + block, count);
		for (let slot = from; slot < end; slot++) {
			const score = scores[slot]!;
			if (!(score > lowest)) continue;
			let at = k - 1;
			while (at > 0 && bestScores[at - 1]! < score) {
				bestScores[at] = bestScores[at - 1]!;
				bestSlots[at] = bestSlots[at - 1]!;
				at--;
			}
			bestScores[at] = score;
			bestSlots[at] = slot;
			if (bestScores[k - 1]! > lowest) lowest = bestScores[k - 1]!;
		}
	}
	return Array.from(bestSlots).filter((slot) => slot >= 0);
}

function hasAbove(scores: Float32Array, from: number, floor: number): boolean {
	return (
		scores[from]! > floor ||
		scores[from + 1]! > floor ||
		scores[from + 2]! > floor ||
		scores[from + 3]! > floor ||
		scores[from + 4]! > floor ||
		scores[from + 5]! > floor ||
		scores[from + 6]! > floor ||
		scores[from + 7]! > floor
	);
}
