import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { prices } from '../core/prices.ts';
import { advise } from './advise.ts';
import { approaches } from './approaches.ts';
import { breakEvensOf } from './break-even.ts';
import { daysPerMonth, type PriorValues, retrainingsPerMonth, totalUsd } from './costs.ts';
import { curvesByDay, curvesByVolume } from './curves.ts';
import { decide } from './decide.ts';
import { decisiveFields, domainOf, flipsOf } from './flips.ts';
import { priorIds, priors } from './priors.ts';
import { rank } from './condition.ts';
import { requirements } from './requirements.ts';
import { rules, type Verdict, verdicts } from './rules.ts';
import { changeRates, type Situation, type SituationInput, situationSchema } from './situation.ts';
import { drawCosts } from './uncertainty.ts';

/** Around a threshold as often as far from it. */
const near = (threshold: number): fc.Arbitrary<number> =>
	fc.oneof(
		fc.integer({ min: 0, max: 2 * threshold }),
		fc.integer({ min: Math.max(0, threshold - 2), max: threshold + 2 }),
		fc.nat(1_000_000),
	);

const situations: fc.Arbitrary<Situation> = fc
	.record({
		problem: fc.constantFrom('facts', 'behaviour', 'both', 'none'),
		behaviours: fc.subarray(['format', 'tone', 'vocabulary', 'skill']),
		task: fc.constantFrom('questions', 'classification', 'extraction', 'writing', 'code', 'dialogue'),
		changeRate: fc.constantFrom(...changeRates),
		citations: fc.boolean(),
		examples: fc.oneof(near(200), near(500)),
		exampleSource: fc.constantFrom('people', 'mixed', 'synthetic'),
		evaluationSet: fc.boolean(),
		queriesPerDay: fc.oneof(near(10_000), near(30_000)),
		latencyMs: near(300).map((value) => value + 1),
		budgetUsd: near(500),
		deadlineDays: fc.oneof(fc.integer({ min: 10, max: 20 }), fc.nat(400)),
		outOfWeights: fc.boolean(),
		closedSite: fc.boolean(),
		hosting: fc.constantFrom('hosted', 'own'),
		skills: fc.constantFrom('none', 'developers', 'ml'),
		promptTokens: near(1500),
		retrieval: fc.constantFrom('none', 'none', 'weak', 'good'),
		plan: fc.constantFrom('undecided', 'retrieval', 'tuning', 'both'),
		tuningGain: fc.constantFrom('unknown', 'none', 'gain'),
		passages: fc.integer({ min: 1, max: 20 }),
		documents: fc.nat(100_000),
		model: fc.constantFrom(...prices.map(({ model }) => model)),
		horizonMonths: fc.integer({ min: 1, max: 60 }),
	})
	.map((situation) => situationSchema.parse(situation));

const costly = { numRuns: 25 };

/** How far a verdict leans to retrieval. */
const toRetrieval = (verdict: Verdict): number =>
	({ retrieval: 2, 'fix-retrieval': 2, both: 1, tuning: 0, 'few-shot': 0, none: 0 })[verdict];

/** How far a verdict leans to tuning. */
const toTuning = (verdict: Verdict): number =>
	({ tuning: 2, both: 1, retrieval: 0, 'fix-retrieval': 0, 'few-shot': 0, none: 0 })[verdict];

