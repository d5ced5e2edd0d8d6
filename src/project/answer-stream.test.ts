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

	test('a failure reaches whoever awaits or iterates', async () => {
		await assert.rejects(async () => await streamOf(new Error('lost')).stream, /lost/);
		await assert.rejects(typesOf(streamOf(new Error('lost')).stream), /lost/);
	});
});
