import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import OpenAI, { NotFoundError, toFile } from 'openai';
import { scriptedGenerator } from './scripted-generator.ts';
import { serveSmallProject, type Served } from './serving.ts';

const question = 'What is the refund window?';

/** What this server adds to what OpenAI's types know. */
type More = Readonly<{
	quote: string;
	text: string;
	annotations: readonly { url_citation: { quote: string } }[];
	knowhow: { interaction: string; abstained: boolean; standalone: string | null };
}>;

function more(value: unknown): More {
	return value as More;
}

describe('the openai package, with no language model configured', () => {
	let served: Served;
	let openai: OpenAI;

	before(async () => {
		served = await serveSmallProject();
		openai = new OpenAI({ baseURL: served.baseURL, apiKey: 'none', maxRetries: 0 });
	});
	after(async () => await served[Symbol.asyncDispose]());

	/** Uploads, and waits until it is found or has failed. */
	const put = async (store: string, name: string, text: string | Uint8Array) => {
		const content = typeof text === 'string' ? Buffer.from(text) : text;
		const file = await openai.files.create({ file: await toFile(content, name), purpose: 'assistants' });
		return await openai.vectorStores.files.createAndPoll(store, { file_id: file.id }, { pollIntervalMs: 20 });
	};

	test('models: systems, embedder and reranker; an unknown one is model_not_found', async () => {
		const ids = (await openai.models.list()).data.map(({ id }) => id);
		assert.deepEqual(ids, ['rag', 'default', 'hashing-256', 'linear']);
		assert.equal((await openai.models.retrieve('rag')).id, 'rag');
		const unknown = { model: 'gpt-99', messages: [{ role: 'user' as const, content: question }] };
		await assert.rejects(openai.chat.completions.create(unknown), (error: unknown) => {
			assert.ok(error instanceof NotFoundError);
			assert.equal(error.code, 'model_not_found');
			assert.equal(error.param, 'model');
			assert.equal(error.type, 'invalid_request_error');
			assert.match(error.requestID ?? '', /^req_/);
			return true;
		});
		for (const call of [
			() => openai.models.retrieve('gpt-99'),
			() => openai.embeddings.create({ model: 'gpt-99', input: 'a' }),
			() => openai.responses.create({ model: 'gpt-99', input: 'a' }),
			() => openai.chat.completions.create({ ...unknown, model: 'rag@00000000' }),
		]) {
			await assert.rejects(call(), { status: 404, code: 'model_not_found' });
		}
	});

	test('embeddings: base64 (what the client asks for) and float are equal, and dimensions shorten', async () => {
		const input = ['refund window', 'card declined'];
		const encoded = await openai.embeddings.create({ model: 'default', input });
		const plain = await openai.embeddings.create({ model: 'hashing-256', input, encoding_format: 'float' });
		assert.deepEqual(
			encoded.data.map(({ embedding }) => embedding),
			plain.data.map(({ embedding }) => embedding),
		);
		assert.equal(encoded.data[1]?.index, 1);
		assert.equal(encoded.data[0]?.embedding.length, 256);
		assert.ok(encoded.usage.total_tokens > 0);
		const short = await openai.embeddings.create({ model: 'default', input: 'refund window', dimensions: 64 });
		const vector = short.data[0]?.embedding ?? [];
		assert.equal(vector.length, 64);
		assert.ok(Math.abs(Math.hypot(...vector) - 1) < 1e-5 || Math.hypot(...vector) === 0);
		await assert.rejects(openai.embeddings.create({ model: 'default', input: 'a', dimensions: 300 }), {
			status: 400,
			param: 'dimensions',
		});
	});

	test('chat completions: an extractive answer with its quotes in annotations', async () => {
		const messages = [{ role: 'user' as const, content: question }];
		const completion = await openai.chat.completions.create({ model: 'rag', messages });
		const { message, finish_reason } = completion.choices[0]!;
		assert.equal(finish_reason, 'stop');
		assert.match(message.content ?? '', /30 days/);
		assert.match(completion.model, /^rag@[0-9a-f]{8}$/);
		const { url_citation } = message.annotations![0]!;
		assert.equal(url_citation.title, 'Refunds');
		const { quote } = more(url_citation);
		assert.equal(message.content?.slice(url_citation.start_index, url_citation.end_index).includes('30 days'), true);
		const document = await (await fetch(url_citation.url)).json();
		assert.ok(more(document).text.includes(quote));
		const { knowhow } = more(completion);
		assert.equal(knowhow.abstained, false);
		assert.equal((await served.knowhow.interaction(knowhow.interaction))?.interaction.question, question);
	});

	test('chat completions, streamed: the same text, annotations in the last content chunk, usage when asked for', async () => {
		const stream = await openai.chat.completions.create({
			model: 'rag',
			messages: [{ role: 'user', content: question }],
			stream: true,
			stream_options: { include_usage: true },
			store: false,
		});
		const chunks = await Array.fromAsync(stream);
		const deltas = chunks.flatMap(({ choices }) => choices.map(({ delta }) => delta));
		const text = deltas.map(({ content }) => content ?? '').join('');
		assert.match(text, /30 days/);
		const withContent = deltas.filter((delta) => 'content' in delta);
		const annotations = more(withContent.at(-1)).annotations;
		assert.match(annotations[0]?.url_citation.quote ?? '', /30 days/);
		assert.equal(deltas[0]?.role, 'assistant');
		assert.equal(chunks.at(-2)?.choices[0]?.finish_reason, 'stop');
		assert.deepEqual(chunks.at(-1)?.choices, []);
		assert.equal(chunks.at(-1)?.usage?.total_tokens, 0);
		const { knowhow } = more(chunks.find((chunk) => 'knowhow' in chunk));
		assert.equal(await served.knowhow.interaction(knowhow.interaction), null, 'store: false keeps nothing');
	});

	test('responses: file_search with its results, citations of files, and a follow-up', async () => {
		const [store] = (await openai.vectorStores.list()).data;
		const tools = [{ type: 'file_search' as const, vector_store_ids: [store!.id], max_num_results: 2 }];
		const first = await openai.responses.create({
			model: 'rag',
			input: question,
			tools,
			include: ['file_search_call.results'],
		});
		assert.equal(first.status, 'completed');
		assert.match(first.output_text, /30 days/);
		const [call, message] = first.output;
		assert.ok(call?.type === 'file_search_call' && message?.type === 'message');
		assert.deepEqual(call.queries, [question]);
		assert.ok(call.results!.length >= 1 && call.results!.length <= 2);
		assert.match(call.results![0]!.text ?? '', /30 days/);
		const [content] = message.content;
		assert.ok(content?.type === 'output_text');
		const [annotation] = content.annotations;
		assert.ok(annotation?.type === 'file_citation');
		assert.equal(annotation.filename, 'docs/refunds.md');
		const next = await openai.responses.create({
			model: 'rag',
			input: 'And how do I start it?',
			tools,
			previous_response_id: first.id,
		});
		const { knowhow } = more(next);
		assert.match(knowhow.standalone ?? '', /refund/i);
		const [unlisted] = next.output;
		assert.ok(unlisted?.type === 'file_search_call' && unlisted.results === null);
		await assert.rejects(openai.responses.create({ model: 'rag', input: 'a', previous_response_id: 'resp_none' }), {
			status: 404,
		});
	});

	test('responses, streamed: the events in order with their numbers', async () => {
		const stream = await openai.responses.create({ model: 'rag', input: question, stream: true });
		const events = await Array.fromAsync(stream);
		assert.deepEqual(
			events.map(({ sequence_number }) => sequence_number),
			events.map((_, at) => at),
		);
		const types = events.map(({ type }) => type).filter((type, at, all) => type !== all[at - 1]);
		assert.deepEqual(types, [
			'response.created',
			'response.in_progress',
			'response.output_item.added',
			'response.file_search_call.in_progress',
			'response.file_search_call.searching',
			'response.file_search_call.completed',
			'response.output_item.done',
			'response.output_item.added',
			'response.content_part.added',
			'response.output_text.delta',
			'response.output_text.annotation.added',
			'response.output_text.done',
			'response.content_part.done',
			'response.output_item.done',
			'response.completed',
		]);
		const text = events.map((event) => (event.type === 'response.output_text.delta' ? event.delta : '')).join('');
		const done = events.find((event) => event.type === 'response.output_text.done');
		assert.equal(done?.text, text);
		const [first, last] = [events[0], events.at(-1)];
		assert.ok(first?.type === 'response.created' && last?.type === 'response.completed');
		assert.equal(first.response.id, last.response.id);
		assert.match(last.response.usage === null ? 'null' : 'known', /known/);
	});

	test('files: upload, list, show, read back and delete', async () => {
		const content = 'The archive is open on Tuesdays.\n';
		const made = await openai.files.create({
			file: await toFile(Buffer.from(content), 'ärchive.md'),
			purpose: 'user_data',
		});
		assert.equal(made.filename, 'ärchive.md');
		assert.equal(made.bytes, Buffer.byteLength(content));
		assert.match(made.id, /^file-/);
		const second = await openai.files.create({ file: await toFile(Buffer.from('b'), 'b.txt'), purpose: 'evals' });
		const pages: string[] = [];
		for await (const file of openai.files.list({ limit: 1, order: 'asc' })) pages.push(file.id);
		assert.deepEqual(
			pages.filter((id) => [made.id, second.id].includes(id)),
			[made.id, second.id],
		);
		const evals = await openai.files.list({ purpose: 'evals' });
		assert.deepEqual(
			evals.data.map(({ id }) => id),
			[second.id],
		);
		assert.equal((await openai.files.retrieve(made.id)).bytes, made.bytes);
		assert.equal(await (await openai.files.content(made.id)).text(), content);
		assert.deepEqual(await openai.files.delete(made.id), { id: made.id, object: 'file', deleted: true });
		await assert.rejects(openai.files.retrieve(made.id), { status: 404, code: 'not_found' });
	});

	test('vector stores: create, update, search with filters, attributes, content, delete', async () => {
		const store = await openai.vectorStores.create({ name: 'Zoo handbook', metadata: { team: 'zoo' } });
		assert.equal(store.status, 'completed');
		const file = await openai.files.create({
			file: await toFile(Buffer.from('# Feeding\n\nThe okapi is fed at seven in the morning.\n'), 'okapi.md'),
			purpose: 'assistants',
		});
		const added = await openai.vectorStores.files.create(store.id, { file_id: file.id, attributes: { year: 2026 } });
		assert.equal(added.status, 'in_progress');
		const ready = await openai.vectorStores.files.poll(store.id, file.id, { pollIntervalMs: 20 });
		assert.equal(ready.status, 'completed');
		const search = async (filters?: OpenAI.ComparisonFilter) =>
			await openai.vectorStores.search(store.id, { query: 'When is the okapi fed?', ...(filters ? { filters } : {}) });
		const found = (await search()).data[0]!;
		assert.equal(found.file_id, file.id);
		assert.equal(found.filename, 'okapi.md');
		assert.deepEqual(found.attributes, { year: 2026 });
		assert.match(found.content[0]!.text, /seven in the morning/);
		assert.ok(found.score > 0 && found.score <= 1);
		assert.equal((await search({ type: 'eq', key: 'year', value: 2025 })).data.length, 0);
		await openai.vectorStores.files.update(file.id, { vector_store_id: store.id, attributes: { year: 2025 } });
		assert.equal((await search({ type: 'eq', key: 'year', value: 2025 })).data.length, 1);
		const content = await openai.vectorStores.files.content(file.id, { vector_store_id: store.id });
		assert.match(content.data.map(({ text }) => text).join(''), /okapi/);
		const listed = await openai.vectorStores.files.list(store.id, { filter: 'completed' });
		assert.deepEqual(
			listed.data.map(({ id }) => id),
			[file.id],
		);
		const renamed = await openai.vectorStores.update(store.id, { name: 'Zoo' });
		assert.equal(renamed.name, 'Zoo');
		assert.deepEqual(renamed.metadata, { team: 'zoo' });
		const shown = await openai.vectorStores.retrieve(store.id);
		assert.deepEqual(shown.file_counts, { in_progress: 0, completed: 1, failed: 0, cancelled: 0, total: 1 });
		const chat = await openai.responses.create({
			model: 'rag',
			input: 'When is the okapi fed?',
			tools: [{ type: 'file_search', vector_store_ids: [store.id] }],
		});
		assert.match(chat.output_text, /seven/);
		assert.equal((await openai.vectorStores.delete(store.id)).deleted, true);
		await assert.rejects(openai.vectorStores.retrieve(store.id), { status: 404 });
		assert.equal((await openai.files.retrieve(file.id)).id, file.id, 'the file stays');
	});

	test('a file is found by the first search after it is completed, and by none after it was deleted', async () => {
		const store = await openai.vectorStores.create({ name: 'moments' });
		const ready = await put(store.id, 'quokka.txt', 'The quokka lives on Rottnest Island.');
		assert.equal(ready.status, 'completed');
		const query = 'Where does the quokka live?';
		assert.equal((await openai.vectorStores.search(store.id, { query })).data.length, 1);
		await openai.vectorStores.files.delete(ready.id, { vector_store_id: store.id });
		assert.equal((await openai.vectorStores.search(store.id, { query })).data.length, 0);
		await openai.vectorStores.files.createAndPoll(store.id, { file_id: ready.id }, { pollIntervalMs: 20 });
		assert.equal((await openai.vectorStores.search(store.id, { query })).data.length, 1);
		await openai.files.delete(ready.id);
		assert.equal((await openai.vectorStores.search(store.id, { query })).data.length, 0);
		await assert.rejects(openai.vectorStores.files.retrieve(ready.id, { vector_store_id: store.id }), { status: 404 });
	});

	test('a file that cannot be read fails with a reason', async () => {
		const store = await openai.vectorStores.create({});
		const failed = await put(store.id, 'broken.pdf', '%PDF-1.7 and then nothing');
		assert.equal(failed.status, 'failed');
		assert.equal(failed.last_error?.code, 'invalid_file');
		assert.ok((failed.last_error?.message.length ?? 0) > 10);
		const strange = await put(store.id, 'program.exe', Uint8Array.of(0x4d, 0x5a, 0, 0, 1, 2, 3));
		assert.equal(strange.last_error?.code, 'unsupported_file');
		const { file_counts } = await openai.vectorStores.retrieve(store.id);
		assert.equal(file_counts.failed, 2);
	});

	test('file batches: made, polled, listed; a cancelled one stops', async () => {
		const store = await openai.vectorStores.create({});
		const texts = ['The narwhal has a tusk.', 'The walrus has two tusks.', 'The seal has none.'];
		const made = texts.map(async (text, at) => {
			const file = await toFile(Buffer.from(text), `animal-${at}.txt`);
			return (await openai.files.create({ file, purpose: 'assistants' })).id;
		});
		const file_ids = await Promise.all(made);
		const batch = await openai.vectorStores.fileBatches.createAndPoll(store.id, { file_ids }, { pollIntervalMs: 20 });
		assert.equal(batch.status, 'completed');
		assert.equal(batch.file_counts.completed, 3);
		const files = await openai.vectorStores.fileBatches.listFiles(batch.id, { vector_store_id: store.id });
		assert.equal(files.data.length, 3);
		const { data } = await openai.vectorStores.search(store.id, { query: ['narwhal tusk', 'walrus tusks'] });
		assert.deepEqual(
			new Set(data.slice(0, 2).map(({ filename }) => filename)),
			new Set(['animal-0.txt', 'animal-1.txt']),
		);
		const again = await openai.vectorStores.fileBatches.create(store.id, { file_ids: files.data.map(({ id }) => id) });
		const cancelled = await openai.vectorStores.fileBatches.cancel(again.id, { vector_store_id: store.id });
		assert.equal(cancelled.file_counts.in_progress, 0);
		const shown = await openai.vectorStores.fileBatches.retrieve(again.id, { vector_store_id: store.id });
		assert.equal(shown.file_counts.total, 3);
	});

	test('both while 16 clients read: none of them fails or sees half of it', async () => {
		const store = await openai.vectorStores.create({});
		const readings = new AbortController();
		const readers = Array.from({ length: 16 }, async () => {
			let searches = 0;
			while (!readings.signal.aborted) {
				const { data } = await openai.vectorStores.search(store.id, { query: 'axolotl', max_num_results: 20 });
				for (const { filename, content } of data) assert.ok(content[0]!.text.includes(filename), filename);
				searches++;
			}
			return searches;
		});
		for (let round = 0; round < 3; round++) {
			const name = `axolotl-${round}.txt`;
			const file = await put(store.id, name, `The axolotl of ${name} is number ${round}.`);
			const after = await openai.vectorStores.search(store.id, { query: 'axolotl', max_num_results: 20 });
			assert.equal(
				after.data.some(({ file_id }) => file_id === file.id),
				true,
				`${name} is found`,
			);
			if (round % 2 === 1) continue;
			await openai.files.delete(file.id);
			const gone = await openai.vectorStores.search(store.id, { query: 'axolotl', max_num_results: 20 });
			assert.equal(
				gone.data.some(({ file_id }) => file_id === file.id),
				false,
				`${name} is gone`,
			);
		}
		readings.abort();
		const counts = await Promise.all(readers);
		assert.ok(counts.every((searches) => searches > 0));
	});
});

