/**
 * What parsers lose: `node bench/extraction.ts [extraction|tokens]`. Compares the package's parsers with others on files
 * whose text is known (../shared/data/ingest-samples, sample/, pages of Sphinx documentation): share of words found and of words rightly found,
 * of neighbouring words that stay neighbours (reading order), of table cells that stay one cell, and time. The
 * others are installed once with `npm install --prefix bench/parsers --ignore-scripts` there.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { parse } from '../src/ingest/parse/parse.ts';
import { countTokens } from '../src/text/tokens.ts';
import { formats, median, scoreOf, sets, type Sample, type Score } from '../test/extraction-samples.ts';

type Candidate = {
	readonly format: string;
	readonly name: string;
	readonly packages: string;
	extract(bytes: Uint8Array, path: string): Promise<string>;
};
const data = fileURLToPath(new URL('../../shared/data/', import.meta.url));
async function extraction(): Promise<void> {
	const others = await candidates();
	console.log('| set | parser | files | recall (median) | recall (mean) | precision | order | cells | ms |');
	console.log('| --- | --- | --- | --- | --- | --- | --- | --- | --- |');
	for (const [set, samples] of Object.entries(sets)) {
		const all = samples();
		for (const format of formats) {
			const files = all.filter((each) => each.format === format);
			if (files.length === 0) continue;
			for (const { name } of [...ours(format), ...others.filter((each) => each.format === format)]) {
				spawnSync(process.execPath, [import.meta.filename, 'one', set, format, name], {
					stdio: ['ignore', 'inherit', 'inherit'],
				});
			}
		}
	}
}

/** One parser on one set, in a process of its own. */
async function one(set = '', format = '', name = ''): Promise<void> {
	const files = sets[set as Sample['set']]().filter((each) => each.format === format);
	const all = [...ours(format), ...(await candidates())];
	const candidate = all.find((each) => each.format === format && each.name === name);
	if (candidate !== undefined) await compare(set, candidate, files);
}

function ours(format: string): Candidate[] {
	const of = (name: string, html: 'main' | 'full'): Candidate => ({
		format,
		name,
		packages: '',
		extract: async (bytes, path) => (await parse(bytes, path.replace(/\.rst\.txt$/, '.rst'), { html })).text,
	});
	return format === 'html' ? [of('ours, full', 'full'), of('ours, main', 'main')] : [of('ours', 'full')];
}

async function candidates(): Promise<Candidate[]> {
	const path = new URL('parsers/candidates.mjs', import.meta.url);
	if (!existsSync(new URL('parsers/node_modules', import.meta.url))) {
		console.error('Only the own parsers: run `npm install --ignore-scripts` in bench/parsers to compare.');
		return [];
	}
	const { candidates: found } = (await import(path.href)) as { candidates: Candidate[] };
	return found;
}

async function compare(set: string, candidate: Candidate, files: readonly Sample[]): Promise<void> {
	const scores: Score[] = [];
	const times: number[] = [];
	for (let round = 0; round < 3; round++) {
		const began = performance.now();
		for (const { path, expected } of files) {
			const text = await candidate.extract(readFileSync(path), path).catch((error: unknown) => {
				console.error(path, error);
				return '';
			});
			if (round === 0) scores.push(scoreOf(text, expected));
		}
		times.push(performance.now() - began);
	}
	const column = (key: 'recall' | 'precision' | 'order'): number[] => scores.map((score) => score[key]);
	const tables = scores.flatMap((score) => score.cells ?? []);
	const numbers = [median(column('recall')), mean(column('recall')), mean(column('precision')), mean(column('order'))];
	const shown = numbers.map((number) => number.toFixed(3)).join(' | ');
	const name = `${files[0]?.format} · ${candidate.name}`;
	console.log(
		`| ${set} | ${name} | ${files.length} | ${shown} | ${tables.length === 0 ? '–' : mean(tables).toFixed(3)} | ${Math.round(Math.min(...times))} |`,
	);
}

/** Our token count beside a real vocabulary's. */
async function tokens(): Promise<void> {
	const tokenizer = new URL('parsers/node_modules/gpt-tokenizer/esm/encoding/o200k_base.js', import.meta.url);
	const o200k = (await import(tokenizer.href)) as { countTokens(text: string): number };
	console.log('| text | texts | ours / o200k | mean absolute error |\n| --- | --- | --- | --- |');
	for (const [name, texts] of Object.entries(corpora())) {
		const pairs = texts
			.map((text) => [countTokens(text), o200k.countTokens(text)] as const)
			.filter(([, theirs]) => theirs >= 20);
		const ratio = pairs.reduce((sum, [own]) => sum + own, 0) / pairs.reduce((sum, [, theirs]) => sum + theirs, 0);
		const error = mean(pairs.map(([own, theirs]) => Math.abs(own - theirs) / theirs));
		console.log(`| ${name} | ${pairs.length} | ${ratio.toFixed(3)} | ${(error * 100).toFixed(1)} % |`);
	}
}

function corpora(): Record<string, string[]> {
	const read = (pattern: string): string[] => globSync(pattern).map((path) => readFileSync(path, 'utf8'));
	const lines = (path: string): string[] =>
		gunzipSync(readFileSync(path))
			.toString('utf8')
			.trim()
			.split('\n')
			.slice(0, 500)
			.map((line) => (JSON.parse(line) as { text: string }).text);
	return {
		handbook: read(`${data}handbook-18f/r1/**/*.md`),
		abstracts: lines(`${data}scifact/corpus.jsonl.gz`),
		...Object.fromEntries(
			['en', 'de', 'es', 'zh', 'ar'].map((code) => [code, lines(`${data}xquad/corpus.${code}.jsonl.gz`)]),
		),
		tables: read(`${data}ingest-samples/csv/expected/*.md`),
		TypeScript: read(fileURLToPath(new URL('../src/**/*.ts', import.meta.url))),
	};
}

function mean(values: readonly number[]): number {
	return values.reduce((sum, value) => sum + value, 0) / values.length;
}

const [command, ...rest] = process.argv.slice(2);
await (command === 'tokens' ? tokens() : command === 'one' ? one(...rest) : extraction());
