import assert from 'node:assert/strict';
import { appendFile, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { KnowhowError } from '../src/core/error.ts';
import type { Checkpoint, TrainedModel, Trainer, TrainerEvent } from '../src/core/trainer.ts';
import { readArtifact, writeArtifact } from '../src/models/artifact.ts';
import { loadExtractor } from '../src/models/extractor-file.ts';
import { loadRouter } from '../src/models/router-file.ts';
import { tokensOf } from '../src/models/token-features.ts';
import { toSpans, toTags } from '../src/models/tags.ts';
import { calibrationError, fitMix, thresholdAccepting } from '../src/train/calibrate.ts';
import { type ExtractorJob, extractorTrainer } from '../src/train/extractor.ts';
import { readFieldTexts } from '../src/train/field-text.ts';
import { stratifiedFolds } from '../src/train/folds.ts';
import { readLabelledTexts } from '../src/train/labelled-text.ts';
import { type RouterExample, RouterLearner } from '../src/train/router-learner.ts';
import { type RouterJob, routerTrainer } from '../src/train/router.ts';
import { countSpans, noSpans, spanScores } from '../src/train/span-f1.ts';
import { temporaryFolder } from './run-program.ts';
import { toyBase, toyRows, toyTexts } from './train-toy.ts';

const time = { createdAt: 0, tookMs: 0 };

async function eventsOf<Job>(trainer: Trainer<Job>, job: Job): Promise<TrainerEvent[]> {
	return await Array.fromAsync(trainer.train(job));
}

function modelOf(events: readonly TrainerEvent[]): TrainedModel {
	const last = events.at(-1);
	assert.equal(last?.type, 'trained');
	return last.model;
}

/** Trains, stops at the checkpoint with this number and goes on from a copy of it as another process would. */
async function resumed<Job>(trainer: Trainer<Job>, job: Job, number: number): Promise<TrainedModel> {
	let seen = 0;
	let kept: Checkpoint | null = null;
	for await (const event of trainer.train(job)) {
		if (event.type === 'checkpoint' && ++seen === number) {
			kept = structuredClone(event.checkpoint);
			break;
		}
	}
	assert.ok(kept, `fewer than ${number} checkpoints`);
	return modelOf(await Array.fromAsync(trainer.train(job, { checkpoint: kept })));
}

async function failureOf(work: Promise<unknown>): Promise<KnowhowError> {
	const error: unknown = await work.then(
		() => null,
		(thrown: unknown) => thrown,
	);
	assert.ok(error instanceof KnowhowError, String(error));
	return error;
}

describe('training a router', () => {
	const job: RouterJob = { examples: toyTexts(90, 1), base: toyBase(), seed: 1 };
	const trained = eventsOf(routerTrainer, job);

	test('it learns, says how sure it is, and its probabilities sum to 1', async () => {
		await using folder = await temporaryFolder();
		const { id } = await writeArtifact(folder.path, modelOf(await trained), time);
		const router = await loadRouter(join(folder.path, id));
		assert.equal(router.id, id);
		assert.deepEqual(router.labels, ['access', 'billing', 'hardware']);
		for (const { text, label } of toyTexts(60, 2)) {
			const { probabilities } = router.judge(text);
			assert.ok(Math.abs(probabilities.reduce((sum, p) => sum + p, 0) - 1) < 1e-5);
			const route = await router.route(text);
			assert.equal(route.label, label, text);
			assert.ok(route.probability > 0.5 && route.probability <= 1);
		}
		assert.equal((await router.route('zzz qqq')).outOfScope, true);
		const accepted = await Promise.all(toyTexts(60, 3).map(({ text }) => router.route(text)));
		assert.ok(accepted.filter(({ outOfScope }) => !outOfScope).length >= 50);
	});

	test('the same seed gives the same bytes, another seed does not', async () => {
		await using folder = await temporaryFolder();
		const first = await writeArtifact(folder.path, modelOf(await trained), time);
		const again = await writeArtifact(folder.path, modelOf(await eventsOf(routerTrainer, job)), { ...time, tookMs: 5 });
		const other = await writeArtifact(folder.path, modelOf(await eventsOf(routerTrainer, { ...job, seed: 2 })), time);
		assert.equal(again.id, first.id);
		assert.notEqual(other.id, first.id);
		assert.deepEqual((await readdir(folder.path)).sort(), [first.id, other.id].sort());
	});

	test('resumed from any of its checkpoints it ends with the same bytes', async () => {
		const { weights } = modelOf(await trained);
		for (const number of [1, 40, 170]) assert.deepEqual((await resumed(routerTrainer, job, number)).weights, weights);
	});

	test('a checkpoint of another job is refused', async () => {
		const checkpoint = (await trained).find((event) => event.type === 'checkpoint')!.checkpoint;
		const other = { ...job, seed: 3 };
		const error = await failureOf(Array.fromAsync(routerTrainer.train(other, { checkpoint })));
		assert.equal(error.code, 'invalid_data');
	});

	test('progress counts every step once and ends at the last', async () => {
		const progress = (await trained).filter((event) => event.type === 'progress');
		const { steps } = await routerTrainer.estimate(job);
		assert.equal(progress.at(-1)!.step, steps);
		for (const [i, { step }] of progress.entries()) assert.ok(i === 0 || step > progress[i - 1]!.step);
		assert.ok(progress.at(-1)!.loss < progress[0]!.loss);
		assert.ok(progress.at(-1)!.metric!.value > 0.9);
	});

	test('it stops at the next event when it is cancelled, with many texts and with few', async () => {
		for (const count of [3000, 60]) {
			const controller = new AbortController();
			let events = 0;
			const work = async (): Promise<void> => {
				const cancelled = { ...job, examples: toyTexts(count, 1) };
				for await (const _ of routerTrainer.train(cancelled, { signal: controller.signal })) {
					events++;
					// As Ctrl-C comes: from outside, when the process has a moment to hear it.
					setImmediate(() => controller.abort());
				}
			};
			assert.equal((await failureOf(work())).code, 'cancelled');
			assert.equal(events, 1);
		}
	});

	test('one batch is learned by heart, labels that make no sense included', () => {
		const settings = {
			epochs: 300,
			batch: 16,
			featureRate: 0.1,
			headRate: 0.02,
			tableRate: 0.02,
			dropTokens: 0,
			length: 7,
			seed: 1,
		};
		const bag = (...ids: number[]) => ({ ids: Uint32Array.from(ids), weights: new Float32Array(ids.length).fill(1) });
		const examples = Array.from({ length: 16 }, (_, i): RouterExample => {
			return { features: bag(i, (i + 3) % 16), tokens: bag(i, (i + 5) % 16), label: (i * i) % 3 };
		});
		const vectors = Float32Array.from({ length: 16 * 8 }, (_, i) => Math.sin(i * i));
		const learner = new RouterLearner({ classes: 3, features: 16, tokens: 16, dimensions: 8 }, vectors, settings);
		let loss = Infinity;
		for (let epoch = 0; epoch < settings.epochs; epoch++)
			for (const found of learner.epoch(examples, epoch)) loss = found;
		assert.ok(loss < 0.05, String(loss));
	});
});

describe('calibration', () => {
	test('folds hold every class as evenly as it divides', () => {
		const labels = Array.from({ length: 103 }, (_, i) => (i < 3 ? 9 : i % 4));
		const folds = stratifiedFolds(labels, 5, 1);
		for (const label of new Set(labels)) {
			const sizes = [0, 1, 2, 3, 4].map((f) => labels.filter((l, i) => l === label && folds[i] === f).length);
			assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 1, `${label}: ${sizes.join(' ')}`);
		}
	});

	test('scores that are too sure are made less so: the mix of known temperatures is found again', () => {
		// Labels drawn from softmax(wide · 0.5 + deep · 0.25): the best mix is near these factors.
		let state = 1;
		const random = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
		const n = 6000;
		const [wide, deep] = [0, 0].map(() => Float32Array.from({ length: n * 3 }, () => (random() - 0.5) * 12)) as [
			Float32Array,
			Float32Array,
		];
		const labels = Array.from({ length: n }, (_, i) => {
			const odds = [0, 1, 2].map((c) => Math.exp(0.5 * wide[i * 3 + c]! + 0.25 * deep[i * 3 + c]!));
			let left = random() * odds.reduce((sum, x) => sum + x, 0);
			return odds.findIndex((x) => (left -= x) <= 0);
		});
		const mix = fitMix({ classes: 3, wide, deep, labels });
		assert.ok(Math.abs(mix.wide - 0.5) < 0.04 && Math.abs(mix.deep - 0.25) < 0.04, JSON.stringify(mix));
	});

	test('the calibration error is the mean distance of confidence and share right', () => {
		const judged = [0.9, 0.9, 0.9, 0.9].map((probability, i) => ({ probability, isRight: i < 2 }));
		assert.ok(Math.abs(calibrationError(judged) - 0.4) < 1e-9);
		assert.equal(calibrationError([{ probability: 1, isRight: true }]), 0);
	});

	test('a threshold lets the wanted share through', () => {
		const scores = Array.from({ length: 100 }, (_, i) => i);
		const threshold = thresholdAccepting(scores, 0.95);
		assert.equal(scores.filter((score) => score >= threshold).length, 95);
	});
});

