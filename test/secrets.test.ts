import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { readFile, readdir } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { open } from '../src/index.ts';
import { serve } from '../src/serve/server.ts';
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

test('keys of the server appear once, where they are made, and their hashes in the database alone', async () => {
	await using folder = await temporaryFolder();
	await writeSmallDocuments(folder.path);
	const run = async (...words: string[]) => await knowhow(words, { cwd: folder.path });
	assert.equal((await run('ingest', 'docs')).code, 0);
	const made = await run('keys', 'create', 'ann', '--scope', 'admin', '--json');
	const { token } = JSON.parse(made.stdout) as { token: string };
	const hash = createHash('sha256').update(token).digest('hex');
	const outputs: string[] = [made.stderr];
	{
		await using project = await open(folder.path, { env: {} });
		await using server = await serve(project, { port: 0, log: (line) => outputs.push(JSON.stringify(line)) });
		const send = async (path: string, key: string, body?: object) => {
			const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
			const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
			const response = await fetch(server.url + path, { headers, ...init });
			outputs.push(await response.text(), JSON.stringify([...response.headers]));
			return response.status;
		};
		assert.equal(await send('/v1/models', token), 200);
		assert.equal(await send('/api/ask', token, { question: 'What is the refund window?' }), 200);
		assert.equal(await send('/api/ask', token, { question: 7 }), 400);
		assert.equal(await send('/v1/files/x', token), 404);
		assert.equal(await send('/api/audit', token), 200);
		assert.equal(await send('/v1/models', `${token}x`), 401);
		assert.equal(await send('/v1/models', hash), 401, 'whoever reads the database has no key');
	}
	for (const words of [
		['keys', '--json'],
		['keys'],
		['audit', '--json'],
		['keys', 'create', 'ann'],
		['export', 'out', '--json'],
		['config', '--json'],
		['status', '--json'],
		['history', '--json'],
		['keys', 'revoke', token, '--json'],
		['keys', 'revoke', `kh-${'0'.repeat(26)}-${token.slice(-43)}`],
	]) {
		const { stdout, stderr } = await run(...words);
		outputs.push(stdout, stderr);
	}
	for (const output of outputs) assert.ok(!output.includes(token) && !output.includes(hash), output);
	const entries = await readdir(folder.path, { recursive: true, withFileTypes: true });
	const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
	const secret = token.slice(-43);
	let holders = 0;
	for (const path of files) {
		const text = await readFile(path, 'latin1');
		assert.ok(!text.includes(secret), path);
		if (!text.includes(hash)) continue;
		assert.match(path, /knowhow\.db(?:-wal)?$/);
		holders++;
	}
	assert.ok(holders > 0, 'the hash is kept');
});
