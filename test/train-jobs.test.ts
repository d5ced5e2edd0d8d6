import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { builtInFolder } from '../src/models/static-embedder.ts';
import type { Knowhow } from '../src/project/knowhow.ts';
import { open } from '../src/project/open.ts';
import { temporaryFolder } from './run-program.ts';
import { rejectsWith } from './store-contract.ts';
import { toyRows, toyTexts } from './train-toy.ts';

const skip = existsSync(builtInFolder) ? false : `needs ${builtInFolder}`;

/** A project with texts of three classes beside it. */
class Toy implements AsyncDisposable {
	readonly folder: string;
	readonly knowhow: Knowhow;
	readonly #dispose: () => Promise<void>;

	private constructor(folder: string, knowhow: Knowhow, dispose: () => Promise<void>) {
		this.folder = folder;
		this.knowhow = knowhow;
		this.#dispose = dispose;
	}

	static async create(): Promise<Toy> {
		const folder = await temporaryFolder();
		const toy = new Toy(folder.path, await open(folder.path), async () => await folder[Symbol.asyncDispose]());
		await toy.write('texts.jsonl', toyTexts(60, 1));
		return toy;
	}

	async write(name: string, rows: readonly unknown[]): Promise<void> {
		await writeFile(join(this.folder, name), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.knowhow.close();
		await this.#dispose();
	}
}

describe('trainings on texts are jobs', { skip }, () => {
	test('a killed router goes on with its job and ends with the same bytes', async () => {
		await using toy = await Toy.create();
		const { models } = toy.knowhow;
		const whole = await models.trainRouter({ data: 'texts.jsonl' });
		const script = new URL('killed-router.ts', import.meta.url).pathname;
		const child = spawn(process.execPath, [script, toy.folder, 'texts.jsonl', '200'], { stdio: 'inherit' });
		const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
		assert.equal(signal, 'SIGKILL');
		const [killed] = await models.jobs();
		assert.deepEqual([killed!.status, killed!.method.type], ['running', 'router']);
		const steps: number[] = [];
		const resumed = await models.trainRouter({
			resume: killed!.id,
			onEvent: (event) => {
				if (event.type === 'progress') steps.push(event.step);
			},
		});
		assert.ok(steps[0]! > 100 && steps[0]! <= 200, `went on at step ${steps[0]}`);
		// The id is a hash of settings, lineage and the bytes of every file.
		assert.deepEqual([resumed.job, resumed.model], [killed!.id, whole.model]);
		assert.deepEqual(resumed.metrics, whole.metrics);
		const job = await models.job(killed!.id);
		assert.deepEqual([job.status, job.fine_tuned_model, job.seed], ['succeeded', whole.model, 1]);
		assert.ok(job.events.length >= 5 && job.hyperparameters['epochs'] === 30);
		await rejectsWith('conflict', models.trainRouter({ resume: killed!.id }));
		await rejectsWith('invalid_argument', models.trainExtractor({ resume: killed!.id }));
	});

	test('a cancelled one says so, and leaves no model', async () => {
		await using toy = await Toy.create();
		const { models } = toy.knowhow;
		const training = models.trainRouter({
			data: 'texts.jsonl',
			onEvent: async (event) => {
				if (event.type !== 'progress' || event.step > 10) return;
				const [job] = await models.jobs();
				await models.cancelJob(job!.id);
			},
		});
		await rejectsWith('cancelled', training);
		assert.equal((await models.jobs())[0]!.status, 'cancelled');
		assert.deepEqual(await models.list(), []);
	});

	test('an extractor is a job with its events, listed among the models', async () => {
		await using toy = await Toy.create();
		const { models } = toy.knowhow;
		await toy.write('rows.jsonl', toyRows(60, 1));
		const { job, model, fields } = await models.trainExtractor({ data: 'rows.jsonl' });
		assert.deepEqual(fields, ['/slots/city', '/slots/people']);
		const { method, fine_tuned_model, events } = await models.job(job);
		assert.deepEqual([method.type, fine_tuned_model], ['extractor', model]);
		assert.match(events[0]!.message, /loss .* held-out F1/);
		const [listed] = await models.list();
		assert.deepEqual([listed!.id, listed!.kind], [model, 'extractor']);
	});

	test('a router that learned from a dataset is named when a document of it is removed', async () => {
		await using toy = await Toy.create();
		const { knowhow } = toy;
		await writeFile(join(toy.folder, 'fees.md'), '# Fees\n\nThe monthly fee is 12 euros.\n');
		await knowhow.ingest('fees.md');
		const [document] = await knowhow.documents();
		const positives = [{ text: 'The monthly fee is 12 euros.', document: document!.id, version: 1 }];
		const rows = toyTexts(60, 1).map(({ text, label }) => ({ query: text, label, positives }));
		await toy.write('dataset.jsonl', rows);
		const { dataset } = await knowhow.collect({
			name: 'classes',
			goal: 'router',
			files: ['dataset.jsonl'],
			shares: { train: 0.6, dev: 0.1, test: 0.3 },
		});
		const { model, metrics } = await knowhow.models.trainRouter({ data: dataset!.id });
		const { lineage } = await knowhow.models.show(model);
		assert.equal(metrics.examples, dataset!.counts.train);
		assert.deepEqual([lineage['dataset'], lineage['documents']], [dataset!.id, [document!.id]]);
		assert.equal((lineage['examples'] as string[]).length, metrics.examples);
		const { models } = await knowhow.remove([document!.id], { erase: true });
		assert.deepEqual(models, [model]);
	});
});
