/**
 * One measuring process: `node bench/measure.ts ENGINE build|query|updates CORPUS FOLDER` prints one line of JSON.
 * Started by `bench/search.ts`, so that engines share neither heap nor warm code.
 */
import { readFileSync } from 'node:fs';
import { type CorpusQuery, readQueries, readVectors, type Tag } from './corpus.ts';
import type { Engine, OpenEngine } from './engines/engine.ts';
import { measureUpdates } from './updates.ts';

/** Milliseconds, lower and upper middle of what was measured. */
export type Latency = { readonly p50: number; readonly p95: number; readonly queries: number };
export type Build = { readonly insertMs: number; readonly indexMs: number; readonly peakMb: number };
export type Queried = {
	readonly openMs: number;
	/** From the start of opening until the first hybrid (else keyword, else vector) result. */
	readonly firstMs: number;
	readonly latencies: Readonly<Record<string, Latency>>;
	/** Mean share of the exact 10 nearest among the 10 returned, by class. */
	readonly recall: Readonly<Record<string, number>>;
	/** Share of queries whose source chunk is among the 10. */
	readonly found: Readonly<Record<string, number>>;
	readonly rssMb: number;
	readonly buildMs: number;
};

const k = 10;
const warmUps = 20;
const most = 300;
const mostFiltered = 150;
const budgetMs = 4_000;

type Ask = { query: CorpusQuery; vector: Float32Array };

async function query(engine: Engine, corpus: string, folder: string): Promise<Queried> {
	let buildMs = 0;
	if (!engine.isPersistent) {
		const { insertMs, indexMs } = await engine.build(corpus, folder);
		buildMs = insertMs + indexMs;
	}
	const vectors = readVectors(corpus, 'queries');
	const asks = readQueries(corpus).map((query, i) => ({ query, vector: vectors[i]! }));
	const began = performance.now();
	const opened = await engine.open(folder);
	const openMs = performance.now() - began;
	await first(opened, asks.at(-1)!);
	const firstMs = performance.now() - began;

	const latencies: Record<string, Latency> = {};
	const recall: Record<string, number> = {};
	const found: Record<string, number> = {};
	for (const [name, run] of Object.entries(classesOf(opened))) {
		const isFiltered = / 1| 10/.test(name);
		const { times, results } = await timed(asks.slice(0, isFiltered ? mostFiltered : most), run, asks.slice(-warmUps));
		latencies[name] = { p50: quantile(times, 0.5), p95: quantile(times, 0.95), queries: times.length };
		const nearest = { vector: 'nearest', 'vector 1 %': 'nearestOne', 'vector 10 %': 'nearestTen' } as const;
		const exact = nearest[name as keyof typeof nearest];
		if (exact !== undefined) recall[name] = mean(results, (result, i) => overlap(result, asks[i]!.query[exact]));
		if (!isFiltered) found[name] = mean(results, (result, i) => (result.includes(asks[i]!.query.source) ? 1 : 0));
	}
	const rssMb = memoryMb('VmRSS');
	await opened.close?.();
	return { openMs, firstMs, latencies, recall, found, rssMb, buildMs };
}

async function first(opened: OpenEngine, { query: { text }, vector }: Ask): Promise<void> {
	if (opened.hybrid) await opened.hybrid(text, vector, k);
	else if (opened.keyword) await opened.keyword(text, k, null);
	else await opened.vector?.(vector, k, null);
}

type Run = (ask: Ask) => Promise<number[]>;

function classesOf(opened: OpenEngine): Record<string, Run> {
	const { keyword, vector, hybrid, texts } = opened;
	const classes: Record<string, Run> = {};
	const filters: [string, Tag | null][] = [
		['', null],
		[' 1 %', 'one'],
		[' 10 %', 'ten'],
	];
	for (const [suffix, tag] of filters) {
		if (keyword) classes[`keyword${suffix}`] = async ({ query }) => keyword(query.text, k, tag);
		if (vector) classes[`vector${suffix}`] = async (ask) => vector(ask.vector, k, tag);
	}
	if (hybrid) classes['hybrid'] = async (ask) => hybrid(ask.query.text, ask.vector, k);
	if (texts)
		classes['hybrid + texts'] = async (ask) => (await texts(ask.query.text, ask.vector, k)).map(({ chunk }) => chunk);
	return classes;
}

async function timed(
	asks: readonly Ask[],
	run: Run,
	warm: readonly Ask[],
): Promise<{ times: number[]; results: number[][] }> {
	const times: number[] = [];
	const results: number[][] = [];
	const end = performance.now() + budgetMs;
	for (const ask of warm) if (performance.now() < end - 0.75 * budgetMs) await run(ask);
	for (const ask of asks) {
		const began = performance.now();
		if (began > end && times.length >= 3) break;
		results.push(await run(ask));
		times.push(performance.now() - began);
	}
	return { times, results };
}

export function quantile(values: readonly number[], share: number): number {
	const sorted = values.toSorted((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
}

function mean(results: readonly number[][], value: (result: number[], i: number) => number): number {
	return results.reduce((sum, result, i) => sum + value(result, i), 0) / results.length;
}

function overlap(result: readonly number[], exact: readonly number[]): number {
	return result.filter((chunk) => exact.includes(chunk)).length / exact.length;
}

/** `VmRSS` is what the process holds, `VmHWM` the most it held; NaN outside of Linux. */
export function memoryMb(field: 'VmRSS' | 'VmHWM'): number {
	try {
		const line = new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(readFileSync('/proc/self/status', 'utf8'));
		return Number(line?.[1]) / 1024;
	} catch {
		return Number.NaN;
	}
}

export async function loadEngine(name: string): Promise<Engine> {
	const file = name === 'knowhow' ? 'knowhow.ts' : `${name}.mjs`;
	return ((await import(`./engines/${file}`)) as { engine: Engine }).engine;
}

if (import.meta.main) {
	const [name, phase, corpus, folder] = process.argv.slice(2) as [string, string, string, string];
	const engine = await loadEngine(name);
	let result: unknown;
	if (phase === 'build')
		result = { ...(await engine.build(corpus, folder)), peakMb: memoryMb('VmHWM') } satisfies Build;
	else if (phase === 'query') result = await query(engine, corpus, folder);
	else result = await measureUpdates(corpus, folder);
	process.stdout.write(`${JSON.stringify(result)}\n`);
	process.exit(0);
}
