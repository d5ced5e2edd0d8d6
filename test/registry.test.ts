import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';

import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { builtInFolder } from '../src/models/static-embedder.ts';
import { open } from '../src/project/open.ts';
import type { Knowhow } from '../src/project/knowhow.ts';
import { restoreProject } from '../src/project/restore.ts';
import type { RetrieverSettings } from '../src/train/retriever.ts';
import { hashingEmbedder } from './hashing-embedder.ts';
import { writeToyDocuments, writeToyLog } from './retriever-toy.ts';
import { rejectsWith } from './store-contract.ts';

const settings: Partial<RetrieverSettings> = { epochs: 4, batch: 16, patience: 9 };
const skip = existsSync(builtInFolder) ? false : `needs ${builtInFolder}`;
const question = 'how do i wipe my slip';

/** A project whose people use other words than its documents. */
class Toy implements AsyncDisposable {
	readonly folder: string;
	readonly log: string;
	readonly knowhow: Knowhow;

	private constructor(folder: string, knowhow: Knowhow) {
		this.folder = folder;
		this.log = join(folder, 'log.jsonl');
		this.knowhow = knowhow;
	}

	static async create(): Promise<Toy> {
		const folder = await mkdtemp(join(tmpdir(), 'knowhow-registry-'));
		await writeToyDocuments(join(folder, 'docs'));
		const toy = new Toy(folder, await openToy(folder));
		await writeToyLog(toy.log);
		await toy.knowhow.ingest('docs');
		return toy;
	}

	/** As another process would. */
	async second(): Promise<Knowhow> {
		return await openToy(this.folder);
	}

	async train(given: Partial<RetrieverSettings> = {}) {
		return await this.knowhow.models.trainRetriever({ data: 'log.jsonl', settings: { ...settings, ...given } });
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await this.knowhow.close();
		await rm(this.folder, { recursive: true, force: true });
	}
}

async function openToy(folder: string): Promise<Knowhow> {
	return await open(folder, { embedder: hashingEmbedder() });
}

/** What a search and an answer are, but for how long they took. */
async function answers(knowhow: Knowhow): Promise<string> {
	const { hits } = await knowhow.search(question, { k: 5 });
	const answer = await knowhow.ask(question);
	return JSON.stringify({ hits, answer: { ...answer, interaction: null, tookMs: null } });
}

