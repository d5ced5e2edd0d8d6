import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Knowhow, type OpenOptions, open, type PlainSpec, type Router } from '../src/index.ts';
import { copiedProject } from './copied-project.ts';
import { hashingEmbedder } from './hashing-embedder.ts';
import { scriptedGenerator } from './scripted-generator.ts';

const env = {};
const question = 'What is the refund window?';

async function project(path: string, options: OpenOptions = {}): Promise<Knowhow> {
	return await open(path, { env, settings: { 'ask.threshold': 0 }, ...options });
}

async function plain(knowhow: Knowhow, name = 'rag'): Promise<PlainSpec> {
	const { spec } = await knowhow.system(name);
	assert.ok(spec.kind === 'plain');
	return spec;
}

describe('systems', () => {
	test('a name answers as its saved version in every open project, and rolls back to what the settings say', async () => {
		await using made = await copiedProject();
		await using knowhow = await project(made.path);
		await using other = await open(made.path, { env, settings: { 'ask.threshold': 0 } });
		const before = await other.ask(question);
		assert.equal(before.abstained, false);
		const spec = await plain(knowhow);
		const saved = await knowhow.saveSystem('rag', { ...spec, ask: { ...spec.ask, threshold: 1 } });
		const strict = await other.ask(question);
		assert.deepEqual([strict.abstained, strict.system], [true, `rag@${saved.version}`]);
		assert.deepEqual(await knowhow.rollBackSystem('rag'), { name: 'rag', version: null });
		const after = await other.ask(question);
		assert.deepEqual([after.answer, after.system], [before.answer, before.system]);
		const pinned = await other.ask(question, { system: `rag@${saved.version}` });
		assert.equal(pinned.abstained, true);
	});

	test('a name is moved only from the version that was looked at', async () => {
		await using made = await copiedProject();
		await using knowhow = await project(made.path);
		const spec = await plain(knowhow);
		const first = await knowhow.saveSystem('mine', spec, { expected: null });
		const another = { ...spec, ask: { ...spec.ask, hits: 2 } };
		await assert.rejects(knowhow.saveSystem('mine', another, { expected: null }), { code: 'conflict' });
		const second = await knowhow.saveSystem('mine', another, { expected: first.version });
		assert.deepEqual(second.earlier, [null, first.version]);
		assert.equal((await knowhow.rollBackSystem('mine')).version, first.version);
		await assert.rejects(knowhow.rollBackSystem('mine'), { code: 'not_found' });
		assert.deepEqual(
			(await knowhow.systems()).map(({ name, version }) => `${name}@${version}`),
			[`mine@${first.version}`],
		);
	});

	test('equal specs have one version, whatever the name and the order of their keys', async () => {
		await using made = await copiedProject();
		await using knowhow = await project(made.path);
		const spec = await plain(knowhow);
		const turned = Object.fromEntries(Object.entries(spec).reverse()) as PlainSpec;
		const [a, b] = [await knowhow.saveSystem('a', spec), await knowhow.saveSystem('b', turned)];
		assert.equal(a.version, b.version);
	});

	test('a saved system searches with the embedder that it was saved with, or says that it is gone', async () => {
		await using made = await copiedProject();
		const base = { env, settings: { 'ask.threshold': 0, embedder: null } };
		{
			await using knowhow = await open(made.path, base);
			await knowhow.saveSystem('words', await plain(knowhow));
		}
		{
			await using knowhow = await open(made.path, { ...base, embedder: hashingEmbedder(256) });
			await knowhow.reindex();
			await knowhow.saveSystem('hashed', await plain(knowhow));
			const legs = async (system: string) =>
				(await knowhow.ask(question, { system })).hits.some(({ parts }) => parts.vector !== null);
			assert.deepEqual([await legs('words'), await legs('hashed'), await legs('rag')], [false, true, true]);
		}
		await using knowhow = await open(made.path, { ...base, embedder: hashingEmbedder(128) });
		await knowhow.reindex();
		assert.equal((await knowhow.ask(question)).abstained, false);
		await assert.rejects(async () => await knowhow.ask(question, { system: 'hashed' }), {
			code: 'embedder_mismatch',
			hint: /systems save/,
		});
	});

	test('an unknown system is an error that names a near one', async () => {
		await using made = await copiedProject();
		await using knowhow = await project(made.path);
		await assert.rejects(async () => await knowhow.ask(question, { system: 'ragg' }), {
			code: 'not_found',
			hint: 'Did you mean "rag"?',
		});
		await assert.rejects(async () => await knowhow.ask(question, { system: 'rag@00000000' }), { code: 'not_found' });
		await assert.rejects(async () => await knowhow.ask(question, { system: 'base' }), { code: 'invalid_argument' });
	});
});

