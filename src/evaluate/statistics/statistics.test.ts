import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { bootstrapInterval, meanWithInterval } from './bootstrap.ts';
import { compareSystems, pairedDifferences, type Scores } from './compare.ts';
import { benjaminiHochberg, holm } from './correction.ts';
import { disagreements } from './disagreements.ts';
import { normalProbability, normalQuantile } from './distributions.ts';
import { gate } from './gate.ts';
import { minimumDetectable, questionsNeeded } from './minimum-detectable.ts';
import { compareByClass, scoresByClass } from './per-class.ts';
import { nextState, stateOf } from './random.ts';
import { signFlipTest } from './sign-flip.ts';
import { wilson } from './wilson.ts';

const quick = { resamples: 200 };
const differences = fc.array(fc.constantFrom(-1, -0.5, 0, 0.25, 1), { maxLength: 40 });
const pValues = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 });

/** Numbers in 0 to 1 from a seed. */
function randomNumbers(seed: number): () => number {
	let state = stateOf(seed);
	return () => ((state = nextState(state)) >>> 0) / 2 ** 32;
}

function normal(random: () => number): number {
	return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** 1 and −1 with these chances, else 0. */
function sign(random: () => number, up: number, down: number): number {
	const drawn = random();
	return drawn < up ? 1 : drawn < up + down ? -1 : 0;
}

describe('bootstrap interval', () => {
	const shapes: Record<string, { readonly mean: number; readonly draw: (random: () => number) => number }> = {
		normal: { mean: 0.1, draw: (random) => 0.1 + normal(random) },
		'skewed 0, 1 and −1': { mean: 0.15, draw: (random) => sign(random, 0.25, 0.1) },
		'nine in ten 0': { mean: 0.06, draw: (random) => sign(random, 0.08, 0.02) },
		'graded, mostly 0': { mean: 0.05, draw: (random) => sign(random, 0.3, 0.1) * random() * 0.5 },
	};

	for (const [name, { mean, draw }] of Object.entries(shapes)) {
		test(`95 % intervals of 150 differences hold the true mean 93 to 97 times in a hundred: ${name}`, (t) => {
			const random = randomNumbers(7);
			const draws = 2000;
			let held = 0;
			for (let seed = 0; seed < draws; seed++) {
				const sample = Array.from({ length: 150 }, () => draw(random));
				const { low, high } = bootstrapInterval(sample, { seed, resamples: 500 })!;
				if (low <= mean && mean <= high) held++;
			}
			t.diagnostic(`${((100 * held) / draws).toFixed(1)} %`);
			assert.ok(held / draws >= 0.93 && held / draws <= 0.97, `${held} of ${draws}`);
		});
	}

	test('lies among the values, holds their mean, turns round with them and is the same for the same seed', () => {
		fc.assert(
			fc.property(differences, (values) => {
				const { interval, mean, count } = meanWithInterval([...values, null], quick);
				assert.equal(count, values.length);
				assert.equal(interval === null, values.length < 2);
				if (interval === null) return;
				assert.ok(interval.low >= Math.min(...values) && interval.high <= Math.max(...values));
				assert.ok(interval.low <= mean! + 1e-12 && interval.high >= mean! - 1e-12);
				assert.deepEqual(bootstrapInterval(values, quick), interval);
				const turned = bootstrapInterval(
					values.map((value) => -value),
					quick,
				)!;
				assert.ok(Math.abs(turned.low + interval.high) < 1e-9 && Math.abs(turned.high + interval.low) < 1e-9);
			}),
		);
	});

	test('grows with confidence and shrinks with more questions', () => {
		const values = Array.from({ length: 60 }, (_, i) => Math.sin(i * i));
		const width = (sample: readonly number[], confidence: number): number => {
			const { low, high } = bootstrapInterval(sample, { confidence, resamples: 2000 })!;
			return high - low;
		};
		assert.ok(width(values, 0.99) > width(values, 0.95) && width(values, 0.95) > width(values, 0.5));
		assert.ok(width([...values, ...values, ...values, ...values], 0.95) < 0.6 * width(values, 0.95));
	});

	test('means of samples are not biased: each question is drawn as often', () => {
		for (const at of [0, 5, 9]) {
			const values = Array.from({ length: 10 }, (_, i) => (i === at ? 1 : 0));
			// The median of a binomial of 10 draws at 1/10 is 1 of 10.
			const { low, high } = bootstrapInterval(values, { confidence: 0.01 })!;
			assert.ok(Math.abs(low - 0.1) < 1e-9 && Math.abs(high - 0.1) < 1e-9, `${at}: ${low} to ${high}`);
		}
	});
});

describe('sign-flip test', () => {
	test('lies in 0 to 1 (0 excluded), does not see the direction nor questions without a difference', () => {
		fc.assert(
			fc.property(differences, (values) => {
				const p = signFlipTest(values, quick);
				assert.ok(p > 0 && p <= 1);
				const turned = values.map((value) => -value);
				assert.equal(signFlipTest([0, ...turned, 0], quick), p);
			}),
		);
		assert.equal(signFlipTest([]), 1);
		assert.equal(signFlipTest([0.1, 0.2, 0.3]), 2 / 8);
	});

	test('calls a difference that is not there significant about five times in a hundred', (t) => {
		const random = randomNumbers(3);
		const draws = 1000;
		let called = 0;
		for (let seed = 0; seed < draws; seed++) {
			const sample = Array.from({ length: 60 }, () => sign(random, 0.2, 0.2) * random());
			if (signFlipTest(sample, { seed, resamples: 499 }) <= 0.05) called++;
		}
		t.diagnostic(`${((100 * called) / draws).toFixed(1)} %`);
		assert.ok(called / draws >= 0.035 && called / draws <= 0.065, `${called} of ${draws}`);
	});
});

describe('correction for many comparisons', () => {
	test('never makes a p-value smaller, keeps their order, and Holm is the stricter', () => {
		fc.assert(
			fc.property(pValues, (values) => {
				const strict = holm(values);
				const mild = benjaminiHochberg(values);
				values.forEach((p, i) => {
					assert.ok(mild[i]! >= p - 1e-12 && strict[i]! >= mild[i]! - 1e-12 && strict[i]! <= 1);
					values.forEach((other, j) => {
						if (p < other) assert.ok(strict[i]! <= strict[j]! && mild[i]! <= mild[j]!);
					});
				});
			}),
		);
	});

	test('gives the values worked out by hand', () => {
		assert.deepEqual(holm([0.01, 0.04, 0.03, 0.005]), [0.03, 0.06, 0.06, 0.02]);
		const rounded = benjaminiHochberg([0.01, 0.04, 0.03, 0.005]).map((p) => Number(p.toFixed(12)));
		assert.deepEqual(rounded, [0.02, 0.04, 0.04, 0.02]);
		assert.deepEqual(holm([]), []);
	});
});

describe('sizes of samples', () => {
	test('quantile and probability of the normal distribution undo each other', () => {
		for (const p of [0.0005, 0.025, 0.31, 0.5, 0.8, 0.975, 0.9999]) {
			assert.ok(Math.abs(normalProbability(normalQuantile(p)) - p) < 1e-6);
		}
	});

	test('a difference of the detectable size is found four times in five', (t) => {
		const random = randomNumbers(11);
		const spread = Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? 1 : -1));
		const shift = minimumDetectable(spread)!;
		let found = 0;
		for (let seed = 0; seed < 500; seed++) {
			const sample = Array.from({ length: 100 }, () => shift + normal(random));
			if (signFlipTest(sample, { seed, resamples: 499 }) <= 0.05) found++;
		}
		t.diagnostic(`${found / 5} %`);
		assert.ok(found / 500 > 0.72 && found / 500 < 0.88, `${found} of 500`);
	});

	test('the questions needed for the detectable difference are those at hand', () => {
		const values = Array.from({ length: 40 }, (_, i) => Math.sin(i));
		assert.ok(Math.abs(questionsNeeded(values, minimumDetectable(values)!)! - 40) <= 1);
		assert.equal(minimumDetectable([1]), null);
		assert.equal(minimumDetectable([0, 0, 0]), null, 'no difference is not the finest of instruments');
		assert.equal(questionsNeeded([0, 0], 0.1), 2);
	});

	test('Wilson’s interval holds the rate, stays within 0 to 1 and mirrors', () => {
		fc.assert(
			fc.property(fc.integer({ min: 1, max: 500 }), fc.double({ min: 0, max: 1, noNaN: true }), (total, share) => {
				const count = Math.round(share * total);
				const { low, high } = wilson(count, total)!;
				assert.ok(low >= 0 && high <= 1 && low < high && low <= count / total && high >= count / total);
				const mirrored = wilson(total - count, total)!;
				assert.ok(Math.abs(mirrored.low - (1 - high)) < 1e-9);
			}),
		);
		assert.equal(wilson(0, 0), null);
	});
});

