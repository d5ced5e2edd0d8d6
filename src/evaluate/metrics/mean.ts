/** The mean of the values that are known; null when none is. A metric is null where it has nothing to measure. */
export function mean(values: Iterable<number | null>): number | null {
	let sum = 0;
	let count = 0;
	for (const value of values) {
		if (value === null) continue;
		sum += value;
		count++;
	}
	return count === 0 ? null : sum / count;
}
