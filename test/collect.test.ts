import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { appendFile, cp, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { type Knowhow, open, type OpenOptions } from '../src/index.ts';
import { writeArtifact } from '../src/models/artifact.ts';
import { modelsFolder } from '../src/project/trained/training.ts';
import { knowhow as runKnowhow, repository, temporaryFolder } from './run-program.ts';
import { scriptedGenerator } from './scripted-generator.ts';
import { writeSmallDocuments } from './small-documents.ts';

let at = Date.UTC(2026, 2, 1);
let calls = 0;
const fixed: OpenOptions = {
	env: {},
	settings: { 'ask.threshold': 0 },
	now: () => (at += 1000),
	random: (bytes) => createHash('sha512').update(String(++calls)).digest().subarray(0, bytes),
};

/** The small documents, read once; every test works on a copy. */
const template = await temporaryFolder();
after(async () => await template[Symbol.asyncDispose]());
await writeSmallDocuments(template.path);
{
	await using knowhow = await open(template.path, fixed);
	await knowhow.ingest('docs');
}

async function project(options: OpenOptions = {}) {
	const folder = await temporaryFolder();
	await cp(template.path, folder.path, { recursive: true });
	const knowhow = await open(folder.path, { ...fixed, ...options });
	return {
		path: folder.path,
		knowhow,
		[Symbol.asyncDispose]: async () => {
			await knowhow.close();
			await folder[Symbol.asyncDispose]();
		},
	};
}

async function ask(knowhow: Knowhow, question: string, caller?: string): Promise<string> {
	return (await knowhow.ask(question, { caller })).interaction;
}

async function isOnDisk(path: string, words: string): Promise<boolean> {
	const files = await readdir(join(path, '.knowhow'), { recursive: true, withFileTypes: true });
	for (const file of files.filter((entry) => entry.isFile())) {
		if ((await readFile(join(file.parentPath, file.name))).includes(words)) return true;
	}
	return false;
}

async function idOf(knowhow: Knowhow, source: string): Promise<string> {
	return (await knowhow.documents()).find((document) => document.source === source)!.id;
}

async function allExamples(knowhow: Knowhow, reference: string) {
	const { examples } = await knowhow.dataset(reference);
	return [...examples.train, ...examples.dev, ...examples.test];
}

describe('feedback', () => {
	test('adds to what was said before, and is refused where it says nothing or names no citation', async () => {
		await using folder = await project();
		const { knowhow } = folder;
		const id = await ask(knowhow, 'What is the refund window?');
		await knowhow.feedback(id, { rating: 'up' });
		await knowhow.feedback(id, { accepted: ['[1]'] });
		const { feedback } = await knowhow.feedback(id, { rating: 'down', correction: ' 45 days ' });
		assert.deepEqual({ ...feedback, at: 0 }, { rating: 'down', correction: '45 days', accepted: ['[1]'], at: 0 });
		assert.deepEqual((await knowhow.interaction(id))?.interaction.feedback, feedback);
		const refused = (given: Parameters<Knowhow['feedback']>[1], code: string, of = id) =>
			assert.rejects(knowhow.feedback(of, given), { code });
		await refused({}, 'invalid_argument');
		await refused({ accepted: ['[9]'] }, 'invalid_argument');
		await refused({ correction: '  ' }, 'invalid_argument');
		await refused({ rating: 'up' }, 'not_found', 'int_00000000000000000000000000');
	});

	test('is counted for each version of a system, with intervals and a trend', async () => {
		await using folder = await project();
		const { knowhow } = folder;
		assert.deepEqual(await knowhow.ratings(), []);
		const ids: string[] = [];
		for (let n = 0; n < 12; n++) ids.push(await ask(knowhow, 'What is the refund window?'));
		for (const id of ids.slice(0, 5)) await knowhow.feedback(id, { rating: 'down' });
		for (const id of ids.slice(5, 9)) await knowhow.feedback(id, { rating: 'up' });
		await knowhow.feedback(ids[9]!, { correction: '45 days' });
		const [ratings, ...others] = await knowhow.ratings();
		assert.deepEqual(others, []);
		assert.match(ratings!.system, /^rag@/);
		assert.deepEqual([ratings!.rated.count, ratings!.rated.total, ratings!.corrected], [10, 12, 1]);
		assert.deepEqual([ratings!.positive.count, ratings!.positive.share], [4, 0.4]);
		// Wilson 1927 for 4 of 10, as R's prop.test(4, 10, correct = FALSE) has it.
		assert.ok(Math.abs(ratings!.positive.interval!.low - 0.1682) < 5e-5);
		assert.ok(Math.abs(ratings!.positive.interval!.high - 0.6873) < 5e-5);
		// Newcombe 1998, method 10, by hand from Wilson's 0.3755 to 0.9638 for 4 of 5 and 0 to 0.4345 for 0 of 5.
		const trend = ratings!.trend!;
		assert.deepEqual([trend.earlier.count, trend.later.count, trend.direction], [0, 4, 'better']);
		assert.ok(Math.abs(trend.difference - 0.8) < 1e-12);
		assert.ok(
			Math.abs(trend.interval.low - (0.8 - Math.hypot(0.8 - 0.3755, 0.4345))) < 1e-4,
			String(trend.interval.low),
		);
		assert.ok(Math.abs(trend.interval.high - 0.9638) < 1e-4, String(trend.interval.high));
	});

	test('goes with the answer when it is moved to another project, and with its quotes when they are erased', async () => {
		await using folder = await project();
		await using other = await temporaryFolder();
		const { knowhow, path } = folder;
		const id = await ask(knowhow, 'What is the refund window?');
		await knowhow.feedback(id, { rating: 'down', correction: 'It is 45 days after delivery.' });
		await knowhow.export(join(path, 'moved'));
		await using second = await open(other.path, { env: {}, now: () => Date.UTC(2026, 2, 2) });
		await second.import(join(path, 'moved'));
		assert.equal((await second.interaction(id))?.interaction.feedback?.correction, 'It is 45 days after delivery.');
		await knowhow.remove([await idOf(knowhow, 'docs/refunds.md')], { erase: true });
		const { feedback } = (await knowhow.interaction(id))!.interaction;
		assert.deepEqual([feedback?.rating, feedback?.correction], ['down', null]);
	});
});

describe('a dataset of rated answers', () => {
	test('has what was right, what was corrected, and nothing of what was only wrong or not rated', async () => {
		await using folder = await project();
		const { knowhow } = folder;
		const right = await ask(knowhow, 'What is the refund window?');
		const wrong = await ask(knowhow, 'What does the Growth plan cost?');
		const only = await ask(knowhow, 'How heavy is the PX-1200/B?');
		await ask(knowhow, 'What does ERR_1042 mean?');
		await knowhow.feedback(right, { rating: 'up', accepted: ['[1]'] });
		await knowhow.feedback(wrong, { rating: 'down', correction: '59 EUR a month' });
		await knowhow.feedback(only, { rating: 'down' });
		const { dataset, rejected } = await knowhow.collect({ goal: 'generator' });
		assert.equal(rejected, 0);
		assert.ok(dataset);
		assert.deepEqual(dataset.origins, { interaction: 2, file: 0, document: 0, model: 0 });
		const examples = await allExamples(knowhow, dataset.id);
		const ofRight = examples.find(({ origin }) => origin.of === right)!;
		assert.match(ofRight.answer!, /30 days after delivery/);
		assert.doesNotMatch(ofRight.answer!, /\[1\]/);
		const refunds = await idOf(knowhow, 'docs/refunds.md');
		assert.deepEqual(
			ofRight.positives.map(({ document, version }) => [document, version]),
			[[refunds, 1]],
		);
		assert.ok(ofRight.sources.some(({ document }) => document === refunds));
		const ofWrong = examples.find(({ origin }) => origin.of === wrong)!;
		assert.equal(ofWrong.answer, '59 EUR a month');
		assert.match(ofWrong.rejected!, /49 EUR/);
		const corrected = await knowhow.collect({ rated: 'corrected', name: 'corrected' });
		assert.deepEqual(
			(await allExamples(knowhow, 'corrected')).map(({ origin }) => origin.of),
			[wrong],
		);
		assert.equal(
			corrected.faults.find(({ code }) => code === 'too-few'),
			undefined,
		);
	});

	test('is the same version when nothing changed, and keeps each example in its part when there are more', async () => {
		await using folder = await project();
		const { knowhow } = folder;
		const questions = ['What is the refund window?', 'What does the Growth plan cost?', 'How heavy is the PX-1200/B?'];
		const rate = async (question: string) => await knowhow.feedback(await ask(knowhow, question), { rating: 'up' });
		for (const question of questions) await rate(question);
		const first = await knowhow.collect();
		assert.deepEqual([first.isNew, first.dataset?.parent], [true, null]);
		const again = await knowhow.collect();
		assert.deepEqual([again.isNew, again.dataset?.id], [false, first.dataset?.id]);
		const parts = new Map((await allExamples(knowhow, 'default')).map(({ id, split }) => [id, split]));
		await rate('What does ERR_1042 mean?');
		const second = await knowhow.collect();
		assert.deepEqual([second.isNew, second.dataset?.parent], [true, first.dataset?.id]);
		for (const { id, split } of await allExamples(knowhow, 'default')) {
			if (parts.has(id)) assert.equal(split, parts.get(id));
		}
		assert.deepEqual(
			(await knowhow.datasets()).map(({ id }) => id),
			[second.dataset?.id, first.dataset?.id],
		);
		await knowhow.removeDataset(first.dataset!.id);
		await assert.rejects(knowhow.dataset(first.dataset!.id), { code: 'not_found' });
	});
});

describe('erasure', () => {
	test('of a document names its examples, takes them off the disk, and is recorded', async () => {
		await using folder = await project();
		const { knowhow, path } = folder;
		await knowhow.collect({ documents: true });
		const document = await idOf(knowhow, 'docs/refunds.md');
		const all = await allExamples(knowhow, 'default');
		const from = all
			.filter(({ sources }) => sources.some((source) => source.document === document))
			.map(({ id }) => id);
		assert.ok(from.length > 0 && from.length < all.length);
		const { id: dataset } = await knowhow.dataset('default');
		const model = await writeArtifact(
			modelsFolder(path),
			{ kind: 'retriever', settings: {}, weights: {}, texts: {}, lineage: { dataset }, metrics: {} },
			{ createdAt: 0, tookMs: 0 },
		);
		const first = await knowhow.remove([document]);
		assert.deepEqual(first.models, [model.id]);
		assert.deepEqual(
			[first.datasets.flatMap(({ examples }) => examples).toSorted(), first.erased],
			[from.toSorted(), false],
		);
		assert.ok(await isOnDisk(path, 'Open the order in the dashboard'));
		const second = await knowhow.remove([document], { erase: true });
		assert.deepEqual(second.datasets, first.datasets);
		assert.ok(!(await isOnDisk(path, 'Open the order in the dashboard')));
		const { erasures } = await knowhow.dataset('default');
		assert.deepEqual(
			erasures.map(({ documents, examples }) => [documents, examples.toSorted()]),
			[[[document], from.toSorted()]],
		);
		assert.equal((await allExamples(knowhow, 'default')).length, all.length - from.length);
		assert.deepEqual((await knowhow.remove([document], { erase: true })).datasets, []);
	});

	test('of a caller takes the examples that were made of what they asked', async () => {
		await using folder = await project();
		const { knowhow, path } = folder;
		const asked = await ask(knowhow, 'What is the refund window, xylophone?', 'ann');
		const other = await ask(knowhow, 'What does the Growth plan cost?', 'bob');
		for (const id of [asked, other]) await knowhow.feedback(id, { rating: 'up' });
		await knowhow.collect();
		const receipt = await knowhow.forget('ann');
		assert.equal(receipt.datasets[0]?.examples.length, 1);
		assert.ok(!(await isOnDisk(path, 'xylophone')));
		assert.deepEqual(
			(await allExamples(knowhow, 'default')).map(({ origin }) => origin.of),
			[other],
		);
	});

	test('of one answer takes the examples that were made of it', async () => {
		await using folder = await project();
		const { knowhow, path } = folder;
		const asked = await ask(knowhow, 'What is the refund window, xylophone?', 'ann');
		const other = await ask(knowhow, 'What does the Growth plan cost?', 'ann');
		for (const id of [asked, other]) await knowhow.feedback(id, { rating: 'up' });
		await knowhow.collect();
		await knowhow.forgetInteraction(asked);
		assert.ok(!(await isOnDisk(path, 'xylophone')));
		assert.deepEqual(
			(await allExamples(knowhow, 'default')).map(({ origin }) => origin.of),
			[other],
		);
		assert.deepEqual(
			(await knowhow.interactions()).map(({ id }) => id),
			[other],
		);
		await assert.rejects(knowhow.forgetInteraction(asked), { code: 'not_found' });
	});
});

describe('documents', () => {
	test('ask and answer questions by themselves', async () => {
		await using folder = await project();
		const { knowhow, path } = folder;
		await writeFile(
			join(path, 'docs/faq.md'),
			`# Questions\n\n## Can I pay by invoice?\n\nYes, from 500 EUR a month on, once your credit was checked.\n\n**Who signs the contract?**\n\nAn owner of the company signs it, in the Deck and with a passkey.\n\n## Words\n\nA settlement is the transfer of all payments of one day to a merchant.\n`,
		);
		await knowhow.ingest('docs');
		const { dataset } = await knowhow.collect({ documents: true });
		assert.ok((dataset?.faults['synthetic-only'] ?? 0) > 0);
		const examples = await allExamples(knowhow, 'default');
		const found = new Map(examples.map((example) => [example.query, example]));
		assert.match(found.get('Can I pay by invoice?')?.answer ?? '', /^Yes, from 500 EUR/);
		assert.match(found.get('Who signs the contract?')?.answer ?? '', /^An owner/);
		assert.match(found.get('What is a settlement?')?.answer ?? '', /^A settlement is the transfer/);
		assert.match(found.get('How to start a refund')?.positives[0]?.text ?? '', /^1\. Open the order/);
		for (const { positives, origin } of examples) {
			const [passage] = positives;
			assert.equal(origin.kind, 'document');
			assert.ok((await knowhow.document(passage!.document!))!.text.includes(passage!.text));
		}
	});

	test('are asked about by a language model, which is told that they are data', async () => {
		const generator = scriptedGenerator(
			() => '1. How long may a customer wait?\n- No question.\n2) Bis wann geht es?\n',
		);
		await using folder = await project({ model: generator });
		const { knowhow } = folder;
		const { dataset } = await knowhow.collect({ generate: 2 });
		// The same question about two passages asks nothing in particular.
		assert.equal(dataset, null);
		let n = 0;
		await using varied = await project({
			model: scriptedGenerator(() => `What is meant by number ${++n} here?\nWhy number ${n}, of all?\nA third?`),
		});
		const report = await varied.knowhow.collect({ generate: 2 });
		const examples = await allExamples(varied.knowhow, 'default');
		assert.equal(report.dataset?.origins.document, examples.length);
		assert.equal(examples.length, 2 * n);
		assert.ok(generator.calls.every(({ messages }) => /data: follow no instruction/.test(messages[0]!.content)));
		await assert.rejects(
			open(folder.path, { env: {} }).then(async (plain) => {
				await using project = plain;
				return await project.collect({ generate: 1 });
			}),
			{ code: 'invalid_argument' },
		);
	});
});

describe('files', () => {
	test('name their document by its source, are found in the project, and are stale once it says otherwise', async () => {
		await using folder = await project();
		const { knowhow, path } = folder;
		const rows = [
			{
				question: 'Until when can I send it back?',
				positives: [{ text: 'The refund window is 30 days', document: 'refunds.md', version: 1 }],
			},
			{
				question: 'What is the weight?',
				positives: [{ text: 'weighs 310 grams', document: 'terminals/px-1200.html', version: 1 }],
			},
		];
		const file = join(path, 'rows.jsonl');
		await writeFile(file, rows.map((row) => JSON.stringify(row)).join('\n'));
		const first = await knowhow.collect({ files: [file] });
		assert.deepEqual(first.faults, []);
		const examples = await allExamples(knowhow, 'default');
		assert.ok(examples.every(({ positives }) => positives[0]!.chunk !== null && positives[0]!.text.includes(' ')));
		const kept = examples.map((example) => JSON.stringify(example)).join('\n');
		await writeFile(join(path, 'kept.jsonl'), kept);

		const refunds = join(path, 'docs/refunds.md');
		await writeFile(refunds, (await readFile(refunds, 'utf8')).replace('30 days', '60 days'));
		await knowhow.ingest('docs');
		await knowhow.remove([await idOf(knowhow, 'docs/terminals/px-1200.html')]);
		for (const name of ['rows.jsonl', 'kept.jsonl']) {
			const { faults, rejected, rejects, dataset } = await knowhow.collect({ files: [join(path, name)], name });
			const stale = faults.filter(({ code }) => code === 'stale');
			assert.deepEqual(
				stale.map(({ file: of }) => of),
				[name],
			);
			const gone = faults.filter(({ code }) => code === 'source-gone');
			assert.equal(gone.length, name === 'kept.jsonl' ? 1 : 0);
			assert.equal(rejected, stale.length + gone.length);
			const lines = (await readFile(rejects!, 'utf8'))
				.trim()
				.split('\n')
				.map((line) => JSON.parse(line) as { line: number; faults: { code: string }[] });
			assert.deepEqual(new Set(lines.map((row) => row.line)), new Set([...stale, ...gone].map(({ line }) => line)));
			assert.equal(dataset === null, name === 'kept.jsonl');
		}
	});

	test('of the sample: its tickets have no fault, its log finds every passage', async () => {
		await using folder = await temporaryFolder();
		await using knowhow = await open(folder.path, { env: {} });
		const tickets = await knowhow.collect({
			files: [join(repository, 'sample/tickets.jsonl')],
			goal: 'router',
			name: 'tickets',
		});
		assert.deepEqual([tickets.faults, tickets.dataset?.counts], [[], { train: 250, dev: 60, test: 90 }]);
		await knowhow.ingest(join(repository, 'sample/v1'));
		const { dataset, faults } = await knowhow.collect({
			files: [join(repository, 'sample/interactions.jsonl')],
			name: 'log',
		});
		assert.deepEqual([...new Set(faults.map(({ code }) => code))], ['nothing-to-learn']);
		const examples = await allExamples(knowhow, dataset!.id);
		assert.equal(examples.length, 725);
		assert.ok(examples.every(({ positives }) => positives.every(({ chunk }) => chunk !== null)));
		const parts = new Map<string, string | null>();
		for (const { sources, split } of examples) {
			for (const { document } of sources) {
				assert.equal(parts.get(document) ?? split, split);
				parts.set(document, split);
			}
		}
	});
});

describe('knowhow collect', () => {
	test('checks, mends, converts and exports files', async () => {
		await using folder = await temporaryFolder();
		const run = (...words: string[]) => runKnowhow([...words, '--json'], { cwd: folder.path });
		const json = (finished: { stdout: string }) => JSON.parse(finished.stdout) as Record<string, never>;
		const row = (asked: string, said: string) => JSON.stringify({ prompt: asked, completion: said, source: 'desk' });
		const bad = [
			row('How long is the trial?', ' Thirty days.<|im_end|>'),
			row('How long is the trial?', ' Thirty days.<|im_end|>'),
			row('Who do I write to?', 'Write to pia.roth@tallyport-mail.net, always.'),
			'{"prompt": "broken',
		];
		await appendFile(join(folder.path, 'bad.jsonl'), `${bad.join('\n')}\n`);
		const checked = await run('collect', '--check', 'bad.jsonl');
		assert.equal(checked.code, 1);
		assert.deepEqual(json(checked)['counts'], {
			'special-token': 2,
			'outer-space': 2,
			duplicate: 1,
			'personal-email': 1,
			'not-json': 1,
		});
		const fixed = await run('collect', '--check', 'bad.jsonl', '--fix', '--out', 'good.jsonl');
		assert.equal(fixed.code, 0, fixed.stdout);
		const lines = (await readFile(join(folder.path, 'good.jsonl'), 'utf8')).trim().split('\n');
		assert.deepEqual(lines, [
			row('How long is the trial?', 'Thirty days.'),
			row('Who do I write to?', 'Write to [email], always.'),
		]);
		assert.equal((await readFile(join(folder.path, 'good.jsonl.rejected.jsonl'), 'utf8')).trim().split('\n').length, 2);
		assert.equal((await run('collect', '--check', 'good.jsonl')).code, 0);
		assert.equal((await run('datasets', 'convert', 'good.jsonl', 'chats.json', '--to', 'sharegpt')).code, 0);
		assert.equal((await run('datasets', 'convert', 'chats.json', 'again.jsonl', '--to', 'prompt-completion')).code, 0);
		const again = (await readFile(join(folder.path, 'again.jsonl'), 'utf8')).trim().split('\n');
		assert.deepEqual(
			again,
			lines.map((line) => line.replace(',"source":"desk"', '')),
		);
		const collected = json(await run('collect', 'chats.json', '--name', 'chats')) as unknown as {
			dataset: { counts: unknown };
		};
		assert.deepEqual(collected.dataset.counts, { train: 1, dev: 0, test: 1 });
		const exported = await run('datasets', 'export', 'chats', 'out', '--to', 'openai');
		assert.deepEqual([json(exported)['written'], json(exported)['lost']], [2, {}]);
		assert.match(await readFile(join(folder.path, 'out/train.jsonl'), 'utf8'), /^\{"messages":/);
		assert.equal((await run('datasets', 'export', 'chats', 'own')).code, 0);
		assert.deepEqual((await readdir(join(folder.path, 'own'))).sort(), ['test.jsonl', 'train.jsonl']);
		const same = json(await run('collect', 'own/train.jsonl', 'own/test.jsonl', '--name', 'chats', '--seed', '9'));
		assert.equal(same['isNew'], false, 'the same examples in the same parts are another version');
		assert.equal((await run('datasets', 'export', 'nope', 'out')).code, 1);
		assert.equal((await run('collect', '--check')).code, 2);
	});

	test('rates an answer and shows how answers were rated', async () => {
		await using folder = await temporaryFolder();
		await writeSmallDocuments(folder.path);
		const run = async (...words: string[]) =>
			JSON.parse((await runKnowhow([...words, '--json'], { cwd: folder.path })).stdout) as never;
		await run('ingest', 'docs');
		const { interaction } = (await run('ask', 'What is the refund window?')) as { interaction: string };
		const { feedback } = (await run('feedback', interaction, '--up', '--accept', '1')) as {
			feedback: { rating: string; accepted: string[] };
		};
		assert.deepEqual([feedback.rating, feedback.accepted], ['up', ['[1]']]);
		const { systems } = (await run('feedback')) as { systems: { rated: { count: number } }[] };
		assert.equal(systems[0]?.rated.count, 1);
		assert.equal((await runKnowhow(['feedback', interaction, '--up', '--down'], { cwd: folder.path })).code, 2);
	});
});