describe('laws of the verdict', () => {
	test('facts that change more often never move it away from retrieval', () => {
		const seen = new Set<string>();
		fc.assert(
			fc.property(situations, (situation) => {
				const found = changeRates.map((changeRate) => decide({ ...situation, changeRate }).verdict);
				seen.add([...new Set(found)].join(' '));
				for (const [index, verdict] of found.slice(1).entries())
					assert.ok(toRetrieval(verdict) >= toRetrieval(found[index] as Verdict));
			}),
			{ numRuns: 3000 },
		);
		assert.ok(seen.has('tuning retrieval'), [...seen].join(', '));
	});

	test('more good examples never move it away from tuning', () => {
		let moved = 0;
		fc.assert(
			fc.property(situations, fc.nat(5000), (situation, more) => {
				const before = decide(situation).verdict;
				const after = decide({ ...situation, examples: situation.examples + more }).verdict;
				if (before !== after) moved++;
				assert.ok(toTuning(after) >= toTuning(before));
			}),
			{ numRuns: 3000 },
		);
		assert.ok(moved > 10);
	});

	test('flips really flip, and nothing closer does', () => {
		let count = 0;
		fc.assert(
			fc.property(situations, fc.integer({ min: 0, max: 2 ** 30 }), (situation, draw) => {
				const { verdict } = decide(situation);
				const flips = flipsOf(situation);
				assert.deepEqual(new Set(flips.map(({ input }) => input)), new Set(decisiveFields));
				for (const { input, from, to, verdict: flipped } of flips) {
					const changed = (value: unknown): Verdict => decide({ ...situation, [input]: value }).verdict;
					if (to !== null) assert.equal(changed(to), flipped);
					assert.notEqual(flipped, verdict);
					count += to === null ? 0 : 1;
					const reach = to === null ? Infinity : Math.abs(rank(to) - rank(from));
					for (const value of closer(from, reach, draw, () => domainOf(input)))
						assert.equal(changed(value), verdict, `${input} ${String(value)}`);
				}
			}),
			{ numRuns: 1000 },
		);
		assert.ok(count > 3000);
	});
});

/** Values nearer than `reach`: both neighbours inside it and one drawn for numbers, all of the domain for the others. */
function closer(from: unknown, reach: number, draw: number, domain: () => readonly unknown[]): unknown[] {
	if (typeof from === 'number') {
		const most = Math.min(reach - 1, 2 ** 30);
		const steps = [most, most > 0 ? draw % (most + 1) : 0];
		return steps.flatMap((step) => [from + step, from - step]).filter((value) => value >= 0);
	}
	if (changeRates.some((rate) => rate === from))
		return domain().filter((value) => Math.abs(rank(value) - rank(from)) < reach);
	return reach === Infinity ? [...domain()] : [];
}

