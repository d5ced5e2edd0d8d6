import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { contextTokensOf } from './context-sizes.ts';
import { parseModelSpec } from './model-spec.ts';

describe('what --model names', () => {
	test('a provider, a server or a file', () => {
		const hosted = parseModelSpec('openrouter/meta-llama/llama-3.3-70b:free');
		assert.ok(hosted.kind === 'hosted');
		assert.deepEqual([hosted.provider.name, hosted.model], ['openrouter', 'meta-llama/llama-3.3-70b:free']);
		const server = parseModelSpec('http://localhost:11434/v1#hf.co/a/b:Q4%20K');
		assert.ok(server.kind === 'server');
		assert.deepEqual([server.url.href, server.model], ['http://localhost:11434/v1', 'hf.co/a/b:Q4 K']);
		assert.deepEqual(parseModelSpec('gguf:./a b.gguf'), { kind: 'gguf', path: './a b.gguf' });
	});

	test('what names none is refused with the forms there are, and repeats no secret', () => {
		const cases: [spec: string, hint: RegExp][] = [
			['gpt-5.6-luna', /openai\/gpt.*Providers: openai, anthropic/],
			['sk-planted-0123456789-0123456789-0123456789-0123456789', /openai\/gpt/],
			['http://localhost:11434/v1', /#llama3\.2/],
			['http://me:planted@localhost/v1#x', /modelKeyVariable/],
			['http://#x', /openai\/gpt/],
		];
		for (const [spec, hint] of cases) {
			assert.throws(
				() => parseModelSpec(spec),
				(error: Error & { code?: string; hint?: string }) => {
					assert.equal(error.code, 'invalid_argument', spec);
					assert.match(error.hint ?? '', hint);
					assert.doesNotMatch(`${error.message} ${error.hint}`, /planted-0|planted@/);
					return true;
				},
			);
		}
	});

	test('sizes of context are known by family, with or without a vendor, and small when unknown', () => {
		assert.equal(contextTokensOf('claude-haiku-4-5'), 200_000);
		assert.equal(contextTokensOf('openai/gpt-4o-mini'), 128_000);
		assert.equal(contextTokensOf('something-new'), 8_192);
		assert.equal(contextTokensOf('gpt-oss:20b', { isLocal: true }), 4_096);
	});
});
