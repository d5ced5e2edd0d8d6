export type Tick = { readonly at: number; readonly value: number };

/** Where a value lies between the ends of an axis, 0 to 1, and where its ticks are. */
export type Scale = { readonly at: (value: number) => number; readonly ticks: readonly Tick[] };

/** From 0 to 1 with a tick at each quarter. */
export const share: Scale = {
	at: clamp,
	ticks: [0, 0.25, 0.5, 0.75, 1].map((value) => ({ at: value, value })),
};

/** Around 0, as wide to both sides as the widest value, with ticks at the ends, the halves and 0. */
export function around(values: readonly number[]): Scale {
	const widest = Math.max(0.05, ...values.map(Math.abs));
	const end = Math.ceil(widest * 10) / 10;
	const at = (value: number): number => clamp((value + end) / (2 * end));
	return { at, ticks: [-end, -end / 2, 0, end / 2, end].map((value) => ({ at: at(value), value })) };
}

/** Logarithmic, from the power of ten below the smallest value to the one above the largest; a tick at each. Values are above 0. */
export function powers(values: readonly number[]): Scale {
	const low = Math.floor(Math.log10(Math.min(...values)));
	const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values))));
	const at = (value: number): number => clamp((Math.log10(value) - low) / (high - low));
	const ticks = Array.from({ length: high - low + 1 }, (_, i) => 10 ** (low + i));
	return { at, ticks: ticks.map((value) => ({ at: at(value), value })) };
}

function clamp(value: number): number {
	return Math.min(1, Math.max(0, value));
}
