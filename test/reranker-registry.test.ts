import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Knowhow } from '../src/project/knowhow.ts';
import { open } from '../src/project/open.ts';
import { shippedWeights } from '../src/search/rerank.ts';
import { hashingEmbedder } from './hashing-embedder.ts';
import { knowhow as run } from './run-program.ts';
import { rejectsWith } from './store-contract.ts';

/** A toy house is sure of what it wants. */
const settings = { pull: 0.3 };

const firsts = ['bral', 'dosk', 'fint', 'gorm', 'hulp', 'jarn', 'kelb', 'lirt'];
const seconds = ['omak', 'ubin', 'egor', 'ilat', 'axud', 'yrep', 'owin', 'ezol'];
/** Things that no language has a word for. */
const things = firsts.flatMap((first) => seconds.map((second) => `${first}${second}`));

/** For each thing a page with its name as the title, and a list whose text has all words of the question. */
async function writeHouse(folder: string, listed: (thing: string) => string): Promise<void> {
	await mkdir(join(folder, 'docs'), { recursive: true });
	for (const [i, thing] of things.entries()) {
		const page = `# The ${thing}\n\nEverything that the office keeps on this subject, number ${i}, in one place.\n`;
		const list = `# List ${i}\n\n${listed(thing)}\n`;
		await writeFile(join(folder, 'docs', `page-${i}.md`), page);
		await writeFile(join(folder, 'docs', `list-${i}.md`), list);
	}
	const accepted = things.map((thing, i) => ({
		question: `${thing} rules`,
		answer: 'Everything that the office keeps',
		rating: 'up',
		acceptedCitations: [{ source: `docs/page-${i}.md`, quote: 'Everything that the office keeps on this subject' }],
	}));
	const clicks = things.map((thing, i) => ({ query: `${thing} rules`, source: `docs/page-${i}.md` }));
	await writeFile(join(folder, 'log.jsonl'), accepted.map((row) => `${JSON.stringify(row)}\n`).join(''));
	await writeFile(join(folder, 'clicks.jsonl'), clicks.map((row) => `${JSON.stringify(row)}\n`).join(''));
}

async function openHouse(folder: string): Promise<Knowhow> {
	return await open(folder, { embedder: hashingEmbedder() });
}

const asked = `${things[20]} rules`;

/** What a search and an answer are, but for how long they took. */
async function answers(project: Knowhow): Promise<string> {
	const { hits } = await project.search(asked, { k: 5 });
	const answer = await project.ask(asked);
	return JSON.stringify({ hits, answer: { ...answer, interaction: null, tookMs: null } });
}

async function firstTitle(project: Knowhow, mode: 'hybrid' | 'keyword' = 'hybrid'): Promise<string> {
	return (await project.search(asked, { mode })).hits[0]!.document.title;
}

