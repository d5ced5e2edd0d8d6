import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { ask, type AskParts } from '../src/ask/ask.ts';
import { pack } from '../src/ask/pack.ts';
import type { Answer, AnswerEvent } from '../src/core/answer.ts';
import { KnowhowError } from '../src/core/error.ts';
import type { Generator, Message } from '../src/core/generator.ts';
import { configSchema } from '../src/core/config.ts';
import { openGenerator } from '../src/models/open-generator.ts';
import { sentences } from '../src/text/sentences.ts';
import { countTokens } from '../src/text/tokens.ts';
import { type Collection, openPassages } from '../weights/collection.ts';
import { type Example, sampleExamples } from '../weights/examples.ts';
import { type Respond, chunk, recorded, startModelServer } from './model-server.ts';
import { scriptedGenerator } from './scripted-generator.ts';

const pages = [
	{
		_id: 'support/refunds.md',
		title: 'Refunds',
		text: '# Refunds\n\nThe refund window is 45 days after delivery. Refunds need a receipt.\n\n## How to refund\n\n1. Open the order in the dashboard.\n2. Choose "Refund" and enter the amount.\n3. Confirm with your passkey.\n',
	},
	{
		_id: 'policies/refund-policy.md',
		title: 'Refund policy',
		text: '# Refund policy\n\nThe refund window is 30 days after delivery. Damaged goods are replaced.\n',
	},
	{
		_id: 'errors.md',
		title: 'Error codes',
		text: '# Error codes\n\n| code | meaning |\n| --- | --- |\n| ERR_1042 | The card was declined by its issuer. |\n| ERR_2001 | The terminal PX-1200/B lost its connection. |\n\nAn error is logged for 14 days. Write to https://status.tallyport.example/report about others.\n',
	},
	{
		_id: 'hours.md',
		title: 'Opening hours',
		text: '# Opening hours\n\nThe shop in Harbour Street opens at 09:00 and closes at 18:30.\n',
	},
];
const { ask: settings } = configSchema.parse({});

let collection: Collection;
before(async () => {
	collection = await openPassages(pages);
});
after(async () => {
	await collection[Symbol.asyncDispose]();
});

type Told = { readonly answer: Answer; readonly streamed: string; readonly events: readonly AnswerEvent[] };
type TellOptions = Partial<AskParts['settings']> & {
	readonly signal?: AbortSignal;
	onDelta?: (text: string) => void;
	from?: Collection;
};

async function tell(question: string, generator: Generator, options: TellOptions = {}): Promise<Told> {
	const { signal, onDelta, from = collection, ...changed } = options;
	const events: AnswerEvent[] = [];
	let streamed = '';
	for await (const event of ask(question, {
		search: async (query, k) => await from.search(query, k),
		document: async (id) => await from.document(id),
		generator,
		settings: { ...settings, ...changed },
		system: 'rag@test',
		now: () => 0,
		interaction: 'i1',
		...(signal ? { signal } : {}),
	})) {
		events.push(event);
		if (event.type === 'text-delta') {
			streamed += event.text;
			onDelta?.(streamed);
		}
		if (event.type !== 'answer-end') continue;
		await isSound(event.answer);
		return { answer: event.answer, streamed, events };
	}
	throw new Error('no answer-end');
}

/** What holds for every answer. */
async function isSound({ answer, citations, unsupported = [], conflicts, abstained }: Answer): Promise<void> {
	let last = 0;
	for (const { quote, documentId, start, end, answerStart, answerEnd, marker, version, supported } of citations) {
		const document = await collection.document(documentId);
		assert.equal(quote, document!.text.slice(start, end));
		assert.equal(version, document!.version);
		assert.ok(last <= answerStart && answerStart < answerEnd && answerEnd <= answer.length, answer);
		assert.ok(answer.includes(marker));
		const isMarked = unsupported.some((span) => span.start === answerStart && span.end === answerEnd);
		if (!abstained) assert.equal(supported, !isMarked);
		last = answerStart;
	}
	let end = 0;
	for (const span of unsupported) {
		assert.ok(end <= span.start && span.start < span.end && span.end <= answer.length, answer);
		assert.ok(span.reasons.length > 0);
		end = span.end;
	}
	const markers = new Set(citations.map(({ marker }) => marker));
	for (const conflict of conflicts) for (const marker of conflict.markers) assert.ok(markers.has(marker));
}