describe('labelled texts', () => {
	const refusals: readonly (readonly [string, RegExp])[] = [
		['{"text":"a","label":"x"}\n{"text":" ","label":"x"}\n', /line 2 has an empty text/],
		['{"text":"a","label":"x"}\n\n{"text":"a"}\n', /line 3 has no label/],
		['{"text":"a","label":"x"}\nnot json\n', /line 2 is not JSON/],
		['{"text":"a","label":"x"}\n{"text":"b","label":"x"}\n', /All 2 rows have the label "x"/],
		[
			'{"text":"a","label":"x"}\n{"text":"b","label":"x"}\n{"text":"c","label":"y"}\n',
			/line 3 is the only one with label "y"/,
		],
	];
	for (const [content, pattern] of refusals) {
		test(`refuses ${pattern.source}`, async () => {
			await using folder = await temporaryFolder();
			const path = join(folder.path, 'rows.jsonl');
			await writeFile(path, content);
			const work = async (): Promise<unknown> =>
				await routerTrainer.estimate({ examples: await readLabelledTexts(path), base: toyBase(), seed: 1 });
			const error = await failureOf(work());
			assert.equal(error.code, 'invalid_data');
			assert.match(error.message, pattern);
		});
	}

	test('reads CSV too, and one part of a file', async () => {
		await using folder = await temporaryFolder();
		const path = join(folder.path, 'rows.csv');
		await writeFile(path, 'text,label,split\n"a, b",x,train\nc,y,test\n');
		assert.deepEqual(await readLabelledTexts(path), [
			{ text: 'a, b', label: 'x', line: 2 },
			{ text: 'c', label: 'y', line: 3 },
		]);
		assert.deepEqual(await readLabelledTexts(path, { split: 'test' }), [{ text: 'c', label: 'y', line: 3 }]);
		assert.equal((await failureOf(readLabelledTexts(path, { split: 'dev' }))).code, 'invalid_data');
	});
});

