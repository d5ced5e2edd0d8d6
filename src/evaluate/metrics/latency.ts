import { quantile } from './quantile.ts';

/** Milliseconds by stage (`search`, `generate`, `total`) of one answer; a stage that did not run is absent. */
export type StageTimes = Readonly<Record<string, number>>;

export type Latency = { readonly p50Ms: number; readonly p95Ms: number; readonly count: number };

/** Median and 95th percentile of each stage over the answers in which it ran, in order of first appearance. */
export function latency(answers: readonly StageTimes[]): Record<string, Latency> {
	const times = new Map<string, number[]>();
	for (const [stage, ms] of answers.flatMap((answer) => Object.entries(answer))) {
		const known = times.get(stage) ?? [];
		known.push(ms);
		times.set(stage, known);
	}
	const summary = (all: number[]): Latency => ({
		p50Ms: quantile(all, 0.5)!,
		p95Ms: quantile(all, 0.95)!,
		count: all.length,
	});
	return Object.fromEntries([...times].map(([stage, all]) => [stage, summary(all)]));
}
