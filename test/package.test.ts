import assert from 'node:assert/strict';
import { readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { type TestContext, after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { cidPdf } from './cid-pdf.ts';
import { type Finished, repository, runProgram, temporaryFolder } from './run-program.ts';
import { writeSmallDocuments } from './small-documents.ts';

const megabyte = 1_000_000;
const bin = join(repository, 'node_modules/.bin');
const noNetwork = pathToFileURL(join(repository, 'test/no-network.mjs')).href;

/** Node 24 first, whatever the host has. */
const env = { PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH']}` };
const offline = { ...env, NODE_OPTIONS: `--import=${noNetwork}` };

type Packed = { readonly filename: string; readonly unpackedSize: number; readonly files: { readonly path: string }[] };

describe('the package', () => {
	let folder: Awaited<ReturnType<typeof temporaryFolder>>;
	let packed: Packed;
	let tarball: string;
	/** Why nothing could be installed; null when it could. */
	let absence: string | null = null;

	before(async () => {
		folder = await temporaryFolder();
		const build = await runProgram(process.execPath, ['scripts/build.ts'], { cwd: repository, env });
		assert.equal(build.code, 0, build.stdout + build.stderr);
		const pack = await npm(['pack', '--json', '--ignore-scripts', '--pack-destination', folder.path], repository);
		assert.equal(pack.code, 0, pack.stderr);
		packed = readPacked(pack.stdout);
		tarball = join(folder.path, packed.filename);
		await writeFile(join(folder.path, 'package.json'), '{ "private": true, "type": "module" }');
		const install = await npm(['install', '--ignore-scripts', '--prefer-offline', tarball], folder.path);
		if (install.code !== 0 && /ENOTFOUND|ECONNREFUSED|ETIMEDOUT|EAI_AGAIN|ECONNRESET|ENOTCACHED/.test(install.stderr)) {
			absence = 'needs the npm registry';
		} else {
			assert.equal(install.code, 0, install.stderr);
		}
		await writeSmallDocuments(folder.path);
	});

	after(async () => await folder[Symbol.asyncDispose]());

	test('holds the compiled code and nothing that is not for users', () => {
		const paths = packed.files.map(({ path }) => path);
		for (const path of [
			'dist/index.js',
			'dist/index.d.ts',
			'dist/cli/main.js',
			'package.json',
			'LICENSE.md',
			'web/dist/index.html',
		]) {
			assert.ok(paths.includes(path), path);
		}
		assert.deepEqual(
			paths.filter((path) =>
				/\.test\.|^(?:src|test|scripts|bench|bin|\.ci)\/|^sample\/(?!v1\/)|^web\/(?!dist\/)/.test(path),
			),
			[],
		);
	});

	test('is at most 30 MB unpacked and 80 MB with everything it installs', async (t) => {
		assert.ok(packed.unpackedSize <= 30 * megabyte, `${packed.unpackedSize} bytes`);
		if (skipped(t)) return;
		const installed = await sizeOf(join(folder.path, 'node_modules'));
		t.diagnostic(`unpacked ${packed.unpackedSize} bytes, installed ${installed} bytes`);
		assert.ok(installed > packed.unpackedSize && installed <= 80 * megabyte, `${installed} bytes`);
	});

	test('needs no install script and brings no Node.js', async (t) => {
		if (skipped(t)) return;
		const { stdout } = await npm(['query', ':attr(scripts, [install]), :attr(scripts, [postinstall])'], folder.path);
		assert.deepEqual(JSON.parse(stdout), []);
		assert.ok(!(await readdir(join(folder.path, 'node_modules'))).includes('node'));
	});

	test('ingests, searches and answers without a network', async (t) => {
		if (skipped(t)) return;
		const knowhow = join(folder.path, 'node_modules/.bin/knowhow');
		const run = async (words: string[]) => await runProgram(knowhow, words, { cwd: folder.path, env: offline });
		const ingest = await run(['ingest', 'docs', '--json']);
		assert.equal(ingest.code, 0, ingest.stderr);
		assert.equal((JSON.parse(ingest.stdout) as { added: number }).added, 4);
		const search = await run(['search', 'ERR_1042']);
		assert.match(search.stdout, /declined by its issuer/);
		const ask = await run(['ask', 'What is the refund window?']);
		assert.equal(ask.code, 0, ask.stderr);
		assert.match(ask.stdout, /30 days/);
	});

	test('reads PDFs that name a character map, by the maps it ships', async (t) => {
		if (skipped(t)) return;
		const font = { map: '90ms-RKSJ-H', collection: 'Japan1' };
		await writeFile(
			join(folder.path, 'refund.pdf'),
			cidPdf([{ font, lines: ['95d48be082cc8afa8cc082cd8e4f8f5c93fa82c582b78142'] }]),
		);
		const knowhow = join(folder.path, 'node_modules/.bin/knowhow');
		const run = async (words: string[]) => await runProgram(knowhow, words, { cwd: folder.path, env: offline });
		const ingest = await run(['ingest', 'refund.pdf', '--collection', 'east', '--json']);
		assert.equal(ingest.code, 0, ingest.stderr);
		assert.match((await run(['search', '返金', '--collection', 'east'])).stdout, /返金の期限は三十日です。/);
	});

	test('works as a library, with types that a strict program compiles against', async (t) => {
		if (skipped(t)) return;
		const program = `import { open, type Answer, type Hit } from 'knowhow';
await using knowhow = await open('library');
const report = await knowhow.ingest('../docs');
const hits: readonly Hit[] = (await knowhow.search('refund window')).hits;
const answer: Answer = await knowhow.ask('What is the refund window?');
console.log(report.added, hits[0]?.document.title, answer.system.split('@')[0]);
`;
		await writeFile(join(folder.path, 'program.ts'), program);
		const ran = await runProgram(process.execPath, ['program.ts'], { cwd: folder.path, env: offline });
		assert.equal(ran.stdout, '4 Refunds rag\n', ran.stderr);
		const options = {
			strict: true,
			module: 'nodenext',
			target: 'es2024',
			lib: ['es2024', 'esnext.disposable'],
			noEmit: true,
			types: ['node'],
			typeRoots: [join(repository, 'node_modules/@types')],
		};
		await writeFile(
			join(folder.path, 'tsconfig.json'),
			JSON.stringify({ compilerOptions: options, files: ['program.ts'] }),
		);
		const compiled = await runProgram(join(bin, 'tsc'), ['-p', folder.path], { cwd: folder.path, env });
		assert.equal(compiled.code, 0, compiled.stdout);
	});

	test('an old Node gets a sentence, not a syntax error', async (t) => {
		const main = await readFile(join(repository, 'dist/cli/main.js'), 'utf8');
		assert.match(main, /^#!\/usr\/bin\/env node\n/);
		assert.doesNotMatch(main, /^import /m);
		const host = await runProgram('/usr/bin/node', ['--version']).catch(() => null);
		const major = Number(/^v(\d+)/.exec(host?.stdout ?? '')?.[1] ?? 24);
		if (major >= 24) return t.skip('needs /usr/bin/node-older-than-24');
		const { code, stderr } = await runProgram('/usr/bin/node', [join(repository, 'dist/cli/main.js'), 'search', 'x']);
		assert.equal(code, 1);
		assert.match(stderr, /unsupported_node.*needs Node\.js 24 or newer/);
	});

	test('publint and are-the-types-wrong find nothing wrong', async () => {
		const publint = await runProgram(join(bin, 'publint'), ['run', tarball, '--strict'], { cwd: repository, env });
		assert.equal(publint.code, 0, publint.stdout + publint.stderr);
		assert.match(publint.stdout, /knowhow/);
		const attw = await runProgram(join(bin, 'attw'), [tarball, '--profile', 'esm-only', '--format', 'json'], {
			cwd: repository,
			env,
		});
		assert.equal(attw.code, 0, attw.stdout + attw.stderr);
		const { analysis } = JSON.parse(attw.stdout) as { analysis: { entrypoints: object; types: unknown } };
		assert.deepEqual(Object.keys(analysis.entrypoints).sort(), ['.', './package.json']);
		assert.deepEqual(analysis.types, { kind: 'included' });
	});

	function skipped(t: TestContext): boolean {
		if (absence !== null) t.skip(absence);
		return absence !== null;
	}
});

async function npm(words: readonly string[], cwd: string): Promise<Finished> {
	const quiet = ['--no-audit', '--no-fund', '--no-update-notifier', '--fetch-retries=0', '--fetch-timeout=60000'];
	return await runProgram('npm', [...words, ...quiet], { cwd, env, timeoutMs: 180_000 });
}

/** npm 12 prints an object by package name where npm 11 prints a list. */
function readPacked(stdout: string): Packed {
	const printed = JSON.parse(stdout) as Packed[] | Record<string, Packed>;
	return (Array.isArray(printed) ? printed[0] : Object.values(printed)[0]) as Packed;
}

async function sizeOf(folder: string): Promise<number> {
	const entries = await readdir(folder, { recursive: true, withFileTypes: true });
	const files = entries.filter((entry) => entry.isFile());
	const sizes = await Promise.all(files.map(async ({ parentPath, name }) => (await stat(join(parentPath, name))).size));
	return sizes.reduce((sum, size) => sum + size, 0);
}
