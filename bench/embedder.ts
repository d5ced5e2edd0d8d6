/**
 * `node bench/embedder.ts [-- --runs 5]`: the built-in embedder: how long a new process takes to its first vector, and how many
 * texts of 150 words it embeds a second, in this thread alone and with workers. The text is SciFact's. Appends to `results/embedder.jsonl`.
 */
import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readBeir } from '../src/collect/beir.ts';
import { builtInFolder, openStaticEmbedder } from '../src/models/static-embedder.ts';
import { describeMachine, loadLine, machineLine, readLoad } from './machine.ts';
import { quantile } from './measure.ts';

const { values } = parseArgs({ options: { runs: { type: 'string', default: '5' } } });
const runs = Number(values.runs);
const here = import.meta.dirname;
const counts = [1_000, 4_000, 8_000, 16_000, 64_000];
const loads = [readLoad()];

const first = firstVector();
const { corpus } = await readBeir(join(here, '../../shared/data/scifact'), { split: 'test' });
const words = corpus.flatMap(({ title, text }) => `${title} ${text}`.split(/\s+/));
const texts = Array.from({ length: counts.at(-1)! }, (_, i) => {
	const at = Math.floor((i * (words.length - 150)) / counts.at(-1)!);
	return words.slice(at, at + 150).join(' ');
});
const rows: { texts: number; alone: number; shared: number }[] = [];
for (const count of counts) {
	const some = texts.slice(0, count);
	const alone: number[] = [];
	const shared: number[] = [];
	// In turns, so that what else the machine does falls on both.
	for (let run = 0; run < runs; run++) {
		alone.push(await rate(some, 0));
		shared.push(await rate(some, undefined));
	}
	rows.push({ texts: count, alone: quantile(alone, 0.5), shared: quantile(shared, 0.5) });
}
loads.push(readLoad());

const machine = describeMachine();
console.log(`${machineLine(machine)}\n${loadLine(loads)}\n`);
console.log(
	`from the start of a process to its first vector: ${first.p50.toFixed(0)} ms (least ${first.least.toFixed(0)})\n`,
);
console.log('| texts | one thread, texts/s | with workers, texts/s |\n| --: | --: | --: |');
for (const row of rows) console.log(`| ${row.texts} | ${row.alone.toFixed(0)} | ${row.shared.toFixed(0)} |`);
mkdirSync(join(here, 'results'), { recursive: true });
appendFileSync(join(here, 'results/embedder.jsonl'), `${JSON.stringify({ machine, loads, first, rows })}\n`);

/** Texts a second of a fresh embedder that has seen none of them; opening it is not counted. */
async function rate(some: readonly string[], workers: number | undefined): Promise<number> {
	const embedder = await openStaticEmbedder(builtInFolder, { workers });
	const began = performance.now();
	await embedder.embed(some, 'passage');
	return (some.length / (performance.now() - began)) * 1000;
}

function firstVector(): { p50: number; least: number } {
	const program = `import { builtInFolder, openStaticEmbedder } from './src/models/static-embedder.ts';
const embedder = await openStaticEmbedder(builtInFolder);
await embedder.embed(['How do I get my money back?'], 'query');`;
	const times: number[] = [];
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
	}
	return { p50: quantile(times, 0.5), least: Math.min(...times) };
}
