import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import packageFile from '../../package.json' with { type: 'json' };
import { discoverModels, localPackages } from './discover.ts';
import { anthropicVersion } from './open-generator.ts';

const peerDependencies: Readonly<Record<string, string>> = packageFile.peerDependencies;

/** A `fetch` for which only these addresses have somebody behind them. */
function machineWith(servers: Readonly<Record<string, unknown>>): typeof fetch {
	return async (input) => {
		const { host } = new URL(input instanceof Request ? input.url : input);
		if (host in servers) return Response.json(servers[host]);
		throw new TypeError('fetch failed');
	};
}

describe('the models in reach', () => {
	test('are keys by the names of their variables, and servers on this machine with their models', async () => {
		const models = ['nomic-embed-text', 'llama3.2', 'qwen3:8b'].map((id) => ({ id, object: 'model' }));
		const found = await discoverModels({
			env: { OPENAI_API_KEY: 'sk-planted', MISTRAL_API_KEY: ' ', HOME: '/root' },
			fetch: machineWith({ '127.0.0.1:11434': { object: 'list', data: models }, '127.0.0.1:1234': { data: [] } }),
		});
		assert.deepEqual(found, [
			{ seen: 'OPENAI_API_KEY is set', spec: 'openai/gpt-5.6-luna' },
			{ seen: 'Ollama runs here with llama3.2, qwen3:8b', spec: 'http://127.0.0.1:11434/v1#llama3.2' },
			{ seen: 'LM Studio runs here and has no language model yet', spec: 'http://127.0.0.1:1234/v1#MODEL' },
		]);
	});

	test('are none when nothing is there, something else is, or it does not answer', async () => {
		assert.deepEqual(await discoverModels({ env: {}, fetch: machineWith({}) }), []);
		assert.deepEqual(await discoverModels({ env: {}, fetch: machineWith({ '127.0.0.1:8080': { hello: 1 } }) }), []);
		const silent: typeof fetch = async (_, init) =>
			await new Promise((_, reject) => {
				init?.signal?.addEventListener('abort', () => reject(init.signal?.reason as Error));
			});
		assert.deepEqual(await discoverModels({ env: {}, fetch: silent, timeoutMs: 20 }), []);
	});

	test('packages that run models here come with the line that installs them', () => {
		for (const { name, install } of localPackages()) {
			const version = new RegExp(`npm install ${name}@(\\d+\\.\\d+\\.\\d+)$`).exec(install)?.[1];
			assert.equal(peerDependencies[name], `^${version}`);
		}
		assert.equal(peerDependencies['@ai-sdk/anthropic'], `^${anthropicVersion}`);
	});
});
