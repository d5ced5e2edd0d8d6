/**
 * The value below which a share `p` (0 to 1) of the values lies; between two values it is interpolated: position p · (n − 1) of the
 * sorted values, Hyndman & Fan 1996 type 7, NumPy's and R's default. Null for none.
 */
export function quantile(values: readonly number[] | Float64Array, p: number): number | null {
	return values.length === 0 ? null : sortedQuantile(Float64Array.from(values).sort(), p);
}

/** As `quantile`, of values in ascending order, at least one. */
export function sortedQuantile(sorted: Float64Array, p: number): number {
	const position = Math.min(1, Math.max(0, p)) * (sorted.length - 1);
	const below = Math.floor(position);
	const low = sorted[below]!;
	const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
	return low === high ? low : low + (position - below) * (high - low);
}
