import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Embedder } from '../src/core/embedder.ts';
import type { Checkpoint, TrainedModel } from '../src/core/trainer.ts';
import { writeArtifact } from '../src/models/artifact.ts';
import { randomNumbers } from '../src/models/nn/random.ts';
import { loadRetriever, openTrained, type RetrieverMethod, retrieverMethods } from '../src/models/retriever.ts';
import { createStaticEmbedder } from '../src/models/static-embedder.ts';
import { AdapterLearner } from '../src/train/adapter.ts';
import { type RetrieverJob, retrieverSettings, retrieverTrainer } from '../src/train/retriever.ts';
import { type Batch, batchesOf } from '../src/train/retriever-batches.ts';
import type { LearnerShape, PairLearner } from '../src/train/retriever-learner.ts';
import { TableLearner } from '../src/train/table-tuning.ts';
import { hashingEmbedder } from './hashing-embedder.ts';
import { toyQuestions } from './retriever-toy.ts';
import { temporaryFolder } from './run-program.ts';
import { rejectsWith } from './store-contract.ts';
import { toyBase } from './train-toy.ts';

const shape: LearnerShape = { batch: 4, passages: 8, dimensions: 16, temperature: 0.3, widths: [16, 8], pull: 0.1 };
const batch: Batch = { queries: [0, 2, 3, 1], passages: [1, 0, 4, 2, 5] };

function units(count: number, seed: number): Float32Array[] {
	const random = randomNumbers(seed);
	return Array.from({ length: count }, () => {
		const vector = Float32Array.from({ length: 16 }, () => random() - 0.5);
		const length = Math.hypot(...vector);
		return vector.map((x) => x / length);
	});
}

function bags(count: number, seed: number) {
	const random = randomNumbers(seed);
	return Array.from({ length: count }, () => ({
		ids: Uint32Array.from({ length: 3 }, () => Math.floor(random() * 6)),
		weights: new Float32Array(3).fill(1),
	}));
}

const rows = (): Float32Array => Float32Array.from(units(6, 3).flatMap((row) => [...row]));
const adapter = (): AdapterLearner => new AdapterLearner({ queries: units(4, 1), passages: units(6, 2) }, shape);
const table = (passages: 'learn' | 'stay'): TableLearner =>
	new TableLearner(
		{ queries: bags(4, 4), passages: passages === 'learn' ? bags(6, 5) : units(6, 2), rows: rows() },
		shape,
	);

/** Moves the numbers away from where the pull is 0. */
function disturb(numbers: Float32Array): void {
	const random = randomNumbers(9);
	for (let i = 0; i < numbers.length; i++) numbers[i]! += (random() - 0.5) * 0.2;
}

function checkGradient(learner: PairLearner, numbers: Float32Array, gradient: (at: number) => number): void {
	disturb(numbers);
	learner.loss(batch);
	learner.backward(batch);
	const h = 2e-3;
	let [off, size] = [0, 0];
	for (let at = 0; at < numbers.length; at++) {
		const start = numbers[at]!;
		numbers[at] = start + h;
		const above = learner.loss(batch);
		numbers[at] = start - h;
		const below = learner.loss(batch);
		numbers[at] = start;
		const slope = (above - below) / (2 * h);
		off += (slope - gradient(at)) ** 2;
		size += slope ** 2;
	}
	assert.ok(size > 0);
	// Single precision: central differences are good to about a thousandth.
	assert.ok(Math.sqrt(off / size) < 5e-3, `relative error ${Math.sqrt(off / size)}`);
}

describe('gradients of the whole loss, pull and nested widths included, are those of finite differences', () => {
	test('of an adapter', () => {
		const learner = adapter();
		checkGradient(learner, learner.tuned['weights']!, (at) => learner.gradient[at]!);
	});
	for (const passages of ['stay', 'learn'] as const) {
		test(`of a table while passages ${passages}`, () => {
			const learner = table(passages);
			const at = (i: number): number => learner.table.gradientOf(Math.floor(i / 16))[i % 16]!;
			checkGradient(learner, learner.tuned['rows']!, at);
		});
	}
});

