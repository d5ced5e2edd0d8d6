import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createOpenAI } from '@ai-sdk/openai';
import { embedMany, generateText, streamText, type ToolSet } from 'ai';
import { serveSmallProject, type Served } from './serving.ts';

const prompt = 'What is the refund window?';

describe('the AI SDK’s OpenAI provider', () => {
	let served: Served;
	let openai: ReturnType<typeof createOpenAI>;

	before(async () => {
		served = await serveSmallProject();
		openai = createOpenAI({ baseURL: served.baseURL, apiKey: 'none' });
	});
	after(async () => await served[Symbol.asyncDispose]());

	test('chat: generateText and streamText, with sources', async () => {
		const model = openai.chat('rag');
		const { text, sources } = await generateText({ model, prompt, maxRetries: 0 });
		assert.match(text, /30 days/);
		const [source] = sources;
		assert.ok(source?.sourceType === 'url');
		assert.equal(source.title, 'Refunds');
		const stream = streamText({ model, prompt, maxRetries: 0 });
		assert.equal(await stream.text, text);
		assert.equal(await stream.finishReason, 'stop');
		assert.equal((await stream.sources).length, sources.length);
	});

	test('responses: file_search, generated and streamed, with documents as sources', async () => {
		const model = openai.responses('rag');
		const [collection] = await served.knowhow.collections();
		const search = openai.tools.fileSearch({ vectorStoreIds: [collection!.id], maxNumResults: 3 });
		// The package's own types differ under exactOptionalPropertyTypes.
		const tools = { file_search: search } as unknown as ToolSet;
		const { text, sources } = await generateText({ model, prompt, tools, maxRetries: 0 });
		assert.match(text, /30 days/);
		const [source] = sources;
		assert.ok(source?.sourceType === 'document');
		assert.equal(source.title, 'docs/refunds.md');
		const stream = streamText({ model, prompt, tools, maxRetries: 0 });
		assert.equal(await stream.text, text);
		assert.ok((await stream.sources).length > 0);
	});

	test('embeddings', async () => {
		const model = openai.embedding('default');
		const { embeddings, usage } = await embedMany({ model, values: ['refund', 'card'], maxRetries: 0 });
		assert.deepEqual(
			embeddings.map(({ length }) => length),
			[256, 256],
		);
		assert.ok(usage.tokens > 0);
	});
});