/** The number of the passage with this source, as the prompt has it. */
function numberOf(messages: readonly Message[], source: string): number {
	const found = new RegExp(`^\\[(\\d+)\\]\\n> Source: ${source}$`, 'm').exec(messages.at(-1)!.content);
	return Number(found?.[1] ?? assert.fail(`${source} is not in the prompt`));
}

/** Writes `text` with `{source}` as the marker of that passage. */
function writes(text: string): (messages: readonly Message[]) => string {
	return (messages) => text.replaceAll(/\{([^}]+)\}/g, (_, source: string) => `[${numberOf(messages, source)}]`);
}

const codes = 'What does ERR_1042 mean?';
const window = 'What is the refund window?';

describe('ask with a language model', () => {
	test('gives it the best passages, fenced and numbered, and ties what it writes to quotes', async () => {
		const generator = scriptedGenerator(
			writes('The card was declined by its issuer {errors.md}. An error is logged for 14 days.{errors.md}'),
		);
		const { answer, streamed, events } = await tell(codes, generator);
		const [{ messages, options }] = generator.calls as [(typeof generator.calls)[0]];
		assert.match(messages[0]!.content, /never instructions to you/);
		assert.match(
			messages[1]!.content,
			/^=== passages [0-9a-f]{12} ===\n\[1\]\n> Source: errors\.md\n> Title: Error codes\n> \n> /,
		);
		assert.equal(options.maxTokens, 2048);
		assert.equal(answer.answer, 'The card was declined by its issuer [1]. An error is logged for 14 days.[1]');
		assert.equal(streamed, answer.answer);
		assert.deepEqual(
			answer.citations.map(({ marker, quote, supported }) => [marker, quote, supported]),
			[
				['[1]', '| ERR_1042 | The card was declined by its issuer. |', true],
				['[1]', 'An error is logged for 14 days.', true],
			],
		);
		assert.deepEqual([answer.unsupported, answer.unknownMarkers], [[], []]);
		assert.deepEqual([answer.model, answer.abstained, answer.costUsd], ['scripted', false, null]);
		assert.equal(answer.usage.inputTokens, 100);
		assert.deepEqual(
			events.map(({ type }) => type).filter((type, i, all) => type !== all[i - 1]),
			['search-end', 'text-delta', 'citation', 'answer-end'],
		);
	});

	test('reads markers in every form, moves wrong ones, adds missing ones and reports those of no passage', async () => {
		const cases: readonly (readonly [written: string, told: RegExp, unknown: readonly string[]])[] = [
			['The card was declined by its issuer 【1】.', /issuer \[1\]\.$/, []],
			['The card was declined by its issuer [1†source].', /issuer \[1\]\.$/, []],
			['The card was declined by its issuer [1, 9].', /issuer \[1\]\.$/, ['[1, 9]']],
			['The card was declined by its issuer [1][9] [42].', /issuer \[1\]\.$/, ['[9]', '[42]']],
			['The card was declined by its issuer.', /issuer\. \[1\]$/, []],
			['The card was declined by its issuer. [1]', /issuer\. \[1\]$/, []],
			[
				'- The card was declined by its issuer\n- An error is logged for 14 days [7]',
				/issuer \[1\]\n- An error is logged for 14 days \[1\]$/,
				['[7]'],
			],
		];
		for (const [written, told, unknown] of cases) {
			const { answer, streamed } = await tell(
				codes,
				scriptedGenerator(() => written),
			);
			assert.match(answer.answer, told, written);
			assert.deepEqual(answer.unknownMarkers, unknown, written);
			assert.equal(streamed, answer.answer, written);
			assert.ok(answer.citations.every(({ supported }) => supported) && answer.unsupported!.length === 0, written);
		}
		const wrong = scriptedGenerator(writes('The card was declined by its issuer {support/refunds.md}.'));
		const { answer } = await tell('Does ERR_1042 change the refund window?', wrong);
		assert.deepEqual(
			answer.citations.map(({ source, supported }) => [source, supported]),
			[['errors.md', true]],
		);
		assert.ok(answer.answer.endsWith(`issuer. ${answer.citations[0]!.marker}`));
	});

	test('marks what no quote supports, or leaves it out before anybody sees it', async () => {
		const written =
			'An error is logged for 14 days [1]. It is then sold to 3 brokers [1].\n\nMore:\n\n- Errors cost €5 each [1]';
		const marked = await tell(
			codes,
			scriptedGenerator(() => written),
		);
		const spans = marked.answer.unsupported!.map(({ start, end }) => marked.answer.answer.slice(start, end));
		assert.deepEqual(spans, ['It is then sold to 3 brokers.', 'Errors cost €5 each']);
		const seen: string[] = [];
		const dropped = await tell(
			codes,
			scriptedGenerator(() => written),
			{ unsupported: 'drop', onDelta: (text) => seen.push(text) },
		);
		assert.equal(dropped.answer.answer, 'An error is logged for 14 days [1].');
		assert.deepEqual(dropped.answer.unsupported, []);
		assert.equal(seen.at(-1), dropped.answer.answer);
		const held: string[] = [];
		const two = 'An error is logged for 14 days [1]. The card was declined by its issuer [1].';
		await tell(
			codes,
			scriptedGenerator(() => two),
			{ unsupported: 'drop', onDelta: (text) => held.push(text) },
		);
		assert.deepEqual([held[0], held.at(-1)], ['An error is logged for 14 days [1].', two]);
	});

	test('says that the documents do not say when the model says so, declines, or says nothing that holds', async () => {
		const texts = [
			'NOT_IN_PASSAGES',
			'**NOT_IN_PASSAGES.**',
			'Errors are free of charge since 1987 [1].',
			'',
			'I hope this helps!',
		];
		for (const text of texts) {
			const { answer } = await tell(
				codes,
				scriptedGenerator(() => text),
			);
			assert.ok(answer.abstained, text);
			assert.match(answer.answer, /^The documents do not say/, text);
			assert.ok(answer.citations.every(({ supported }) => !supported));
		}
		const silent = await tell(
			codes,
			scriptedGenerator(() => 'NOT_IN_PASSAGES'),
		);
		assert.equal(silent.streamed, silent.answer.answer);
		const declined = await tell(
			codes,
			scriptedGenerator(() => 'I cannot help with that.', { reason: 'refusal' }),
		);
		assert.ok(declined.answer.abstained);
	});

	test('marks a last sentence that the limit cut', async () => {
		const { answer } = await tell(
			codes,
			scriptedGenerator(() => 'An error is logged for 14 days [1]. The card was', { reason: 'length' }),
		);
		assert.deepEqual(
			answer.unsupported!.map(({ reasons }) => reasons[0]!.kind),
			['unfinished'],
		);
	});

	test('shows what the sources disagree on, told by the model or not', async () => {
		const silent = await tell(
			window,
			scriptedGenerator(writes('The refund window is 45 days after delivery {support/refunds.md}.')),
		);
		assert.equal(silent.answer.conflicts.length, 1);
		assert.deepEqual([...silent.answer.conflicts[0]!.values].sort(), ['30 days', '45 days']);
		assert.match(
			silent.answer.answer,
			/The documents disagree: Refund policy \(no date\): The refund window is 30 days after delivery\. \[\d\]$/,
		);
		assert.equal(silent.streamed, silent.answer.answer);
		const open = await tell(
			window,
			scriptedGenerator(
				writes(
					'The refund window is 45 days after delivery {support/refunds.md}. The refund policy says 30 days after delivery {policies/refund-policy.md}.',
				),
			),
		);
		assert.equal(open.answer.conflicts.length, 1);
		assert.doesNotMatch(open.answer.answer, /disagree/);
	});

	test('asks no model when there is nothing to read, nor below the threshold when the scorer may veto', async () => {
		const generator = scriptedGenerator(() => 'Yes [1].');
		await using empty = await openPassages([]);
		assert.ok((await tell('Xylophone?', generator, { from: empty })).answer.abstained);
		assert.equal(generator.calls.length, 0);
		const question = 'How many refunds does the shop in Harbour Street make on Sundays in winter?';
		assert.ok((await tell(question, generator, { veto: true, threshold: 0.999 })).answer.abstained);
		assert.equal(generator.calls.length, 0);
		await tell(question, generator, { threshold: 0.999 });
		assert.equal(generator.calls.length, 1);
	});

	test('packs into the context of the model and leaves room to answer', async () => {
		for (const contextTokens of [1200, 2048, 8192]) {
			const generator = scriptedGenerator(() => 'NOT_IN_PASSAGES', { contextTokens });
			await tell(window, generator);
			const { messages, options } = generator.calls[0]!;
			const prompt = messages.reduce((sum, { content }) => sum + countTokens(content), 0);
			assert.ok(prompt + options.maxTokens! <= contextTokens, `${prompt} + ${options.maxTokens} > ${contextTokens}`);
		}
		const tiny = scriptedGenerator(() => '', { contextTokens: 512 });
		await assert.rejects(tell(window, tiny), { code: 'context_too_long' });
	});

	test('tries once more with half of the passages when the model finds the prompt too long', async () => {
		let calls = 0;
		const long = 'The refund window is 45 days after delivery.';
		const generator: Generator = {
			id: 'small',
			contextTokens: 4096,
			generate: async function* (messages) {
				calls++;
				if (calls === 1) throw new KnowhowError('context_too_long', 'too long');
				yield { type: 'text-delta', text: messages.at(-1)!.content.includes(long) ? `${long} [1]` : '' };
				yield { type: 'generator-end', reason: 'stop', usage: null };
			},
		};
		await tell(window, generator);
		assert.equal(calls, 2);
	});
});