describe('laws of the costs', () => {
	test('curves never fall, over time or with volume, and their bands hold the line', () => {
		fc.assert(
			fc.property(situations, (situation) => {
				const costings = drawCosts(situation, null, 1);
				const byDay = curvesByDay(costings, situation.queriesPerDay, 365);
				const byVolume = curvesByVolume(costings, 365, situation.queriesPerDay);
				for (const curve of [...Object.values(byDay), ...Object.values(byVolume)]) {
					for (const [index, point] of curve.entries()) {
						assert.ok(0 <= point.low && point.low <= point.likely && point.likely <= point.high);
						const before = curve[index - 1] ?? { low: 0, likely: 0, high: 0 };
						assert.ok(point.low >= before.low && point.likely >= before.likely && point.high >= before.high);
					}
				}
			}),
			costly,
		);
	});

	test('break-even solves the curves it is drawn from', () => {
		let solved = 0;
		fc.assert(
			fc.property(situations, (situation) => {
				const costings = drawCosts(situation, null, 1);
				const horizon = situation.horizonMonths * daysPerMonth;
				const found = breakEvensOf(costings, situation.queriesPerDay, horizon);
				assert.equal(found.length, 10);
				for (const { cheaperFirst, cheaperLater, days, queries, queriesPerDay, daysLow, daysHigh } of found) {
					const at = (approach: (typeof approaches)[number], day: number, volume: number): number =>
						totalUsd(costings.likely[approach], day, volume);
					assert.ok(at(cheaperFirst, 0, 0) <= at(cheaperLater, 0, 0));
					if (days !== null) {
						solved++;
						assertNear(
							at(cheaperFirst, days, situation.queriesPerDay),
							at(cheaperLater, days, situation.queriesPerDay),
						);
						assert.ok(
							at(cheaperFirst, days * 2 + 1, situation.queriesPerDay) >
								at(cheaperLater, days * 2 + 1, situation.queriesPerDay),
						);
						assert.equal(queries, days * situation.queriesPerDay);
					}
					if (queriesPerDay !== null)
						assertNear(at(cheaperFirst, horizon, queriesPerDay), at(cheaperLater, horizon, queriesPerDay));
					assert.equal(daysLow === null, daysHigh === null);
					assert.ok((daysLow ?? 0) <= (daysHigh ?? 0));
				}
			}),
			costly,
		);
		assert.ok(solved > 10);
	});

	test('the likely value lies within nine draws in ten by itself, not only because it is held there', () => {
		fc.assert(
			fc.property(situations, (situation) => {
				const { likely, draws } = drawCosts(situation, null, 1);
				for (const approach of approaches) {
					const total = totalUsd(likely[approach], 365, situation.queriesPerDay);
					const below = draws.filter((draw) => totalUsd(draw[approach], 365, situation.queriesPerDay) <= total).length;
					assert.ok(below >= draws.length * 0.05 && below <= draws.length * 0.95, `${approach}: ${below}`);
				}
			}),
			costly,
		);
	});

	test('what a prior of the user says replaces ours, and only that', () => {
		const ours = drawCosts(situationSchema.parse({}), null, 1).parts;
		const own = drawCosts(
			situationSchema.parse({ prices: { storeMonthlyUsd: 0, retrievalBuildUsd: 7 } }),
			null,
			1,
		).parts;
		assert.deepEqual(own.tuned, ours.tuned);
		assert.equal(
			own.rag.find(({ kind }) => kind === 'infrastructure'),
			undefined,
		);
		assert.equal(own.rag.find(({ kind }) => kind === 'build')?.onceUsd, 7);
	});

	test('the arithmetic, against a sum by hand', () => {
		const ones = Object.fromEntries(priorIds.map((id) => [id, 1]));
		const given = {
			model: 'anthropic/claude-haiku-4-5',
			promptTokens: 1000,
			answerTokens: 100,
			problem: 'behaviour',
		} as const;
		const own = { ...ones, promptKept: 0.25, tunedPremium: 2 };
		const {
			base,
			rag,
			tuned,
			'few-shot': few,
		} = drawCosts(situationSchema.parse({ ...given, prices: own }), null, 1).likely;
		const monthly = ({ dailyUsd }: { dailyUsd: number }): number => dailyUsd * daysPerMonth;
		// $1 a million tokens read, $5 written. Instructions and a question; one example; 4 passages; a quarter of the instructions, at twice the price.
		assertNear(base.perQueryUsd, (1001 + 500) / 1e6);
		assertNear(few.perQueryUsd, (1002 + 500) / 1e6);
		assertNear(rag.perQueryUsd, (1005 + 500) / 1e6);
		assertNear(tuned.perQueryUsd, (2 * (251 + 500)) / 1e6);
		// Hours at $1: a prompt; and examples; and building for $1 with half a million tokens at $1; or training: an hour, a run, an example.
		for (const [line, once] of [
			[base, 1],
			[few, 2],
			[rag, 2.5],
			[tuned, 4],
		] as const)
			assertNear(line.onceUsd, once);
		// An hour of upkeep; one more of the documents, the store, and half a million tokens embedded again; or a retraining: an hour, a run, an example.
		for (const [line, month] of [
			[base, 1],
			[few, 1],
			[rag, 3.5],
			[tuned, 4],
		] as const)
			assertNear(monthly(line), month);
		const machine = drawCosts(situationSchema.parse({ ...given, hosting: 'own', prices: ones }), null, 1).likely.base;
		assertNear(monthly(machine), 2);
		assertNear(machine.perQueryUsd, 1101 / (daysPerMonth * 86_400));
		const small = drawCosts(situationSchema.parse({ ...given, task: 'classification', prices: ones }), null, 1).likely
			.tuned;
		assertNear(small.onceUsd, 1 + 0.4 + 0.4);
		assert.equal(small.perQueryUsd, 0);
	});

	test('draws follow their band: half below likely, nine in ten within, even in the logarithm', () => {
		const nothing = Object.fromEntries(priorIds.map((id) => [id, 0]));
		const prices = { ...nothing, machineTokensPerSecond: 1, storeMonthlyUsd: { low: 1, likely: 10, high: 1000 } };
		const { draws } = drawCosts(situationSchema.parse({ prices, changeRate: 'never' }), null, 1);
		const sorted = draws.map(({ rag }) => rag.dailyUsd * daysPerMonth).sort((a, b) => a - b);
		const expected = [
			[0.05, 1],
			[0.275, Math.sqrt(10)],
			[0.5, 10],
			[0.725, 100],
			[0.95, 1000],
		] as const;
		for (const [share, value] of expected) {
			const found = sorted[Math.floor(share * sorted.length)] as number;
			assert.ok(Math.abs(Math.log10(found / value)) < 0.25, `${share}: ${found}, expected ${value}`);
		}
		assert.ok((sorted[0] as number) > 0.999 && (sorted.at(-1) as number) < 1000.001);
	});

	test('facts in weights are retrained at the documents’ change rate, behaviour as it drifts', () => {
		const values = Object.fromEntries(priorIds.map((id) => [id, id === 'driftPerMonth' ? 0.1 : 1])) as PriorValues;
		const times = (input: SituationInput, approach: 'tuned' | 'rag+tuned' | 'rag'): number =>
			retrainingsPerMonth(approach, { situation: situationSchema.parse(input), values });
		assertNear(times({ problem: 'facts', changeRate: 'weekly' }, 'tuned'), 52 / 12);
		assertNear(times({ problem: 'facts', changeRate: 'hourly' }, 'tuned'), daysPerMonth);
		assertNear(times({ problem: 'facts', changeRate: 'never' }, 'tuned'), 0.1);
		assertNear(times({ problem: 'behaviour', changeRate: 'weekly' }, 'tuned'), 0.1);
		assertNear(times({ problem: 'both', changeRate: 'weekly' }, 'rag+tuned'), 0.1);
		assert.equal(times({ problem: 'both', changeRate: 'weekly' }, 'rag'), 0);
	});
});