describe('comparison of systems', () => {
	const systems = new Map<string, Scores>([
		['base', [0, 0, 1, null, 0, 0, 1, 0, 0, 0, 0, 0]],
		['rag', [1, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1]],
		['tuned', [0, 1, 1, 1, 0, 0, 1, null, 0, 0, 0, 0]],
	]);
	const classes = systems.get('rag')!.map((_, i) => (i < 6 ? 'early' : 'late'));

	test('holds every pair once, over the questions that both answered', () => {
		const found = compareSystems(systems);
		assert.deepEqual(
			found.map(({ a, b, questions }) => [a, b, questions]),
			[
				['base', 'rag', 11],
				['base', 'tuned', 10],
				['rag', 'tuned', 11],
			],
		);
		const [first] = found;
		assert.equal(first!.difference, -8 / 11);
		assert.ok(Math.abs(first!.meanA! - first!.meanB! + 8 / 11) < 1e-12);
		assert.ok(first!.interval!.high < 0 && first!.p === 2 / 2 ** 8 && first!.pAdjusted === 3 * first!.p);
		assert.deepEqual(
			found.map(({ pAdjusted }) => pAdjusted),
			holm(found.map(({ p }) => p)),
		);
	});

	test('a system equals itself', () => {
		const [same] = compareSystems(
			new Map(
				[...systems].slice(0, 1).flatMap(([, scores]) => [
					['x', scores],
					['y', scores],
				]),
			),
		);
		assert.deepEqual([same!.difference, same!.interval, same!.p], [0, { low: 0, high: 0 }, 1]);
	});

	test('without questions everything is null and nothing significant', () => {
		const [none] = compareSystems(
			new Map([
				['x', []],
				['y', [null]],
			]),
		);
		assert.deepEqual(
			[none!.meanA, none!.difference, none!.interval, none!.p, none!.minimumDetectable],
			[null, null, null, 1, null],
		);
	});

	test('by class it counts every question once and corrects all classes together', () => {
		const byClass = scoresByClass(classes, systems, quick);
		assert.deepEqual(
			byClass.map(({ class: name, questions }) => [name, questions]),
			[
				['early', 6],
				['late', 6],
			],
		);
		assert.equal(byClass[0]!.systems.get('base')!.mean, 1 / 5);
		const compared = compareByClass(classes, systems, quick);
		assert.equal(compared.length, 6);
		assert.deepEqual(
			compared.map(({ pAdjusted }) => pAdjusted),
			benjaminiHochberg(compared.map(({ p }) => p)),
		);
	});

	test('disagreements are the widest first, and agreement is none', () => {
		const found = disagreements(systems);
		assert.deepEqual(found[0], { row: 0, spread: 1, best: 'rag', worst: 'base' });
		assert.ok(found.every(({ row }) => row !== 2 && row !== 6 && row !== 7));
		assert.equal(disagreements(systems, 3).length, 3);
		assert.deepEqual(disagreements(new Map()), []);
	});

	test('differences are those of questions with both values', () => {
		assert.deepEqual(pairedDifferences([1, null, 0.5], [0, 1, 0.5]), [1, 0]);
	});
});

