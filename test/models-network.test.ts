import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Generator } from '../src/core/generator.ts';
import { KnowhowError } from '../src/core/error.ts';
import { discoverModels } from '../src/models/discover.ts';
import { createGenerator } from '../src/models/language-model.ts';
import { providers } from '../src/models/model-spec.ts';
import { openGenerator } from '../src/models/open-generator.ts';
import { open } from '../src/project/open.ts';
import { recordedBody } from './model-server.ts';
import { temporaryFolder } from './run-program.ts';
import { writeSmallDocuments } from './small-documents.ts';

/** Every key that any provider is known by, and addresses that lead astray. */
const keys: Readonly<Record<string, string>> = {
	...Object.fromEntries(providers.map(({ name, keyVariable }) => [keyVariable, `key-of-${name}`])),
	AI_GATEWAY_API_KEY: 'key-of-gateway',
	VERCEL_OIDC_TOKEN: 'key-of-vercel',
	AZURE_API_KEY: 'key-of-azure',
	GEMINI_API_KEY: 'key-of-gemini',
	COHERE_API_KEY: 'key-of-cohere',
	TOGETHER_AI_API_KEY: 'key-of-together',
	PERPLEXITY_API_KEY: 'key-of-perplexity',
	MY_KEY: 'key-of-mine',
	ANTHROPIC_AUTH_TOKEN: 'key-of-another',
	ANTHROPIC_BASE_URL: 'https://astray.example/v1',
	OPENAI_BASE_URL: 'https://astray.example/v1',
};

type Sent = { readonly url: URL; readonly headers: Headers; readonly redirect: string | undefined };

/** Runs with every key in the real environment, and a `fetch` that writes down where it was to go. */
async function recording(work: (sent: Sent[]) => Promise<void>, body = 'openai-stream.sse'): Promise<void> {
	const before = { fetch: globalThis.fetch, env: { ...process.env } };
	const sent: Sent[] = [];
	Object.assign(process.env, keys);
	globalThis.fetch = async (input, init) => {
		const url = new URL(input instanceof Request ? input.url : input);
		sent.push({ url, headers: new Headers(init?.headers), redirect: init?.redirect });
		return new Response(recordedBody(body), { headers: { 'content-type': 'text/event-stream' } });
	};
	try {
		await work(sent);
	} finally {
		globalThis.fetch = before.fetch;
		for (const name of Object.keys(process.env)) if (!(name in before.env)) delete process.env[name];
		Object.assign(process.env, before.env);
	}
}

async function textOf(generator: Generator): Promise<string> {
	let text = '';
	for await (const event of generator.generate([{ role: 'user', content: 'What is the refund window?' }])) {
		if (event.type === 'text-delta') text += event.text;
	}
	return text;
}

/** Each form of `--model`, the one host that it may reach and the one key that may go there. */
const forms: readonly (readonly [spec: string, host: string, key: string | null])[] = [
	['openai/gpt-5.6-luna', 'api.openai.com', 'key-of-openai'],
	['anthropic/claude-haiku-4-5', 'api.anthropic.com', 'key-of-anthropic'],
	['google/gemini-3.5-flash', 'generativelanguage.googleapis.com', 'key-of-google'],
	['mistral/mistral-small-latest', 'api.mistral.ai', 'key-of-mistral'],
	['openrouter/anthropic/claude-haiku-4.5', 'openrouter.ai', 'key-of-openrouter'],
	['openrouter/openai/gpt-5.6-luna', 'openrouter.ai', 'key-of-openrouter'],
	['groq/openai/gpt-oss-20b', 'api.groq.com', 'key-of-groq'],
	['deepseek/deepseek-chat', 'api.deepseek.com', 'key-of-deepseek'],
	['xai/grok-4', 'api.x.ai', 'key-of-xai'],
	['http://localhost:11434/v1#llama3.2', 'localhost:11434', null],
	['http://127.0.0.1:1234/v1#openai/gpt-oss-20b', '127.0.0.1:1234', null],
	['https://models.example/v1#anthropic/claude', 'models.example', null],
];

describe('nothing is sent to a provider that was not named', () => {
	test('every form of --model reaches its own host with its own key, whatever else the environment holds', async () => {
		assert.deepEqual(
			providers.map(({ name }) => name).filter((name) => !forms.some(([spec]) => spec.startsWith(`${name}/`))),
			[],
		);
		for (const [spec, host, key] of forms) {
			const isAnthropic = spec.startsWith('anthropic/');
			await recording(
				async (sent) => {
					const generator = await openGenerator(spec, { env: process.env });
					assert.equal(sent.length, 0, `${spec} sends nothing before it is asked`);
					assert.equal(await textOf(generator), 'Refunds are possible within 30 days [1].', spec);
					assert.deepEqual(
						sent.map(({ url }) => url.host),
						[host],
						spec,
					);
					const { headers, redirect } = sent[0] ?? assert.fail();
					const carried = [...headers.values()].flatMap((value) => value.match(/key-of-\w+/g) ?? []);
					assert.deepEqual(carried, key === null ? [] : [key], spec);
					assert.equal(redirect, 'error', `${spec} follows nobody elsewhere`);
				},
				isAnthropic ? 'anthropic-stream.sse' : 'openai-stream.sse',
			);
		}
	});

	test('a server by URL gets the key of the named variable and no other', async () => {
		await recording(async (sent) => {
			await textOf(await openGenerator('https://models.example/v1#m', { env: process.env, keyVariable: 'MY_KEY' }));
			assert.equal(sent[0]?.headers.get('authorization'), 'Bearer key-of-mine');
		});
	});

	test('without its key a provider is not asked, and the error names the variable', async () => {
		await recording(async (sent) => {
			for (const { name, keyVariable, example } of providers) {
				const { [keyVariable]: _, ...others } = keys;
				await assert.rejects(openGenerator(`${name}/${example}`, { env: others }), (error: unknown) => {
					assert.ok(error instanceof KnowhowError && error.code === 'invalid_config');
					return (error.hint ?? '').includes(keyVariable);
				});
			}
			assert.equal(sent.length, 0);
		});
	});

	test('a bare name is refused wherever a model object belongs, gateway key or not', async () => {
		await recording(async (sent) => {
			assert.throws(() => createGenerator('openai/gpt-5.6-luna' as never), { code: 'invalid_argument' });
			for (const spec of ['gpt-5.6-luna', 'vercel/gpt-5.6-luna', 'openai', 'openai/', '', 'ftp://x#y']) {
				await assert.rejects(openGenerator(spec, { env: process.env }), { code: 'invalid_argument' }, spec);
			}
			assert.equal(sent.length, 0);
		});
	});

	test('without a model set, ingest, search and ask send nothing', async () => {
		await using folder = await temporaryFolder();
		await writeSmallDocuments(folder.path);
		await recording(async (sent) => {
			await using knowhow = await open(folder.path, { env: process.env });
			await knowhow.ingest('docs');
			await knowhow.search('refund window');
			const answer = await knowhow.ask('What is the refund window?');
			assert.equal(answer.model, 'extractive');
			assert.equal(sent.length, 0);
		});
	});

	test('looking around asks this machine alone, and shows names of variables, never keys', async () => {
		await recording(async (sent) => {
			const found = await discoverModels({ env: process.env });
			assert.ok(sent.length > 0);
			for (const { url, headers } of sent) {
				assert.equal(url.hostname, '127.0.0.1');
				assert.equal(url.pathname, '/v1/models');
				assert.equal(headers.get('authorization'), null);
			}
			assert.equal(found.length, providers.length);
			assert.doesNotMatch(JSON.stringify(found), /key-of-/);
		});
	});
});
