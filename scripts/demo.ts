/** The tour that `npm run demo` gives: the sample's documents, six questions, one edit. Everything printed is computed in this run. */
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters, styleText } from 'node:util';
import { open, type Answer, type Knowhow } from '../src/index.ts';

const sample = new URL('../sample/', import.meta.url).pathname;
const width = Math.min(process.stdout.columns ?? 110, 110);

const tour = [
	['an exact code', 'getting ERR_1033 on capture, what should i do'],
	['a table cell', 'Monthly rental for a PX-1200?'],
	['ordered steps', 'How do I refund a payment from the Deck?'],
	['not in the documents', 'What does the Market plan cost if we pay for a whole year upfront?'],
	['two documents disagree', 'For how many days after capture can a payment be refunded?'],
] as const;
const changed = 'What is the monthly fee of the Market plan per location?';

const folder = await mkdtemp(join(tmpdir(), 'knowhow-demo-'));
try {
	await cp(join(sample, 'v1'), join(folder, 'docs'), { recursive: true });
	await using knowhow = await open(folder);
	const { added, chunks, tookMs } = await knowhow.ingest('docs');
	print(`Read ${added} documents (Markdown, HTML, PDF, DOCX, CSV, JSON) into ${chunks} chunks in ${seconds(tookMs)}.`);
	for (const [what, question] of tour) show(what, await knowhow.ask(question));
	await showEdit(knowhow);
	print('');
	print(`Your own folder:     ${bold('./bin/knowhow ingest ~/my-docs && ./bin/knowhow ask "…"')}`);
	print(`In the browser:      ${bold('./bin/knowhow serve')}`);
	print(`A language model:    ${bold('./bin/knowhow ask "…" --model http://localhost:11434/v1#llama3.2')}`);
} finally {
	await rm(folder, { recursive: true });
}

/** The same question before and after the documents' next revision. */
async function showEdit(knowhow: Knowhow): Promise<void> {
	show('an answer that changes', await knowhow.ask(changed));
	await rm(join(folder, 'docs'), { recursive: true });
	await cp(join(sample, 'v2'), join(folder, 'docs'), { recursive: true });
	const began = performance.now();
	const { added, updated, removed, unchanged } = await knowhow.ingest('docs', { sync: true });
	const answer = await knowhow.ask(changed);
	const took = seconds(performance.now() - began);
	print(
		`  ${dim(`… revision 2: ${updated} changed, ${added} new, ${removed} gone, ${unchanged} as before; new answer after ${took}:`)}`,
	);
	showAnswer(answer);
}

function show(what: string, answer: Answer): void {
	print('');
	print(`${bold(answer.question)} ${dim(`(${what})`)}`);
	showAnswer(answer);
}

function showAnswer({ answer, citations, tookMs }: Answer): void {
	for (const line of answer.split('\n').filter((text) => text.trim() !== '')) print(`  ${line}`);
	const sources = new Map<string, string>();
	for (const { marker, source, page, date, version } of citations) {
		const where = [source.replace('docs/', ''), page === null ? '' : `page ${page}`, `version ${version}`, date ?? ''];
		const line = where.filter(Boolean).join(' · ');
		sources.set(line, `${sources.get(line) ?? ''}${marker}`);
	}
	for (const [line, markers] of sources) print(`  ${dim(`${markers} ${line}`)}`);
	if (citations.length === 0) print(`  ${dim(`${tookMs} ms`)}`);
}

/** Prints a line, wrapped at words and indented like its beginning. */
function print(line: string): void {
	const indent = /^ */.exec(line)![0];
	let rest = line;
	while (stripVTControlCharacters(rest).length > width) {
		const cut = Math.max(rest.lastIndexOf(' ', width), indent.length + 1);
		process.stdout.write(`${rest.slice(0, cut)}\n`);
		rest = `${indent}${rest.slice(cut).trimStart()}`;
	}
	process.stdout.write(`${rest}\n`);
}

function seconds(ms: number): string {
	return `${(ms / 1000).toFixed(2)} s`;
}

function bold(text: string): string {
	return styleText('bold', text, { stream: process.stdout });
}

function dim(text: string): string {
	return styleText('dim', text, { stream: process.stdout });
}