describe('a trained retriever', () => {
	let toy: Toy;
	let model: string;
	before(async () => {
		toy = await Toy.create();
		const trained = await toy.train();
		model = trained.model;
	});
	after(async () => await toy[Symbol.asyncDispose]());

	test('says what it reached beside searches without training', async () => {
		const [summary] = await toy.knowhow.models.list();
		const metrics = summary!.metrics as Record<string, number> & { interval: { low: number } };
		assert.equal(summary!.id, model);
		assert.ok(metrics['after']! > metrics['before']! && metrics.interval.low > 0, JSON.stringify(metrics));
		assert.ok(Math.abs(metrics['after']! - metrics['before']! - metrics['difference']!) < 1e-9);
		assert.deepEqual(Object.keys(metrics['untrained']!), ['keyword', 'vector', 'hybrid', 'reranked']);
	});

	test('has its whole lineage', async () => {
		const { lineage, isPromoted, kind } = await toy.knowhow.models.show(model);
		const documents = await toy.knowhow.documents({ limit: 1000 });
		assert.deepEqual([kind, isPromoted], ['retriever', false]);
		assert.match(lineage['data'] as string, /^[0-9a-f]{64}$/);
		assert.deepEqual(lineage['base'], { id: 'hashing-256', space: 'hashing-256' });
		assert.equal((lineage['settings'] as RetrieverSettings).seed, 1);
		assert.ok((lineage['examples'] as string[]).length >= 70);
		const known = new Set(documents.map(({ id }) => id));
		assert.ok((lineage['documents'] as string[]).length >= 70);
		assert.ok((lineage['documents'] as string[]).every((id) => known.has(id)));
	});

	test('is the same when it is trained again, and another with another seed; both can be compared', async () => {
		assert.equal((await toy.train()).model, model);
		const other = await toy.train({ seed: 2 });
		assert.notEqual(other.model, model);
		const { differences } = await toy.knowhow.models.compare(model, other.model);
		assert.deepEqual(differences.find(({ path }) => path === 'lineage.settings.seed')?.values, [1, 2]);
		await rejectsWith('not_found', toy.knowhow.models.compare(model, 'retriever-000000000000'));
		await toy.knowhow.models.remove(other.model);
		await rejectsWith('not_found', toy.knowhow.models.show(other.model));
	});

	test('serves open readers once it is promoted, and a rollback gives back what was there, to the byte', async () => {
		await using reader = await toy.second();
		const earlier = await answers(reader);
		const report = await toy.knowhow.models.promote(model);
		assert.deepEqual(
			[report.isPromoted, report.isForced, report.replaced],
			[true, false, null],
			JSON.stringify(report),
		);
		const later = await answers(reader);
		assert.notEqual(later, earlier);
		assert.equal(
			(JSON.parse(later) as { hits: { document: { title: string } }[] }).hits[0]!.document.title,
			'delete receipt',
		);
		await rejectsWith('invalid_argument', toy.knowhow.models.promote(model));
		await rejectsWith('conflict', toy.knowhow.models.remove(model));
		await reader.models.rollBack();
		assert.equal(await answers(reader), earlier);
		assert.equal(await answers(toy.knowhow), earlier);
		const { promotions } = await toy.knowhow.models.show(model);
		assert.deepEqual(
			promotions.map(({ action, isForced }) => [action, isForced]),
			[
				['promote', false],
				['rollback', false],
			],
		);
		await rejectsWith('not_found', toy.knowhow.models.rollBack());
	});

	test('that learned from a document is named when the document is removed', async () => {
		const { lineage } = await toy.knowhow.models.show(model);
		const [document] = lineage['documents'] as string[];
		const receipt = await toy.knowhow.remove([document!], { erase: true });
		assert.ok(receipt.models.includes(model));
	});
});

test('the gate refuses a model that is not better; forcing it is recorded', async () => {
	await using toy = await Toy.create();
	const { model, metrics } = await toy.train({ words: false, rate: 0 });
	assert.equal(metrics.difference, 0);
	const refused = await toy.knowhow.models.promote(model);
	assert.equal(refused.isPromoted, false);
	assert.equal(refused.verdict.reasons[0]!.isMet, false);
	assert.equal((await toy.knowhow.models.show(model)).isPromoted, false);
	const forced = await toy.knowhow.models.promote(model, { force: true });
	assert.deepEqual([forced.isPromoted, forced.isForced], [true, true]);
	const [promotion] = (await toy.knowhow.models.show(model)).promotions;
	assert.deepEqual([promotion!.isForced, promotion!.verdict!.passes], [true, false]);
});

test(
	'a tuned table has vectors of its own: they serve with the promotion, and those of before with the rollback',
	{ skip },
	async () => {
		await using toy = await Toy.create();
		// The built-in embedder in place of the test's.
		await using knowhow = await open(toy.folder);
		await using reader = await open(toy.folder);
		await knowhow.reindex();
		const space = (await knowhow.collections())[0]!.space;
		const earlier = await answers(reader);
		const { model } = await knowhow.models.trainRetriever({ data: 'log.jsonl', method: 'table', settings });
		assert.equal((await reader.collections())[0]!.space, space);
		await knowhow.models.promote(model, { force: true });
		const tuned = (await reader.collections())[0]!.space!;
		assert.match(tuned, /^static\/\d+\/[0-9a-f]{16}~[0-9a-f]{16}$/);
		const { warnings } = await reader.search(question);
		assert.deepEqual(warnings, []);
		assert.notEqual(await answers(reader), earlier);
		// A document that comes meanwhile has no vector of before.
		await writeFile(join(toy.folder, 'docs', 'late.md'), '# Late\n\nNothing about any of it.\n');
		await knowhow.ingest('docs');
		const late = (await knowhow.documents({ limit: 1000 })).find(({ title }) => title === 'Late')!;
		await reader.models.rollBack();
		assert.equal((await knowhow.collections())[0]!.space, space);
		assert.deepEqual(
			(await knowhow.search('Late', { mode: 'vector', k: 200 })).hits.filter(({ document }) => document.id === late.id)
				.length,
			1,
		);
		await knowhow.remove([late.id]);
		assert.equal(await answers(reader), earlier);
		assert.equal(await answers(knowhow), earlier);
		assert.deepEqual(await knowhow.check(), []);
	},
);