describe('training an extractor', () => {
	async function jobOf(count: number): Promise<ExtractorJob> {
		await using folder = await temporaryFolder();
		const path = join(folder.path, 'rows.jsonl');
		await writeFile(
			path,
			toyRows(count, 1)
				.map((row) => `${JSON.stringify(row)}\n`)
				.join(''),
		);
		return { ...(await readFieldTexts(path)), seed: 1 };
	}

	test('it finds values it has never seen, by their context, in the shape of the outputs', async () => {
		await using folder = await temporaryFolder();
		const job = await jobOf(200);
		assert.deepEqual(job.shape, { fields: ['/slots/city', '/slots/people'], lists: [], kind: '/intent' });
		const { id } = await writeArtifact(folder.path, modelOf(await eventsOf(extractorTrainer, job)), time);
		const extractor = await loadExtractor(join(folder.path, id));
		const found = extractor.extract('Book a table for five in Timbuktu');
		assert.deepEqual(found.output, { intent: 'book', slots: { city: 'Timbuktu', people: 'five' } });
		assert.deepEqual(found.spans, [
			{ field: '/slots/people', text: 'five', start: 17, end: 21 },
			{ field: '/slots/city', text: 'Timbuktu', start: 25, end: 33 },
		]);
		assert.deepEqual(extractor.extract('Will it rain in New York tomorrow').output, {
			intent: 'weather',
			slots: { city: 'New York' },
		});
		assert.deepEqual(extractor.extract('Book').output, { intent: 'book', slots: {} });
		assert.deepEqual(extractor.extract('  ').spans, []);
	});

	test('the same seed gives the same bytes, resumed in the middle too', async () => {
		const job = await jobOf(60);
		const { weights } = modelOf(await eventsOf(extractorTrainer, job));
		assert.deepEqual(modelOf(await eventsOf(extractorTrainer, job)).weights, weights);
		assert.deepEqual((await resumed(extractorTrainer, job, 7)).weights, weights);
		assert.notDeepEqual(modelOf(await eventsOf(extractorTrainer, { ...job, seed: 2 })).weights, weights);
	});

	test('too few texts are refused', async () => {
		const error = await failureOf(jobOf(10).then(async (job) => await extractorTrainer.estimate(job)));
		assert.equal(error.code, 'invalid_data');
	});
});

