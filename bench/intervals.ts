/**
 * `node bench/intervals.ts [-- --draws 2000 --resamples 1000]`: how often 95 % intervals of a mean paired difference hold the true one, for
 * four ways to make them, shapes of differences and numbers of questions; then the time that comparing systems takes.
 */
import { parseArgs } from 'node:util';
import { sortedQuantile } from '../src/evaluate/metrics/quantile.ts';
import { bootstrapInterval, type Interval } from '../src/evaluate/statistics/bootstrap.ts';
import { compareSystems } from '../src/evaluate/statistics/compare.ts';
import { normalProbability, normalQuantile, studentQuantile } from '../src/evaluate/statistics/distributions.ts';
import { describeMachine, loadLine, machineLine, readLoad } from './machine.ts';
import { createGaussian, createRandom } from './random.ts';

const { values } = parseArgs({
	options: { draws: { type: 'string', default: '2000' }, resamples: { type: 'string', default: '1000' } },
});
const draws = Number(values.draws);
const resamples = Number(values.resamples);
const load = readLoad();

type Shape = { readonly mean: number; readonly draw: () => number };
type Sample = { readonly values: Float64Array; readonly mean: number; readonly means: Float64Array };

const random = createRandom(20261120);
const gaussian = createGaussian(random);
const shapes: Readonly<Record<string, Shape>> = {
	normal: { mean: 0.1, draw: () => 0.1 + gaussian() },
	'25 % +1, 10 % −1': { mean: 0.15, draw: () => sign(0.25, 0.1) },
	'8 % +1, 2 % −1': { mean: 0.06, draw: () => sign(0.08, 0.02) },
	'4 % +1, 1 % −1': { mean: 0.03, draw: () => sign(0.04, 0.01) },
	'graded, 60 % 0': { mean: 0.05, draw: () => sign(0.3, 0.1) * random() * 0.5 },
};
const ways: Readonly<Record<string, (sample: Sample, seed: number) => Interval>> = {
	percentile: ({ means }) => ends(means, 0.025, 0.975),
	'expanded percentile': ({ values: sample }, seed) => bootstrapInterval([...sample], { seed, resamples })!,
	BCa: corrected,
	'Student’s t': ({ values: sample, mean }) => {
		const half = studentQuantile(0.975, sample.length - 1) * standardError(sample, mean);
		return { low: mean - half, high: mean + half };
	},
};

console.log(`${draws} draws, ${resamples} resamples\n\n${machineLine(describeMachine())}\n${loadLine([load])}\n`);
console.log(`| questions | differences | ${Object.keys(ways).join(' | ')} |`);
console.log(
	`| --: | --- | ${Object.keys(ways)
		.map(() => '--:')
		.join(' | ')} |`,
);
for (const questions of [20, 50, 150, 500]) {
	for (const [name, shape] of Object.entries(shapes)) {
		const held = coverage(shape, questions).map((share) => (100 * share).toFixed(1));
		console.log(`| ${questions} | ${name} | ${held.join(' | ')} |`);
	}
}
console.log(`\n5 systems (10 pairs) on 1,000 questions, 10,000 resamples: ${Math.round(comparisonMs())} ms`);

function coverage({ mean, draw }: Shape, questions: number): number[] {
	const held = Object.keys(ways).map(() => 0);
	for (let seed = 0; seed < draws; seed++) {
		const sample = resample(Float64Array.from({ length: questions }, draw));
		Object.values(ways).forEach((way, i) => {
			const { low, high } = way(sample, seed);
			if (low <= mean + 1e-12 && mean <= high + 1e-12) held[i] = held[i]! + 1;
		});
	}
	return held.map((count) => count / draws);
}

function resample(values: Float64Array): Sample {
	const n = values.length;
	const means = Float64Array.from({ length: resamples }, () => {
		let sum = 0;
		for (let i = 0; i < n; i++) sum += values[(random() * n) | 0]!;
		return sum / n;
	}).sort();
	return { values, mean: average(values), means };
}

/** Bias-corrected and accelerated (Efron 1987). */
function corrected({ values: sample, mean, means }: Sample): Interval {
	const below = means.filter((one) => one < mean).length + means.filter((one) => one === mean).length / 2;
	const bias = normalQuantile(Math.min(1 - 1e-6, Math.max(1e-6, below / means.length)));
	const squares = sample.reduce((sum, value) => sum + (value - mean) ** 2, 0);
	const cubes = sample.reduce((sum, value) => sum + (value - mean) ** 3, 0);
	const skew = squares === 0 ? 0 : cubes / (6 * squares ** 1.5);
	const moved = (z: number): number => normalProbability(bias + (bias + z) / (1 - skew * (bias + z)));
	return ends(means, moved(-1.96), moved(1.96));
}

function ends(means: Float64Array, low: number, high: number): Interval {
	return { low: sortedQuantile(means, low), high: sortedQuantile(means, high) };
}

function sign(up: number, down: number): number {
	const drawn = random();
	return drawn < up ? 1 : drawn < up + down ? -1 : 0;
}

function average(values: Float64Array): number {
	return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function standardError(values: Float64Array, mean: number): number {
	const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
	return Math.sqrt(squares / (values.length - 1) / values.length);
}

function comparisonMs(): number {
	const systems = new Map(['a', 'b', 'c', 'd', 'e'].map((name) => [name, Array.from({ length: 1000 }, random)]));
	const times = Array.from({ length: 5 }, () => {
		const began = performance.now();
		compareSystems(systems);
		return performance.now() - began;
	});
	return times.sort((a, b) => a - b)[2]!;
}
