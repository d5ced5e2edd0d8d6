/** Places that a command cannot use: one error that names them, and never a trace. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { knowhow, launcher, repository, temporaryFolder, type Finished } from './run-program.ts';
import { writeSmallDocuments } from './small-documents.ts';

const tickets = join(repository, 'sample/tickets.jsonl');

/** One error, with this code, that names the path; no trace. */
function assertTold({ code, stderr }: Finished, path: string): void {
	assert.equal(code, 1, stderr);
	assert.match(stderr, /^error \(unusable_path\): /);
	assert.ok(stderr.includes(path), stderr);
	assert.doesNotMatch(stderr, /\n\s+at /);
}

/** Runs `bin/knowhow` as somebody who may not write what only its owner may: as nobody, where this process may all. */
async function asReader(words: readonly string[], cwd: string): Promise<Finished> {
	const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
	const child = spawn(launcher, words, {
		cwd,
		stdio: 'pipe',
		env: { PATH: process.env['PATH'], NODE_COMPILE_CACHE: '' },
		...nobody,
	});
	const [stdout, stderr] = ['', ''];
	const texts = { stdout, stderr };
	for (const name of ['stdout', 'stderr'] as const) {
		child[name].setEncoding('utf8').on('data', (text: string) => (texts[name] += text));
	}
	child.stdin.end();
	const [code] = (await once(child, 'close')) as [number | null];
	return { code, ...texts };
}

async function makeReadOnly(folder: string): Promise<void> {
	for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
		await chmod(join(entry.parentPath, entry.name), entry.isDirectory() ? 0o555 : 0o444);
	}
	await chmod(folder, 0o555);
}

describe('a place that cannot be used', () => {
	test('a project that may be read and not written, and a folder that holds none', async () => {
		await using folder = await temporaryFolder();
		const project = join(folder.path, 'project');
		const bare = join(folder.path, 'bare');
		await mkdir(project);
		await writeSmallDocuments(project);
		await cp(join(project, 'docs'), join(bare, 'docs'), { recursive: true });
		assert.equal((await knowhow(['ingest', 'docs'], { cwd: project })).code, 0);
		await makeReadOnly(project);
		await makeReadOnly(bare);
		await chmod(folder.path, 0o755);
		try {
			for (const words of [
				['search', 'refund'],
				['ask', 'refund?'],
				['ingest', 'docs'],
				['backup', join(folder.path, 'copy')],
			]) {
				assertTold(await asReader(words, project), join(project, '.knowhow/knowhow.db'));
			}
			assertTold(await asReader(['ingest', 'docs'], bare), join(bare, '.knowhow'));
		} finally {
			for (const path of [project, bare, join(project, '.knowhow'), join(project, '.knowhow/index')])
				await chmod(path, 0o755);
			for (const path of [project, bare]) await chmod(join(path, 'docs'), 0o755);
		}
	});

	test('an output below a file, or where nothing can be made', async () => {
		await using folder = await temporaryFolder();
		const cwd = folder.path;
		await writeSmallDocuments(cwd);
		await writeFile(join(cwd, 'afile'), 'a file');
		assert.equal((await knowhow(['ingest', 'docs'], { cwd })).code, 0);
		assert.equal((await knowhow(['collect', tickets, '--goal', 'router'], { cwd })).code, 0);
		const outputs = [
			['backup', 'afile/x'],
			['datasets', 'export', 'default', 'afile/x'],
			['datasets', 'convert', tickets, 'afile/x.jsonl', '--to', 'openai'],
			['advise', '--preset', 'customer-support', '--out', 'afile/x.html'],
		];
		for (const words of outputs) assertTold(await knowhow(words, { cwd }), join(cwd, 'afile'));
		assert.equal(await readFile(join(cwd, 'afile'), 'utf8'), 'a file');
	});

	test(
		'an output where the system makes nothing',
		{ skip: !existsSync('/proc/version') && 'needs /proc/version' },
		async () => {
			await using folder = await temporaryFolder();
			const cwd = folder.path;
			assert.equal((await knowhow(['collect', tickets, '--goal', 'router'], { cwd })).code, 0);
			for (const words of [['backup'], ['export'], ['datasets', 'export', 'default'], ['models', 'export']]) {
				assertTold(await knowhow([...words, '/proc/x'], { cwd }), '/proc/x');
			}
		},
	);

	test('a port that is none', async () => {
		await using folder = await temporaryFolder();
		for (const port of ['99999', '-1', '80.5']) {
			const { code, stderr } = await knowhow(['serve', `--port=${port}`], { cwd: folder.path });
			assert.equal(code, 2, stderr);
			assert.match(stderr, /^error \(invalid_argument\): --port must be /);
			assert.doesNotMatch(stderr, /\n\s+at /);
		}
	});
});
