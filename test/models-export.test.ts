import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { builtInFolder, openStaticEmbedder } from '../src/models/static-embedder.ts';
import { knowhow, repository, runProgram, temporaryFolder } from './run-program.ts';

const { texts: varied } = JSON.parse(
	await readFile(join(repository, 'test/fixtures/wordpiece/expected.json'), 'utf8'),
) as {
	texts: string[];
};
/** Every one has a known token: without, Python divides by nothing. */
const texts = [...varied.filter((text) => /\b[a-z]{2,99}\b/i.test(text)), 'How do I get my money back?'];

const ready = '.cache/python/ready';
const skip = existsSync(join(repository, ready)) ? false : `needs ${ready}`;

describe('knowhow models export', () => {
	let folder: Awaited<ReturnType<typeof temporaryFolder>>;
	let exported: string;
	before(async () => {
		folder = await temporaryFolder();
		exported = join(folder.path, 'exported');
		const { code, stdout, stderr } = await knowhow(['models', 'export', 'exported', '--json'], { cwd: folder.path });
		assert.equal(code, 0, stderr);
		assert.match((JSON.parse(stdout) as { model: string }).model, /^built-in@/);
	});
	after(async () => await folder[Symbol.asyncDispose]());

	test('writes a folder that gives the vectors of the built-in model', async () => {
		const [own, theirs] = [await openStaticEmbedder(builtInFolder), await openStaticEmbedder(exported)];
		close(await theirs.embed(texts, 'passage'), await own.embed(texts, 'passage'));
	});

	test('writes a folder from which Python computes the same vectors', { skip }, async () => {
		const python = join(repository, '.cache/python/bin/python');
		const script = join(repository, 'test/reference/static_embedding.py');
		const { code, stdout, stderr } = await runProgram(python, [script, exported], { input: JSON.stringify(texts) });
		assert.equal(code, 0, stderr);
		const own = await openStaticEmbedder(builtInFolder);
		close(JSON.parse(stdout) as number[][], await own.embed(texts, 'passage'));
	});

	test('writes over nothing', async () => {
		const { code, stderr } = await knowhow(['models', 'export', 'exported'], { cwd: folder.path });
		assert.equal(code, 1);
		assert.match(stderr, /already_exists/);
		const [file, beside] = [join(folder.path, 'notes.txt'), join(folder.path, 'target.new')];
		for (const path of [file, beside]) await writeFile(path, 'mine');
		const onto = await knowhow(['models', 'export', 'notes.txt'], { cwd: folder.path });
		assert.equal(onto.code, 1);
		assert.match(onto.stderr, /already_exists.*is not a folder/);
		await mkdir(join(folder.path, 'target'));
		assert.equal((await knowhow(['models', 'export', 'target'], { cwd: folder.path })).code, 0);
		for (const path of [file, beside]) assert.equal(await readFile(path, 'utf8'), 'mine');
	});
});

function close(found: readonly ArrayLike<number>[], expected: readonly Float32Array[]): void {
	for (const [i, vector] of expected.entries()) {
		vector.forEach((value, at) => assert.ok(Math.abs(found[i]![at]! - value) < 1e-6, JSON.stringify(texts[i])));
	}
	assert.equal(found.length, expected.length);
}
