import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { readFile, readdir } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { knowhow, temporaryFolder } from './run-program.ts';
import { writeSmallDocuments } from './small-documents.ts';

const keys = {
	OPENAI_API_KEY: 'sk-planted-openai-5f1c9e',
	ANTHROPIC_API_KEY: 'sk-ant-planted-77ab20',
	MY_EMBEDDER_KEY: 'planted-embedder-key-c0ffee',
	AWS_SECRET_ACCESS_KEY: 'planted/aws/9d8e7f',
};
const planted = /planted/;

/** Embeds for whoever brings the right key; to others it quotes the key they brought, as careless servers do. */
async function embeddingServer(): Promise<AsyncDisposable & { url: string; authorized: () => number }> {
	let authorized = 0;
	const server = createServer((request, response) => {
		let text = '';
		request.setEncoding('utf8').on('data', (part: string) => (text += part));
		request.on('end', () => {
			if (request.headers.authorization !== `Bearer ${keys.MY_EMBEDDER_KEY}`) {
				response.writeHead(400).end(JSON.stringify({ error: { message: `Bad key ${request.headers.authorization}` } }));
				return;
			}
			authorized++;
			const { input } = JSON.parse(text) as { input: string[] };
			const data = input.map((item, index) => ({
				index,
				embedding: Array.from({ length: 16 }, (_, at) => Math.sin(item.length + at) + 0.1),
			}));
			response.end(JSON.stringify({ data }));
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
		authorized: () => authorized,
		[Symbol.asyncDispose]: async () => {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

test('keys in the environment appear in no file and no output, whatever works or fails', async () => {
	await using server = await embeddingServer();
	await using folder = await temporaryFolder();
	await writeSmallDocuments(folder.path);
	const env = {
		...keys,
		KNOWHOW_EMBEDDER_URL: server.url,
		KNOWHOW_EMBEDDER_MODEL: 'test-model',
		KNOWHOW_EMBEDDER_KEY_VARIABLE: 'MY_EMBEDDER_KEY',
	};
	const outputs: string[] = [];
	const run = async (words: string[], more: Record<string, string> = {}) => {
		const finished = await knowhow(words, { cwd: folder.path, env: { ...env, ...more } });
		outputs.push(finished.stdout, finished.stderr);
		return finished;
	};
	for (const words of [
		['init'],
		['ingest', 'docs', '--json'],
		['search', 'refund window', '--mode', 'vector', '--json'],
		['ask', 'What is the refund window?', '--json'],
		['config'],
		['config', '--json'],
		['status', '--json'],
		['doctor', '--json'],
		['reindex', '--json'],
		['backup', 'copy', '--json'],
	]) {
		const { code, stderr } = await run(words);
		assert.equal(code, 0, `${words.join(' ')}: ${stderr}`);
	}
	assert.ok(server.authorized() > 3, 'the right key was used');
	const wrong = { MY_EMBEDDER_KEY: keys.OPENAI_API_KEY };
	for (const words of [['doctor'], ['search', 'x', '--mode', 'vector'], ['reindex', '--json'], ['search', 'x']]) {
		await run(words, wrong);
	}
	await run(['doctor'], { MY_EMBEDDER_KEY: `${keys.OPENAI_API_KEY}\nx` });
	await run(['doctor', '--json'], { KNOWHOW_EMBEDDER_URL: 'http://user:planted@127.0.0.1:1/v1' });

	const leaks = outputs.filter((output) => planted.test(output));
	assert.deepEqual(leaks, []);
	const entries = await readdir(folder.path, { recursive: true, withFileTypes: true });
	const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
	assert.ok(files.some((path) => path.endsWith('knowhow.db')) && files.length > 6, files.join(', '));
	for (const path of files) assert.doesNotMatch(await readFile(path, 'latin1'), planted, path);
});
