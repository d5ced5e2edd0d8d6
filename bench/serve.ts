/**
 * `node bench/serve.ts [--chunks 10000,100000] [--connections 1,16,64] [--seconds 5] [--folder DIR]`: `vector_stores.search` of a
 * served project over loopback, with connections that each send the next request when they have the answer to the last. The load
 * generator and the server share the machine. Documents are made of words drawn by Zipf's law; search is hybrid with the built-in
 * embedder, which embeds each query. Beside the load one more connection asks `/healthz` every 20 ms: how long others wait for the
 * thread that serves. `--folder` measures a project that is there. Prints tables and appends a line a size to `results/serve.jsonl`.
 */
import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import { Agent, type IncomingMessage, request } from 'node:http';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { describeMachine, type Load, loadLine, machineLine, readLoad } from './machine.ts';
import { quantile } from './measure.ts';
import { createRandom } from './random.ts';
import { busyMs, cpuMs, drawnProject, drawWords, startServer } from './served.ts';

type Row = {
	readonly connections: number;
	readonly requestsPerSecond: number;
	readonly p50Ms: number;
	readonly p95Ms: number;
	readonly p99Ms: number;
	/** Of `/healthz` beside the load. */
	readonly healthP50Ms: number;
	readonly healthP99Ms: number;
	/** Of the server's process, all threads; null outside of Linux. */
	readonly cpuMsPerRequest: number | null;
	/** Of this process, which makes the load. */
	readonly clientCpuMsPerRequest: number;
	/** Of all processors, what programs other than these two took meanwhile, percent; null outside of Linux. */
	readonly othersCpuPercent: number | null;
};

const healthPauseMs = 20;

const { values } = parseArgs({
	options: {
		chunks: { type: 'string', default: '10000,100000' },
		connections: { type: 'string', default: '1,16,64' },
		seconds: { type: 'string', default: '5' },
		folder: { type: 'string' },
	},
});
const seconds = Number(values.seconds);
const connectionCounts = values.connections.split(',').map(Number);
const random = createRandom(2);
for (const chunks of values.chunks.split(',').map(Number)) {
	using project = values.folder === undefined ? drawnProject(chunks) : null;
	const loads: Load[] = [];
	const rows: Row[] = [];
	await using server = await startServer(values.folder ?? project!.folder);
	await load(server, 1, 1); // the index is opened, the code compiled
	for (const connections of connectionCounts) {
		loads.push(readLoad());
		rows.push(await load(server, connections, seconds));
	}
	print({ chunks, seconds, rows }, loads);
}

async function load({ url, pid }: { url: string; pid: number }, connections: number, duration: number): Promise<Row> {
	const agent = new Agent({ keepAlive: true, maxSockets: connections });
	const beside = new Agent({ keepAlive: true, maxSockets: 1 });
	// Connections are open before the clock starts: a busy thread accepts one a turn.
	await Promise.all([...Array.from({ length: connections }, async () => await search(url, agent)), ask(url, beside)]);
	const times: number[] = [];
	const healthTimes: number[] = [];
	const cpuBefore = cpuMs(pid);
	const ownBefore = process.cpuUsage();
	const busyBefore = busyMs();
	const began = performance.now();
	const repeat = async (run: () => Promise<void>, took: number[], pauseMs: number): Promise<void> => {
		while (performance.now() < began + duration * 1000) {
			const sent = performance.now();
			await run();
			took.push(performance.now() - sent);
			if (pauseMs > 0) await pause(pauseMs);
		}
	};
	await Promise.all([
		...Array.from({ length: connections }, async () => await repeat(() => search(url, agent), times, 0)),
		repeat(() => ask(url, beside), healthTimes, healthPauseMs),
	]);
	const tookMs = performance.now() - began;
	const cpuAfter = cpuMs(pid);
	const own = process.cpuUsage(ownBefore);
	const ownMs = (own.user + own.system) / 1000;
	const serverMs = cpuBefore === null || cpuAfter === null ? null : cpuAfter - cpuBefore;
	const busy = busyMs();
	const othersMs = serverMs === null || busy === null ? null : busy - busyBefore! - serverMs - ownMs;
	agent.destroy();
	beside.destroy();
	return {
		connections,
		requestsPerSecond: (times.length / tookMs) * 1000,
		p50Ms: quantile(times, 0.5),
		p95Ms: quantile(times, 0.95),
		p99Ms: quantile(times, 0.99),
		healthP50Ms: quantile(healthTimes, 0.5),
		healthP99Ms: quantile(healthTimes, 0.99),
		cpuMsPerRequest: serverMs === null ? null : serverMs / times.length,
		clientCpuMsPerRequest: ownMs / times.length,
		othersCpuPercent: othersMs === null ? null : (100 * othersMs) / tookMs / availableParallelism(),
	};
}

async function search(url: string, agent: Agent): Promise<void> {
	const sent = request(`${url}/v1/vector_stores/default/search`, {
		agent,
		method: 'POST',
		headers: { 'content-type': 'application/json' },
	});
	sent.end(JSON.stringify({ query: drawWords(random, 8), max_num_results: 10 }));
	if ((await received(sent)) < 100) throw new Error('The server found nothing.');
}

async function ask(url: string, agent: Agent): Promise<void> {
	const sent = request(`${url}/healthz`, { agent });
	sent.end();
	await received(sent);
}

async function received(sent: ReturnType<typeof request>): Promise<number> {
	const [response] = (await once(sent, 'response')) as [IncomingMessage];
	let bytes = 0;
	for await (const part of response) bytes += (part as Buffer).length;
	if (response.statusCode !== 200) throw new Error(`The server answered ${response.statusCode}.`);
	return bytes;
}

function print(measured: { chunks: number; seconds: number; rows: readonly Row[] }, loads: readonly Load[]): void {
	const machine = describeMachine();
	console.log(`${machineLine(machine)}\n${loadLine(loads)}\n${measured.chunks} chunks, ${measured.seconds} s each\n`);
	console.log(
		'| connections | requests/s | p50 ms | p95 ms | p99 ms | CPU ms/request | client’s | healthz p50 ms | p99 ms | others’ CPU % |',
	);
	console.log(`|${' --- |'.repeat(10)}`);
	for (const row of measured.rows) {
		const cpu = [row.cpuMsPerRequest ?? Number.NaN, row.clientCpuMsPerRequest].map((ms) => ms.toFixed(2));
		const waits = [row.p50Ms, row.p95Ms, row.p99Ms].map((ms) => ms.toFixed(1));
		const others = (row.othersCpuPercent ?? Number.NaN).toFixed(0);
		const health = [row.healthP50Ms, row.healthP99Ms].map((ms) => ms.toFixed(1));
		console.log(
			`| ${[row.connections, row.requestsPerSecond.toFixed(0), ...waits, ...cpu, ...health, others].join(' | ')} |`,
		);
	}
	console.log('');
	const results = join(import.meta.dirname, 'results/serve.jsonl');
	appendFileSync(results, `${JSON.stringify({ machine, loads, ...measured })}\n`);
}