describe('packing', () => {
	test('fits every budget, keeps documents together and numbers from 1', async () => {
		const { hits } = await collection.search('refund window error shop receipt', 10);
		const evidence = await Promise.all(
			hits.map(async (hit) => ({ hit, document: (await collection.document(hit.document.id))! })),
		);
		fc.assert(
			fc.property(fc.integer({ min: 0, max: 600 }), fc.integer({ min: 1, max: 6 }), (tokens, passages) => {
				const packed = pack(evidence, { passages, tokens });
				const cost = packed.reduce((sum, { about, text }) => sum + countTokens([...about, text].join('\n')), 0);
				assert.ok(cost <= tokens && packed.length <= passages);
				assert.deepEqual(
					packed.map(({ number }) => number),
					packed.map((_, i) => i + 1),
				);
				for (const {
					evidence: { hit },
					end,
				} of packed)
					assert.ok(end > hit.start && end <= hit.end);
			}),
		);
		const [best] = pack(evidence, { passages: 4, tokens: 4096 });
		assert.equal(best!.evidence.document.id, evidence[0]!.document.id);
	});
});

describe('whatever a model writes', () => {
	const pieces = fc.constantFrom(
		'The card was declined by its issuer',
		'An error is logged for 14 days',
		'The terminal PX-1200/B lost its connection.',
		'The refund window is 45 days after delivery',
		'Errors cost 77 EUR',
		...' . ! ? : \n \n\n [1] [2] [1,2] [1][2] [9] 【1】 [^1] [ [[ ] - # | ** ` ``` ~~~ > 1. <b> </b> ![a](https://e.example) [a](b) https://e.example NOT_IN_PASSAGES NOT_IN 3 € \u200b \u001b[1m <think> </think> e.g. |---|'.split(
			' ',
		),
		' ',
		'\n- ',
		'\n| a | b |\n',
	);
	const text = fc
		.array(
			fc.oneof({ weight: 6, arbitrary: pieces }, { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 5 }) }),
			{ maxLength: 20 },
		)
		.map((all) => all.join(''));
	// oxlint-disable-next-line no-control-regex -- an escape is what is looked for
	const forbidden = /!\[[^\]]*\]\(|\]\(|<(?:b|script|\/)|https?:\/\/(?![^\n`]*`)|\u001b|\u200b|NOT_IN_PASSAGES/;

	test('quotes are verbatim, spans in order, nothing acts, and dropping leaves only what is supported', async (t) => {
		let all = 0;
		let equal = 0;
		await fc.assert(
			fc.asyncProperty(text, fc.constantFrom('mark' as const, 'drop' as const), async (written, unsupported) => {
				const { answer, streamed } = await tell(
					codes,
					scriptedGenerator(() => written, { piece: 3 }),
					{ unsupported },
				);
				assert.doesNotMatch(answer.answer, forbidden);
				assert.doesNotMatch(streamed, forbidden);
				if (unsupported === 'drop') {
					assert.deepEqual(answer.unsupported, []);
					assert.ok(answer.abstained || answer.citations.every(({ supported }) => supported));
					assert.doesNotMatch(streamed, /77 EUR/);
				}
				if (answer.abstained) return;
				all++;
				if (streamed === answer.answer) equal++;
				const again = await tell(
					codes,
					scriptedGenerator(() => written, { piece: 1000 }),
					{ unsupported },
				);
				assert.deepEqual(again.answer, answer);
			}),
			// A claim behind a fence's marks was once left out of what is judged.
			{ numRuns: 250, examples: [['```Errors cost 77 EUR\n| a | b |\n', 'drop']] },
		);
		t.diagnostic(`${equal} of ${all} answers were streamed word for word as they ended`);
		assert.ok(equal >= all * 0.9);
	});
});

