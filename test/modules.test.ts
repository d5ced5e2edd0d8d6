import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { repository, runProgram, temporaryFolder } from './run-program.ts';
import { writeSmallDocuments } from './small-documents.ts';

/** What a search has no business to load: parsers, language-model SDKs, HTTP servers and clients, the other stages. */
const forbidden = [
	/^node:(http|https|http2|net|tls|dgram|dns)$/,
	/node_modules\/(unpdf|htmlparser2|domhandler|papaparse|yaml|@asciidoctor|numfmt|postal-mime|mammoth|mdast|micromark|pdfjs)/,
	/node_modules\/(ai|openai|hono|@ai-sdk|@hono|@modelcontextprotocol)\//,
	/\/src\/(ingest|ask|train|evaluate|advise|serve|collect)\//,
	/\/src\/models\/(?!(static-(embedder|folder)|token-(mean|table)|tokenizer-file|wordpiece|safetensors|gather\.wasm)\.ts)/,
];

/** The modules that one command line loads. */
async function modulesOf(words: readonly string[], cwd: string): Promise<string[]> {
	const list = join(cwd, `${words.join('-')}.modules`);
	const recorder = new URL('./record-modules.ts', import.meta.url).href;
	const main = join(repository, 'src/cli/main.ts');
	const { code, stderr } = await runProgram(
		process.execPath,
		['--disable-warning=ExperimentalWarning', '--import', recorder, main, ...words],
		{ cwd, env: { RECORD_MODULES: list } },
	);
	assert.equal(code, 0, stderr);
	return (await readFile(list, 'utf8')).trim().split('\n');
}

function misplaced(modules: readonly string[]): string[] {
	return modules.filter((module) => forbidden.some((pattern) => pattern.test(module)));
}

describe('the modules that a command loads', () => {
	test('search loads no parser, no language-model SDK and no HTTP', async () => {
		await using folder = await temporaryFolder();
		await writeSmallDocuments(folder.path);
		const ingest = await modulesOf(['ingest', 'docs'], folder.path);
		const search = await modulesOf(['search', 'refund window'], folder.path);
		assert.deepEqual(misplaced(search), []);
		assert.ok(search.some((module) => module.endsWith('/src/search/search.ts')));
		assert.ok(search.includes('node:sqlite'));
		assert.ok(search.some((module) => module.endsWith('/src/models/static-embedder.ts')));
		const keyword = await modulesOf(['search', 'refund window', '--mode', 'keyword'], folder.path);
		assert.ok(!keyword.some((module) => module.includes('/src/models/')), 'words alone need no model');
		assert.ok(misplaced(ingest).length > 0, 'the recorder sees the parsers when they are loaded');
	});

	test('help loads neither zod nor SQLite nor any stage', async () => {
		await using folder = await temporaryFolder();
		const help = await modulesOf(['--help'], folder.path);
		const heavy = /zod|node:sqlite|\/src\/(?!cli\/|core\/(path-)?error|project\/nearest)/;
		assert.deepEqual(
			help.filter((module) => heavy.test(module)),
			[],
		);
	});
});
