import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { costUsd, prices } from './prices.ts';

describe('prices', () => {
	test('cost is tokens times price, for dated names too', () => {
		const usage = { inputTokens: 1_000_000, outputTokens: 200_000 };
		assert.equal(costUsd('anthropic/claude-haiku-4-5', usage), 2);
		assert.equal(costUsd('anthropic/claude-haiku-4-5-20251001', usage), 2);
		assert.equal(costUsd('openai/gpt-5.6-luna-2026-07-09', { inputTokens: 1000, outputTokens: 500 }), 0.0008);
	});

	test('what is not known is null, never 0', () => {
		const usage = { inputTokens: 1000, outputTokens: 10 };
		assert.equal(costUsd('openai/gpt-5.6-luna', null), null);
		assert.equal(costUsd('openai/gpt-5.6-luna', { inputTokens: 300_000, outputTokens: 1 }), null);
		assert.equal(costUsd('openrouter/openai/gpt-5.6-luna', usage), null);
		assert.equal(costUsd('http://localhost:11434/v1#llama3.2', usage), null);
	});

	test('every price has a source of its own provider and a date', () => {
		const hosts: Readonly<Record<string, string>> = { openai: 'openai.com', anthropic: 'claude.com' };
		for (const { model, source, checked, input, output } of prices) {
			const host = hosts[model.split('/')[0] as string];
			assert.ok(host !== undefined && new URL(source).hostname.endsWith(`.${host}`), model);
			assert.match(checked, /^\d{4}-\d{2}-\d{2}$/);
			assert.ok(input > 0 && output >= input, model);
		}
		assert.equal(new Set(prices.map(({ model }) => model)).size, prices.length);
	});
});
