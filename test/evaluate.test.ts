import assert from 'node:assert/strict';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { reportText } from '../src/cli/report-text.ts';
import { createStyle } from '../src/cli/style.ts';
import { reportHtml } from '../src/evaluate/report/html.ts';
import { scatterPlot } from '../src/evaluate/report/scatter.ts';
import {
	type Evaluation,
	type GoldQuestion,
	type Knowhow,
	KnowhowError,
	type OpenOptions,
	open,
	readQuestions,
} from '../src/index.ts';
import { copiedProject } from './copied-project.ts';
import { repository } from './run-program.ts';
import { scriptedGenerator } from './scripted-generator.ts';
import { smallDocuments } from './small-documents.ts';

const env = {};
/** A price is known for it, and it is never called: the script answers. */
const priced = 'openai/gpt-5.6-luna';

function gold(id: string, question: string, answer: string | null, quote?: string): GoldQuestion {
	return {
		id,
		question,
		answers: answer === null ? [] : [[answer]],
		answerable: answer !== null,
		evidence: quote === undefined ? [] : [{ source: null, quote }],
		class: answer === null ? 'unanswerable' : 'fact',
		language: 'en',
		split: null,
	};
}

const questions = [
	gold('q1', 'What is the refund window?', '30 days', 'refund window is 30 days after delivery'),
	gold('q2', 'What does ERR_1042 mean?', 'declined by its issuer', 'The card was declined by its issuer.'),
	gold('q3', 'How much does the terminal PX-1200/B weigh?', '310 grams', 'weighs 310 grams'),
	gold('q4', 'Which colour do the office walls have?', null),
];

async function project(options: OpenOptions = {}) {
	const folder = await copiedProject();
	const knowhow = await open(folder.path, { env, settings: { 'ask.threshold': 0.01 }, ...options });
	return {
		path: folder.path,
		knowhow,
		[Symbol.asyncDispose]: async () => {
			await knowhow.close();
			await folder[Symbol.asyncDispose]();
		},
	};
}

function row(evaluation: Evaluation, question: string, system: string) {
	const found = evaluation.rows.find((one) => one.question === question && one.system === system);
	assert.ok(found, `${question} of ${system}`);
	return found;
}

function cached(evaluation: Evaluation): number {
	return evaluation.rows.filter(({ isCached }) => isCached).length;
}

async function worse(knowhow: Knowhow): Promise<void> {
	const { spec } = await knowhow.system('rag');
	assert.ok(spec.kind === 'plain');
	await knowhow.saveSystem('mute', { ...spec, ask: { ...spec.ask, threshold: 1 } });
}

