/** A project of drawn documents behind `knowhow serve`, in a process of its own, and what that process has used so far. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createRandom } from './random.ts';

export type Served = AsyncDisposable & {
	/** `http://127.0.0.1:40123` */
	readonly url: string;
	readonly pid: number;
};

/** Drawn words are one to two tokens each: with more a part would be more than one chunk, with fewer two would be one. */
const wordsInChunk = 120;
const chunksInDocument = 10;
const vocabulary = 30_000;
const launcher = join(import.meta.dirname, '../bin/knowhow');

/** Words by Zipf's law: the rank of a word is a power of the vocabulary's size. */
export function drawWords(random: () => number, count: number): string {
	return Array.from({ length: count }, () => wordOf(Math.floor(vocabulary ** random()))).join(' ');
}

/** Two syllables or three, and no digit: a word with digits is an identifier, which is searched in its parts, too. */
function wordOf(rank: number): string {
	const syllable = (number: number): string =>
		'bcdfghjklmnpqrstvwxz'.charAt(number % 20) + 'aeiou'.charAt(Math.floor(number / 20) % 5);
	const [last, middle, first] = [rank % 100, Math.floor(rank / 100) % 100, Math.floor(rank / 10_000)];
	return [...(first > 0 ? [first] : []), middle, last].map(syllable).join('');
}

/** A project with so many chunks, in a temporary folder that goes with it. */
export function drawnProject(chunks: number): Disposable & { readonly folder: string } {
	const folder = mkdtempSync(join(tmpdir(), 'knowhow-bench-'));
	writeDocuments(join(folder, 'docs'), chunks);
	const ingested = execFileSync(launcher, ['ingest', 'docs', '--json'], {
		cwd: folder,
		encoding: 'utf8',
		stdio: ['ignore', 'pipe', 'ignore'],
	});
	const made = (JSON.parse(ingested) as { chunks: number }).chunks;
	if (made !== chunks) throw new Error(`${made} chunks were made of ${chunks}.`);
	return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}

function writeDocuments(folder: string, chunks: number): void {
	const random = createRandom(1);
	const words = (count: number): string => drawWords(random, count);
	if (!existsSync(folder)) mkdirSync(folder);
	for (let at = 0; at * chunksInDocument < chunks; at++) {
		const parts = Array.from({ length: chunksInDocument }, () => `## ${words(3)}\n\n${words(wordsInChunk)}.\n`);
		writeFileSync(join(folder, `${at}.md`), `# ${words(4)}\n\n${parts.join('\n')}`);
	}
}

/** `knowhow serve` in a folder; `flags` go to Node.js. */
export async function startServer(
	folder: string,
	{ args = [], flags = [] }: { readonly args?: readonly string[]; readonly flags?: readonly string[] } = {},
): Promise<Served> {
	const server = spawn(launcher, ['serve', '--port', '0', ...args], {
		cwd: folder,
		stdio: ['ignore', 'ignore', 'pipe'],
		env: { ...process.env, NODE_OPTIONS: flags.join(' ') },
	});
	const lines = createInterface(server.stderr);
	const [first] = (await once(lines, 'line')) as [string];
	const { url } = JSON.parse(first) as { url: string };
	const exited = once(server, 'exit');
	return {
		url,
		pid: server.pid!,
		[Symbol.asyncDispose]: async () => {
			server.kill('SIGTERM');
			await exited;
		},
	};
}

/** User and system time of a process so far, all threads; ticks are 10 ms. Null outside of Linux. */
export function cpuMs(pid: number): number | null {
	try {
		const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
			.replace(/^.*\) /s, '')
			.split(' ');
		return (Number(fields[11]) + Number(fields[12])) * 10;
	} catch {
		return null;
	}
}

/** Time that all processors have been busy, with anything. Null outside of Linux. */
export function busyMs(): number | null {
	try {
		const [user, nice, system, , , irq, softirq, steal] = /^cpu +(.*)/
			.exec(readFileSync('/proc/stat', 'utf8'))![1]!
			.split(' ')
			.map(Number);
		return (user! + nice! + system! + irq! + softirq! + steal!) * 10;
	} catch {
		return null;
	}
}
