import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { knowhow, temporaryFolder } from './run-program.ts';
import { writeSmallDocuments } from './small-documents.ts';

type Talked = {
	conversation: string;
	answers: { question: string; standalone: string | null; answer: string; abstained: boolean }[];
};

async function project(env: Readonly<Record<string, string>> = {}) {
	const folder = await temporaryFolder();
	await writeSmallDocuments(folder.path);
	const always = { KNOWHOW_ASK_THRESHOLD: '0', ...env };
	const run = (words: readonly string[], input = '') => knowhow(words, { cwd: folder.path, input, env: always });
	await run(['ingest', 'docs']);
	const chat = async (words: readonly string[], input: string): Promise<Talked> => {
		const { stdout, stderr, code } = await run(['chat', '--json', ...words], input);
		assert.equal(code, 0, stderr);
		return JSON.parse(stdout) as Talked;
	};
	return { run, chat, [Symbol.asyncDispose]: folder[Symbol.asyncDispose] };
}

const weight = 'How much does the PX-1200/B weigh?\n';

describe('knowhow chat', () => {
	test('answers each line, reads follow-ups and says how', async () => {
		await using folder = await project();
		const { stdout, code } = await folder.run(['chat'], `${weight}\nand how long does it run?\n/exit\nnot asked?\n`);
		assert.equal(code, 0);
		assert.match(stdout, /310 grams[\s\S]*Read as: and how long does it run\? \(.*PX-1200\/B.*\)[\s\S]*nine hours/);
		assert.doesNotMatch(stdout, /not asked/);
	});

	test('a word behind a slash is a command, known or not, and never a question', async () => {
		await using folder = await project();
		const { stdout, stderr, code } = await folder.run(['chat'], '/help\n/exot\n/quit\n');
		assert.deepEqual([code, stdout], [0, '']);
		assert.match(stderr, /^\/exit, \/quit or Ctrl-D ends it.*\nThere is no command \/exot\. \/exit/m);
		const { interactions } = JSON.parse((await folder.run(['history', '--json'])).stdout) as {
			interactions: unknown[];
		};
		assert.deepEqual(interactions, []);
	});

	test('goes on with the last conversation or a named one', async () => {
		await using folder = await project();
		const first = await folder.chat([], weight);
		assert.deepEqual(
			first.answers.map(({ standalone }) => standalone),
			[null],
		);
		const second = await folder.chat(['--continue'], 'and how long does it run?\n');
		assert.equal(second.conversation, first.conversation);
		assert.match(second.answers[0]?.standalone ?? '', /PX-1200\/B/);
		const other = await folder.chat([], 'What does ERR_1042 mean?\n');
		assert.notEqual(other.conversation, first.conversation);
		const third = await folder.chat(['--conversation', first.conversation], 'does it need a connection?\n');
		assert.match(third.answers[0]?.standalone ?? '', /PX-1200\/B/);
		const { interactions } = JSON.parse(
			(await folder.run(['history', '--json', '--conversation', first.conversation])).stdout,
		) as { interactions: unknown[] };
		assert.equal(interactions.length, 3);
	});

	test('says when there is nothing to go on with', async () => {
		await using folder = await project();
		const none = await folder.run(['chat', '--continue']);
		assert.equal(none.code, 1);
		assert.match(none.stderr, /no conversation yet/);
		const { conversation } = await folder.chat(['--caller', 'ann'], weight);
		assert.equal((await folder.run(['chat', '--conversation', conversation])).code, 1);
		assert.equal((await folder.run(['chat', '--continue', '--conversation', conversation])).code, 2);
		assert.equal((await folder.run(['chat', '--continue', '--caller', 'ann'])).code, 0);
	});

	test('where answers are not kept, a conversation lasts as long as the command', async () => {
		await using folder = await project({ KNOWHOW_INTERACTIONS_KEEP: 'false' });
		const { answers } = await folder.chat([], `${weight}and how long does it run?\n`);
		assert.match(answers[1]?.standalone ?? '', /PX-1200\/B/);
		assert.equal((await folder.run(['chat', '--continue'])).code, 2);
	});
});
