/** Milliseconds since a moment of `performance.now()`, to one decimal. */
export function elapsedMs(began: number): number {
	return Math.round((performance.now() - began) * 10) / 10;
}