function assertNear(actual: number, expected: number): void {
	assert.ok(Math.abs(actual - expected) <= 1e-9 * Math.max(1, Math.abs(expected)), `${actual} is not ${expected}`);
}

describe('the rules as data', () => {
	test('every rule and every verdict can be reached, and nothing leads nowhere', () => {
		const reached = new Set<string>();
		const paths = fc.sample(situations, { numRuns: 5000, seed: 7 }).map(decide);
		for (const { verdict, path } of paths)
			for (const { rule, answer } of path) reached.add(`${rule.id} ${answer}`).add(verdict);
		for (const { id, yes, no } of rules) {
			assert.ok(reached.has(`${id} yes`) && reached.has(`${id} no`), id);
			for (const { to } of [yes, no])
				assert.ok(verdicts.includes(to as Verdict) || rules.some((rule) => rule.id === to), to);
		}
		for (const verdict of verdicts) assert.ok(reached.has(verdict), verdict);
	});

	test('every rule has its reason, source and strength, every prior its order, source and date', () => {
		for (const { id, source, yes, no } of rules) {
			for (const { reason, strength } of [yes, no]) assert.ok(reason.length > 20 && strength > 0 && strength <= 1, id);
			assert.ok(source.length > 5, id);
		}
		assert.equal(new Set([...rules, ...requirements].map(({ id }) => id)).size, rules.length + requirements.length);
		for (const { low, likely, high, source, date } of Object.values(priors)) {
			assert.ok(0 < low && low <= likely && likely <= high && source !== '');
			assert.match(date, /^\d{4}-\d{2}-\d{2}$/);
		}
	});

	test('the same seed gives the same advice, another one other bands', () => {
		const situation = situationSchema.parse({});
		const of = (seed: number): string => JSON.stringify(advise(situation, { told: new Set(), measured: null, seed }));
		assert.equal(of(3), of(3));
		assert.notEqual(of(3), of(4));
	});
});
