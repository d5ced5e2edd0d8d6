import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { copiedProject } from './copied-project.ts';
import { startModelServer } from './model-server.ts';
import { knowhow, launcher, temporaryFolder } from './run-program.ts';

const answerAlways = '{ "ask": { "threshold": 0 } }';

const questions = [
	{ id: 'q1', question: 'What is the refund window?', answer: '30 days', class: 'fact' },
	{ id: 'q2', question: 'What does ERR_1042 mean?', answer: 'declined by its issuer', class: 'fact' },
	{ id: 'q3', question: 'How much does the terminal PX-1200/B weigh?', answer: '310 grams', class: 'fact' },
	{ id: 'q4', question: 'How long does the terminal PX-1200/B run?', answer: 'nine hours', class: 'fact' },
	{ id: 'q5', question: 'What is the monthly fee of the Growth plan?', answer: '49 EUR', class: 'table' },
	{ id: 'q6', question: 'What is the card fee of the Starter plan?', answer: '2.4 %', class: 'table' },
];

async function project() {
	const folder = await copiedProject();
	await writeFile(join(folder.path, 'knowhow.json'), answerAlways);
	await writeFile(join(folder.path, 'questions.jsonl'), questions.map((line) => `${JSON.stringify(line)}\n`).join(''));
	const run = async (words: readonly string[]) => await knowhow(words, { cwd: folder.path });
	return { ...folder, run };
}

type ReportJson = {
	readonly systems: readonly {
		readonly name: string;
		readonly rows: { readonly cached: number; readonly answered: number };
	}[];
	readonly gate: readonly { readonly isRegression: boolean; readonly interval: { readonly high: number } | null }[];
};

