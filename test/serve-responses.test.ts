import assert from 'node:assert/strict';
import { after, before, describe, suite, test } from 'node:test';
import { createOpenAI } from '@ai-sdk/openai';
import { generateText, type ModelMessage, streamText } from 'ai';
import OpenAI from 'openai';
import { scriptedGenerator } from './scripted-generator.ts';
import { serveSmallProject, type Served } from './serving.ts';

// It says on standard error what `store: false` means, once.
globalThis.AI_SDK_LOG_WARNINGS = false;

const question = 'What is the refund window?';
const followUp = 'And how do I start it?';

type Kept = Readonly<{ knowhow: { interaction: string; standalone: string | null } }>;
type Failed = Readonly<{ error: { message: string; param: string | null; code: string } }>;

/** What a client sends back of a response, whose own types differ under exactOptionalPropertyTypes. */
function outputOf({ output }: OpenAI.Responses.Response): OpenAI.Responses.ResponseInput {
	return output as OpenAI.Responses.ResponseInput;
}

function clientOf(served: Served): OpenAI {
	return new OpenAI({ baseURL: served.baseURL, apiKey: 'none', maxRetries: 0 });
}

async function post(served: Served, path: string, body: object): Promise<{ status: number; error: Failed['error'] }> {
	const headers = { 'content-type': 'application/json' };
	const response = await fetch(`${served.baseURL}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
	const { error } = (await response.json()) as Failed;
	return { status: response.status, error };
}

/** The answer that was kept last. */
async function latest({ knowhow }: Served) {
	const [interaction] = await knowhow.interactions({ limit: 1 });
	return interaction!;
}

describe('a conversation over /v1/responses', () => {
	let served: Served;
	let openai: OpenAI;

	before(async () => {
		served = await serveSmallProject();
		openai = clientOf(served);
	});
	after(async () => await served[Symbol.asyncDispose]());

	test('the AI SDK’s second turn refers to items of the first, and is understood as a follow-up', async () => {
		const model = createOpenAI({ baseURL: served.baseURL, apiKey: 'none' })('rag');
		const asked: ModelMessage[] = [{ role: 'user', content: question }];
		const first = await generateText({ model, messages: asked, maxRetries: 0 });
		const { conversation } = await latest(served);
		const messages: ModelMessage[] = [...asked, ...first.response.messages, { role: 'user', content: followUp }];
		const second = await generateText({ model, messages, maxRetries: 0 });
		assert.match(JSON.stringify(second.request.body), /"type":"item_reference","id":"msg_/);
		const kept = await latest(served);
		assert.equal(kept.question, followUp);
		assert.match(kept.standalone ?? '', /refund/i);
		assert.equal(kept.conversation, conversation, 'it goes on with the conversation of what it refers to');
		const streamed = streamText({ model, messages, maxRetries: 0 });
		assert.equal(await streamed.text, second.text);
	});

	test('the AI SDK’s second turn with store: false sends what was said', async () => {
		const model = createOpenAI({ baseURL: served.baseURL, apiKey: 'none' })('rag');
		const providerOptions = { openai: { store: false } };
		const asked: ModelMessage[] = [{ role: 'user', content: question }];
		const first = await generateText({ model, messages: asked, providerOptions, maxRetries: 0 });
		const messages: ModelMessage[] = [...asked, ...first.response.messages, { role: 'user', content: followUp }];
		const { text } = await generateText({ model, messages, providerOptions, maxRetries: 0 });
		assert.match(text, /return|label|refund/i);
	});

	test('openai’s input.concat(response.output) is understood as a follow-up', async () => {
		const asked: OpenAI.Responses.ResponseInput = [{ role: 'user', content: question }];
		const first = await openai.responses.create({ model: 'rag', input: asked });
		assert.deepEqual(
			first.output.map(({ type }) => type),
			['file_search_call', 'message'],
		);
		const reasoning = { type: 'reasoning' as const, id: 'rs_1', summary: [] };
		const input = [...asked, reasoning, ...outputOf(first), { role: 'user' as const, content: followUp }];
		const second = await openai.responses.create({ model: 'rag', input });
		assert.match((second as unknown as Kept).knowhow.standalone ?? '', /refund/i);
		assert.deepEqual(second.output[0]?.type === 'file_search_call' && second.output[0].queries, [followUp]);
	});

	test('an item that is not kept is 404, with what to do', async () => {
		const unkept = await openai.responses.create({ model: 'rag', input: question, store: false });
		assert.equal((unkept as { store?: boolean }).store, false);
		const ids = [unkept.output[1]!.id!, unkept.output[0]!.id!, 'msg_none', 'rs_123'];
		for (const id of ids) {
			const input = [
				{ type: 'item_reference' as const, id },
				{ role: 'user' as const, content: followUp },
			];
			await assert.rejects(openai.responses.create({ model: 'rag', input }), (error: unknown) => {
				assert.ok(error instanceof OpenAI.NotFoundError);
				assert.equal(error.param, 'input');
				assert.match(error.message, /Send what was said/);
				return true;
			});
		}
		await assert.rejects(openai.responses.create({ model: 'rag', input: 'a', previous_response_id: unkept.id }), {
			status: 404,
			param: 'previous_response_id',
		});
	});

	test('a kept response is shown with its quotes, and deleted', async () => {
		const made = await openai.responses.create({ model: 'rag', input: question });
		const shown = await openai.responses.retrieve(made.id);
		assert.equal(shown.output_text, made.output_text);
		assert.deepEqual(shown.output, made.output);
		assert.deepEqual(shown.usage, made.usage);
		assert.equal(shown.status, 'completed');
		assert.equal(shown.model, made.model);
		const { interaction } = (made as unknown as Kept).knowhow;
		await openai.responses.delete(made.id);
		assert.equal(await served.knowhow.interaction(interaction), null);
		const gone = { status: 404, code: 'not_found' };
		await assert.rejects(openai.responses.retrieve(made.id), gone);
		await assert.rejects(openai.responses.delete(made.id), gone);
		await assert.rejects(openai.responses.create({ model: 'rag', input: 'a', previous_response_id: made.id }), gone);
		await assert.rejects(openai.responses.retrieve('resp_none'), gone);
	});

	test('usage has what OpenAI’s types demand, and is absent before it is known', async () => {
		const events = await Array.fromAsync(
			await openai.responses.create({ model: 'rag', input: question, stream: true }),
		);
		const [first, last] = [events[0], events.at(-1)];
		assert.ok(first?.type === 'response.created' && last?.type === 'response.completed');
		assert.equal('usage' in first.response, false);
		assert.deepEqual(last.response.usage?.input_tokens_details, { cached_tokens: 0, cache_write_tokens: 0 });
	});
});

suite('what is not done', () => {
	test('what would change an answer is unsupported_parameter; what says the usual, or is advice, is taken', async () => {
		await using served = await serveSmallProject();
		const responses = { model: 'rag', input: question };
		const chat = { model: 'rag', messages: [{ role: 'user', content: question }] };
		const schema = { type: 'json_schema', name: 'a', schema: {} };
		const refused: readonly (readonly [string, object, string])[] = [
			['/responses', { ...responses, text: { format: schema } }, 'text'],
			['/responses', { ...responses, text: { format: { type: 'json_object' } } }, 'text'],
			['/responses', { ...responses, background: true }, 'background'],
			['/responses', { ...responses, conversation: 'conv_1' }, 'conversation'],
			['/responses', { ...responses, prompt: { id: 'pmpt_1' } }, 'prompt'],
			['/responses', { ...responses, tool_choice: 'none' }, 'tool_choice'],
			['/responses', { ...responses, tool_choice: { type: 'function', name: 'f' } }, 'tool_choice'],
			['/responses', { ...responses, top_logprobs: 3 }, 'top_logprobs'],
			['/responses', { ...responses, include: ['message.output_text.logprobs'] }, 'include.0'],
			['/chat/completions', { ...chat, n: 2 }, 'n'],
			['/chat/completions', { ...chat, stop: ['x'] }, 'stop'],
			['/chat/completions', { ...chat, stop: 'x' }, 'stop'],
			['/chat/completions', { ...chat, logprobs: true }, 'logprobs'],
			['/chat/completions', { ...chat, logit_bias: { 50256: -100 } }, 'logit_bias'],
			['/chat/completions', { ...chat, tools: [{ type: 'function' }] }, 'tools'],
			['/chat/completions', { ...chat, tool_choice: 'required' }, 'tool_choice'],
			['/chat/completions', { ...chat, response_format: { type: 'json_object' } }, 'response_format'],
			['/chat/completions', { ...chat, modalities: ['text', 'audio'] }, 'modalities'],
		];
		for (const [path, body, param] of refused) {
			const { status, error } = await post(served, path, body);
			assert.deepEqual(
				[status, error?.code, error?.param],
				[400, 'unsupported_parameter', param],
				JSON.stringify(body),
			);
		}
		const usual = {
			seed: 7,
			top_p: 0.5,
			temperature: 0.2,
			presence_penalty: 0.1,
			reasoning: { effort: 'low' },
			truncation: 'auto',
			parallel_tool_calls: true,
			metadata: { a: 'b' },
			include: ['reasoning.encrypted_content'],
			tool_choice: 'auto',
			tools: [],
			background: false,
			conversation: null,
			moderation: null,
			text: { format: { type: 'text' }, verbosity: 'low' },
			response_format: { type: 'text' },
			modalities: ['text'],
			logprobs: false,
			top_logprobs: 0,
			logit_bias: {},
			n: 1,
			stop: [],
		};
		for (const [path, body] of Object.entries({ '/responses': responses, '/chat/completions': chat })) {
			const { status, error } = await post(served, path, { ...usual, ...body });
			assert.equal(status, 200, JSON.stringify(error));
		}
	});

	test('a parameter that may be one of several things says which, and where it is wrong', async () => {
		await using served = await serveSmallProject();
		const wrong: readonly (readonly [string, object, string, RegExp])[] = [
			['/responses', { model: 'rag', input: 7 }, 'input', /a text, or a list of 1 to 1000 items/],
			['/responses', { model: 'rag', input: [{ type: 'function_call_output' }] }, 'input.0.type', /item_reference/],
			[
				'/responses',
				{ model: 'rag', input: [{ role: 'user', content: [{ type: 'input_image', image_url: 'x' }] }] },
				'input.0.content.0.type',
				/Only text is read/,
			],
			['/responses', { model: 'rag', input: [{ role: 'assistant', content: 'a' }] }, 'input', /role "user"/],
			['/chat/completions', { model: 'rag', messages: [{ role: 'system', content: 'a' }] }, 'messages', /role "user"/],
			['/chat/completions', { model: 'rag', messages: [{ role: 'user', content: 7 }] }, 'messages.0.content', /parts/],
			['/embeddings', { model: 'default', input: [1, 2, 3] }, 'input.0', /Must be text: ids of tokens/],
			['/embeddings', { model: 'default', input: [[1, 2], [3]] }, 'input.0', /Must be text: ids of tokens/],
			['/embeddings', { model: 'default', input: 7 }, 'input', /a text, or a list of 1 to 2048 texts/],
			['/vector_stores/default/search', { query: 7 }, 'query', /expected string.*or expected array/],
		];
		for (const [path, body, param, message] of wrong) {
			const { status, error } = await post(served, path, body);
			assert.deepEqual([status, error?.code, error?.param], [400, 'invalid_argument', param], JSON.stringify(body));
			assert.match(error.message, message);
		}
	});
});

suite('a language model alone', () => {
	test('its responses say that they are not kept, and nothing follows them unseen', async () => {
		const model = scriptedGenerator(() => 'Hello.', { id: 'scripted' });
		await using served = await serveSmallProject({ model });
		const openai = clientOf(served);
		const made = await openai.responses.create({ model: 'scripted', input: 'Hello' });
		assert.equal((made as { store?: boolean }).store, false);
		await assert.rejects(openai.responses.retrieve(made.id), { status: 404 });
		await assert.rejects(openai.responses.create({ model: 'rag', input: 'a', previous_response_id: made.id }), {
			status: 404,
			param: 'previous_response_id',
		});
		const kept = await openai.responses.create({ model: 'rag', input: question });
		assert.equal((kept as { store?: boolean }).store, true);
		const next = openai.responses.create({ model: 'scripted', input: followUp, previous_response_id: kept.id });
		await assert.rejects(next, { status: 400, code: 'unsupported_parameter', param: 'previous_response_id' });
		const input = [
			{ role: 'user' as const, content: question },
			...outputOf(kept),
			{ role: 'user' as const, content: followUp },
		];
		await openai.responses.create({ model: 'scripted', input });
		assert.deepEqual(
			model.calls.at(-1)?.messages.map(({ role }) => role),
			['user', 'assistant', 'user'],
		);
		const item = { type: 'item_reference' as const, id: kept.output[1]!.id! };
		await openai.responses.create({ model: 'scripted', input: [input[0]!, item, input.at(-1)!] });
		assert.equal(model.calls.at(-1)?.messages[1]?.content, kept.output_text);
	});

	test('the AI SDK’s second turn is told what to do, and works so', async () => {
		const scripted = scriptedGenerator(() => 'Hello.', { id: 'scripted' });
		await using served = await serveSmallProject({ model: scripted });
		const model = createOpenAI({ baseURL: served.baseURL, apiKey: 'none' })('scripted');
		const asked: ModelMessage[] = [{ role: 'user', content: question }];
		const first = await generateText({ model, messages: asked, maxRetries: 0 });
		const messages: ModelMessage[] = [...asked, ...first.response.messages, { role: 'user', content: followUp }];
		await assert.rejects(
			generateText({ model, messages, maxRetries: 0 }),
			/in the AI SDK: the option "store" as false/,
		);
		await generateText({ model, messages, maxRetries: 0, providerOptions: { openai: { store: false } } });
		assert.deepEqual(
			scripted.calls.at(-1)?.messages.map(({ content }) => content),
			[question, 'Hello.', followUp],
		);
	});

	test('nothing is said to be kept where the settings keep nothing', async () => {
		await using served = await serveSmallProject({ settings: { 'interactions.keep': false } });
		const made = await clientOf(served).responses.create({ model: 'rag', input: question });
		assert.equal((made as { store?: boolean }).store, false);
	});

	test('tool_choice: none answers without a search, required with one', async () => {
		const model = scriptedGenerator(() => 'Hello.', { id: 'scripted' });
		await using served = await serveSmallProject({ model });
		const openai = clientOf(served);
		const tools = [{ type: 'file_search' as const, vector_store_ids: ['default'] }];
		const asked = { model: 'scripted', input: question, tools };
		const types = async (more: object) =>
			(await openai.responses.create({ ...asked, ...more })).output.map(({ type }) => type);
		assert.deepEqual(await types({}), ['file_search_call', 'message']);
		assert.deepEqual(await types({ tool_choice: 'required' }), ['file_search_call', 'message']);
		assert.deepEqual(await types({ tool_choice: 'none' }), ['message']);
		assert.deepEqual(await types({ tool_choice: 'none', model: 'base', tools: null }), ['message']);
		const unsearched = openai.responses.create({ model: 'scripted', input: question, tool_choice: 'required' });
		await assert.rejects(unsearched, { code: 'unsupported_parameter', param: 'tool_choice' });
	});

	for (const [reason, told] of [
		['length', 'max_output_tokens'],
		['refusal', 'content_filter'],
	] as const) {
		test(`what ends by ${reason} is incomplete, its message, too`, async () => {
			const model = scriptedGenerator(() => 'Once upon a', { id: 'scripted', reason });
			await using served = await serveSmallProject({ model });
			const made = await clientOf(served).responses.create({ model: 'scripted', input: 'Tell' });
			assert.equal(made.status, 'incomplete');
			assert.equal(made.incomplete_details?.reason, told);
			const [message] = made.output;
			assert.ok(message?.type === 'message');
			assert.equal(message.status, 'incomplete');
		});
	}
});
