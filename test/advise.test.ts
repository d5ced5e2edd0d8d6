import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { Advice } from '../src/advise/advise.ts';
import { namedCommands } from '../src/advise/plan.ts';
import { presetNames } from '../src/advise/presets.ts';
import { published } from '../src/advise/published.ts';
import { adviceMarkdown, reportFormats } from '../src/advise/report/report.ts';
import { treeMermaid } from '../src/advise/report/tree-mermaid.ts';
import { places, treeSvg } from '../src/advise/report/tree-svg.ts';
import { rules, verdicts } from '../src/advise/rules.ts';
import type { SituationInput } from '../src/advise/situation.ts';
import { commands } from '../src/cli/commands.ts';
import { parseWords } from '../src/cli/parse.ts';
import { adviceFor } from '../src/project/advise.ts';
import { type Finished, knowhow, repository, temporaryFolder } from './run-program.ts';
import { writeSmallDocuments } from './small-documents.ts';

const both: SituationInput = {
	problem: 'both',
	behaviours: ['tone'],
	changeRate: 'weekly',
	examples: 900,
	evaluationSet: true,
};

/** As `knowhow evaluate` measured it: tuning gained nothing over retrieval. */
const report = {
	metric: 'correct',
	systems: [
		measured('base', { correct: [0.31, 0.25, 0.37] }, { p50Ms: 400, costUsd: 0.02 }),
		measured('rag', { correct: [0.84, 0.8, 0.88], evidenceRecall: [0.9, 0.86, 0.94] }, { p50Ms: 620, costUsd: 0.07 }),
		measured('rag+tuned', { correct: [0.85, 0.81, 0.89] }, { p50Ms: 600, costUsd: 0.1 }),
		measured('another', { correct: [0.5, 0.4, 0.6] }, { p50Ms: 1, costUsd: 1 }),
	],
	comparisons: [
		{ a: 'base', b: 'rag', difference: -0.53, interval: { low: -0.6, high: -0.46 } },
		{ a: 'rag', b: 'rag+tuned', difference: -0.01, interval: { low: -0.04, high: 0.02 } },
	],
};

type Totals = { readonly p50Ms: number; readonly costUsd: number };

/** A system of a report; metrics are mean, low, high; a hundred answers. */
function measured(name: string, metrics: Readonly<Record<string, readonly number[]>>, { p50Ms, costUsd }: Totals) {
	const summaries = Object.entries(metrics).map(([metric, [mean, low, high]]) => [
		metric,
		{ mean, interval: { low, high }, count: 100 },
	]);
	return {
		name,
		rows: { answered: 100 },
		metrics: Object.fromEntries(summaries),
		latency: { total: { p50Ms } },
		spending: { costUsd },
	};
}

async function advised(words: readonly string[], input = ''): Promise<Finished> {
	return await knowhow(['advise', ...words], { cwd: repository, input });
}

async function json(words: readonly string[], input = ''): Promise<Advice> {
	const { code, stdout, stderr } = await advised([...words, '--json'], input);
	assert.equal(code, 0, stderr);
	return JSON.parse(stdout) as Advice;
}