describe('evaluate', () => {
	test('measures each row by what is known of it', async () => {
		await using made = await project();
		const evaluation = await made.knowhow.evaluate(questions);
		const { scores, answer, costUsd, tookMs } = row(evaluation, 'q1', 'rag');
		assert.match(answer ?? '', /30 days/);
		assert.deepEqual(
			[scores.correct, scores.contained, scores.evidenceRecall, scores.citationRecall, scores.quoteExactness, costUsd],
			[1, 1, 1, 1, 1, 0],
		);
		assert.ok((scores.f1 ?? 0) > 0 && (scores.f1 ?? 0) < 1 && (tookMs ?? 0) > 0);
		const unanswerable = row(evaluation, 'q4', 'rag');
		assert.deepEqual([unanswerable.scores.correct, unanswerable.scores.f1], [unanswerable.abstained ? 1 : 0, null]);
		const [rag] = evaluation.systems;
		assert.deepEqual(Object.keys(rag?.latency ?? {}), ['search', 'answer', 'total']);
		assert.deepEqual([rag?.rows.answered, rag?.rows.failed, rag?.metrics.correct.count], [4, 0, 4]);
		assert.deepEqual(
			evaluation.classes.map(({ class: name, questions: count }) => [name, count]),
			[
				['fact', 3],
				['unanswerable', 1],
			],
		);
	});

	test('compares base, few-shot and rag by default when there is a language model and examples', async () => {
		const model = scriptedGenerator((messages) => {
			const asked = messages.at(-1)!.content;
			return asked.includes('passages') ? 'The refund window is 30 days after delivery. [1]' : 'NOT_KNOWN';
		});
		await using made = await project({ model });
		const examples = [gold('e1', 'Is there an app?', 'Yes.'), questions[0]!];
		const evaluation = await made.knowhow.evaluate(questions, { examples });
		assert.deepEqual(
			evaluation.systems.map(({ name }) => name),
			['base', 'few-shot', 'rag'],
		);
		assert.equal(evaluation.comparisons.length, 3);
		assert.deepEqual(
			[row(evaluation, 'q1', 'rag').scores.correct, row(evaluation, 'q1', 'base').scores.correct],
			[1, 0],
		);
		assert.deepEqual(
			[row(evaluation, 'q4', 'base').scores.correct, row(evaluation, 'q4', 'base').confidence],
			[1, null],
		);
		const shown = model.calls.filter(({ messages }) => messages.some(({ content }) => content === 'Is there an app?'));
		assert.equal(shown.length, questions.length);
		const leaked = shown.filter(({ messages }) =>
			messages.slice(0, -1).some(({ content }) => content === questions[0]!.question),
		);
		assert.equal(leaked.length, 0, 'a question that is asked was shown with its answer');
		assert.equal(evaluation.disagreements[0]?.question, 'q1');
	});

	test('asks again only what a change could have changed', async () => {
		const model = scriptedGenerator(() => 'NOT_KNOWN');
		await using made = await project({ model });
		const { knowhow, path } = made;
		const systems = ['base', 'rag'];
		const first = await knowhow.evaluate(questions, { systems });
		const calls = model.calls.length;
		assert.deepEqual([cached(first), calls >= questions.length], [0, true]);
		const again = await knowhow.evaluate(questions, { systems });
		assert.deepEqual([cached(again), model.calls.length], [8, calls]);
		assert.deepEqual(again.systems[1]?.metrics, first.systems[1]?.metrics);

		await writeFile(join(path, 'docs/refunds.md'), '# Refunds\n\nThe refund window is 45 days after delivery.\n');
		await knowhow.ingest('docs');
		const changed = await knowhow.evaluate(questions, { systems });
		assert.deepEqual(
			changed.systems.map(({ rows }) => rows.cached),
			[4, 0],
		);
		const fresh = await knowhow.evaluate(questions, { systems, fresh: true });
		assert.equal(cached(fresh), 0);
	});

	test('keeps nothing of a document that was changed or removed', async () => {
		await using made = await project();
		const { knowhow, path } = made;
		const holds = async (text: string): Promise<boolean> => {
			const entries = await readdir(join(path, '.knowhow'), { recursive: true, withFileTypes: true });
			const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
			const bytes = await Promise.all(files.map((file) => readFile(file, 'latin1')));
			return bytes.some((one) => one.includes(text));
		};
		await knowhow.evaluate(questions, { save: 'kept' });
		assert.ok(await holds('window is 30 days'));
		await writeFile(join(path, 'docs/refunds.md'), smallDocuments['refunds.md']!.replace('30 days', '45 days'));
		await knowhow.ingest('docs');
		assert.ok(!(await holds('window is 30 days')));
		await knowhow.evaluate(questions);
		const [document] = (await knowhow.search('refund window')).hits;
		await knowhow.remove([document!.document.id]);
		assert.ok(!(await holds('window is 45 days')));
	});

	test('a row that fails is reported with its error, counts as not right, and is tried again', async () => {
		let isBroken = true;
		const model = scriptedGenerator((messages) => {
			if (isBroken && messages.at(-1)!.content.includes('ERR_1042'))
				throw new KnowhowError('generator_failed', 'It broke off.');
			return '30 days.';
		});
		await using made = await project({ model });
		const broken = await made.knowhow.evaluate(questions, { systems: ['base'] });
		const failed = row(broken, 'q2', 'base');
		assert.deepEqual(failed.error, { code: 'generator_failed', message: 'It broke off.' });
		assert.deepEqual([failed.scores.correct, failed.scores.f1, failed.answer], [0, null, null]);
		assert.deepEqual([broken.systems[0]?.rows.failed, broken.systems[0]?.rows.answered], [1, 3]);
		assert.match(reportHtml(broken), /It broke off\./);
		isBroken = false;
		const repaired = await made.knowhow.evaluate(questions, { systems: ['base'] });
		assert.deepEqual([cached(repaired), repaired.systems[0]?.rows.failed], [3, 0]);
	});

	test('a cancelled run goes on where it was', async () => {
		const abort = new AbortController();
		const model = scriptedGenerator(() => '30 days.');
		await using made = await project({ model });
		const options = { systems: ['base'], concurrency: 1 };
		let done = 0;
		const onEvent = () => {
			if (++done === 2) abort.abort();
		};
		const stopped = made.knowhow.evaluate(questions, { ...options, signal: abort.signal, onEvent });
		await assert.rejects(stopped, { code: 'cancelled' });
		assert.equal(cached(await made.knowhow.evaluate(questions, options)), 2);
		assert.equal(model.calls.length, questions.length);
	});
});

