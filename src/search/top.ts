/** The slots of the `k` largest scores above `floor`, best first; among equal scores the lower slot first. */
export function top(scores: Float32Array, count: number, k: number, floor: number): number[] {
	const bestScores = new Float64Array(k).fill(-Infinity);
	const bestSlots = new Int32Array(k).fill(-1);
	let lowest = floor;
	for (let slot = 0; slot < count; slot++) {
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
	return Array.from(bestSlots).filter((slot) => slot >= 0);
}