describe('knowhow advise', () => {
	test('a file, flags over it, and the documented keys', async () => {
		await using folder = await temporaryFolder();
		const answers = join(folder.path, 'answers.json');
		await writeFile(answers, JSON.stringify(both));
		const advice = await json(['--answers', answers]);
		const keys = ['verdict', 'confidence', 'reasons', 'flips', 'costs', 'breakEven', 'mistakes', 'nextExperiment'];
		assert.deepEqual(
			Object.keys(advice)
				.filter((key) => keys.includes(key))
				.sort(),
			keys.sort(),
		);
		assert.equal(advice.verdict, 'both');
		assert.deepEqual(Object.keys(advice.reasons[0] ?? {}), ['rule', 'text', 'source']);
		const fewer = await json(['--answers', answers, '--examples', '499']);
		assert.equal(fewer.verdict, 'retrieval');
		assert.deepEqual(
			fewer.flips.find(({ input }) => input === 'examples'),
			{ input: 'examples', from: 499, to: 500, verdict: 'both' },
		);
	});

	test('an unknown key, an unknown prior and a wrong value are refused with the nearest name', async () => {
		await using folder = await temporaryFolder();
		const refused = async (answers: unknown): Promise<string> => {
			const path = join(folder.path, 'answers.json');
			await writeFile(path, JSON.stringify(answers));
			const { code, stderr } = await advised(['--answers', path]);
			assert.equal(code, 2, stderr);
			return stderr;
		};
		assert.match(await refused({ exampels: 3 }), /unknown key "exampels"[\s\S]*Did you mean "examples"\?/);
		assert.match(
			await refused({ prices: { labelUds: 3 } }),
			/unknown key "prices\.labelUds"[\s\S]*Did you mean "labelUsd"\?/,
		);
		assert.match(await refused({ problem: 'fact' }), /problem/);
		assert.match((await advised(['--chnage-rate', 'weekly'])).stderr, /Did you mean --change-rate\?/);
		assert.match((await advised(['--change-rate', 'wekly'])).stderr, /Did you mean "weekly"\?/);
		assert.match((await advised(['--preset', 'code', '--out', 'advice.doc'])).stderr, /\.html/);
	});

	test('asks when nothing is told, takes answers from a pipe, asks again after a wrong one', async () => {
		const { code, stdout, stderr } = await advised(['--json'], 'behavior\nbehaviour\ntone\nwriting\n/done\n');
		assert.equal(code, 0, stderr);
		const { situation, verdict, assumed } = JSON.parse(stdout) as Advice;
		assert.match(stderr, /Did you mean "behaviour"\?/);
		assert.deepEqual([situation.problem, situation.behaviours, situation.task], ['behaviour', ['tone'], 'writing']);
		assert.equal(verdict, 'few-shot');
		assert.ok(assumed.includes('examples') && !assumed.includes('problem'));
		const silent = await advised([], '');
		assert.equal(silent.code, 2);
		assert.match(silent.stderr, /--preset/);
	});

	test('every preset is a valid start, and what is told wins over it', async () => {
		for (const preset of presetNames) assert.ok(verdicts.includes(adviceFor({ preset }).verdict), preset);
		assert.equal(adviceFor({ preset: 'fintech' }).verdict, 'both');
		assert.equal(adviceFor({ preset: 'fintech', situation: { examples: 20 } }).verdict, 'retrieval');
		assert.equal(adviceFor({ preset: 'code' }).verdict, 'tuning');
		assert.equal((await json(['--preset', 'customer-support'])).verdict, 'retrieval');
	});

	test('writes pages by the ending of their names; the tables are always printed', async () => {
		await using folder = await temporaryFolder();
		const path = (name: string): string => join(folder.path, name);
		const names = ['a.html', 'a.md', 'a.svg', 'a.mmd', 'a.json'];
		const { code, stdout } = await advised(['--preset', 'legal', ...names.flatMap((name) => ['--out', path(name)])]);
		assert.equal(code, 0);
		for (const text of [
			stdout,
			await readFile(path('a.md'), 'utf8'),
			(await advised(['--preset', 'legal', '--markdown'])).stdout,
		]) {
			for (const word of ['unknown documents', 'changing facts', 'tone', 'format', 'vocabulary', 'factual errors'])
				assert.ok(text.includes(word), word);
			for (const word of [
				'knowledge source',
				'customisability',
				'cost',
				'accuracy',
				'implementation time',
				'deployment flexibility',
				'(prior)',
			])
				assert.ok(text.includes(word), word);
		}
		assert.match(await readFile(path('a.html'), 'utf8'), /^<!doctype html>/);
		assert.match(await readFile(path('a.svg'), 'utf8'), /^<svg [^>]*><style>/);
		assert.match(await readFile(path('a.mmd'), 'utf8'), /^flowchart TD/);
		assert.equal((JSON.parse(await readFile(path('a.json'), 'utf8')) as Advice).verdict, 'both');
	});
});