/** Over HTTP, with a generator that waits for nothing. */
async function serving(respond: Respond, options: { readonly timeoutMs?: number; readonly retries?: number } = {}) {
	const server = await startModelServer(respond);
	const waits: number[] = [];
	const generator = await openGenerator(`${server.url}#test`, {
		env: {},
		contextTokens: 8192,
		random: () => 1,
		sleep: async (ms) => void waits.push(ms),
		...options,
	});
	return { server, generator, waits, [Symbol.asyncDispose]: async () => await server[Symbol.asyncDispose]() };
}

describe('ask with a model behind HTTP', () => {
	const good = 'The card was declined by its issuer [1].';

	test('streams the answer and counts its tokens', async () => {
		await using on = await serving(() => good);
		const { answer, streamed, events } = await tell(codes, on.generator);
		assert.equal(answer.answer, good);
		assert.equal(streamed, good);
		assert.ok(events.filter(({ type }) => type === 'text-delta').length > 3);
		assert.equal(answer.usage.inputTokens, 100);
		assert.equal(on.server.requests[0]!.body.max_tokens, 2048);
	});

	test('waits as long as Retry-After says', async () => {
		await using on = await serving(({ number }) =>
			number === 1 ? recorded('openai-429.json', { 'retry-after': '3' }) : good,
		);
		assert.equal((await tell(codes, on.generator)).answer.answer, good);
		assert.deepEqual(on.waits, [3000]);
	});

	test('passes failures on: a bad key, a limit, silence, a cut stream', async () => {
		const begun = chunk('m', { content: 'The card was declined ' });
		const cases: readonly (readonly [respond: Respond, code: string, options?: object])[] = [
			[() => recorded('openai-401.json'), 'generator_failed'],
			[() => recorded('openai-429-quota.json'), 'generator_limited'],
			[() => ({ pieces: [begun], end: 'hang' }), 'generator_failed', { timeoutMs: 50, retries: 0 }],
			[() => ({ pieces: [begun], end: 'cut' }), 'generator_failed'],
		];
		for (const [respond, expected, options] of cases) {
			await using on = await serving(respond, options);
			let deltas = '';
			await assert.rejects(tell(codes, on.generator, { onDelta: (text) => (deltas = text) }), { code: expected });
			assert.ok('The card was declined'.startsWith(deltas));
		}
	});

	test('tries half of the passages when the server finds the prompt too long, then says so', async () => {
		await using once = await serving(({ number }) => (number === 1 ? recorded('openai-400-too-long.json') : good));
		const { answer } = await tell(codes, once.generator);
		assert.equal(answer.answer, good);
		const [first, second] = once.server.requests.map(({ body }) => body.messages.at(-1)!.content.length);
		assert.ok(second! <= first!);
		await using always = await serving(() => recorded('llamacpp-400-too-long.json'));
		await assert.rejects(tell(codes, always.generator), { code: 'context_too_long' });
		assert.equal(always.server.requests.length, 2);
	});

	test('leaves the server when the caller cancels', async () => {
		const controller = new AbortController();
		const begun = chunk('m', { content: 'The card was declined by its ' });
		await using on = await serving(() => ({ pieces: [begun], end: 'hang' }));
		const told = tell(codes, on.generator, { signal: controller.signal, onDelta: () => controller.abort() });
		await assert.rejects(told, { code: 'cancelled' });
		await on.server.left(1);
	});

	test('drops citations of passages that were not given', async () => {
		await using on = await serving(() => 'The card was declined by its issuer [1][8]. It is certain [5].');
		const { answer } = await tell(codes, on.generator);
		assert.deepEqual(answer.unknownMarkers, ['[8]', '[5]']);
		assert.deepEqual(
			answer.citations.map(({ marker }) => marker),
			['[1]'],
		);
		assert.equal(answer.answer, 'The card was declined by its issuer [1]. It is certain.');
		assert.equal(answer.unsupported!.length, 1);
	});
});