describe('a language model alone', () => {
	test('is asked without a document, says when it does not know, and names nothing it cannot have read', async () => {
		await using made = await copiedProject();
		const model = scriptedGenerator((messages) =>
			messages.at(-1)!.content.includes('weather') ? 'NOT_KNOWN' : '45 days, see https://evil.example/x.',
		);
		await using knowhow = await project(made.path, { model });
		const answer = await knowhow.ask(question, { system: 'base' });
		assert.match(answer.answer, /^45 days/);
		assert.doesNotMatch(answer.answer, /evil/);
		assert.deepEqual([answer.citations, answer.hits, answer.abstained], [[], [], false]);
		assert.match(answer.system, /^base@[0-9a-f]{8}$/);
		assert.doesNotMatch(JSON.stringify(model.calls[0]?.messages), /30 days/);
		const unknown = await knowhow.ask('How is the weather?', { system: 'base' });
		assert.deepEqual([unknown.abstained, unknown.answer], [true, 'I do not know.']);
	});

	test('streams what it answers, piece by piece and whole', async () => {
		await using made = await copiedProject();
		await using knowhow = await project(made.path, {
			model: scriptedGenerator(() => 'It is *45* days and nothing else.'),
		});
		let streamed = '';
		const stream = knowhow.ask(question, { system: 'base' });
		for await (const event of stream) if (event.type === 'text-delta') streamed += event.text;
		assert.equal(streamed, (await stream).answer);
	});

	test('prompt and examples of a saved system reach the model, with documents and without', async () => {
		await using made = await copiedProject();
		const model = scriptedGenerator(() => 'The refund window is 30 days after delivery. [1]');
		await using knowhow = await project(made.path, { model });
		const house = { prompt: 'Say it like a pirate.', examples: [{ question: 'Ahoy?', answer: 'Aye.' }] };
		for (const name of ['rag', 'few-shot']) {
			const spec = await plain(knowhow, name === 'rag' ? 'rag' : 'base');
			await knowhow.saveSystem('pirate', { ...spec, ...house });
			await knowhow.ask(question, { system: 'pirate' });
			const said = JSON.stringify(model.calls.at(-1)?.messages);
			assert.ok(said.includes('like a pirate') && said.includes('Ahoy?') && said.includes('Aye.'), name);
		}
	});

	test('a model that the call names writes in place of the saved one', async () => {
		await using made = await copiedProject();
		{
			await using knowhow = await project(made.path, { model: scriptedGenerator(() => 'One.', { id: 'one' }) });
			await knowhow.saveSystem('mine', await plain(knowhow, 'base'));
		}
		await using knowhow = await project(made.path, { model: scriptedGenerator(() => 'Two.', { id: 'two' }) });
		const answer = await knowhow.ask(question, { system: 'mine' });
		assert.deepEqual([answer.answer, answer.model], ['Two.', 'two']);
	});
});

describe('a routed system', () => {
	const router: Router = {
		id: 'by-word',
		route: async (text) => ({
			label: text.includes('code') ? 'code' : 'general',
			probability: 0.9,
			outOfScope: text.includes('weather'),
		}),
	};

	async function routed(path: string) {
		const knowhow = await project(path, { routers: [router] });
		const spec = await plain(knowhow);
		const code = await knowhow.saveSystem('code', { ...spec, ask: { ...spec.ask, hits: 1 } });
		const none = await knowhow.saveSystem('none', { ...spec, ask: { ...spec.ask, threshold: 1 } });
		const own = await knowhow.saveSystem('routed', {
			kind: 'routed',
			router: router.id,
			systems: { code: `code@${code.version}`, general: `rag@${(await knowhow.system('rag')).version}` },
			otherwise: `none@${none.version}`,
		});
		return { knowhow, own, code, none };
	}

	test('sends each question to the system of its class, and what is out of scope to the other', async () => {
		await using made = await copiedProject();
		const { knowhow, own, code, none } = await routed(made.path);
		await using _ = knowhow;
		const asked = async (text: string) => {
			const stream = knowhow.ask(text, { system: 'routed' });
			const routes: string[] = [];
			for await (const event of stream) if (event.type === 'route-end') routes.push(event.system);
			return { routes, answer: await stream };
		};
		const about = await asked('What does the code ERR_1042 mean?');
		assert.deepEqual(about.routes, [`code@${code.version}`]);
		assert.equal(about.answer.system, `routed@${own.version}`);
		assert.equal(about.answer.hits.length, 1);
		assert.match((await asked(question)).answer.answer, /30 days/);
		const weather = await asked('What is the weather?');
		assert.deepEqual([weather.routes, weather.answer.abstained], [[`none@${none.version}`], true]);
	});

	test('is one level deep, of known systems and a known router', async () => {
		await using made = await copiedProject();
		const { knowhow, own } = await routed(made.path);
		await using _ = knowhow;
		const to = (otherwise: string, id = router.id) => ({ kind: 'routed', router: id, systems: {}, otherwise }) as const;
		await assert.rejects(knowhow.saveSystem('deep', to(`routed@${own.version}`)), { code: 'invalid_argument' });
		await assert.rejects(knowhow.saveSystem('lost', to('rag@00000000')), { code: 'not_found' });
		await knowhow.saveSystem('lost', to(`rag@${(await knowhow.system('rag')).version}`, 'gone'));
		await assert.rejects(async () => await knowhow.ask(question, { system: 'lost' }), { code: 'not_found' });
	});

	test('its members stay what they were when the settings change', async () => {
		await using made = await copiedProject();
		await (await routed(made.path)).knowhow.close();
		await using knowhow = await open(made.path, { env, settings: { 'ask.threshold': 1 }, routers: [router] });
		assert.equal((await knowhow.ask(question)).abstained, true);
		assert.equal((await knowhow.ask(question, { system: 'routed' })).abstained, false);
	});
});
