/**
 * Runs the code that the docs show. The blocks of a page run in order in one temporary folder that holds `docs/` with the
 * small documents, ingested already (except for the README), and links to the sample and to `../shared`.
 *
 * `sh`: with `knowhow` on the path; must exit 0. `ts`: with `knowhow` importable; must exit 0. `json`: must be a
 * `knowhow.json`. Fences without a language are output and are not run, and neither is a block below
 * `<!-- not run: reason -->`.
 */
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { describe, test } from 'node:test';
import { configSchema } from '../src/core/config.ts';
import { type CodeBlock, codeBlocks } from './code-blocks.ts';
import { knowhow, launcher, repository, runProgram, temporaryFolder } from './run-program.ts';
import { writeSmallDocuments } from './small-documents.ts';

const pages = globSync(['README.md', 'docs/*.md'], { cwd: repository }).sort();
const blocks = pages.flatMap((page) => codeBlocks(page, readFileSync(join(repository, page), 'utf8')));

describe('the code in the docs runs', () => {
	test('there is some', () => {
		assert.ok(blocks.length >= 4, `${blocks.length} blocks in ${pages.length} pages`);
	});

	for (const page of pages) {
		const ofPage = blocks.filter((block) => block.page === page && block.notRun === null);
		if (ofPage.length === 0) continue;
		const needed = ofPage.flatMap(({ code }) => code.match(/\.\.\/shared\/data\/[\w-]+/g) ?? []);
		const missing = needed.find((path) => !existsSync(join(repository, path)));
		test(page, { skip: missing ? `needs ${missing}` : false }, async () => {
			await using folder = await preparedFolder();
			const project = join(folder.path, 'project');
			if (page !== 'README.md') assert.equal((await knowhow(['ingest', 'docs'], { cwd: project })).code, 0);
			for (const block of ofPage) await runBlock(block, project);
		});
	}
});

describe('codeBlocks', () => {
	test('finds language, line and the reason not to run', () => {
		const text = '# A\n\n```sh\nls\n```\n\n```\noutput\n```\n\n<!-- not run: needs a key -->\n```ts\nx;\n```\n';
		assert.deepEqual(codeBlocks('a.md', text), [
			{ page: 'a.md', line: 3, language: 'sh', code: 'ls\n', notRun: null },
			{ page: 'a.md', line: 12, language: 'ts', code: 'x;\n', notRun: 'needs a key' },
		]);
	});
});

async function preparedFolder(): Promise<AsyncDisposable & { readonly path: string }> {
	const folder = await temporaryFolder();
	const project = join(folder.path, 'project');
	await writeSmallDocuments(project);
	await mkdir(join(project, 'bin'));
	await symlink(launcher, join(project, 'bin/knowhow'));
	await symlink(join(repository, 'sample'), join(project, 'sample'));
	await symlink(join(repository, '../shared'), join(folder.path, 'shared'));
	await writeFile(join(project, 'package.json'), '{ "type": "module" }');
	return folder;
}

async function runBlock({ page, line, language, code }: CodeBlock, folder: string): Promise<void> {
	const where = `${page}:${line}`;
	if (language === 'json') {
		const parsed = configSchema.safeParse(JSON.parse(code));
		assert.ok(parsed.success, `${where} is not a knowhow.json: ${parsed.error?.message}`);
		return;
	}
	const env = { PATH: `${join(folder, 'bin')}${delimiter}${process.env['PATH']}` };
	const source = new URL('./knowhow-from-source.ts', import.meta.url).href;
	const finished =
		language === 'sh'
			? await runProgram('sh', ['-eu', '-c', code], { cwd: folder, env })
			: language === 'ts'
				? await runTypeScript(code, { folder, source })
				: null;
	if (finished) assert.equal(finished.code, 0, `${where}\n${finished.stdout}\n${finished.stderr}`);
}

async function runTypeScript(code: string, { folder, source }: { folder: string; source: string }) {
	const path = join(folder, 'block.ts');
	await writeFile(path, code);
	return await runProgram(process.execPath, ['--disable-warning=ExperimentalWarning', '--import', source, path], {
		cwd: folder,
	});
}