describe('a measured report', () => {
	test('replaces priors cell by cell, and decides where it can', () => {
		const before = adviceFor({ situation: both });
		const after = adviceFor({ situation: both, report });
		assert.deepEqual([before.verdict, after.verdict], ['both', 'retrieval']);
		assert.ok(after.reasons.some(({ rule }) => rule === 'no-measured-loss'));
		const { rag, tuned } = after.comparison;
		assert.deepEqual(rag.accuracy, { text: '.840 (.800–.880)', basis: 'measured' });
		assert.deepEqual(
			[rag.latency.basis, rag.cost.basis, rag['knowledge source'].basis, tuned.accuracy.basis],
			['measured', 'measured', 'prior', 'prior'],
		);
		assert.ok(Math.abs(after.costs.approaches.rag.perQueryUsd.likely - 0.0007) < 1e-12);
		assert.equal(after.situation.retrieval, 'good');
		assert.equal(
			adviceFor({ situation: { ...both, tuningGain: 'gain' }, report }).verdict,
			'both',
			'what is told is not overruled',
		);
	});

	test('evidence that search misses means: fix retrieval', () => {
		const weak = measured(
			'rag',
			{ correct: [0.6, 0.5, 0.7], evidenceRecall: [0.7, 0.6, 0.8] },
			{ p50Ms: 1, costUsd: 0 },
		);
		const advice = adviceFor({ situation: both, report: { systems: [weak] } });
		assert.equal(advice.verdict, 'fix-retrieval');
		assert.equal(
			advice.comparison.rag.cost.basis,
			'prior',
			'an answer without a language model says nothing about its price',
		);
	});

	test('a gain counts when its interval leaves out 0, whichever way round the pair stands', () => {
		const gain = (a: string, b: string, low: number, high: number): string =>
			adviceFor({ situation: both, report: { systems: [], comparisons: [{ a, b, interval: { low, high } }] } })
				.situation.tuningGain;
		assert.equal(gain('rag+tuned', 'rag', 0.01, 0.1), 'gain');
		assert.equal(gain('rag', 'rag+tuned', -0.1, -0.01), 'gain');
		assert.equal(gain('rag', 'rag+tuned', 0.01, 0.1), 'none');
		assert.equal(gain('tuned', 'few-shot', -0.01, 0.1), 'none');
		assert.equal(gain('base', 'rag', -0.2, -0.1), 'unknown');
	});

	test('a measured gain is a reason, and settles what is contested', () => {
		const [before, after] = (['unknown', 'gain'] as const).map((tuningGain) =>
			adviceFor({ situation: { ...both, tuningGain } }),
		);
		assert.deepEqual([before?.verdict, after?.verdict], ['both', 'both']);
		assert.ok((after?.confidence ?? 0) > (before?.confidence ?? 1) + 0.1);
		assert.ok(after?.reasons.some(({ rule }) => rule === 'measured-gain'));
		assert.ok(!before?.reasons.some(({ rule }) => rule === 'measured-gain'));
	});

	test('a report of knowhow evaluate is read as it is printed', async () => {
		await using folder = await temporaryFolder();
		const { path: cwd } = folder;
		const questions = join(cwd, 'questions.jsonl');
		await writeSmallDocuments(cwd);
		await writeFile(
			questions,
			JSON.stringify({ id: 'q1', question: 'What does ERR_1042 mean?', answer: 'declined', answerable: true }),
		);
		assert.equal((await knowhow(['ingest', 'docs'], { cwd })).code, 0);
		const evaluated = await knowhow(['evaluate', '--data', questions, '--json'], { cwd });
		assert.equal(evaluated.code, 0, evaluated.stderr);
		const path = join(cwd, 'report.json');
		await writeFile(path, evaluated.stdout);
		const { comparison } = await json(['--problem', 'facts', '--report', path]);
		assert.deepEqual([comparison.rag.accuracy.basis, comparison.rag.latency.basis], ['measured', 'measured']);
		assert.equal(comparison.tuned.accuracy.basis, 'prior');
	});

	test('one that is none is refused', () => {
		assert.throws(() => adviceFor({ situation: both, report: { systems: [{ name: 'rag' }] } }), {
			code: 'invalid_data',
		});
		assert.throws(() => adviceFor({ situation: both, report: 3 }), { code: 'invalid_data' });
	});
});

