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
import { knowhow, temporaryFolder } from './run-program.ts';
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
		assert.deepEqual([killed!.status, killed!.interrupted, killed!.method.type], ['running', true, 'router']);
		for (const words of [['jobs'], ['jobs', 'show', killed!.id]]) {
			const { stdout } = await knowhow(words, { cwd: toy.folder });
			assert.match(stdout, /interrupted/);
			assert.ok(stdout.includes(`knowhow train router --resume ${killed!.id}`), stdout);
		}
		const before = (await models.job(killed!.id)).checkpoints;
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
		assert.equal(job.interrupted, false);
		assert.ok(job.events.length >= 5 && job.hyperparameters['epochs'] === 30);
		const { checkpoints } = job;
		assert.deepEqual(checkpoints.slice(0, before.length), before);
		// It went on behind the last checkpoint of before.
		assert.ok(steps[0]! > before.at(-1)!.step_number, `${steps[0]} after ${before.at(-1)!.step_number}`);
		const numbers = checkpoints.map(({ step_number }) => step_number);
		assert.deepEqual(
			numbers,
			[...new Set(numbers)].toSorted((a, b) => a - b),
		);
		for (const { object, id, step_number, metrics, created_at, fine_tuning_job_id } of checkpoints) {
			assert.deepEqual([object, fine_tuning_job_id], ['fine_tuning.job.checkpoint', job.id]);
			assert.equal(id, `${job.id}-step-${step_number}`);
			assert.ok(metrics['step'] === step_number && metrics['train_loss']! >= 0, JSON.stringify(metrics));
			assert.ok(job.created_at <= created_at && created_at <= job.finished_at!);
		}
		assert.ok(Object.keys(checkpoints.at(-1)!.metrics).some((name) => name.startsWith('held-out')));
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
				assert.equal(job!.interrupted, false);
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
		await toy.write('rows.jsonl', toyRows(120, 1));
		const { job, model, fields } = await models.trainExtractor({ data: 'rows.jsonl' });
		assert.deepEqual(fields, ['/slots/city', '/slots/people']);
		const { method, fine_tuned_model, events } = await models.job(job);
		assert.deepEqual([method.type, fine_tuned_model], ['extractor', model]);
		assert.match(events[0]!.message, /loss .* held-out F1/);
		const [listed] = await models.list();
		assert.deepEqual([listed!.id, listed!.kind], [model, 'extractor']);
		const { dataset } = await toy.knowhow.collect({
			name: 'rows',
			goal: 'extractor',
			files: ['rows.jsonl'],
			fix: true,
		});
		const again = await models.trainExtractor({ data: dataset!.id });
		assert.deepEqual(again.fields, fields);
		assert.equal((await models.show(again.model)).lineage['dataset'], dataset!.id);
	});

	test('a router that learned from a dataset is named when a document of it is removed', async () => {
		await using toy = await Toy.create();
		const { knowhow: project } = toy;
		await writeFile(join(toy.folder, 'fees.md'), '# Fees\n\nThe monthly fee is 12 euros.\n');
		await project.ingest('fees.md');
		const [document] = await project.documents();
		const positives = [{ text: 'The monthly fee is 12 euros.', document: document!.id, version: 1 }];
		const rows = toyTexts(60, 1).map(({ text, label }) => ({ query: text, label, positives }));
		await toy.write('dataset.jsonl', rows);
		const { dataset } = await project.collect({
			name: 'classes',
			goal: 'router',
			files: ['dataset.jsonl'],
			shares: { train: 0.6, dev: 0.1, test: 0.3 },
		});
		const { model, metrics } = await project.models.trainRouter({ data: dataset!.id });
		const { lineage } = await project.models.show(model);
		assert.equal(metrics.examples, dataset!.counts.train);
		assert.deepEqual([lineage['dataset'], lineage['documents']], [dataset!.id, [document!.id]]);
		assert.equal((lineage['examples'] as string[]).length, metrics.examples);
		const { models } = await project.remove([document!.id], { erase: true });
		assert.deepEqual(models, [model]);
	});
});