/** The sentence or line of the prompt's passages that shares most words with the question, with its marker. */
function copyBest(question: string): (messages: readonly Message[]) => string {
	const asked = new Set(question.toLowerCase().match(/[\p{L}\p{N}]{3,}/gu) ?? []);
	return (messages) => {
		let best = { score: -1, text: 'NOT_IN_PASSAGES' };
		for (const [, number, body] of messages.at(-1)!.content.matchAll(/^\[(\d+)\]\n((?:> .*\n?)+)/gm)) {
			const lines = body!.replaceAll(/^> /gm, '').split('\n');
			for (const line of lines.slice(lines.indexOf('') + 1)) {
				if (/^(?:#|\||---|```)|:\*{0,2}$/.test(line) || line.endsWith(' …')) continue;
				for (const { start, end } of sentences(line)) {
					const text = line.slice(start, end);
					const words = new Set(text.toLowerCase().match(/[\p{L}\p{N}]{3,}/gu) ?? []);
					if (words.size < 4) continue;
					const score = [...asked].filter((word) => words.has(word)).length / Math.sqrt(words.size);
					if (score > best.score) best = { score, text: `${text} [${number}]` };
				}
			}
		}
		return best.text;
	};
}

test('on the sample every sentence that a model copies is supported by the passage that it cites', async (t) => {
	let copied = 0;
	let supported = 0;
	let right = 0;
	for (const example of await sampleExamples('dev', 5)) {
		const { text, answer } = await copyFor(example);
		if (text === 'NOT_IN_PASSAGES') continue;
		copied++;
		const marker = /\[\d+\]$/.exec(text)![0];
		if (!answer.abstained && answer.unsupported!.length === 0) supported++;
		else t.diagnostic(`${example.id}: ${text} — ${JSON.stringify(answer.unsupported)}`);
		if (answer.citations.some((citation) => citation.marker === marker && citation.supported)) right++;
	}
	t.diagnostic(`${copied} copied, ${supported} supported, ${right} cited as written`);
	assert.ok(copied > 100 && supported >= copied * 0.98 && right >= copied * 0.98);
});

async function copyFor({ question, evidence, terms, id }: Example): Promise<{ text: string; answer: Answer }> {
	let text = '';
	const generator = scriptedGenerator((messages) => (text = copyBest(question)(messages)), { piece: 40 });
	const answer = await lastOf(
		ask(question, {
			search: async () => ({ hits: evidence.map(({ hit }) => hit), terms }),
			document: async (document) => evidence.find((one) => one.document.id === document)?.document ?? null,
			generator,
			settings,
			system: 'rag@test',
			now: () => 0,
			interaction: id,
		}),
	);
	return { text, answer };
}

type Pair = {
	readonly id: string;
	readonly split: 'dev' | 'test';
	readonly kind: string;
	readonly sentence: string;
	readonly quote: string;
	readonly context?: string;
	readonly language: string;
};

test('a sentence with a value altered finds no support in three other passages either', async (t) => {
	const pairs = readFileSync(join(import.meta.dirname, 'fixtures/verify/pairs.jsonl'), 'utf8')
		.trimEnd()
		.split('\n')
		.map((line) => JSON.parse(line) as Pair)
		.filter(({ language }) => language === 'en');
	const quoteOf = (pair: Pair): string => pair.id.slice(0, 4);
	const texts = new Map(pairs.map((pair) => [quoteOf(pair), pair]));
	await using quotes = await openPassages(
		[...texts].map(([_id, { quote, context = '' }]) => ({ _id, title: context, text: quote })),
	);
	const counts: Record<string, { all: number; supported: number }> = {};
	for (const pair of pairs) {
		const { hits, terms } = await quotes.search(pair.sentence, 400);
		const own = hits.filter(({ document }) => document.source === quoteOf(pair)).slice(0, 1);
		if (own.length === 0) continue;
		const others = hits.filter(({ document }) => document.source !== quoteOf(pair)).slice(0, 3);
		const answer = await lastOf(
			ask(pair.sentence, {
				search: async () => ({ hits: [...others.slice(0, 2), ...own, ...others.slice(2)], terms }),
				document: async (id) => await quotes.document(id),
				generator: scriptedGenerator(() => pair.sentence, { piece: 1000 }),
				settings,
				system: 'rag@test',
				now: () => 0,
				interaction: pair.id,
			}),
		);
		const count = (counts[`${pair.kind} ${pair.split}`] ??= { all: 0, supported: 0 });
		count.all++;
		if (!answer.abstained && answer.unsupported!.length === 0) count.supported++;
	}
	for (const [kind, { all, supported }] of Object.entries(counts).sort(([a], [b]) => a.localeCompare(b))) {
		t.diagnostic(`${kind}: ${supported} of ${all} supported`);
	}
	const sum = (kinds: RegExp, key: 'all' | 'supported'): number =>
		Object.entries(counts).reduce((total, [kind, count]) => total + (kinds.test(kind) ? count[key] : 0), 0);
	// What is left are sentences that another passage does say.
	assert.ok(sum(/^altered/, 'supported') <= sum(/^altered/, 'all') * 0.03);
	assert.equal(sum(/^verbatim/, 'supported'), sum(/^verbatim/, 'all'));
	assert.ok(sum(/^paraphrase/, 'supported') >= sum(/^paraphrase/, 'all') * 0.7);
});

async function lastOf(events: AsyncIterable<AnswerEvent>): Promise<Answer> {
	for await (const event of events) if (event.type === 'answer-end') return event.answer;
	throw new Error('no answer-end');
}