describe('knowhow evaluate', () => {
	test('sends base the question alone, few-shot up to eight examples as turns before it, and rag the passages', async () => {
		await using folder = await project();
		const asked = questions[0]!.question;
		const examples = Array.from({ length: 16 }, (_, i) => ({
			question: `Example ${i}?`,
			answer: `Example answer ${i}.`,
		}));
		const rows = [...examples.slice(0, 3), { question: asked, answer: '30 days' }, ...examples.slice(3)];
		await writeFile(join(folder.path, 'examples.jsonl'), rows.map((line) => `${JSON.stringify(line)}\n`).join(''));
		await writeFile(join(folder.path, 'questions.jsonl'), `${JSON.stringify(questions[0])}\n`);
		await using server = await startModelServer(() => 'NOT_KNOWN');
		const words = ['evaluate', '--data', 'questions.jsonl', '--examples', 'examples.jsonl', '--json'];
		const { code, stderr } = await folder.run([...words, '--model', `${server.url}#tiny`]);
		assert.equal(code, 0, stderr);
		const sent = server.requests.map(({ path, body }) => {
			assert.deepEqual([path, body.model, body.stream], ['/v1/chat/completions', 'tiny', true]);
			assert.ok((body.max_tokens ?? body.max_completion_tokens ?? 0) > 0);
			return body.messages;
		});
		assert.equal(sent.length, 3);
		const withPassages = sent.filter((messages) => messages.at(-1)!.content.includes('30 days after delivery'));
		const [base, fewShot] = sent
			.filter((messages) => !withPassages.includes(messages))
			.toSorted((a, b) => a.length - b.length);
		const { content: instructions } = base![0]!;
		assert.match(instructions, /^Answer the question from what you know.* write NOT_KNOWN and nothing else\.$/);
		const system = { role: 'system', content: instructions };
		const question = { role: 'user', content: asked };
		assert.deepEqual(base, [system, question]);
		const spread = examples.filter((_, i) => i % 2 === 0);
		const turns = spread.flatMap(({ question: content, answer }) => [
			{ role: 'user', content },
			{ role: 'assistant', content: answer },
		]);
		assert.deepEqual(fewShot, [system, ...turns, question]);
		const [rag, ...others] = withPassages;
		assert.deepEqual([others, rag!.map(({ role }) => role)], [[], ['system', 'user']]);
		assert.match(rag!.at(-1)!.content, /^=== passages .*\n\[1\]\n[\s\S]*What is the refund window\?/);
	});

	test('a killed run goes on where it was', async () => {
		await using folder = await project();
		const fourth = Promise.withResolvers<void>();
		let isHanging = true;
		await using server = await startModelServer(({ number }) => {
			if (number < 4 || !isHanging) return 'The refund window is 30 days.';
			fourth.resolve();
			return { end: 'hang' };
		});
		const words = [
			'evaluate',
			'--data',
			'questions.jsonl',
			'--systems',
			'base',
			'--model',
			`${server.url}#m`,
			'--concurrency',
			'1',
			'--json',
		];
		const child = spawn(launcher, words, { cwd: folder.path, stdio: 'ignore' });
		const ended = new Promise((resolve) => child.on('close', resolve));
		await fourth.promise;
		child.kill('SIGKILL');
		await ended;
		isHanging = false;
		const { code, stdout, stderr } = await folder.run(words);
		assert.equal(code, 0, stderr);
		const [base] = (JSON.parse(stdout) as ReportJson).systems;
		assert.deepEqual([base?.rows.answered, base?.rows.cached], [6, 3]);
		// Three before the kill, the one that hung, three after.
		assert.equal(server.requests.length, 7);
	});

	test('the gate exits 1 for a system that is worse, and says by how much; else 0', async () => {
		await using folder = await project();
		await folder.run(['evaluate', '--data', 'questions.jsonl', '--save', 'before', '-q']);
		const kept = await folder.run(['evaluate', '--data', 'questions.jsonl', '--json']);
		await writeFile(join(folder.path, 'before.json'), kept.stdout);
		assert.equal((await folder.run(['evaluate', '--data', 'questions.jsonl', '--gate', 'before', '-q'])).code, 0);

		await writeFile(join(folder.path, 'knowhow.json'), '{ "ask": { "threshold": 1 } }');
		for (const gate of ['before', 'before.json']) {
			const { code, stdout } = await folder.run(['evaluate', '--data', 'questions.jsonl', '--gate', gate, '-q']);
			assert.equal(code, 1, stdout);
			assert.match(stdout, /✖ rag against rag: −[\d.]+ \[−[\d.]+, −[\d.]+\] on 6 questions, p = \.03: worse/);
		}
		const { code, stdout } = await folder.run(['evaluate', '--data', 'questions.jsonl', '--gate', 'before', '--json']);
		const [found] = (JSON.parse(stdout) as ReportJson).gate;
		assert.deepEqual([code, found?.isRegression, (found?.interval?.high ?? 0) < 0], [1, true, true]);
	});

	test('prints at most 80 columns, writes a page, tells progress on standard error', async () => {
		await using folder = await project();
		await folder.run(['systems', 'save', 'as-it-was']);
		await writeFile(join(folder.path, 'knowhow.json'), '{ "ask": { "threshold": 1 } }');
		const words = ['evaluate', '--data', 'questions.jsonl', '--systems', 'rag,as-it-was', '--html', 'out/report.html'];
		const { code, stdout, stderr } = await folder.run(words);
		assert.equal(code, 0, stderr);
		const path = join(folder.path, 'out/report.html');
		const lines = stdout.split('\n').filter((line) => !line.includes(path));
		assert.deepEqual(
			lines.filter((line) => line.length > 80),
			[],
		);
		assert.match(stdout, /as-it-was − rag +\+/);
		assert.match(await readFile(path, 'utf8'), /^<!doctype html>/);
		const events = stderr
			.trim()
			.split('\n')
			.map((line) => JSON.parse(line) as Record<string, unknown>);
		assert.deepEqual([events.length, events.at(-1)?.['done'], events.at(-1)?.['spentUsd']], [12, 12, 0]);
	});

	test('shows every system in every table, and the stages as they run', async () => {
		await using folder = await project();
		for (const name of ['a', 'b', 'c']) await folder.run(['systems', 'save', name]);
		await using server = await startModelServer(() => 'The refund window is 30 days.');
		const words = [
			'evaluate',
			'--data',
			'questions.jsonl',
			'--systems',
			'base,a,b,c,rag',
			'--model',
			`${server.url}#m`,
		];
		const { code, stdout, stderr } = await folder.run([...words, '-q']);
		assert.equal(code, 0, stderr);
		for (const head of [/^ +c +rag *$/m, /^class +n +c +rag *$/m]) assert.match(stdout, head);
		assert.match(stdout, /^search p50[^\n]*\nanswer p50[^\n]*\ntotal p50/m);
	});

	test('misuse is told', async () => {
		await using folder = await project();
		await folder.run(['systems', 'save', 'kept']);
		await folder.run(['evaluate', '--data', 'questions.jsonl', '--save', 'today', '-q']);
		await writeFile(join(folder.path, 'other.json'), '{ "systems": [{}], "rows": [{}] }');
		const misused = [
			[['evaluate'], /--data is missing/],
			[['evaluate', '--data', 'questions.jsonl', '--concurrency', '0'], /whole number/],
			[['evaluate', '--data', 'questions.jsonl', '--systems', 'base'], /needs a language model/],
			[['evaluate', '--data', 'questions.jsonl', '--metric', 'f2'], /--metric must be/],
			[['evaluate', '--data', 'questions.jsonl', '--systems', ','], /--systems names none/],
			[['evaluate', '--data', 'questions.jsonl', '--max-cost', '-1'], /The cap on costs must be/],
			[['evaluate', '--data', 'questions.jsonl', '--model', 'nobody'], /nobody/],
			[['evaluate', '--data', 'questions.jsonl', '--save', 'kept'], /is a system; a report needs another name/],
			[['evaluate', '--data', 'questions.jsonl', '--html', '.', '-q'], /could not be written/],
		] as const;
		for (const [words, message] of misused) {
			const { code, stderr } = await folder.run(words);
			assert.equal(code, 2, words.join(' '));
			assert.match(stderr, message);
		}
		const failed = [
			[['evaluate', '--data', 'nowhere.jsonl'], /There is no file/],
			[
				['evaluate', '--data', 'questions.jsonl', '--gate', 'tomorrow'],
				/no saved report and no system "tomorrow".*today/s,
			],
			[['evaluate', '--data', 'questions.jsonl', '--gate', 'other.json'], /is no report/],
		] as const;
		for (const [words, message] of failed) {
			const { code, stderr } = await folder.run(words);
			assert.equal(code, 1, words.join(' '));
			assert.match(stderr, message);
		}
		const { code } = await folder.run(['evaluate', '--data', 'questions.jsonl', '--concurrency', '4000000000', '-q']);
		assert.equal(code, 0, 'no more workers than questions');
	});
});

