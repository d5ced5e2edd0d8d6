/**
 * `node bench/cold.ts [-- --chunks 100000 --runs 15]`: how long a new process takes, from its start to its end: `knowhow --help`
 * and `knowhow search` on a project of that many chunks, with the default settings: the built-in embedder is opened, both legs
 * run, the best are reranked. Appends to `results/cold.jsonl`.
 */
import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, existsSync, globSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { open } from '../src/index.ts';
import { corpusFolder, readQueries } from './corpus.ts';
import { engine } from './engines/knowhow.ts';
import { describeMachine, type Load, loadLine, machineLine, readLoad } from './machine.ts';
import { quantile } from './measure.ts';

const { values } = parseArgs({
	options: { chunks: { type: 'string', default: '100000' }, runs: { type: 'string', default: '15' } },
});
const chunks = Number(values.chunks);
const runs = Number(values.runs);
const here = import.meta.dirname;
const root = join(here, '..');
const corpus = corpusFolder(chunks);
const project = join(here, '.cache', `cold-${chunks}`);
await createProject();

const programs = [
	{ name: 'bin/knowhow (TypeScript sources)', command: [join(root, 'bin/knowhow')] },
	{ name: 'dist/cli/main.js (as published)', command: [process.execPath, buildPackage()] },
];
const queries = readQueries(corpus).map(({ text }) => text);
const loads: Load[] = [];
const rows = programs.flatMap(({ name, command }) => [
	{ program: name, what: '--help', ...measure(command, () => ['--help']) },
	{ program: name, what: 'search', ...measure(command, searchArguments) },
	{ program: name, what: 'search, files not in the page cache', ...measure(command, searchArguments, dropFromCache) },
]);

const machine = describeMachine();
console.log(`project of ${chunks} chunks\n\n${machineLine(machine)}\n${loadLine(loads)}\n`);
console.log('| program | what | p50 ms | least | p95 |\n| --- | --- | --: | --: | --: |');
for (const { program, what, p50, least, p95 } of rows) {
	console.log(`| ${program} | ${what} | ${p50.toFixed(0)} | ${least.toFixed(0)} | ${p95.toFixed(0)} |`);
}
mkdirSync(join(here, 'results'), { recursive: true });
appendFileSync(join(here, 'results/cold.jsonl'), `${JSON.stringify({ machine, chunks, loads, rows })}\n`);

/** Made once with the store, index and embedder of today; remove `.cache/cold-*` after a change of format. */
async function createProject(): Promise<void> {
	if (existsSync(project)) return;
	const temporary = `${project}.tmp`;
	rmSync(temporary, { recursive: true, force: true });
	await engine.build(corpus, join(temporary, '.knowhow'));
	const knowhow = await open(temporary, { env: {} });
	const { vectors, tookMs } = await knowhow.reindex({ dropOld: true });
	console.log(`${vectors} vectors by the built-in embedder in ${(tookMs / 1000).toFixed(1)} s`);
	await knowhow.close();
	renameSync(temporary, project);
}

/** The package built from the sources of today, beside the folders that it reads; returns its program. */
function buildPackage(): string {
	const folder = join(here, '.cache/package');
	rmSync(folder, { recursive: true, force: true });
	// It emits in spite of type errors, which are not this program's business.
	spawnSync(join(root, 'node_modules/.bin/tsc'), ['-p', 'tsconfig.build.json', '--outDir', join(folder, 'dist')], {
		cwd: root,
		stdio: 'ignore',
	});
	for (const part of ['package.json', 'weights']) cpSync(join(root, part), join(folder, part), { recursive: true });
	return join(folder, 'dist/cli/main.js');
}

function searchArguments(i: number): string[] {
	return ['search', '--json', '--project', project, '--', queries[i]!];
}

function measure(
	command: readonly string[],
	argumentsOf: (i: number) => readonly string[],
	before: () => void = () => {},
): { p50: number; least: number; p95: number } {
	loads.push(readLoad());
	const times: number[] = [];
	// The first run is not counted: it fills the compile cache.
	for (let i = 0; i <= runs; i++) {
		before();
		const began = performance.now();
		const child = spawnSync(command[0]!, [...command.slice(1), ...argumentsOf(i)], {
			encoding: 'utf8',
			maxBuffer: 2 ** 26,
		});
		if (i > 0) times.push(performance.now() - began);
		if (child.status !== 0) throw new Error(`${command.join(' ')} ended with ${child.status}: ${child.stderr}`);
	}
	return { p50: quantile(times, 0.5), least: Math.min(...times), p95: quantile(times, 0.95) };
}

/** Asks the kernel to forget the project's files (GNU dd); where that cannot be done they stay. */
function dropFromCache(): void {
	for (const path of globSync('.knowhow/**/*.{db,snap}', { cwd: project })) {
		spawnSync('dd', [`if=${join(project, path)}`, 'iflag=nocache', 'count=0'], { stdio: 'ignore' });
	}
}