describe('the openai package, with a language model', () => {
	test('the model alone, the model with documents, and base', async () => {
		const model = scriptedGenerator(
			(messages) =>
				messages.some(({ content }) => content.includes('refund window is 30 days'))
					? 'The refund window is 30 days after delivery [1].'
					: `I was told: ${messages.map(({ role, content }) => `${role} ${content}`).join('; ')}`,
			{ id: 'scripted' },
		);
		await using served = await serveSmallProject({ model });
		const openai = new OpenAI({ baseURL: served.baseURL, apiKey: 'none', maxRetries: 0 });
		const ids = (await openai.models.list()).data.map(({ id }) => id);
		assert.deepEqual(ids.slice(0, 3), ['rag', 'base', 'scripted']);
		const messages = [
			{ role: 'developer' as const, content: 'Be kind.' },
			{ role: 'user' as const, content: 'Hello' },
		];
		const plain = await openai.chat.completions.create({ model: 'scripted', messages, max_tokens: 100 });
		assert.equal(plain.choices[0]?.message.content, 'I was told: system Be kind.; user Hello');
		assert.equal(plain.usage?.prompt_tokens, 100);
		assert.equal(model.calls.at(-1)?.options.maxTokens, 100);
		const asked = [{ role: 'user' as const, content: question }];
		const cited = await openai.chat.completions.create({ model: 'rag', messages: asked });
		assert.match(cited.choices[0]?.message.content ?? '', /30 days after delivery/);
		assert.equal(cited.choices[0]?.message.annotations?.length, 1);
		const stream = openai.chat.completions.stream({ model: 'rag', messages: asked });
		assert.equal(await stream.finalContent(), cited.choices[0]?.message.content);
		const response = await openai.responses.create({ model: 'scripted', input: 'Hello', instructions: 'Be brief.' });
		assert.equal(response.output_text, 'I was told: system Be brief.; user Hello');
		const base = await openai.responses.create({ model: 'base', input: 'Hello' });
		assert.deepEqual(
			base.output.map(({ type }) => type),
			['message'],
		);
	});
});