describe('a trained reranker', () => {
	let folder: string;
	let house: Knowhow;
	let model: string;
	before(async () => {
		folder = await mkdtemp(join(tmpdir(), 'knowhow-reranker-'));
		await writeHouse(folder, (thing) => `One of the ${thing} rules.`);
		house = await openHouse(folder);
		await house.ingest('docs');
		({ model } = await house.models.trainReranker({ data: 'log.jsonl', settings }));
	});
	after(async () => {
		await house.close();
		await rm(folder, { recursive: true, force: true });
	});

	test('says what it reached beside searches without training, and where it comes from', async () => {
		const { metrics, lineage, kind, isPromoted } = await house.models.show(model);
		const {
			before: old,
			after: fresh,
			interval,
			untrained,
			weights,
		} = metrics as unknown as Record<string, number> & {
			interval: { low: number };
			untrained: Record<string, number>;
			weights: Record<string, number>;
		};
		assert.deepEqual([kind, isPromoted], ['reranker', false]);
		assert.ok(fresh! > old! && interval.low > 0, JSON.stringify(metrics));
		assert.deepEqual(Object.keys(untrained), ['keyword', 'vector', 'hybrid', 'reranked']);
		assert.equal(untrained['reranked'], old);
		assert.ok(weights['title']! > shippedWeights().weights.title, 'what the house wants is in the title');
		assert.match(lineage['data'] as string, /^[0-9a-f]{64}$/);
		assert.deepEqual(lineage['base'], { id: 'hashing-256', space: 'hashing-256' });
		assert.ok((lineage['examples'] as string[]).length >= 40 && (lineage['documents'] as string[]).length >= 40);
	});

	test('is the same when it is trained again; its job is told', async () => {
		const again = await house.models.trainReranker({ data: 'log.jsonl', settings });
		assert.equal(again.model, model);
		assert.notEqual(
			(await house.models.trainReranker({ data: 'log.jsonl', settings: { ...settings, seed: 2 } })).model,
			model,
		);
		const { status, method, fine_tuned_model: made } = await house.models.job(again.job);
		assert.deepEqual([status, method.type, made], ['succeeded', 'reranker', model]);
		await rejectsWith('invalid_argument', house.models.trainRetriever({ resume: again.job }));
	});

	test('learns from clicks as it does from accepted citations', async () => {
		const { metrics } = await house.models.trainReranker({ data: 'clicks.jsonl', settings });
		const { title } = shippedWeights().weights;
		assert.ok(metrics.difference > 0 && metrics.weights.title > title, JSON.stringify(metrics));
	});

	test('serves open readers once it is promoted, and a rollback gives back what was there, to the byte', async () => {
		await using reader = await openHouse(folder);
		const earlier = await answers(reader);
		const byKeyword = await reader.search(asked, { mode: 'keyword' });
		assert.equal(await firstTitle(reader), 'List 20');
		const report = await house.models.promote(model);
		assert.deepEqual([report.isPromoted, report.isForced], [true, false], JSON.stringify(report));
		assert.notEqual(await answers(reader), earlier);
		assert.equal(await firstTitle(reader), `The ${things[20]}`);
		const { hits } = await reader.search(asked, { mode: 'keyword' });
		assert.deepEqual(hits, byKeyword.hits, 'it learned from searches by both legs, and orders no others');
		await rejectsWith('invalid_argument', house.models.promote(model));
		await rejectsWith('conflict', house.models.remove(model));
		await reader.models.rollBack('reranker');
		assert.equal(await answers(reader), earlier);
		assert.equal(await answers(house), earlier);
		await rejectsWith('not_found', house.models.rollBack('reranker'));
	});

	test('is part of a saved system: a promotion and a rollback change none', async () => {
		const { spec, version } = await house.system('rag');
		await house.saveSystem('before', spec);
		const said = async (system: string): Promise<string | undefined> =>
			(await house.ask(asked, { system })).hits[0]?.document.title;
		await house.models.promote(model);
		const tuned = await house.system('rag');
		assert.notEqual(tuned.version, version);
		await house.saveSystem('tuned', tuned.spec);
		const [listed, promoted] = ['List 20', `The ${things[20]}`];
		assert.deepEqual([await said('rag'), await said('before'), await said('tuned')], [promoted, listed, promoted]);
		await house.models.rollBack('reranker');
		assert.deepEqual([await said('rag'), await said('before'), await said('tuned')], [listed, listed, promoted]);
		assert.equal((await house.system('rag')).version, version);
		assert.deepEqual((await house.models.show(model)).systems, ['tuned']);
		await rejectsWith('conflict', house.models.remove(model));
		await house.saveSystem('tuned', spec);
	});

	test('is not promoted by what its training measured once other models serve', async () => {
		await using reader = await openHouse(folder);
		const retriever = await house.models.trainRetriever({ data: 'log.jsonl', settings: { epochs: 1 } });
		await house.models.promote(retriever.model, { force: true });
		await rejectsWith('invalid_argument', reader.models.promote(model));
		const report = await reader.models.promote(model, { target: join(folder, 'clicks.jsonl'), force: true });
		assert.deepEqual([report.sets.target, report.isPromoted], ['given', true]);
		await house.models.rollBack('reranker');
		await house.models.rollBack();
	});

	test('that is no better is refused by the gate; one whose folder is gone rests', async () => {
		const { model: lazy } = await house.models.trainReranker({ data: 'log.jsonl', settings: { epochs: 0 } });
		const refused = await house.models.promote(lazy);
		assert.deepEqual([refused.isPromoted, refused.verdict.reasons[0]!.isMet], [false, false]);
		const earlier = await answers(house);
		const forced = await house.models.promote(model, { force: true });
		assert.equal(forced.isPromoted, true);
		await rm(join(folder, '.knowhow', 'models', model), { recursive: true });
		await using bare = await openHouse(folder);
		assert.equal(await answers(bare), earlier);
		await bare.models.rollBack('reranker');
	});
});

test('without an embedder it learns from keywords, at a prompt', async () => {
	const folder = await mkdtemp(join(tmpdir(), 'knowhow-reranker-'));
	try {
		await writeHouse(folder, (thing) => `Among the ${thing} rules there is one for the ${thing}, far down.`);
		await writeFile(join(folder, 'knowhow.json'), '{ "embedder": null }');
		const call = async (...words: string[]) => await run(words, { cwd: folder });
		await call('ingest', 'docs');
		const trained = await call('train', 'reranker', '--data', 'log.jsonl', '--json');
		assert.equal(trained.code, 0, trained.stderr);
		const { model, metrics } = JSON.parse(trained.stdout);
		assert.ok(metrics.difference > 0 && metrics.untrained.vector === 0);
		assert.ok(!('differences' in metrics));
		const promoted = await call('models', 'promote', model);
		assert.equal(promoted.code, 0, promoted.stdout);
		const { hits } = JSON.parse((await call('search', asked, '--json')).stdout);
		assert.equal(hits[0].document.title, `The ${things[20]}`);
		const text = await call('train', 'reranker', '--data', 'log.jsonl');
		assert.match(text.stdout, /keyword +vector +hybrid +reranked +reranked, trained/);
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
});
