import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { startModelServer, toScript } from './model-server.ts';
import { knowhow as runKnowhow, temporaryFolder } from './run-program.ts';

describe('recording a model', () => {
	test('goes on where it broke off, keeps the chat before a prompt, and leaves out what was cut off', async () => {
		let isDown = true;
		await using server = await startModelServer(({ body, number }) => {
			const asked = body.messages.at(-1)!.content;
			if (isDown && number > 2) return { status: 400, pieces: ['{"error":{"message":"shut down"}}'] };
			if (asked === 'Tell me everything.') {
				const { pieces = [] } = toScript('It never ends');
				return {
					pieces: pieces.map((piece) => (typeof piece === 'string' ? piece.replace('"stop"', '"length"') : piece)),
				};
			}
			return `You said: ${asked} (${body.messages.length})`;
		});
		await using folder = await temporaryFolder();
		const prompts = [
			{
				messages: [
					{ role: 'system', content: 'Be brief.' },
					{ role: 'user', content: 'Who are you?' },
				],
			},
			{
				messages: [
					{ role: 'user', content: 'What is a chip?' },
					{ role: 'assistant', content: 'The old answer.' },
				],
			},
			{ messages: [{ role: 'user', content: 'Where do you live?' }] },
			{ messages: [{ role: 'user', content: 'Tell me everything.' }] },
		];
		await writeFile(join(folder.path, 'prompts.jsonl'), prompts.map((row) => JSON.stringify(row)).join('\n'));
		const run = async () => {
			const words = [
				'collect',
				'--record',
				'--model',
				`${server.url}#old`,
				'--prompts',
				'prompts.jsonl',
				'--out',
				'kept.jsonl',
				'--json',
			];
			return await runKnowhow(words, { cwd: folder.path });
		};
		const kept = async () =>
			(await readFile(join(folder.path, 'kept.jsonl'), 'utf8'))
				.trim()
				.split('\n')
				.map((line) => JSON.parse(line) as { query: string; answer: string; origin: unknown });
		assert.equal((await run()).code, 1);
		const before = (await kept()).length;
		assert.ok(before >= 1 && before <= 2);
		isDown = false;
		const second = await run();
		assert.equal(second.code, 1, second.stdout);
		const report = JSON.parse(second.stdout) as { recorded: number; present: number; rejected: number };
		assert.deepEqual(report, { ...report, recorded: 3 - before, present: before, rejected: 1 });
		const answers = (await kept()).sort((a, b) => (a.query < b.query ? -1 : 1));
		assert.deepEqual(
			answers.map(({ answer }) => answer),
			['You said: What is a chip? (1)', 'You said: Where do you live? (1)', 'You said: Who are you? (2)'],
		);
		assert.deepEqual(answers[0]!.origin, { kind: 'model', of: `${server.url}#old` });
		assert.match(await readFile(join(folder.path, 'kept.jsonl.rejected.jsonl'), 'utf8'), /cut off/);
		const collected = await runKnowhow(['collect', 'kept.jsonl', '--goal', 'generator', '--json'], {
			cwd: folder.path,
		});
		const { dataset } = JSON.parse(collected.stdout) as { dataset: { origins: { model: number }; faults: object } };
		assert.equal(dataset.origins.model, 3);
		assert.ok('unreviewed-model' in dataset.faults && 'too-few' in dataset.faults);
	});
});
