/**
 * `node bench/serve.ts [--chunks 10000] [--seconds 5]`: `vector_stores.search` of a served project over loopback, with 1, 16 and 64
 * connections that each send the next request when they have the answer to the last. The load generator and the server share the
 * machine. Documents are made of words drawn by Zipf's law; search is hybrid with the built-in embedder, which embeds each query.
 * Prints a table and appends a line to `results/serve.jsonl`.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { describeMachine, type Load, loadLine, machineLine, readLoad } from './machine.ts';
import { quantile } from './measure.ts';
import { createRandom } from './random.ts';

type Row = {
	readonly connections: number;
	readonly requestsPerSecond: number;
	readonly p50Ms: number;
	readonly p95Ms: number;
	readonly p99Ms: number;
	/** Of the server's process, all threads; null outside of Linux. */
	readonly cpuMsPerRequest: number | null;
};

/** Drawn words are about three tokens each: with more, a part would be more than one chunk. */
const wordsInChunk = 70;
const chunksInDocument = 10;
const vocabulary = 30_000;
const launcher = join(import.meta.dirname, '../bin/knowhow');

const { values } = parseArgs({
	options: { chunks: { type: 'string', default: '10000' }, seconds: { type: 'string', default: '5' } },
});
const chunks = Number(values.chunks);
const seconds = Number(values.seconds);
const random = createRandom(1);
const folder = mkdtempSync(join(tmpdir(), 'knowhow-bench-'));
const loads: Load[] = [];
const rows: Row[] = [];
try {
	writeDocuments();
	const ingested = JSON.parse(
		execFileSync(launcher, ['ingest', 'docs', '--json'], { cwd: folder, encoding: 'utf8' }),
	) as {
		chunks: number;
	};
	const server = spawn(launcher, ['serve', '--port', '0'], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
	const lines = createInterface(server.stderr);
	const [first] = (await once(lines, 'line')) as [string];
	const { url } = JSON.parse(first) as { url: string };
	await load(url, server.pid!, 1, 1); // the index is opened, the code compiled
	for (const connections of [1, 16, 64]) {
		loads.push(readLoad());
		rows.push(await load(url, server.pid!, connections, seconds));
	}
	server.kill('SIGTERM');
	await once(server, 'exit');
	print(ingested.chunks);
} finally {
	rmSync(folder, { recursive: true, force: true });
}

function word(): string {
	return `w${Math.floor(vocabulary ** random())}`;
}

function words(count: number): string {
	return Array.from({ length: count }, word).join(' ');
}

function writeDocuments(): void {
	mkdirSync(join(folder, 'docs'));
	for (let at = 0; at * chunksInDocument < chunks; at++) {
		const parts = Array.from({ length: chunksInDocument }, () => `## ${words(3)}\n\n${words(wordsInChunk)}.\n`);
		writeFileSync(join(folder, 'docs', `${at}.md`), `# ${words(4)}\n\n${parts.join('\n')}`);
	}
}

async function load(url: string, pid: number, connections: number, duration: number): Promise<Row> {
	const agent = new Agent({ keepAlive: true, maxSockets: connections });
	// Connections are open before the clock starts: a busy thread accepts one a turn.
	await Promise.all(Array.from({ length: connections }, async () => await search(url, agent, words(8))));
	const times: number[] = [];
	const cpuBefore = cpuMs(pid);
	const began = performance.now();
	const client = async (): Promise<void> => {
		while (performance.now() < began + duration * 1000) {
			const sent = performance.now();
			await search(url, agent, words(8));
			times.push(performance.now() - sent);
		}
	};
	await Promise.all(Array.from({ length: connections }, client));
	const tookMs = performance.now() - began;
	const cpuAfter = cpuMs(pid);
	agent.destroy();
	return {
		connections,
		requestsPerSecond: (times.length / tookMs) * 1000,
		p50Ms: quantile(times, 0.5),
		p95Ms: quantile(times, 0.95),
		p99Ms: quantile(times, 0.99),
		cpuMsPerRequest: cpuBefore === null || cpuAfter === null ? null : (cpuAfter - cpuBefore) / times.length,
	};
}

async function search(url: string, agent: Agent, query: string): Promise<void> {
	const sent = request(`${url}/v1/vector_stores/default/search`, {
		agent,
		method: 'POST',
		headers: { 'content-type': 'application/json' },
	});
	sent.end(JSON.stringify({ query, max_num_results: 10 }));
	const [response] = (await once(sent, 'response')) as [IncomingMessage];
	let bytes = 0;
	for await (const part of response) bytes += (part as Buffer).length;
	if (response.statusCode !== 200 || bytes < 100) throw new Error(`The server answered ${response.statusCode}.`);
}

/** User and system time of a process so far; ticks are 10 ms. */
function cpuMs(pid: number): number | null {
	try {
		const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
			.replace(/^.*\) /s, '')
			.split(' ');
		return (Number(fields[11]) + Number(fields[12])) * 10;
	} catch {
		return null;
	}
}

function print(found: number): void {
	const machine = describeMachine();
	console.log(`${machineLine(machine)}\n${loadLine(loads)}\n${found} chunks, ${seconds} s each\n`);
	console.log(
		'| connections | requests/s | p50 ms | p95 ms | p99 ms | CPU ms/request |\n| --- | --- | --- | --- | --- | --- |',
	);
	for (const { connections, requestsPerSecond, p50Ms, p95Ms, p99Ms, cpuMsPerRequest } of rows) {
		const numbers = [p50Ms, p95Ms, p99Ms, cpuMsPerRequest ?? Number.NaN].map((ms) => ms.toFixed(1));
		console.log(`| ${connections} | ${requestsPerSecond.toFixed(0)} | ${numbers.join(' | ')} |`);
	}
	const results = join(import.meta.dirname, 'results');
	appendFileSync(join(results, 'serve.jsonl'), `${JSON.stringify({ machine, loads, chunks: found, seconds, rows })}\n`);
}