test('a run whose answers wait for nothing can be cancelled all the same', async () => {
	await using made = await project();
	const abort = new AbortController();
	let rows = 0;
	const onEvent = () => {
		rows++;
		setImmediate(() => abort.abort());
	};
	await assert.rejects(made.knowhow.evaluate(questions, { signal: abort.signal, onEvent }), { code: 'cancelled' });
	assert.ok(rows < questions.length);
});

test('what cannot be evaluated is refused before anything is asked', async () => {
	await using made = await project();
	const refused = [
		[[], {}],
		[[questions[0]!, questions[0]!], {}],
		[questions, { concurrency: 0 }],
		[questions, { concurrency: Number.NaN }],
		[questions, { maxCostUsd: -1 }],
		[questions, { maxCostUsd: Number.NaN }],
	] as const;
	for (const [asked, options] of refused) {
		await assert.rejects(made.knowhow.evaluate(asked, options), { code: 'invalid_argument' });
	}
});

describe('what an evaluation costs', () => {
	// 100 tokens in at 0.2, 1,000 out at 1.2 dollars a million.
	const model = () => scriptedGenerator(() => 'x'.repeat(1000), { id: priced, piece: 1000 });
	const each = (100 * 0.2 + 1000 * 1.2) / 1e6;

	test('is counted by the prices, whose age the report tells', async () => {
		await using made = await project({ model: model(), now: () => Date.parse('2027-06-01') });
		const told: number[] = [];
		const evaluation = await made.knowhow.evaluate(questions, {
			systems: ['base'],
			onEvent: ({ spentUsd }) => told.push(spentUsd),
		});
		assert.ok(Math.abs(evaluation.spentUsd - 4 * each) < 1e-12);
		assert.ok(Math.abs((evaluation.systems[0]?.spending.costUsd ?? 0) - 4 * each) < 1e-12);
		assert.deepEqual([told.length, told.at(-1)], [4, evaluation.spentUsd]);
		assert.ok(evaluation.hasOldPrices && (evaluation.systems[0]?.prices[0]?.ageDays ?? 0) > 90);
		assert.match(reportHtml(evaluation), /193 days ago/);
		const text = reportText(evaluation, evaluation.gate, createStyle(false));
		assert.match(text, /The price of [^ ]+ was read 193 days ago/);
	});

	test('a cap ends it before, says what is missing, and a higher one goes on', async () => {
		const generator = model();
		await using made = await project({ model: generator });
		const systems = ['base'];
		const capped = await made.knowhow.evaluate(questions, { systems, maxCostUsd: 2.5 * each });
		assert.deepEqual([capped.missing, capped.rows.length, generator.calls.length], [{ base: 2 }, 2, 2]);
		assert.ok(capped.spentUsd <= 2.5 * each);
		assert.equal(capped.systems[0]?.rows.missing, 2);
		const whole = await made.knowhow.evaluate(questions, { systems, maxCostUsd: 2.5 * each });
		assert.deepEqual([whole.missing, cached(whole), generator.calls.length], [{}, 2, 4]);
	});

	test('a model without a known price is refused under a cap, unless that is allowed', async () => {
		const generator = scriptedGenerator(() => '30 days.');
		await using made = await project({ model: generator });
		const options = { systems: ['base'], maxCostUsd: 1 };
		await assert.rejects(made.knowhow.evaluate(questions, options), {
			code: 'invalid_argument',
			hint: /--allow-unknown-cost/,
		});
		assert.equal(generator.calls.length, 0);
		const allowed = await made.knowhow.evaluate(questions, { ...options, allowUnknownCost: true });
		assert.deepEqual([allowed.spentUsd, allowed.unknownCosts, allowed.systems[0]?.spending.costUsd], [0, 4, null]);
	});
});