test('a backup holds the models; without its folder a promoted one rests, and searches go on', async () => {
	await using toy = await Toy.create();
	const { model } = await toy.train();
	await toy.knowhow.models.promote(model, { force: true });
	const promoted = await answers(toy.knowhow);
	await toy.knowhow.backup('copy');
	const other = join(toy.folder, 'other');
	await restoreProject(other, join(toy.folder, 'copy'));
	{
		await using restored = await openToy(other);
		assert.equal((await restored.models.show(model)).isPromoted, true);
		assert.equal(await answers(restored), promoted);
	}
	await rm(join(other, '.knowhow', 'models'), { recursive: true });
	await using bare = await openToy(other);
	assert.ok((await bare.search(question)).hits.length > 0);
	await bare.models.rollBack();
});

test('a killed training goes on with --resume and ends with the same bytes', async () => {
	await using toy = await Toy.create();
	const whole = await toy.train();
	const script = new URL('killed-training.ts', import.meta.url).pathname;
	// In the third epoch, after two checkpoints.
	const child = spawn(process.execPath, [script, toy.folder, toy.log, '11'], {
		stdio: ['ignore', 'inherit', 'inherit'],
	});
	const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
	assert.equal(signal, 'SIGKILL');
	const [killed] = await toy.knowhow.models.jobs();
	assert.equal(killed!.status, 'running');
	const steps: number[] = [];
	const resumed = await toy.knowhow.models.trainRetriever({
		resume: killed!.id,
		onEvent: (event) => {
			if (event.type === 'progress') steps.push(event.step);
		},
	});
	assert.ok(steps[0]! > 5 && steps[0]! <= 11, `went on at step ${steps[0]}`);
	assert.deepEqual([resumed.job, resumed.model], [killed!.id, whole.model]);
	assert.deepEqual(resumed.metrics, whole.metrics);
	const job = await toy.knowhow.models.job(killed!.id);
	assert.deepEqual([job.object, job.status, job.fine_tuned_model], ['fine_tuning.job', 'succeeded', whole.model]);
	assert.equal(job.events.length, 4);
	await rejectsWith('conflict', toy.knowhow.models.trainRetriever({ resume: killed!.id }));
});

test('a cancelled training says so, and leaves nothing to go on with', async () => {
	await using toy = await Toy.create();
	const abort = new AbortController();
	const training = toy.knowhow.models.trainRetriever({
		data: 'log.jsonl',
		settings,
		signal: abort.signal,
		onEvent: (event) => {
			if (event.type === 'progress' && event.step === 3) abort.abort();
		},
	});
	await rejectsWith('cancelled', training);
	const [job] = await toy.knowhow.models.jobs();
	assert.equal(job!.status, 'cancelled');
	assert.deepEqual(await toy.knowhow.models.list(), []);
	await rejectsWith('conflict', toy.knowhow.models.trainRetriever({ resume: job!.id }));
});

test('a job that another process cancels stops within an epoch', async () => {
	await using toy = await Toy.create();
	const training = toy.knowhow.models.trainRetriever({
		data: 'log.jsonl',
		settings,
		onEvent: async (event) => {
			if (event.type !== 'progress' || event.step !== 2) return;
			const [job] = await toy.knowhow.models.jobs();
			await toy.knowhow.models.cancelJob(job!.id);
		},
	});
	await rejectsWith('cancelled', training);
});

test('data that names passages which are not there is refused', async () => {
	await using toy = await Toy.create();
	await writeFile(
		toy.log,
		`${JSON.stringify({ question: 'x y', answer: 'z', rating: 'up', acceptedCitations: [{ source: 'no.md', quote: 'no' }] })}\n`,
	);
	await rejectsWith('invalid_data', toy.train());
	await rejectsWith('not_found', toy.knowhow.models.trainRetriever({ data: 'absent' }));
});