test('a routed system leads from classes that its router knows', { skip }, async () => {
	await using toy = await Toy.create();
	const { models } = toy.knowhow;
	await toy.write('rows.jsonl', toyRows(120, 1));
	const { model, labels } = await models.trainRouter({ data: 'texts.jsonl' });
	assert.deepEqual(labels, ['access', 'billing', 'hardware']);
	const save = (route: string, router = model) =>
		knowhow(['systems', 'save', 'desk', '--router', router, '--route', `${route}=rag`], { cwd: toy.folder });
	const misspelt = await save('biling');
	assert.deepEqual([misspelt.code, misspelt.stderr.includes('Did you mean "billing"?')], [2, true], misspelt.stderr);
	const unknown = await save('weather');
	assert.match(unknown.stderr, /knows no class "weather"\.\nIt knows: access, billing, hardware\./);
	const { model: extractor } = await models.trainExtractor({ data: 'rows.jsonl' });
	assert.match((await save('billing', extractor)).stderr, /is not a router/);
	assert.deepEqual(await toy.knowhow.systems(), []);
	assert.equal((await save('billing')).code, 0);
});

describe('a router serves once it passes the gate', { skip }, () => {
	test('better than the commonest class, and then than the router that serves; rolled back, it is the one before', async () => {
		await using toy = await Toy.create();
		const { models } = toy.knowhow;
		await toy.write('target.jsonl', toyTexts(60, 2));
		const first = (await models.trainRouter({ data: 'texts.jsonl' })).model;
		await rejectsWith('invalid_argument', models.promote(first));
		const target = join(toy.folder, 'target.jsonl');
		const report = await models.promote(first, { target });
		assert.deepEqual(
			[report.isPromoted, report.isForced, report.replaced, report.sets],
			[true, false, null, { target: 'given', guard: 'scope' }],
			JSON.stringify(report.verdict),
		);
		const second = (await models.trainRouter({ data: 'texts.jsonl', seed: 2 })).model;
		const refused = await models.promote(second, { target });
		assert.deepEqual([refused.isPromoted, refused.replaced], [false, first]);
		assert.equal(await models.serving('router'), first);
		// The one trained last is another, and not the one that is asked.
		const asked = await knowhow(['classify', '--data', 'target.jsonl', '--json'], { cwd: toy.folder });
		assert.equal(JSON.parse(asked.stdout).model, first);
		const forced = await models.promote(second, { target, force: true });
		assert.deepEqual([forced.isPromoted, forced.isForced], [true, true]);
		await rejectsWith('conflict', models.remove(first));
		const back = await knowhow(['models', 'rollback', 'router', '--json'], { cwd: toy.folder });
		assert.equal(JSON.parse(back.stdout).model, first);
		assert.deepEqual(
			(await models.list()).map(({ id, isPromoted }) => [id, isPromoted]),
			[
				[second, false],
				[first, true],
			],
		);
		assert.equal((await knowhow(['models', 'rollback', 'parrot'], { cwd: toy.folder })).code, 2);
	});

	test('one that turns away texts of its classes is refused', async () => {
		await using toy = await Toy.create();
		const { models } = toy.knowhow;
		// Right words of each class among many that the router has not seen: classes stay right, scope does not.
		const strange = toyTexts(60, 2).map(({ text, label }) => ({
			text: `${text.split(' ')[1]} quokka zephyr xylem`,
			label,
		}));
		await toy.write('strange.jsonl', strange);
		const { model } = await models.trainRouter({ data: 'texts.jsonl' });
		const { isPromoted, verdict } = await models.promote(model, { target: join(toy.folder, 'strange.jsonl') });
		assert.equal(isPromoted, false);
		assert.deepEqual(
			verdict.reasons.map(({ rule, isMet }) => [rule, isMet]),
			[
				['target-better', true],
				['guard-not-worse', false],
			],
			JSON.stringify(verdict),
		);
	});
});