describe('knowhow systems', () => {
	test('keeps what answers, lists it, answers with it and rolls back', async () => {
		await using folder = await project();
		const asked = async (...words: string[]) =>
			(await folder.run(['ask', 'What is the refund window?', ...words])).stdout;
		const before = await asked();
		await writeFile(join(folder.path, 'style.txt'), 'Short.\n');
		const saved = await folder.run([
			'systems',
			'save',
			'kept',
			'--prompt',
			'style.txt',
			'--examples',
			'questions.jsonl',
			'--json',
		]);
		const { version, spec } = JSON.parse(saved.stdout) as {
			version: string;
			spec: { prompt: string; examples: object[] };
		};
		assert.deepEqual([spec.prompt, spec.examples.length], ['Short.', 6]);
		assert.match((await folder.run(['systems'])).stdout, new RegExp(`kept@${version} +hybrid search.*6 examples`));
		await writeFile(join(folder.path, 'knowhow.json'), '{ "ask": { "threshold": 1 } }');
		assert.notEqual(await asked(), before);
		assert.equal(await asked('--system', 'kept'), before);
		assert.equal((await folder.run(['systems', 'save', 'rag', '--from', 'kept'])).code, 0);
		assert.equal(await asked(), before);
		assert.match((await folder.run(['systems', 'rollback', 'rag'])).stdout, /follows the settings again/);
		assert.notEqual(await asked(), before);
		assert.equal((await folder.run(['systems', 'rollback', 'rag'])).code, 1);
		const unrouted = await folder.run(['systems', 'save', 'kept', '--route', 'code=rag']);
		assert.deepEqual([unrouted.code, /--route needs --router/.test(unrouted.stderr)], [2, true]);
		const noRouter = await folder.run(['systems', 'save', 'kept', '--router', 'nope', '--route', 'code=rag']);
		assert.deepEqual([noRouter.code, /not_found.*"nope"/.test(noRouter.stderr)], [1, true]);
	});
});

describe('knowhow prices', () => {
	test('gives each price with unit, currency, source, date and age; an unknown one is not 0', async () => {
		await using folder = await temporaryFolder();
		const run = async (...words: string[]) => (await knowhow(['prices', ...words], { cwd: folder.path })).stdout;
		const { prices } = JSON.parse(await run('--json')) as { prices: Record<string, unknown>[] };
		assert.ok(prices.length >= 2);
		for (const price of prices) {
			assert.deepEqual([price['currency'], price['unit']], ['USD', '1,000,000 tokens']);
			assert.ok(typeof price['price'] === 'number' && price['price'] > 0);
			assert.match(String(price['checked']), /^\d{4}-\d\d-\d\d$/);
			assert.match(String(price['source']), /^https:/);
			assert.equal(price['isOld'], Number(price['ageDays']) > 90);
		}
		assert.match(await run('--model', 'no/such'), /not known.*not 0/);
	});
});
