/**
 * `npm run bench [-- --chunks 10000 --rounds 3 --engines knowhow,lancedb]`: Knowhow's search through the real store and index beside
 * other engines, same corpus, same queries. Prints Markdown and appends a line to `results/search.jsonl`.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, existsSync, globSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { corpusFolder, readManifest } from './corpus.ts';
import { describeMachine, type Load, loadLine, machineLine, readLoad } from './machine.ts';
import { type Build, loadEngine, type Queried } from './measure.ts';
import { printTables } from './tables.ts';
import type { Updates } from './updates.ts';

/** What was measured of one engine at one size. */
export type Row = {
	readonly engine: string;
	readonly chunks: number;
	readonly build: Build | null;
	readonly diskMb: number | null;
	readonly rounds: readonly Queried[];
	readonly updates: Updates | null;
	/** Why there is nothing, or less. */
	readonly note: string | null;
};

const names = ['knowhow', 'lancedb', 'orama', 'minisearch', 'langchain'];
/** An engine that is built anew in every process is asked once above this size. */
const rebuildOftenUpTo = 10_000;
const timeoutMs = 20 * 60_000;
const here = import.meta.dirname;

const { values } = parseArgs({
	options: {
		chunks: { type: 'string', default: '100000' },
		rounds: { type: 'string', default: '3' },
		engines: { type: 'string', default: names.join(',') },
	},
});
const chunks = Number(values.chunks);
const rounds = Number(values.rounds);

const machine = describeMachine();
const loads: Load[] = [];
const corpus = corpusFolder(chunks);
const missing = install();
const temporary = join(here, '.cache', `run-${process.pid}`);
const subjects = await Promise.all(values.engines.split(',').map(prepare));
for (const subject of subjects) if (subject.engine?.isPersistent) build(subject);
for (let round = 0; round < rounds; round++) {
	for (const subject of round % 2 === 0 ? subjects : subjects.toReversed()) ask(subject, round);
}
for (const subject of subjects) if (subject.name === 'knowhow') update(subject);
rmSync(temporary, { recursive: true, force: true });

const { note } = readManifest(corpus);
const rows = subjects.map(toRow);
console.log(`corpus: ${note}; ${chunks} chunks\n`);
console.log(`${machineLine(machine)}\n${loadLine(loads)}\n`);
printTables(rows);
mkdirSync(join(here, 'results'), { recursive: true });
const record = { machine, corpus: note, chunks, loads, rows };
appendFileSync(join(here, 'results/search.jsonl'), `${JSON.stringify(record)}\n`);

type Subject = {
	readonly name: string;
	readonly engine: Awaited<ReturnType<typeof loadEngine>> | null;
	readonly corpus: string;
	readonly chunks: number;
	readonly folder: string;
	note: string | null;
	build: Build | null;
	diskMb: number | null;
	updates: Updates | null;
	readonly rounds: Queried[];
};

async function prepare(name: string): Promise<Subject> {
	const folder = join(temporary, name);
	mkdirSync(folder, { recursive: true });
	const empty = { name, folder, build: null, diskMb: null, updates: null, rounds: [] };
	try {
		const engine = await loadEngine(name);
		const size = Math.min(chunks, engine.limit);
		const note = size < chunks ? `measured with ${size.toLocaleString('en')} chunks` : null;
		return { ...empty, engine, corpus: corpusFolder(size), chunks: size, note };
	} catch (error) {
		return { ...empty, engine: null, corpus, chunks, note: missing ?? firstLine(error) };
	}
}

/** The other engines' packages; why they are missing when they cannot be installed. */
function install(): string | null {
	if (existsSync(join(here, 'node_modules'))) return null;
	try {
		execFileSync('npm', ['install', '--no-audit', '--no-fund', '--package-lock=false'], { cwd: here, stdio: 'ignore' });
		return null;
	} catch {
		return 'its package could not be installed';
	}
}

function build(subject: Subject): void {
	const result = run(subject, 'build');
	subject.build = result;
	if (result !== null) subject.diskMb = sizeMb(subject.folder);
}

function ask(subject: Subject, round: number): void {
	if (subject.engine === null) return;
	if (subject.engine.isPersistent && subject.build === null) return;
	if (!subject.engine.isPersistent && round > 0 && subject.chunks > rebuildOftenUpTo) return;
	const result = run(subject, 'query');
	if (result !== null) subject.rounds.push(result);
}

function update(subject: Subject): void {
	if (subject.build === null) return;
	const copy = `${subject.folder}-updated`;
	cpSync(subject.folder, copy, { recursive: true });
	subject.updates = run({ ...subject, folder: copy }, 'updates');
}

type Results = { readonly build: Build; readonly query: Queried; readonly updates: Updates };

function run<Phase extends keyof Results>(subject: Subject, phase: Phase): Results[Phase] | null {
	loads.push(readLoad());
	console.error(`${phase} ${subject.name} (${subject.chunks} chunks)`);
	const child = spawnSync(
		process.execPath,
		['--max-old-space-size=12000', join(here, 'measure.ts'), subject.name, phase, subject.corpus, subject.folder],
		{ encoding: 'utf8', timeout: timeoutMs, maxBuffer: 2 ** 26 },
	);
	const line = child.stdout.trim().split('\n').at(-1) ?? '';
	if (child.status === 0 && line.startsWith('{')) return JSON.parse(line) as Results[Phase];
	subject.note = `${phase} failed: ${child.signal ?? firstLine(child.stderr)}`;
	console.error(child.stderr);
	return null;
}

function firstLine(error: unknown): string {
	const text = error instanceof Error ? error.message : String(error);
	return (/^\w*Error.*$/m.exec(text)?.[0] ?? text.split('\n')[0]!).slice(0, 120);
}

function sizeMb(folder: string): number {
	const bytes = globSync('**/*', { cwd: folder }).reduce((sum, path) => sum + statSync(join(folder, path)).size, 0);
	return bytes / 1e6;
}

function toRow({ name, engine, chunks: size, build: built, diskMb, rounds: asked, updates, note: why }: Subject): Row {
	return {
		engine: engine?.name ?? name,
		chunks: size,
		build: built,
		diskMb,
		rounds: asked,
		updates,
		note: why,
	};
}