test('every learner learns one batch by heart', () => {
	const learners: [PairLearner, number][] = [
		[new AdapterLearner({ queries: units(4, 1), passages: units(6, 2) }, { ...shape, pull: 0 }), 0.5],
		[new TableLearner({ queries: bags(4, 4), passages: units(6, 2), rows: rows() }, { ...shape, pull: 0 }), 0.1],
	];
	for (const [learner, rate] of learners) {
		const before = learner.loss(batch);
		for (let step = 0; step < 400; step++) {
			learner.loss(batch);
			learner.backward(batch);
			learner.step(rate);
		}
		assert.ok(learner.loss(batch) < before / 4, `${before} → ${learner.loss(batch)}`);
	}
});

test('no batch has a passage twice, or one as wrong that answers one of its queries', () => {
	const passage = fc.integer({ min: 0, max: 9 });
	fc.assert(
		fc.property(
			fc.array(fc.uniqueArray(passage, { minLength: 1, maxLength: 3 }), { minLength: 2, maxLength: 20 }),
			fc.nat(),
			(answers, seed) => {
				const positives = answers.map((found) => new Set(found));
				const negatives = answers.map(() => [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
				const pairs = answers.flatMap((found, query) => found.map((one) => ({ query, passage: one })));
				const batches = batchesOf(pairs, { positives, negatives, size: 4, hard: 2, seed, epoch: 0 });
				const seen = new Set<string>();
				for (const { queries, passages } of batches) {
					assert.equal(new Set(passages).size, passages.length);
					assert.ok(queries.length >= 2 && queries.length <= 4 && passages.length <= 12);
					queries.forEach((query, i) => {
						assert.ok(positives[query]!.has(passages[i]!));
						passages.forEach((other, j) => assert.ok(j === i || !positives[query]!.has(other)));
						assert.ok(!seen.has(`${query} ${passages[i]}`));
						seen.add(`${query} ${passages[i]}`);
					});
				}
			},
		),
		{ numRuns: 200 },
	);
});

/** Words of questions and documents in a table of random rows. */
function jobOf(method: RetrieverMethod, seed = 1): RetrieverJob {
	const questions = toyQuestions().slice(0, 60);
	const passages = questions.map(({ quote }) => quote);
	const words = [
		...new Set(
			[...passages, ...questions.map(({ question }) => question)]
				.join(' ')
				.toLowerCase()
				.match(/[a-z]+|[:-]/g),
		),
	];
	const toy = toyBase();
	const random = randomNumbers(5);
	const model = {
		...toy,
		vocabulary: ['[UNK]', ...words],
		numbers: Float32Array.from({ length: (words.length + 1) * 16 }, () => random() - 0.5),
		weights: new Float32Array(words.length + 1).fill(1),
	};
	const embedder = method === 'adapter' ? hashingEmbedder(64) : createStaticEmbedder(model);
	const dev = questions.slice(40);
	return {
		method,
		base: { embedder, table: method === 'adapter' ? null : model },
		queries: questions.slice(0, 40).map(({ question }) => question),
		passages,
		positives: questions.slice(0, 40).map((_, i) => [i]),
		negatives: questions.slice(0, 40).map((_, i) => [(i + 1) % 40, (i + 10) % 40]),
		language: 'en',
		metric: 'mean cosine of dev pairs',
		score: async (trained) => {
			const queries = await trained.embed(
				dev.map(({ question }) => question),
				'query',
			);
			const answers = await trained.embed(
				dev.map(({ quote }) => quote),
				'passage',
			);
			return (
				queries.reduce((sum, query, i) => sum + query.reduce((dot, x, j) => dot + x * answers[i]![j]!, 0), 0) /
				dev.length
			);
		},
		settings: retrieverSettings(method, { seed, batch: 16, epochs: 3 }),
		data: { name: 'toy' },
	};
}

async function trainToEnd(
	job: RetrieverJob,
	checkpoint?: Checkpoint,
): Promise<{ model: TrainedModel; checkpoints: Checkpoint[] }> {
	const checkpoints: Checkpoint[] = [];
	for await (const event of retrieverTrainer.train(job, { checkpoint })) {
		if (event.type === 'trained') return { model: event.model, checkpoints };
		if (event.type === 'checkpoint') checkpoints.push(structuredClone(event.checkpoint));
	}
	throw new Error('no model');
}

for (const method of retrieverMethods) {
	describe(`training by ${method}`, () => {
		test('the same seed gives the same bytes, another seed does not', async () => {
			const [a, b, c] = [
				await trainToEnd(jobOf(method)),
				await trainToEnd(jobOf(method)),
				await trainToEnd(jobOf(method, 2)),
			];
			assert.deepEqual(a.model, b.model);
			assert.notDeepEqual(a.model.weights, c.model.weights);
		});

		test('resumed from any of its checkpoints it ends with the same bytes', async () => {
			const whole = await trainToEnd(jobOf(method));
			assert.ok(whole.checkpoints.length >= 3);
			for (const checkpoint of whole.checkpoints) {
				assert.deepEqual((await trainToEnd(jobOf(method), checkpoint)).model, whole.model);
			}
			await rejectsWith('invalid_data', trainToEnd(jobOf(method, 2), whole.checkpoints[0]));
		});

		test('it gets better on what is held out, and is used as it was measured', async () => {
			const job = jobOf(method);
			const { model } = await trainToEnd(job);
			const { before, after } = model.metrics['stopping'] as { before: number; after: number };
			assert.ok(after > before + 0.03, `${before} → ${after}`);
			const trained = openTrained('retriever-x', model, job.base);
			assert.ok(Math.abs((await job.score(trained)) - after) < 1e-6);
			assert.equal(trained.space === job.base.embedder.space, method !== 'table');
			assert.equal(trained.id, 'retriever-x');
		});
	});
}

test('words that are learned are stored, shown and used by both legs', async () => {
	await using folder = await temporaryFolder();
	const job = { ...jobOf('adapter'), score: async (embedder: Embedder) => embedder.meanings?.('gadget').size ?? 0 };
	const { model } = await trainToEnd(job);
	const { learned } = model.metrics['words'] as { learned: number };
	assert.ok(learned > 0);
	assert.equal(model.texts['lexicon.txt']?.trimEnd().split('\n').length, learned);
	const { id } = await writeArtifact(folder.path, model, { createdAt: 0, tookMs: 0 });
	const stored = await loadRetriever(join(folder.path, id), job.base);
	const trained = openTrained(id, model, job.base);
	const question = 'What does the gadget cost?';
	assert.deepEqual(await stored.embedder.embed([question], 'query'), await trained.embed([question], 'query'));
	assert.deepEqual(stored.embedder.meanings?.(question), trained.meanings?.(question));
	assert.ok(trained.meanings!(question).size > 0);
	assert.ok(!('meanings' in openTrained(id, { ...model, texts: {} }, job.base)));
});

test('words without which what is held out does as well are not kept', async () => {
	const { model } = await trainToEnd({ ...jobOf('adapter'), score: async () => 0.5 });
	assert.deepEqual([model.texts, model.settings['language']], [{}, undefined]);
});

test('a model over another embedder than its own is refused, and so is a table where there is none', async () => {
	const { model } = await trainToEnd(jobOf('adapter'));
	assert.throws(() => openTrained('x', model, { embedder: hashingEmbedder(32), table: null }), {
		code: 'embedder_mismatch',
	});
	await rejectsWith('invalid_argument', trainToEnd({ ...jobOf('adapter'), method: 'table' }));
	await rejectsWith('invalid_data', trainToEnd({ ...jobOf('adapter'), positives: [[0], [1]] }));
});

test('an aborted training stops', async () => {
	const abort = new AbortController();
	const run = async (): Promise<void> => {
		for await (const event of retrieverTrainer.train(jobOf('adapter'), { signal: abort.signal })) {
			if (event.type === 'progress') abort.abort();
		}
	};
	await rejectsWith('cancelled', run());
});
