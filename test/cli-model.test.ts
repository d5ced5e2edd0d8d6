import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Readable } from 'node:stream';
import { run as runHere } from '../src/cli/run.ts';
import { createStyle } from '../src/cli/style.ts';
import type { Answer } from '../src/core/answer.ts';
import { open } from '../src/index.ts';
import { chunk, type ModelServer, recorded, startModelServer } from './model-server.ts';
import { type Finished, knowhow, temporaryFolder } from './run-program.ts';
import { writeSmallDocuments } from './small-documents.ts';

const question = 'What is the refund window?';

/** The number of the passage of the prompt that holds some words. */
function passageWith(words: string, prompt: string): string {
	const before = prompt.slice(0, prompt.indexOf(words));
	return before.match(/\[(\d+)\](?![\s\S]*\[\d+\])/)?.[1] ?? '1';
}

function answerWith30Days(): Promise<ModelServer> {
	return startModelServer(({ body }) => {
		const prompt = body.messages.at(-1)!.content;
		return `The refund window is 30 days. [${passageWith('30 days', prompt)}] Refunds are paid in gold bars.`;
	});
}

async function run(server: ModelServer, words: readonly string[]): Promise<Finished> {
	await using folder = await temporaryFolder();
	await writeSmallDocuments(folder.path);
	assert.equal((await knowhow(['ingest', 'docs'], { cwd: folder.path })).code, 0);
	return await knowhow([...words, '--model', `${server.url}#tiny`], { cwd: folder.path });
}

test('ask --model has the model write, ties its sentences to quotes and marks what no quote supports', async () => {
	await using server = await answerWith30Days();
	const { code, stdout, stderr } = await run(server, ['ask', question, '--json']);
	assert.equal(code, 0, stderr);
	const answer = JSON.parse(stdout) as Answer;
	assert.equal(server.requests.length, 1);
	assert.match(answer.answer, /30 days/);
	assert.match(answer.model, /tiny/);
	assert.ok(answer.usage.inputTokens > 0);
	const [citation] = answer.citations;
	assert.match(citation!.quote, /30 days/);
	assert.ok(citation!.supported);
	assert.equal(answer.unsupported?.length, 1);
	const { start, end } = answer.unsupported[0]!;
	assert.match(answer.answer.slice(start, end), /gold bars/);
});

test('on a terminal what the model writes is shown before it has ended, its quotes after it; elsewhere all at once', async () => {
	const isShown = Promise.withResolvers<void>();
	await using server = await startModelServer(({ body, number }) => {
		const mark = passageWith('30 days', body.messages.at(-1)!.content);
		const first = chunk('tiny', { content: `The refund window is 30 days. [${mark}] Refunds` });
		const last = chunk('tiny', { content: ' are paid in gold bars.' }, { finish: 'stop' });
		return { pieces: [first, ...(number === 1 ? [isShown.promise] : []), last, 'data: [DONE]\n\n'] };
	});
	await using folder = await temporaryFolder();
	await writeSmallDocuments(folder.path);
	assert.equal((await knowhow(['ingest', 'docs'], { cwd: folder.path })).code, 0);
	const words = ['ask', question, '--model', `${server.url}#tiny`];
	const told = async (isTerminal: boolean, ...more: readonly string[]): Promise<string[]> => {
		const written: string[] = [];
		const code = await runHere([...words, ...more], {
			cwd: folder.path,
			env: {},
			signal: new AbortController().signal,
			terminal: {
				stdin: Readable.from([]),
				writeOut: (text) => {
					written.push(text);
					if (written.join('').includes('30 days')) isShown.resolve();
				},
				writeError: () => {},
				style: createStyle(false),
				isTerminal,
				isInteractive: false,
				columns: 80,
			},
		});
		assert.equal(code, 0);
		return written;
	};
	// The model goes on once its first words are shown: without a stream this would never end.
	const streamed = await told(true);
	assert.ok(streamed.length > 2);
	const whole = await told(false);
	assert.equal(whole.length, 1);
	const [answer, ...evidence] = whole[0]!.split('\n\n');
	assert.match(answer!, /^The refund window is 30 days\. \[1\] Refunds are paid in gold bars\.$/);
	assert.equal(streamed.join(''), [answer, ...evidence].join('\n\n'));
	assert.equal(JSON.parse((await told(true, '--json'))[0]!).answer, answer);
});

test('a key that the server refuses is one clear error, exit code 1', async () => {
	await using server = await startModelServer(() => recorded('openai-401.json'));
	const { code, stderr } = await run(server, ['ask', question]);
	assert.equal(code, 1);
	assert.match(stderr, /generator_failed/);
});

test('the library takes a generator of the program, for the answer and for reading a follow-up', async () => {
	await using folder = await temporaryFolder();
	await writeSmallDocuments(folder.path);
	const prompts: string[] = [];
	await using project = await open(folder.path, {
		model: {
			id: 'scripted',
			contextTokens: 4000,
			async *generate(messages) {
				prompts.push(messages.at(-1)!.content);
				yield { type: 'text-delta', text: prompts.length === 1 ? question : 'It is 30 days. [1]' };
				yield { type: 'generator-end', reason: 'stop', usage: { inputTokens: 10, outputTokens: 5 } };
			},
		},
	});
	await project.ingest('docs');
	const answer = await project.ask([
		{ role: 'user', content: 'Do you take things back?' },
		{ role: 'assistant', content: 'Yes.' },
		{ role: 'user', content: 'and for how long?' },
	]);
	assert.equal(prompts.length, 2);
	assert.equal(answer.standalone, question);
	assert.equal(answer.model, 'scripted');
	assert.equal(answer.usage.inputTokens, 20);
});
