/**
 * The loop of `npm run loop` on the sample: ask → rate → collect → check → train → gate → promote → ask → rollback. Everything printed
 * is computed in this run; the log of rated answers is the sample's. Last, the model is measured on the sample's test questions in customers' words.
 */
import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readInteractions } from '../sample/interactions.ts';
import type { Answer, Knowhow } from '../src/index.ts';
import { open } from '../src/index.ts';
import type { GateReason } from '../src/evaluate/statistics/gate.ts';

const sample = new URL('../sample/', import.meta.url).pathname;
const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } });
/** Questions of the log that are asked and rated in this run. */
const asked = 5;
const shares = { train: 0.6, dev: 0.15, test: 0.25 };

/** Ids of documents decide which part they are in: they are the same in every run. */
function seeded(seed: string): (bytes: number) => Uint8Array {
	let count = 0;
	return (bytes) => createHash('sha512').update(`${seed} ${++count}`).digest().subarray(0, bytes);
}

const folder = await mkdtemp(join(tmpdir(), 'knowhow-loop-'));
const told: Record<string, unknown> = {};
try {
	await cp(join(sample, 'v1'), join(folder, 'docs'), { recursive: true });
	await using knowhow = await open(folder, { random: seeded('1') });
	await using reader = await open(folder, { random: seeded('2') });
	const { added, chunks } = await knowhow.ingest('docs');
	say('documents', { added, chunks }, `${added} documents, ${chunks} chunks`);
	await rateSome(knowhow);
	const dataset = await collectLog(knowhow);
	const model = await train(knowhow, dataset);
	await promoteAndRollBack(knowhow, reader, model);
	await askInCustomersWords(knowhow, model);
} finally {
	await rm(folder, { recursive: true });
}
if (values.json) process.stdout.write(`${JSON.stringify(told)}\n`);

/** Asks what people of the log asked, and rates the answers by what the log knows to be right. */
async function rateSome(knowhow: Knowhow): Promise<void> {
	const known = readInteractions().filter(({ correction }) => correction !== undefined);
	let good = 0;
	for (const { question, correction } of known.slice(0, asked)) {
		const { interaction, citations } = await knowhow.ask(question);
		const right = new Set(correction!.citations.map(({ source }) => `docs/${source}`));
		const accepted = citations.filter(({ source }) => right.has(source)).map(({ marker }) => marker);
		const isGood = accepted.length > 0;
		if (isGood) good++;
		await knowhow.feedback(
			interaction,
			isGood ? { rating: 'up', accepted } : { rating: 'down', correction: correction!.answer },
		);
	}
	say(
		'rated',
		{ asked, good },
		`${asked} questions asked, ${good} answered from the right document, the others corrected`,
	);
}

/** The rated answers of this run and the log of twelve weeks before it, checked. */
async function collectLog(knowhow: Knowhow): Promise<string> {
	const files = [join(sample, 'interactions.jsonl')];
	const { dataset, faults, rejected } = await knowhow.collect({
		name: 'log',
		goal: 'retriever',
		files,
		rated: 'good',
		fix: true,
		shares,
	});
	const { counts, id } = dataset!;
	const codes = Object.fromEntries(
		Map.groupBy(faults, ({ code }) => code)
			.entries()
			.map(([code, found]) => [code, found.length]),
	);
	const found = Object.entries(codes).map(([code, count]) => `${count} ${code}`);
	say(
		'collected',
		{ id, counts, rejected, codes },
		`${id}: ${counts.train} to train, ${counts.dev} to stop by, ${counts.test} to measure; ${rejected} left out`,
	);
	say('checked', codes, found.length === 0 ? 'nothing was found' : found.join(', '));
	return id;
}

async function train(knowhow: Knowhow, dataset: string): Promise<string> {
	const { model, metrics, tookMs } = await knowhow.models.trainRetriever({ data: dataset });
	const { untrained, trained, difference, interval, queries } = metrics;
	say(
		'trained',
		{ model, tookMs, ...metrics },
		`${model} in ${(tookMs / 1000).toFixed(1)} s; nDCG@10 of ${queries} held-out questions:`,
	);
	line(
		`keyword ${fixed(untrained.keyword)} · vector ${fixed(untrained.vector)} → ${fixed(trained.vector)} · search ${fixed(untrained.reranked)} → ${fixed(trained.reranked)}`,
	);
	line(`difference ${fixed(difference)}, 95 % ${fixed(interval!.low)} to ${fixed(interval!.high)}`);
	return model;
}

/** What the gate refuses is promoted by force, which is recorded, so that the rest of the loop can be seen. */
async function promoteAndRollBack(knowhow: Knowhow, reader: Knowhow, model: string): Promise<void> {
	const question = readInteractions().find(({ acceptedCitations }) => acceptedCitations !== undefined)!.question;
	const before = await reader.ask(question);
	const gated = await knowhow.models.promote(model);
	const { passes, reasons } = gated.verdict;
	say('gate', { passes, reasons }, passes ? 'passed' : 'refused');
	for (const reason of reasons) line(reasonText(reason));
	const promoted = gated.isPromoted ? gated : await knowhow.models.promote(model, { force: true });
	const after = await reader.ask(question);
	say(
		'promoted',
		{ isForced: promoted.isForced },
		promoted.isForced ? 'by force, and the lineage says so' : 'by leave of the gate',
	);
	line(`an open reader is answered by ${before.system} before and ${after.system} after, without a restart`);
	await knowhow.models.rollBack();
	const again = await reader.ask(question);
	const isExact = same(before) === same(again);
	say(
		'rolledBack',
		{ isExact, isChanged: same(before) !== same(after) },
		`answers are ${isExact ? 'byte for byte those of before' : 'NOT those of before'}`,
	);
}

/** What the model gains on the sample's test questions without a word of their passage: the gate once more, with these for its target. */
async function askInCustomersWords(knowhow: Knowhow, model: string): Promise<void> {
	const lines = (await readFile(join(sample, 'questions.jsonl'), 'utf8')).trimEnd().split('\n');
	const isAsked = (line: string): boolean => {
		const { split, class: kind } = JSON.parse(line) as { split: string; class: string };
		return split === 'test' && kind === 'mismatch';
	};
	const target = join(folder, 'mismatch.jsonl');
	await writeFile(target, lines.filter(isAsked).join('\n'));
	const { verdict, isPromoted } = await knowhow.models.promote(model, { target });
	if (isPromoted) await knowhow.models.rollBack();
	const { passes, reasons } = verdict;
	say('mismatch', { passes, reasons }, `test questions in customers' words: the gate ${passes ? 'passes' : 'refuses'}`);
	for (const reason of reasons) line(reasonText(reason));
}

/** An answer without what every asking makes anew. */
function same(answer: Answer): string {
	return JSON.stringify({ ...answer, interaction: null, tookMs: null });
}

function reasonText({ rule, isMet, difference, interval, questions, because }: GateReason): string {
	const range = interval === null ? because : `95 % ${fixed(interval.low)} to ${fixed(interval.high)}`;
	return `${isMet ? '✓' : '✗'} ${rule}: ${difference === null ? '–' : fixed(difference)}, ${range}, ${questions} questions`;
}

function say(step: string, facts: unknown, text: string): void {
	told[step] = facts;
	if (!values.json) process.stdout.write(`${step.padEnd(11)}${text}\n`);
}

function line(text: string): void {
	if (!values.json) process.stdout.write(`${' '.repeat(11)}${text}\n`);
}

function fixed(value: number): string {
	return value.toFixed(4);
}
