import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Embedder } from '../src/core/embedder.ts';
import { openStaticEmbedder } from '../src/models/static-embedder.ts';
import { repository, runProgram, temporaryFolder } from './run-program.ts';

const ready = '.cache/trainer/ready';
const skip = existsSync(join(repository, ready)) ? false : `needs ${ready} (Python with torch and the teacher)`;
const python = join(repository, '.cache/trainer/bin/python');
const recipe = join(repository, 'trainer/embedder/train.py');

describe('the recipe of the built-in embedder, on 2,000 texts', { skip }, () => {
	let folder: Awaited<ReturnType<typeof temporaryFolder>>;
	before(async () => (folder = await temporaryFolder()));
	after(async () => await folder[Symbol.asyncDispose]());

	test('trains a model that finds the rest of a docstring by its first lines', async () => {
		const { out, work, float } = await train([]);
		const embedder = await openStaticEmbedder(out);
		const share = await shareFound(embedder, work);
		assert.ok(share > 0.4, `found ${share}`);
		const [own] = await embedder.embed(['How do I get my money back?'], 'query');
		const [theirs] = await (await openStaticEmbedder(float)).embed(['How do I get my money back?'], 'query');
		assert.ok(cosine(own!, theirs!) > 0.999);
		const manifest = await readManifest(out);
		assert.equal(manifest.teacher?.sha256.length, 64);
	});

	test('trains without the teacher, and says so', async () => {
		const { out, work } = await train(['--no-teacher']);
		const share = await shareFound(await openStaticEmbedder(out), work);
		assert.ok(share > 0.3, `found ${share}`);
		assert.equal((await readManifest(out)).teacher, null);
		assert.match(await readFile(join(out, 'README.md'), 'utf8'), /Trained without a teacher/);
	});

	async function train(options: readonly string[]): Promise<{ out: string; work: string; float: string }> {
		const base = join(folder.path, options.join('') || 'taught');
		const [out, work, float] = [join(base, 'out'), join(base, 'work'), join(base, 'float')];
		const words = [recipe, '--smoke', '--work', work, '--out', out, '--export-float', float, ...options];
		const { code, stderr } = await runProgram(python, words, { timeoutMs: 180_000 });
		assert.equal(code, 0, stderr);
		return { out, work, float };
	}
});

/** The share of the run's own pairs whose passage is nearest to its query among all: guessing finds one of some hundred. */
async function shareFound(embedder: Embedder, work: string): Promise<number> {
	const lines = (await readFile(join(work, 'pairs.jsonl'), 'utf8')).trim().split('\n');
	const pairs = lines.map((line) => JSON.parse(line) as { query: string; passage: string });
	const passages = await embedder.embed(
		pairs.map(({ passage }) => passage),
		'passage',
	);
	const queries = await embedder.embed(
		pairs.map(({ query }) => query),
		'query',
	);
	const found = queries.filter((query, own) => {
		const best = cosine(query, passages[own]!);
		return passages.every((passage) => cosine(query, passage) <= best);
	});
	return found.length / pairs.length;
}

async function readManifest(folder: string): Promise<{ teacher: { sha256: string } | null }> {
	return JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as { teacher: { sha256: string } | null };
}

function cosine(a: Float32Array, b: Float32Array): number {
	return a.reduce((sum, value, at) => sum + value * b[at]!, 0);
}
