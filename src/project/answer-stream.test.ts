import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Answer, AnswerEvent } from '../core/answer.ts';
import { AnswerStream } from './answer-stream.ts';

const answer: Answer = {
	interaction: 'i1',
	question: 'What is the refund window?',
	standalone: null,
	answer: '30 days [1]',
	abstained: false,
	confidence: 0.9,
	conflicts: [],
	citations: [],
	hits: [],
	system: 'rag@1',
	model: 'extractive',
	usage: { inputTokens: 0, outputTokens: 0 },
	costUsd: null,
	tookMs: 1,
};

function streamOf(fail?: Error): { stream: AnswerStream; asked: () => number } {
	let asked = 0;
	const ask = async function* (): AsyncGenerator<AnswerEvent> {
		asked++;
		yield { type: 'text-delta', text: '30 days' };
		await Promise.resolve();
		if (fail) throw fail;
		yield { type: 'text-delta', text: ' [1]' };
		yield { type: 'answer-end', answer };
	};
	return { stream: new AnswerStream(ask), asked: () => asked };
}

async function typesOf(stream: AnswerStream): Promise<string[]> {
	const types: string[] = [];
	for await (const { type } of stream) types.push(type);
	return types;
}

describe('AnswerStream', () => {
	test('awaited, iterated, twice and at once: the question is asked once', async () => {
		const { stream, asked } = streamOf();
		assert.equal(asked(), 0);
		const [whole, types, again] = await Promise.all([stream, typesOf(stream), typesOf(stream)]);
		assert.equal(whole, answer);
		assert.deepEqual(types, ['text-delta', 'text-delta', 'answer-end']);
		assert.deepEqual(again, types);
		assert.deepEqual(await typesOf(stream), types);
		assert.equal(asked(), 1);
	});

	test('no event is made before somebody wants it, and whoever leaves finds the rest later', async () => {
		let made = 0;
		const stream = new AnswerStream(async function* () {
			for (; made < 3; made++) yield { type: 'text-delta', text: String(made) };
			yield { type: 'answer-end', answer };
		});
		for await (const event of stream) {
			assert.deepEqual(event, { type: 'text-delta', text: '0' });
			break;
		}
		assert.equal(made, 0);
		assert.equal(await stream, answer);
		assert.equal(made, 3);
	});

	test('an abort ends what stands at an event, and reaches whoever goes on', async () => {
		const leaving = new AbortController();
		const ended = Promise.withResolvers<void>();
		const stream = new AnswerStream(async function* () {
			try {
				yield { type: 'text-delta', text: '30 days' };
				yield { type: 'answer-end', answer };
			} finally {
				ended.resolve();
			}
		}, leaving.signal);
		const events = stream[Symbol.asyncIterator]();
		await events.next();
		leaving.abort();
		await ended.promise;
		await assert.rejects(events.next(), /ended without its last event/);
	});

	test('a failure reaches whoever awaits or iterates', async () => {
		await assert.rejects(async () => await streamOf(new Error('lost')).stream, /lost/);
		await assert.rejects(typesOf(streamOf(new Error('lost')).stream), /lost/);
	});
});