describe('the gate', () => {
	test('finds a system that is worse than another, with its interval', async () => {
		await using made = await project();
		await worse(made.knowhow);
		const more = await sample(24);
		await made.knowhow.ingest(join(repository, 'sample/v1'));
		const { gate } = await made.knowhow.evaluate(more, { systems: ['mute'], gate: 'rag' });
		assert.equal(gate.length, 1);
		assert.deepEqual([gate[0]?.system, gate[0]?.baseline, gate[0]?.isRegression], ['mute', 'rag', true]);
		assert.ok(gate[0]!.interval!.high < 0 && gate[0]!.interval!.low <= gate[0]!.difference!);
		const turned = await made.knowhow.evaluate(more, { systems: ['rag'], gate: 'mute' });
		assert.equal(turned.gate[0]?.isRegression, false);
	});

	test('holds a system against its own scores of an earlier report', async () => {
		await using made = await project();
		const { knowhow } = made;
		await knowhow.ingest(join(repository, 'sample/v1'));
		const more = await sample(24);
		const report = await knowhow.evaluate(more, { save: 'release' });
		const same = await knowhow.evaluate(more, { gate: 'release' });
		assert.deepEqual(
			same.gate.map(({ isRegression, difference }) => [isRegression, difference]),
			[[false, 0]],
		);
		for (const { id } of await knowhow.documents({ limit: 1000 })) await knowhow.remove([id]);
		await rm(join(made.path, 'docs'), { recursive: true });
		for (const gate of ['release', report]) {
			const emptied = await knowhow.evaluate(more, { gate });
			assert.deepEqual(
				emptied.gate.map(({ isRegression }) => isRegression),
				[true],
			);
		}
		await assert.rejects(knowhow.evaluate(more, { gate: 'no-such-report' }), { code: 'not_found' });
		await assert.rejects(knowhow.evaluate(more, { gate: 'rag', systems: ['rag'] }), { code: 'invalid_argument' });
		await assert.rejects(knowhow.evaluate([gold('x', 'Q?', 'A')], { gate: 'release' }), { code: 'invalid_data' });
	});
});

/** Answerable development questions of the sample. */
async function sample(count: number): Promise<GoldQuestion[]> {
	const all = await readQuestions(join(repository, 'sample/questions.jsonl'), { split: 'dev' });
	return all.filter(({ answerable }) => answerable === true).slice(0, count);
}

describe('the report as HTML', () => {
	test('loads nothing, shows texts as text, and has a number wherever it has a value', async () => {
		const model = scriptedGenerator(() => 'It is <b>30 days</b> & "more". <script>alert(1)</script>', { id: priced });
		await using made = await project({ model });
		await worse(made.knowhow);
		const asked = [...questions, gold('<img src=x>', 'What of <script>alert(2)</script> & co?', '<i>30 days</i>')];
		const html = reportHtml(
			await made.knowhow.evaluate(asked, { systems: ['base', 'rag', 'mute'], dataset: 'a <b> "set"' }),
		);
		assert.doesNotMatch(html, /NaN|undefined|Infinity|\[object/);
		assert.doesNotMatch(html, /<script|<img|<link|<iframe|@import|url\(|\son\w+=/i);
		// What is left of addresses is the text of prices' sources.
		assert.doesNotMatch(html, /(?:src|href|action)\s*=/i);
		assert.match(html, /default-src 'none'/);
		const plots = html.match(/<svg class="(?:track|scatter)"[^>]*role="img"/g) ?? [];
		const titles = html.match(/role="img" aria-label="[^"]+"><title>[^<]+<\/title>/g) ?? [];
		assert.ok(plots.length > 10);
		assert.equal(titles.length, plots.length);
		const figures = html.match(/<figure>/g) ?? [];
		assert.ok(figures.length >= 4);
		assert.equal(
			(html.match(/<summary>The numbers<\/summary><div class="scroll"><table>/g) ?? []).length,
			figures.length,
		);
		for (const coordinate of html.matchAll(/\s(?:x|x1|x2|y|y1|y2|width|height)="([^"]*)"/g)) {
			assert.match(coordinate[1]!, /^-?\d+(?:\.\d+)?%?$/);
		}
	});

	test('names of systems stay inside the plot and off each other, also where all are worth nothing', () => {
		const points = Array.from({ length: 8 }, (_, colour) => {
			return { name: `system-${colour}`, colour, x: 20 + colour, worst: 90, y: 0, interval: { low: 0, high: 0.02 } };
		});
		const svg = scatterPlot(points, { about: 'test', label: String });
		const heights = [...svg.matchAll(/<text class="label[^>]* y="([\d.]+)"/g)].map(([, y]) => Number(y));
		assert.equal(heights.length, 8);
		assert.ok(Math.min(...heights) > 10 && Math.max(...heights) < 272);
		assert.ok(new Set(heights).size > 4, 'side by side they would overlap');
	});

	test('of one system without a single known answer still says what it can', async () => {
		await using made = await project();
		const unknown: GoldQuestion = { ...questions[0]!, answers: [], answerable: null, evidence: [], class: null };
		const evaluation = await made.knowhow.evaluate([unknown]);
		assert.equal(evaluation.systems[0]?.metrics.correct.mean, null);
		const html = reportHtml(evaluation);
		assert.doesNotMatch(html, /NaN|undefined|Infinity/);
		assert.match(html, /No question has a known answer/);
		assert.doesNotMatch(JSON.stringify(evaluation), /NaN/);
	});
});
