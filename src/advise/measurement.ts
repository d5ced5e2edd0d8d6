import { z } from 'zod';
import { type Approach, approaches } from './approaches.ts';
import type { Situation } from './situation.ts';

const share = z.number().min(0).max(1);
const interval = z.object({ low: z.number(), high: z.number() }).nullable();
const metric = z.object({ mean: share.nullable(), interval });

/**
 * The part of a report of `knowhow evaluate --json` that the advisor reads; other keys and systems of other names are
 * passed over. `metric` names the one that counts as quality.
 */
export const reportSchema = z.object({
	metric: z.string().default('correct'),
	systems: z.array(
		z.object({
			name: z.string(),
			rows: z.object({ answered: z.int().min(0) }).optional(),
			metrics: z.record(z.string(), metric),
			latency: z.object({ total: z.object({ p50Ms: z.number().min(0) }).optional() }).optional(),
			spending: z.object({ costUsd: z.number().min(0).nullable() }).optional(),
		}),
	),
	/** Paired over the same questions: `difference` is a − b. */
	comparisons: z.array(z.object({ a: z.string(), b: z.string(), interval })).default([]),
});

type Report = z.infer<typeof reportSchema>;

/** What was measured of one system. */
export type MeasuredSystem = {
	/** Share of right answers, with its 95 % interval. */
	readonly quality: { readonly mean: number; readonly low: number; readonly high: number } | null;
	readonly p50Ms: number | null;
	/** US dollars for one answer; null where nobody knows, or where no language model was asked. */
	readonly costUsd: number | null;
};

export type Measurement = {
	readonly systems: Readonly<Partial<Record<Approach, MeasuredSystem>>>;
	/** What the report tells about the situation; what was told by hand is not overruled. */
	readonly observed: Partial<Pick<Situation, 'retrieval' | 'tuningGain'>>;
};

/** Retrieval whose first five hits miss the evidence for more than this share of the questions is weak. */
const weakBelow = 0.8;

export function toMeasurement(report: Report): Measurement {
	const systems = approaches.flatMap((approach) => {
		const found = report.systems.find(({ name }) => name === approach);
		return found === undefined ? [] : [[approach, measuredSystem(found, report.metric)] as const];
	});
	return { systems: Object.fromEntries(systems), observed: { ...observedRetrieval(report), ...observedGain(report) } };
}

function measuredSystem({ rows, metrics, latency, spending }: Report['systems'][number], name: string): MeasuredSystem {
	const { mean, interval: range } = metrics[name] ?? { mean: null, interval: null };
	const cost = spending?.costUsd ?? null;
	const answered = rows?.answered ?? 0;
	return {
		quality: mean === null ? null : { mean, low: range?.low ?? mean, high: range?.high ?? mean },
		p50Ms: latency?.total?.p50Ms ?? null,
		costUsd: cost === null || cost === 0 || answered === 0 ? null : cost / answered,
	};
}

function observedRetrieval({ systems }: Report): Measurement['observed'] {
	const recall = systems.find(({ name }) => name === 'rag')?.metrics['evidenceRecall']?.mean ?? null;
	return recall === null ? {} : { retrieval: recall < weakBelow ? 'weak' : 'good' };
}

/** Whether tuning beat the same system untuned, by an interval of paired differences that leaves out 0. */
function observedGain({ comparisons }: Report): Measurement['observed'] {
	const gains = [
		gainOf(comparisons, 'rag+tuned', 'rag'),
		gainOf(comparisons, 'tuned', 'few-shot'),
		gainOf(comparisons, 'tuned', 'base'),
	];
	const known = gains.filter((found) => found !== null);
	return known.length === 0 ? {} : { tuningGain: known[0] === true ? 'gain' : 'none' };
}

function gainOf(comparisons: Report['comparisons'], tuned: Approach, plain: Approach): boolean | null {
	for (const { a, b, interval: range } of comparisons) {
		if (range === null) continue;
		if (a === tuned && b === plain) return range.low > 0;
		if (a === plain && b === tuned) return range.high < 0;
	}
	return null;
}
