import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { KnowhowError } from '../core/error.ts';
import { loadConfig } from './config.ts';
import { nearest } from './nearest.ts';
import { settingKeys } from './settings.ts';

async function folderWith(text: string | null): Promise<AsyncDisposable & { path: string }> {
	const path = await mkdtemp(join(tmpdir(), 'knowhow-config-'));
	if (text !== null) await writeFile(join(path, 'knowhow.json'), text);
	return { path, [Symbol.asyncDispose]: async () => await rm(path, { recursive: true }) };
}

async function failureOf(text: string | null, options: Parameters<typeof loadConfig>[1] = {}): Promise<KnowhowError> {
	await using folder = await folderWith(text);
	const error: unknown = await loadConfig(folder.path, options).catch((thrown: unknown) => thrown);
	assert.ok(error instanceof KnowhowError, `expected a KnowhowError, got ${String(error)}`);
	return error;
}

describe('loadConfig', () => {
	test('without file and environment everything is its default', async () => {
		await using folder = await folderWith(null);
		const { config, settings } = await loadConfig(folder.path);
		assert.equal(config.search.mode, 'hybrid');
		assert.equal(config.embedder?.url, 'built-in');
		assert.ok(settings.length > 10);
		assert.ok(settings.every(({ origin }) => origin.from === 'default'));
	});

	test('an embedder is the built-in one, a server with a model, a folder, or none', async () => {
		for (const embedder of [
			{ url: 'static:/x' },
			{ url: 'http://localhost:1/v1', model: 'm' },
			{ dimensions: 64 },
			null,
		]) {
			await using folder = await folderWith(JSON.stringify({ embedder }));
			const { config, settings } = await loadConfig(folder.path);
			assert.equal(config.embedder?.url, embedder === null ? undefined : (embedder.url ?? 'built-in'));
			const named = settings.filter(({ path }) => path.startsWith('embedder'));
			assert.ok(named.some(({ origin }) => origin.from === 'file'));
		}
		for (const embedder of ['{ "url": "http://localhost:1/v1" }', '{ "model": "m" }', '{ "url": "built in" }']) {
			assert.match((await failureOf(`{ "embedder": ${embedder} }`)).message, /embedder\.(url|model): /);
		}
	});

	test('the call wins over the environment, that over the file, that over the default', async () => {
		await using folder = await folderWith('{ "search": { "mode": "keyword", "k": 3, "fusion": "rrf" } }');
		const { config, settings } = await loadConfig(folder.path, {
			env: { KNOWHOW_SEARCH_MODE: 'vector', KNOWHOW_SEARCH_K: '4' },
			overrides: { 'search.mode': 'hybrid' },
		});
		assert.deepEqual([config.search.mode, config.search.k, config.search.fusion], ['hybrid', 4, 'rrf']);
		const origins = Object.fromEntries(settings.map(({ path, origin }) => [path, origin]));
		assert.deepEqual(origins['search.mode'], { from: 'call', name: 'search.mode' });
		assert.deepEqual(origins['search.k'], { from: 'environment', name: 'KNOWHOW_SEARCH_K' });
		assert.deepEqual(origins['search.fusion'], { from: 'file', name: join(folder.path, 'knowhow.json') });
		assert.deepEqual(origins['search.rerank'], { from: 'default', name: 'search.rerank' });
	});

	test('every setting can be set by its environment variable', async () => {
		const samples = { string: 'http://localhost:1/v1', number: '0.5', integer: '', boolean: 'false', array: 'a,b' };
		const env = Object.fromEntries(
			settingKeys().map(({ variable, type, range }) => [
				variable,
				/ or /.test(range) || type === 'integer' ? range.split(/,| /)[0] : samples[type],
			]),
		);
		await using folder = await folderWith(null);
		const { settings } = await loadConfig(folder.path, { env });
		assert.deepEqual(
			settings.filter(({ origin }) => origin.from !== 'environment'),
			[],
		);
		assert.equal(settings.length, settingKeys().length);
	});

	test('an unknown key gets the nearest name, in its section or out of it', async () => {
		const misspelt = await failureOf('{ "serach": {} }');
		assert.equal(misspelt.code, 'invalid_config');
		assert.equal(misspelt.hint, 'Did you mean "search"?');
		assert.equal((await failureOf('{ "search": { "moed": "keyword" } }')).hint, 'Did you mean "search.mode"?');
		assert.equal((await failureOf('{ "chunkTokens": 100 }')).hint, 'Did you mean "ingest.chunkTokens"?');
		assert.match((await failureOf('{ "colour": 1 }')).hint ?? '', /Known keys: .*search\.mode/);
	});

	test('an unknown variable of a section is refused, other variables are left alone', async () => {
		const error = await failureOf(null, { env: { KNOWHOW_SEARCH_MOD: 'keyword' } });
		assert.equal(error.code, 'invalid_config');
		assert.equal(error.hint, 'Did you mean KNOWHOW_SEARCH_MODE?');
		await using folder = await folderWith(null);
		await loadConfig(folder.path, { env: { KNOWHOW_DATABASE_URL: 'postgres://x', PATH: '/bin' } });
	});

	test('wrong values name the setting and where it was', async () => {
		assert.match((await failureOf('{ "search": { "k": "ten" } }')).message, /knowhow\.json: search\.k: /);
		assert.match(
			(await failureOf(null, { env: { KNOWHOW_SEARCH_K: 'ten' } })).message,
			/KNOWHOW_SEARCH_K: search\.k: /,
		);
		const call = await failureOf(null, { overrides: { 'search.k': 0 } });
		assert.equal(call.code, 'invalid_argument');
		assert.match(call.message, /search\.k/);
		assert.match((await failureOf('{ "search": { "k": 1, } }')).message, /not valid JSON \(line 1 column \d+\)/);
		assert.match((await failureOf('[]')).message, /one JSON object/);
	});
});

describe('nearest', () => {
	test('finds a word with few edits, swapped neighbours counting as one, and nothing for another word', () => {
		assert.equal(nearest('serach', ['status', 'search', 'reindex']), 'search');
		assert.equal(nearest('ingets', ['ingest', 'init']), 'ingest');
		assert.equal(nearest('Serch', ['search']), 'search');
		assert.equal(nearest('banana', ['search', 'ask']), null);
		assert.equal(nearest('as', ['ask']), 'ask');
	});
});
