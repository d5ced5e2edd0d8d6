import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Checkpoint, TrainedModel } from '../src/core/trainer.ts';
import { ndcg } from '../src/evaluate/metrics/ndcg.ts';
import { rankByScore } from '../src/evaluate/metrics/rank.ts';
import { randomNumbers } from '../src/models/nn/random.ts';
import { featureNames } from '../src/search/features.ts';
import { type RerankWeights, shippedWeights } from '../src/search/rerank.ts';
import { pairsOf, type RankedList, rerankerLoss } from '../src/train/reranker-loss.ts';
import { type RerankerJob, rerankerSettings, rerankerTrainer } from '../src/train/reranker.ts';
import { rejectsWith } from './store-contract.ts';

const parts = featureNames.length;
const begin = featureNames.map((name) => shippedWeights().weights[name]);

/** Lists of random parts in which what answers is the candidate with the largest `best` part. */
function listsBy(best: (row: readonly number[]) => number, count: number, seed: number): RankedList[] {
	const random = randomNumbers(seed);
	return Array.from({ length: count }, () => {
		const rows = Array.from({ length: 12 }, () => Array.from({ length: parts }, () => random()));
		const top = Math.max(...rows.map(best));
		return { rows, grades: rows.map((row) => (best(row) === top ? 1 : 0)) };
	});
}

/** People of this house want the title, whatever else the shipped weights see. */
const byTitle = (row: readonly number[]): number => row[featureNames.indexOf('title')]!;

function quality(lists: readonly RankedList[], { weights }: RerankWeights): number {
	const scores = lists.map(({ rows, grades }) => {
		const scored = rows.map((row, at) => ({
			id: `${at}`,
			score: featureNames.reduce((sum, name, k) => sum + weights[name] * row[k]!, 0),
		}));
		return ndcg(rankByScore(scored), new Map(grades.map((grade, at) => [`${at}`, grade])), 10);
	});
	return scores.reduce((sum, score) => sum + score, 0) / scores.length;
}

function jobOf(count: number, given: Partial<RerankerJob> = {}): RerankerJob {
	const dev = listsBy(byTitle, 40, 99);
	return {
		lists: listsBy(byTitle, count, 1),
		begin: shippedWeights(),
		score: (weights) => quality(dev, weights),
		metric: 'dev nDCG@10',
		space: 'toy',
		settings: rerankerSettings(),
		data: { name: 'toy' },
		...given,
	};
}

async function trainToEnd(job: RerankerJob, checkpoint?: Checkpoint) {
	const checkpoints: Checkpoint[] = [];
	const losses: number[] = [];
	for await (const event of rerankerTrainer.train(job, { checkpoint })) {
		if (event.type === 'trained') return { model: event.model, checkpoints, losses };
		if (event.type === 'checkpoint') checkpoints.push(structuredClone(event.checkpoint));
		else losses.push(event.loss);
	}
	throw new Error('no model');
}

function weightsOf({ metrics }: TrainedModel): RerankWeights {
	return { bias: 0, weights: metrics['weights'] as RerankWeights['weights'] };
}

const grade = fc.nat({ max: 2 });
const unit = fc.double({ min: 0, max: 1, noNaN: true });
const list: fc.Arbitrary<RankedList> = fc
	.array(fc.record({ row: fc.array(unit, { minLength: parts, maxLength: parts }), grade }), {
		minLength: 2,
		maxLength: 8,
	})
	.map((rows) => ({ rows: rows.map(({ row }) => row), grades: rows.map(({ grade: own }) => own) }));
const weights = fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { minLength: parts, maxLength: parts });

test('the gradient of the loss is that of finite differences, wherever it is asked for', () => {
	fc.assert(
		fc.property(
			fc.array(list, { minLength: 1, maxLength: 4 }),
			weights,
			fc.double({ min: 0.1, max: 9, noNaN: true }),
			(lists, at, pull) => {
				const loss = { lists, pairs: lists.map((one) => pairsOf(one, begin)), begin, pull };
				const gradient = at.map(() => 0);
				rerankerLoss(loss, at, gradient);
				const h = 1e-5;
				at.forEach((_, k) => {
					const moved = (by: number): number => rerankerLoss(loss, at.with(k, at[k]! + by), [...at]);
					const slope = (moved(h) - moved(-h)) / (2 * h);
					assert.ok(Math.abs(slope - gradient[k]!) < 1e-6 * (1 + Math.abs(slope)), `${slope} is not ${gradient[k]}`);
				});
			},
		),
		{ numRuns: 100 },
	);
});

