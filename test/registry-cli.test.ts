import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { builtInFolder } from '../src/models/static-embedder.ts';
import { toyQuestions, writeToyDocuments, writeToyLog } from './retriever-toy.ts';
import { type Finished, knowhow, temporaryFolder } from './run-program.ts';

const skip = existsSync(builtInFolder) ? false : `needs ${builtInFolder}`;

/** The toy documents and questions in BEIR's layout; two of three questions are for training. */
async function writeBeirToy(folder: string): Promise<void> {
	await mkdir(join(folder, 'qrels'), { recursive: true });
	const questions = toyQuestions();
	const lines = (rows: readonly unknown[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
	const corpus = questions.map(({ source, quote }) => ({ _id: source, title: '', text: quote }));
	await writeFile(join(folder, 'corpus.jsonl'), lines(corpus));
	await writeFile(
		join(folder, 'queries.jsonl'),
		lines(questions.map(({ question }, i) => ({ _id: `q${i}`, text: question }))),
	);
	const qrels = (isOf: (i: number) => boolean): string =>
		questions.flatMap(({ source }, i) => (isOf(i) ? [`q${i}\t${source}\t1\n`] : [])).join('');
	await writeFile(
		join(folder, 'qrels', 'train.tsv'),
		qrels((i) => i % 3 !== 0),
	);
	await writeFile(
		join(folder, 'qrels', 'test.tsv'),
		qrels((i) => i % 3 === 0),
	);
}

describe('retrievers at a prompt', { skip }, () => {
	test('one is trained on a BEIR folder, and evaluate retrieval reaches what the training said', async () => {
		await using folder = await temporaryFolder();
		await writeBeirToy(join(folder.path, 'toy'));
		const cwd = folder.path;
		const trained = await knowhow(['train', 'retriever', '--data', 'toy', '--epochs', '3', '--json'], { cwd });
		assert.equal(trained.code, 0, trained.stderr);
		const { model, metrics, tookMs } = JSON.parse(trained.stdout);
		assert.deepEqual([metrics.on, metrics.queries], ['test', 34]);
		assert.ok(tookMs > 0 && metrics.interval.low <= metrics.difference && metrics.difference <= metrics.interval.high);
		assert.equal('differences' in metrics, false);
		const events = trained.stderr.trim().split('\n');
		assert.deepEqual(
			events.slice(0, 2).map((line) => JSON.parse(line).type),
			['job', 'estimate'],
		);
		const [plain, tuned] = [
			await knowhow(['evaluate', 'retrieval', 'toy', '--json'], { cwd }),
			await knowhow(['evaluate', 'retrieval', 'toy', '--model', model, '--json'], { cwd }),
		];
		const systemsOf = ({ stdout, stderr }: Finished) => JSON.parse(stdout || stderr).systems;
		const reached = (run: Finished, leg: 'keyword' | 'vector', said: number): void => {
			const value = systemsOf(run)[leg]['ndcg@10'];
			assert.ok(Math.abs(value - said) < 1e-9, `${leg}: ${value}, said ${said}`);
		};
		reached(plain, 'keyword', metrics.untrained.keyword);
		reached(plain, 'vector', metrics.untrained.vector);
		reached(tuned, 'vector', metrics.trained.vector);
		// The training measures the keyword leg of a hybrid search, which looks for learned words, too; by keywords alone no model is asked.
		reached(tuned, 'keyword', metrics.untrained.keyword);
		assert.ok(metrics.trained.vector > metrics.untrained.vector);
	});

	test('models and jobs are listed, shown, compared, promoted by leave or force, rolled back and removed', async () => {
		await using folder = await temporaryFolder();
		const cwd = folder.path;
		await writeToyDocuments(join(cwd, 'docs'));
		await writeToyLog(join(cwd, 'log.jsonl'));
		const run = async (...words: string[]) => {
			const { code, stdout, stderr } = await knowhow([...words, '--json'], { cwd });
			return { code, stderr, json: stdout === '' ? null : JSON.parse(stdout) };
		};
		assert.equal((await run('ingest', 'docs')).code, 0);
		assert.match((await run('models', 'show')).stderr, /No model has been trained yet/);
		const first = (await run('train', 'retriever', '--data', 'log.jsonl', '--epochs', '2')).json;
		const second = (await run('train', 'retriever', '--data', 'log.jsonl', '--epochs', '2', '--seed', '2')).json;
		assert.equal((await run('models')).json.models.length, 2);
		assert.equal((await run('models', 'show', first.model)).json.lineage.settings.seed, 1);
		const { differences } = (await run('models', 'compare', first.model, second.model)).json;
		assert.ok(differences.some(({ path }: { path: string }) => path === 'lineage.settings.seed'));
		const jobs = (await run('jobs')).json;
		assert.deepEqual([jobs.object, jobs.data.length], ['list', 2]);
		assert.equal((await run('jobs', 'show', first.job)).json.fine_tuned_model, first.model);
		assert.equal((await run('jobs', 'cancel', first.job)).json.status, 'succeeded');
		const gated = await run('models', 'promote', first.model);
		assert.equal(gated.code, gated.json.verdict.passes ? 0 : 1);
		if (!gated.json.isPromoted)
			assert.equal((await run('models', 'promote', first.model, '--force')).json.isForced, true);
		assert.equal((await run('models', 'remove', first.model)).code, 1);
		assert.equal((await run('models', 'rollback')).json.model, null);
		assert.equal((await run('models', 'remove', first.model)).json.removed, first.model);
		const missing = await run('models', 'show', first.model);
		assert.equal(missing.code, 1);
		const manifest = await readFile(join(cwd, '.knowhow/models', second.model, 'manifest.json'), 'utf8');
		assert.equal(JSON.parse(manifest).id, second.model);
	});
});
