import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { open } from '../src/index.ts';
import { temporaryFolder } from './run-program.ts';
import { writeSmallDocuments } from './small-documents.ts';

async function project(settings: Readonly<Record<string, unknown>> = {}) {
	const folder = await temporaryFolder();
	await writeSmallDocuments(folder.path);
	let at = Date.UTC(2026, 2, 1);
	const options = { env: {}, settings: { 'ask.threshold': 0, ...settings }, now: () => ++at };
	const knowhow = await open(folder.path, options);
	await knowhow.ingest('docs');
	return {
		knowhow,
		[Symbol.asyncDispose]: async () => {
			await knowhow.close();
			await folder[Symbol.asyncDispose]();
		},
	};
}

const first = 'What does ERR_1042 mean?';

describe('ask', () => {
	test('takes messages and reads the last one with those before it', async () => {
		await using folder = await project();
		const answer = await folder.knowhow.ask([
			{ role: 'user', content: 'How much does the PX-1200/B weigh?' },
			{ role: 'assistant', content: '310 grams.' },
			{ role: 'user', content: 'and how long does it run?' },
		]);
		assert.equal(answer.question, 'and how long does it run?');
		assert.match(answer.standalone ?? '', /^and how long does it run\? \(.*PX-1200\/B/);
		assert.match(answer.answer, /nine hours/);
		assert.equal((await folder.knowhow.interactions())[0]?.standalone, answer.standalone);
		assert.equal((await folder.knowhow.ask(first)).standalone, null);
	});

	test('reads the earlier turns of a conversation, each linked to its interaction', async () => {
		await using folder = await project();
		const { knowhow } = folder;
		const conversation = knowhow.startConversation();
		assert.equal(await knowhow.conversation(conversation), null);
		const one = await knowhow.ask('How much does the PX-1200/B weigh?', { conversation });
		const two = await knowhow.ask('and how long does it run?', { conversation });
		assert.match(two.standalone ?? '', /PX-1200\/B/);
		const stored = await knowhow.conversation(conversation);
		assert.deepEqual(stored?.interactions, [one.interaction, two.interaction]);
		assert.ok(stored.updatedAt > stored.at);
		assert.equal((await knowhow.interaction(two.interaction))?.interaction.conversation, conversation);
	});

	test('a conversation is its caller’s, and the latest is found for each', async () => {
		await using folder = await project();
		const { knowhow } = folder;
		const [hers, his] = [knowhow.startConversation(), knowhow.startConversation()];
		await knowhow.ask(first, { conversation: hers, caller: 'ann' });
		await knowhow.ask(first, { conversation: his, caller: 'bob' });
		await knowhow.ask(first, { caller: 'ann' });
		await assert.rejects(Promise.resolve(knowhow.ask('and?', { conversation: hers, caller: 'bob' })), {
			code: 'not_found',
		});
		assert.equal((await knowhow.latestConversation('ann'))?.id, hers);
		assert.equal((await knowhow.latestConversation('bob'))?.id, his);
		assert.equal(await knowhow.latestConversation(), null);
	});

	test('without kept answers there is no conversation to read, and messages still work', async () => {
		await using folder = await project({ 'interactions.keep': false });
		const { knowhow } = folder;
		const conversation = knowhow.startConversation();
		await knowhow.ask('How much does the PX-1200/B weigh?', { conversation });
		assert.equal((await knowhow.ask('and how long does it run?', { conversation })).standalone, null);
		assert.equal(await knowhow.conversation(conversation), null);
	});
});