test('the weights of a query’s pairs add up to 1, and only pairs of unequal grade count', () => {
	fc.assert(
		fc.property(list, weights, (one, at) => {
			const pairs = pairsOf(one, at);
			for (const { better, worse, weight } of pairs) assert.ok(one.grades[better]! > one.grades[worse]! && weight > 0);
			const sum = pairs.reduce((total, { weight }) => total + weight, 0);
			assert.ok(pairs.length === 0 ? new Set(one.grades).size === 1 : Math.abs(sum - 1) < 1e-9);
		}),
	);
});

test('a pair weighs what exchanging its two changes in nDCG', () => {
	const [one] = listsBy(byTitle, 1, 5);
	const all = { rows: one!.rows, grades: one!.rows.map((_, at) => (at === 3 || at === 7 ? 1 : 0)) };
	const order = all.rows
		.map((row, at) => ({ id: `${at}`, score: row.reduce((sum, value, k) => sum + value * begin[k]!, 0) }))
		.sort((a, b) => b.score - a.score)
		.map(({ id }) => id);
	const judged = new Map(all.grades.map((own, at) => [`${at}`, own]));
	const now = ndcg(order, judged, order.length);
	const changes = pairsOf(all, begin).map(({ better, worse, weight }) => {
		const exchanged = order.map((id) => (id === `${better}` ? `${worse}` : id === `${worse}` ? `${better}` : id));
		return Math.abs(ndcg(exchanged, judged, order.length) - now) / weight;
	});
	for (const change of changes) assert.ok(Math.abs(change - changes[0]!) < 1e-9);
});

describe('training a reranker', () => {
	test('it finds the best ranking where one is known', async () => {
		const { model, losses } = await trainToEnd(jobOf(300, { settings: rerankerSettings({ pull: 0.1, epochs: 60 }) }));
		assert.ok(losses.at(-1)! < losses[0]!);
		const fresh = listsBy(byTitle, 100, 7);
		const [before, after] = [quality(fresh, shippedWeights()), quality(fresh, weightsOf(model))];
		assert.ok(before < 0.6 && after > 0.95, `${before} → ${after}`);
	});

	test('few queries cannot swing it: no weight moves further than queries / pull, however wrong they are', async () => {
		for (const [count, pull] of [
			[8, 3],
			[8, 20],
			[30, 10],
		] as const) {
			const worst = listsBy((row) => -row.reduce((sum, value, k) => sum + value * begin[k]!, 0), count, 2);
			let most = 0;
			const job = jobOf(count, {
				lists: worst,
				settings: rerankerSettings({ pull }),
				score: ({ weights: now }) => {
					featureNames.forEach((name, k) => (most = Math.max(most, Math.abs(now[name] - begin[k]!))));
					return most;
				},
			});
			await trainToEnd(job);
			assert.ok(most > 0 && most <= count / pull + 1e-6, `${count} queries, pull ${pull}: ${most}`);
		}
	});

	test('equal jobs give equal bytes, resumed from any checkpoint or not', async () => {
		const whole = await trainToEnd(jobOf(30));
		assert.ok(whole.checkpoints.length >= 3);
		assert.deepEqual((await trainToEnd(jobOf(30))).model, whole.model);
		for (const checkpoint of whole.checkpoints.slice(0, 5)) {
			assert.deepEqual((await trainToEnd(jobOf(30), checkpoint)).model, whole.model);
		}
		await rejectsWith('invalid_data', trainToEnd(jobOf(31), whole.checkpoints[0]));
	});

	test('the beginning is kept where nothing held out gets better, and where something else would get worse', async () => {
		const same = featureNames.map((name) => Math.fround(shippedWeights().weights[name]));
		for (const score of [() => 0.5, () => null]) {
			const { model } = await trainToEnd(jobOf(30, { score }));
			assert.deepEqual([...(model.weights['weights']!.numbers as Float32Array)], same);
		}
	});

	test('too few queries with an order are refused', async () => {
		const alike = jobOf(30).lists.map(({ rows }) => ({ rows, grades: rows.map(() => 1) }));
		await rejectsWith('invalid_data', trainToEnd(jobOf(7)));
		await rejectsWith('invalid_data', trainToEnd(jobOf(30, { lists: alike })));
	});

	test('an aborted training stops', async () => {
		const abort = new AbortController();
		const events = rerankerTrainer.train(jobOf(30), { signal: abort.signal });
		await rejectsWith(
			'cancelled',
			(async () => {
				for await (const { type } of events) if (type === 'checkpoint') abort.abort();
			})(),
		);
	});
});