describe('texts with fields', () => {
	async function read(rows: readonly unknown[]): ReturnType<typeof readFieldTexts> {
		await using folder = await temporaryFolder();
		const path = join(folder.path, 'rows.jsonl');
		await writeFile(path, rows.map((row) => `${typeof row === 'string' ? row : JSON.stringify(row)}\n`).join(''));
		return await readFieldTexts(path);
	}

	const good = { text: 'to Oslo or Rome', output: { city: ['Oslo', 'Rome'] } };

	test('values are found as whole words, long ones first, lists stay lists', async () => {
		const { shape, examples } = await read([
			good,
			{ input: 'in New York, York', output: '{"city":["York","New York"]}' },
		]);
		assert.deepEqual(shape, { fields: ['/city'], lists: ['/city'], kind: null });
		assert.deepEqual(examples[0]!.spans, [
			{ field: 0, start: 3, end: 7 },
			{ field: 0, start: 11, end: 15 },
		]);
		assert.deepEqual(examples[1]!.spans, [
			{ field: 0, start: 3, end: 11 },
			{ field: 0, start: 13, end: 17 },
		]);
	});

	for (const [row, pattern] of [
		[{ text: '', output: {} }, /line 2 has an empty text/],
		[{ text: 'x' }, /line 2 has no output/],
		[{ text: 'x', output: '{' }, /line 2 has an output that is not JSON/],
		[{ text: 'x 3', output: { n: 3 } }, /line 2 has a value at \/n that is not text/],
		[{ text: 'Osloer', output: { city: 'Oslo' } }, /line 2 has at \/city a value that is not whole words/],
		['nothing', /line 2 is not JSON/],
	] as const) {
		test(`refuses ${pattern.source}`, async () => {
			const error = await failureOf(read([good, row]));
			assert.equal(error.code, 'invalid_data');
			assert.match(error.message, pattern);
		});
	}

	test('a few values that are not in their texts are left out and named', async () => {
		const rows = [...Array.from({ length: 30 }, () => good), { text: 'nowhere', output: { city: 'Oslo' } }];
		const { examples, leftOut } = await read(rows);
		assert.equal(examples.length, 30);
		assert.deepEqual(
			leftOut.map(({ line }) => line),
			[31],
		);
	});

	test('tags and spans are two ways to say the same', () => {
		const tokens = tokensOf("Play Shaina's music, now");
		const spans = [
			{ field: 1, start: 5, end: 11 },
			{ field: 0, start: 14, end: 19 },
		];
		const tags = toTags(tokens, spans)!;
		assert.deepEqual([...tags], [0, 3, 0, 0, 1, 0, 0]);
		assert.deepEqual(toSpans(tokens, tags), spans);
		assert.equal(toTags(tokens, [{ field: 0, start: 5, end: 9 }]), null);
	});

	test('F1 counts spans whose field, beginning and end are right, over all texts together', () => {
		// seqeval's example: gold O O O B I I O · B I O, found O O B I I I O · B I O: one of two, F1 0.5.
		const first = countSpans(noSpans, [{ field: 0, start: 2, end: 6 }], [{ field: 0, start: 3, end: 6 }]);
		const both = countSpans(first, [{ field: 1, start: 0, end: 2 }], [{ field: 1, start: 0, end: 2 }]);
		assert.deepEqual(spanScores(both), { precision: 0.5, recall: 0.5, f1: 0.5 });
		assert.deepEqual(spanScores(noSpans), { precision: null, recall: null, f1: null });
	});
});

describe('artifacts', () => {
	const model: TrainedModel = {
		kind: 'router',
		settings: { a: 1 },
		weights: {
			small: { shape: [3], numbers: Int8Array.of(1, -2, 3) },
			large: { shape: [1, 2], numbers: Float32Array.of(0.5, -1) },
		},
		texts: { 'words.txt': 'a\nb\n' },
		lineage: { data: 'x' },
		metrics: { f1: 1 },
	};

	test('what was written is read again', async () => {
		await using folder = await temporaryFolder();
		const manifest = await writeArtifact(folder.path, model, time);
		assert.match(manifest.id, /^router-[0-9a-f]{12}$/);
		const { weights, texts, manifest: again } = await readArtifact(join(folder.path, manifest.id), 'router');
		assert.deepEqual(again, manifest);
		assert.deepEqual(texts, model.texts);
		assert.deepEqual(
			[...new Int8Array(weights.get('small')!.bytes)],
			[1, 254, 3].map((x) => (x << 24) >> 24),
		);
		assert.deepEqual(weights.get('large')!.shape, [1, 2]);
		assert.deepEqual(await readdir(folder.path), [manifest.id]);
	});

	test('a folder without its manifest is no model, a changed file is noticed, another kind is refused', async () => {
		await using folder = await temporaryFolder();
		const { id } = await writeArtifact(folder.path, model, time);
		const path = join(folder.path, id);
		assert.equal((await failureOf(readArtifact(path, 'extractor'))).code, 'invalid_argument');
		await appendFile(join(path, 'words.txt'), 'c\n');
		const changed = await failureOf(readArtifact(path, 'router'));
		assert.equal(changed.code, 'unreadable_file');
		assert.match(changed.message, /words\.txt/);
		const manifest = await readFile(join(path, 'manifest.json'), 'utf8');
		await writeFile(join(path, 'manifest.json'), manifest.slice(0, 50));
		assert.equal((await failureOf(readArtifact(path, 'router'))).code, 'unreadable_file');
		await rm(join(path, 'manifest.json'));
		assert.equal((await failureOf(readArtifact(path, 'router'))).code, 'not_found');
	});
});
