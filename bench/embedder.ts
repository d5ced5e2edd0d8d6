/**
 * `node bench/embedder.ts [-- --runs 5 --only speed|quality]`: the built-in embedder. Retrieval on test sets by keywords, by its
 * vectors and by both, beside its teacher (with KNOWHOW_PYTHON, a Python that has the packages of `trainer/embedder/requirements.txt`);
 * how long a new process takes to its first vector; texts of 150 words a second. Appends to `results/embedder.jsonl`.
 */
import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readBeir } from '../src/collect/beir.ts';
import { builtInFolder, openStaticEmbedder } from '../src/models/static-embedder.ts';
import { measureQuality, qualityTables } from './embedder-quality.ts';
import { describeMachine, loadLine, machineLine, readLoad } from './machine.ts';
import { quantile } from './measure.ts';
import { openTeacher } from './teacher.ts';

const { values } = parseArgs({ options: { runs: { type: 'string', default: '5' }, only: { type: 'string' } } });
const runs = Number(values.runs);
const here = import.meta.dirname;
const counts = [1_000, 4_000, 8_000, 16_000, 64_000];
const loads = [readLoad()];
const machine = describeMachine();
console.log(`${machineLine(machine)}\n`);
const speed = values.only === 'quality' ? null : await measureSpeed();
loads.push(readLoad());
if (speed !== null) printSpeed(speed);
const quality = values.only === 'speed' ? null : await measureAll();
if (quality !== null) console.log(qualityTables(quality));
console.log(loadLine(loads));
mkdirSync(join(here, 'results'), { recursive: true });
appendFileSync(join(here, 'results/embedder.jsonl'), `${JSON.stringify({ machine, loads, speed, quality })}\n`);

async function measureAll(): Promise<Awaited<ReturnType<typeof measureQuality>>> {
	using teacher = await openTeacher();
	return await measureQuality(await openStaticEmbedder(builtInFolder), teacher);
}

type Speed = {
	readonly diskMb: number;
	/** What opening and a first vector add to the memory of a bare process. */
	readonly memoryMb: number;
	/** Milliseconds from the start of a process to its first vector. */
	readonly first: { readonly p50: number; readonly least: number };
	/** Texts a second, and for a second of processor time. */
	readonly rows: readonly { readonly texts: number; readonly rate: number; readonly cpuRate: number }[];
};

async function measureSpeed(): Promise<Speed> {
	const files = readdirSync(builtInFolder).map((name) => statSync(join(builtInFolder, name)).size);
	const diskMb = files.reduce((sum, size) => sum + size, 0) / 1e6;
	return { diskMb, ...firstVector(), rows: await measureRates(await wordTexts(counts.at(-1)!)) };
}

/** Texts of 150 words out of SciFact's. */
async function wordTexts(count: number): Promise<string[]> {
	const { corpus } = await readBeir(join(here, '../../shared/data/scifact'), { split: 'test' });
	const words = corpus.flatMap(({ title, text }) => `${title} ${text}`.split(/\s+/));
	return Array.from({ length: count }, (_, i) => {
		const at = Math.floor((i * (words.length - 150)) / count);
		return words.slice(at, at + 150).join(' ');
	});
}

async function measureRates(texts: readonly string[]): Promise<Speed['rows']> {
	const rows: { texts: number; rate: number; cpuRate: number }[] = [];
	for (const count of counts) {
		const some = texts.slice(0, count);
		const rates: { rate: number; cpuRate: number }[] = [];
		for (let run = 0; run < runs; run++) rates.push(await rateOf(some));
		const median = (key: 'rate' | 'cpuRate'): number =>
			quantile(
				rates.map((one) => one[key]),
				0.5,
			);
		rows.push({ texts: count, rate: median('rate'), cpuRate: median('cpuRate') });
	}
	return rows;
}

/** Texts a second of a fresh embedder that has seen none of them; opening it is not counted. */
async function rateOf(some: readonly string[]): Promise<{ rate: number; cpuRate: number }> {
	const embedder = await openStaticEmbedder(builtInFolder);
	const cpuBefore = process.cpuUsage();
	const began = performance.now();
	await embedder.embed(some, 'passage');
	const seconds = (performance.now() - began) / 1000;
	const { user, system } = process.cpuUsage(cpuBefore);
	return { rate: some.length / seconds, cpuRate: some.length / ((user + system) / 1e6) };
}

function firstVector(): Pick<Speed, 'first' | 'memoryMb'> {
	const program = `const before = process.memoryUsage.rss();
const { builtInFolder, openStaticEmbedder } = await import('./src/models/static-embedder.ts');
const embedder = await openStaticEmbedder(builtInFolder);
await embedder.embed(['How do I get my money back?'], 'query');
console.log(process.memoryUsage.rss() - before);`;
	const times: number[] = [];
	const memory: number[] = [];
	// The first run is not counted: it fills the compile cache.
	for (let run = 0; run <= 3 * runs; run++) {
		const began = performance.now();
		const child = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
			cwd: join(here, '..'),
			env: { ...process.env, NODE_COMPILE_CACHE: join(here, '.cache/compile') },
			encoding: 'utf8',
		});
		if (child.status !== 0) throw new Error(child.stderr);
		if (run > 0) times.push(performance.now() - began);
		memory.push(Number(child.stdout) / 1e6);
	}
	return { first: { p50: quantile(times, 0.5), least: Math.min(...times) }, memoryMb: quantile(memory, 0.5) };
}

function printSpeed({ diskMb, memoryMb, first, rows }: Speed): void {
	console.log(`on disk ${diskMb.toFixed(1)} MB, in memory ${memoryMb.toFixed(0)} MB`);
	console.log(
		`from the start of a process to its first vector: ${first.p50.toFixed(0)} ms (least ${first.least.toFixed(0)})\n`,
	);
	console.log('| texts | texts/s | texts/s of processor time |\n| --: | --: | --: |');
	for (const row of rows) console.log(`| ${row.texts} | ${row.rate.toFixed(0)} | ${row.cpuRate.toFixed(0)} |`);
	console.log('');
}