describe('the drawings', () => {
	const advice = adviceFor({ situation: both });

	test('the tree shows every rule and lights the path', () => {
		const mermaid = treeMermaid(advice.path);
		for (const { id, question } of rules) assert.ok(mermaid.includes(`  ${id}{"${question}"}`), id);
		assert.equal(mermaid.match(/:::lit/g)?.length, advice.path.length + 1);
		assert.equal(/linkStyle ([\d,]+)/.exec(mermaid)?.[1]?.split(',').length, advice.path.length);
		const svg = treeSvg(advice.path);
		assert.equal(svg.match(/class="edge lit"/g)?.length, advice.path.length);
		assert.equal(svg.match(/class="(leaf )?lit"/g)?.length, advice.path.length + 1);
		assert.ok(!treeMermaid().includes(':::lit') && !treeSvg().includes('class="lit'));
	});

	test('every rule and every way out has a place of its own', () => {
		const leaves = rules.flatMap(({ id, yes, no }) => [
			...(verdicts.some((verdict) => verdict === yes.to) ? [`${id} yes`] : []),
			...(verdicts.some((verdict) => verdict === no.to) ? [`${id} no`] : []),
		]);
		assert.deepEqual(Object.keys(places).sort(), [...rules.map(({ id }) => id), ...leaves].sort());
		assert.equal(new Set(Object.values(places).map(String)).size, Object.keys(places).length);
	});

	test('the page refers to nothing outside itself and holds no broken number', () => {
		for (const situation of [
			{},
			{ queriesPerDay: 0 },
			{ hosting: 'own', horizonMonths: 1 },
			{ documents: 0, task: 'classification' },
		] as const) {
			const html = reportFormats['.html']?.(adviceFor({ situation })) ?? '';
			assert.doesNotMatch(html, /<(script|link|img|iframe)\b|\b(src|href)=|url\(|@import/);
			assert.doesNotMatch(html, /NaN|undefined|Infinity|\[object/);
			assert.equal(html.match(/<svg/g)?.length, 4);
		}
	});

	test('text of the user cannot break out of the page or of a table', () => {
		const html = reportFormats['.html']?.(adviceFor({ report, situation: { ...both, languages: ['en-x'] } })) ?? '';
		assert.doesNotMatch(html, /<script/);
		const rows = adviceMarkdown(advice)
			.split('\n')
			.filter((line) => line.startsWith('| '));
		assert.ok(rows.length > 60);
	});

	test('every published number is on the plot, and contradictions are said', () => {
		const html = reportFormats['.html']?.(advice) ?? '';
		for (const { label } of published) assert.ok(html.includes(`>${label}</text>`), label);
		const said = advice.contradictions.map(({ quantity }) => quantity);
		for (const quantity of ['tuning-run', 'break-even-queries', 'examples', 'gpu-run'])
			assert.ok(said.includes(quantity), quantity);
		assert.ok(!said.includes('retrieval-latency'));
	});
});

describe('what the advice names exists', () => {
	test('commands', async () => {
		assert.ok(namedCommands.length > 4);
		for (const line of namedCommands.flatMap((command) => command.split(' && '))) {
			const [program, ...words] = (line.match(/"[^"]*"|\S+/g) ?? []).map((word) =>
				word.replaceAll('"', '').replace('GOAL', 'generator'),
			);
			assert.equal(program, 'knowhow');
			const entry = commands
				.filter(({ name }) => `${words.join(' ')} `.startsWith(`${name} `))
				.sort((a, b) => b.name.length - a.name.length)[0];
			assert.ok(entry, line);
			parseWords(words.slice(entry.name.split(' ').length), await entry.load());
		}
	});
});