describe('an extractor serves once it passes the gate', { skip }, () => {
	test('better than finding nothing, and then than the extractor that serves; rolled back, it is the one before', async () => {
		await using toy = await Toy.create();
		const { models } = toy.knowhow;
		await toy.write('rows.jsonl', toyRows(120, 1));
		await toy.write('target.jsonl', toyRows(60, 2));
		const first = (await models.trainExtractor({ data: 'rows.jsonl' })).model;
		await rejectsWith('invalid_argument', models.promote(first));
		const target = join(toy.folder, 'target.jsonl');
		const report = await models.promote(first, { target });
		assert.deepEqual(
			[report.isPromoted, report.isForced, report.replaced, report.sets],
			[true, false, null, { target: 'given', guard: 'whole' }],
			JSON.stringify(report.verdict),
		);
		await rejectsWith('invalid_argument', models.promote(first, { target }));
		const second = (await models.trainExtractor({ data: 'rows.jsonl', seed: 2 })).model;
		const refused = await models.promote(second, { target });
		assert.deepEqual([refused.isPromoted, refused.replaced], [false, first]);
		// The one trained last is another, and not the one that is asked.
		const asked = await knowhow(['extract', '--data', 'target.jsonl', '--json'], { cwd: toy.folder });
		assert.equal(JSON.parse(asked.stdout).model, first);
		const forced = await knowhow(['models', 'promote', second, '--target', target, '--force', '--json'], {
			cwd: toy.folder,
		});
		const { isPromoted, isForced } = JSON.parse(forced.stdout);
		assert.deepEqual([forced.code, isPromoted, isForced], [0, true, true]);
		assert.equal((await models.show(second)).promotions.at(-1)!.isForced, true);
		await rejectsWith('conflict', models.remove(first));
		const back = await knowhow(['models', 'rollback', 'extractor'], { cwd: toy.folder });
		assert.equal(back.stdout, `In place of ${second} serves again ${first}.\n`);
		assert.equal(await models.serving('extractor'), first);
		const bare = await knowhow(['models', 'rollback', 'extractor'], { cwd: toy.folder });
		assert.equal(bare.stdout, `In place of ${first} serves again the extractor trained last.\n`);
	});

	test('one that no longer finds what the guard asks for is refused, whatever fields each of them knows', async () => {
		await using toy = await Toy.create();
		const { models } = toy.knowhow;
		const things = ['wall', 'door', 'fence', 'chair'];
		const paint = ['red', 'blue', 'green', 'black'].flatMap((colour) =>
			things.map((thing) => ({
				text: `Paint the ${thing} ${colour}`,
				output: { intent: 'paint', slots: { colour, thing } },
			})),
		);
		await toy.write('bookings.jsonl', toyRows(120, 1));
		await toy.write('guard.jsonl', toyRows(40, 2));
		await toy.write('paint.jsonl', [...paint, ...paint, ...paint]);
		await toy.write('target.jsonl', paint);
		const [bookings, painter] = [
			await models.trainExtractor({ data: 'bookings.jsonl' }),
			await models.trainExtractor({ data: 'paint.jsonl' }),
		];
		await models.promote(bookings.model, { target: join(toy.folder, 'guard.jsonl') });
		const target = join(toy.folder, 'target.jsonl');
		const { isPromoted, sets, verdict } = await models.promote(painter.model, {
			target,
			guard: join(toy.folder, 'guard.jsonl'),
		});
		assert.deepEqual([isPromoted, sets], [false, { target: 'given', guard: 'given' }]);
		const [better, worse] = verdict.reasons;
		assert.deepEqual([better!.isMet, better!.questions], [true, 16], JSON.stringify(verdict));
		assert.ok(!worse!.isMet && worse!.difference! < -0.5, JSON.stringify(verdict));
	});
});