describe('the gate', () => {
	const better = Array.from({ length: 40 }, (_, i) => (i % 3 === 0 ? 1 : 0));
	const worse = better.map((difference) => -difference);
	const noise = Array.from({ length: 400 }, (_, i) => (i % 20 === 0 ? 0.2 : i % 20 === 1 ? -0.2 : 0));

	test('opens for what is better there and not worse here', () => {
		const verdict = gate(better, noise, { margin: 0.02 });
		assert.equal(verdict.passes, true);
		assert.deepEqual(
			verdict.reasons.map(({ rule, isMet, bound }) => [rule, isMet, bound]),
			[
				['target-better', true, 0],
				['guard-not-worse', true, -0.02],
			],
		);
	});

	test('stays shut without a proof of being better, for a loss on the guard, and for too few questions', () => {
		const broken = (target: readonly number[], guard: readonly number[], margin = 0.02): string[] =>
			gate(target, guard, { margin }).reasons.flatMap(({ rule, isMet, because }) =>
				isMet ? [] : [`${rule}: ${because}`],
			);
		assert.deepEqual(broken(noise, noise), ['target-better: interval']);
		assert.deepEqual(broken(better, worse), ['guard-not-worse: interval']);
		assert.deepEqual(broken(better, noise, 0), ['guard-not-worse: interval']);
		// The interval of four gains in twenty lies above 0; chance does as well in one of eight.
		const fourGains = Array.from({ length: 20 }, (_, i) => (i < 4 ? 1 : 0));
		assert.deepEqual(broken(fourGains, noise), ['target-better: test']);
		assert.deepEqual(broken(better.slice(0, 9), noise), ['target-better: too-few-questions']);
		assert.deepEqual(broken([], []), ['target-better: too-few-questions', 'guard-not-worse: too-few-questions']);
	});

	test('a wider margin never shuts it, and nothing changed never passes', () => {
		fc.assert(
			fc.property(differences, fc.double({ min: 0, max: 1, noNaN: true }), (guard, margin) => {
				const narrow = gate(better, guard, { margin, ...quick });
				const wide = gate(better, guard, { margin: margin + 0.1, ...quick });
				assert.ok(!narrow.passes || wide.passes);
				assert.equal(
					gate(
						better.map(() => 0),
						guard,
						{ margin, ...quick },
					).passes,
					false,
				);
			}),
		);
	});
});
