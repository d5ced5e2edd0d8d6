/**
 * `node bench/serve-memory.ts [--streams 2000] [--held 100]`: what a server holds, after garbage collection, before and after
 * thousands of streams that their clients left, beside hundreds that nobody reads, and after calls of a model server that is dead.
 * The server is a process of its own with a project of drawn documents; the model server writes without end. Beside
 * each phase `/healthz` is asked every 20 ms: how long others wait. Prints a table and appends a line to `results/serve-memory.jsonl`.
 */
import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { describeMachine, type Load, loadLine, machineLine, readLoad } from './machine.ts';
import { quantile } from './measure.ts';
import { createRandom } from './random.ts';
import { cpuMs, drawnProject } from './served.ts';

type Memory = {
	readonly rss: number;
	readonly heapUsed: number;
	readonly external: number;
	readonly arrayBuffers: number;
};
type Row = Memory & { readonly phase: string; readonly healthP50Ms: number; readonly healthP99Ms: number };

const parallel = 16;
const chunks = 1_000;

if (process.send !== undefined) await beServer();
else await measure();

/** The server's process: says where it listens, then what it holds, whenever it is asked. */
async function beServer(): Promise<void> {
	const { open } = await import('../src/index.ts');
	const { serve } = await import('../src/serve/server.ts');
	const [folder, model] = process.argv.slice(2) as [string, string];
	const knowhow = await open(folder, { settings: { model }, searchThread: true });
	const server = await serve(knowhow, { port: 0 });
	process.on('message', () => void collected().then((memory) => process.send!(memory)));
	process.once('disconnect', () => process.exit());
	process.send!(server.url);
}

/** What is collected may let go of more: finalizers run between two turns. */
async function collected(): Promise<Memory> {
	for (let turns = 0; turns < 5; turns++) {
		globalThis.gc!();
		await pause(100);
	}
	return process.memoryUsage();
}

async function measure(): Promise<void> {
	const { values } = parseArgs({
		options: { streams: { type: 'string', default: '2000' }, held: { type: 'string', default: '100' } },
	});
	const streams = Number(values.streams);
	const held = Number(values.held);
	const loads: Load[] = [readLoad()];
	const rows: Row[] = [];
	using project = drawnProject(chunks);
	const model = spawn(process.execPath, [join(import.meta.dirname, 'model-server.ts'), '--endless'], {
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	const [modelUrl] = (await once(createInterface(model.stdout), 'line')) as [string];
	const name = `${modelUrl}#bench`;
	const server = fork(import.meta.filename, [project.folder, name], { execArgv: ['--expose-gc'] });
	try {
		const [url] = (await once(server, 'message')) as [string];
		const phase = async (title: string, run: () => Promise<void>): Promise<void> => {
			rows.push({ phase: title, ...(await besideHealth(url, run)), ...(await memoryOf(server)) });
		};
		await phase('warm', () => drop(url, name, 300));
		await phase(`${streams} streams left`, () => drop(url, name, streams));
		await phase(`${streams} more`, () => drop(url, name, streams));
		const sockets: Socket[] = [];
		await phase(`${held} streams that nobody reads, until connections are full`, async () => {
			for (let at = 0; at < held; at++) sockets.push(await ask(url, name));
			await idle(server.pid!);
		});
		await phase('the same, full', () => pause(2_000));
		await phase('those left', async () => {
			for (const socket of sockets) socket.destroy();
		});
		model.kill();
		await once(model, 'exit');
		await phase('200 calls of a dead model server', async () => {
			await Promise.all(Array.from({ length: 200 }, () => refused(url, name)));
		});
		print(rows, [...loads, readLoad()], { streams, held });
	} finally {
		server.disconnect();
		model.kill();
	}
}

/** Waits until a process does next to nothing. */
async function idle(pid: number): Promise<void> {
	for (let before = cpuMs(pid) ?? 0, isIdle = false; !isIdle;) {
		await pause(1_000);
		const now = cpuMs(pid) ?? 0;
		isIdle = now - before < 200;
		before = now;
	}
}

/** Streams whose clients leave after so many bytes, drawn: some before the first one. */
async function drop(url: string, model: string, count: number): Promise<void> {
	const random = createRandom(5);
	let left = count;
	const client = async (): Promise<void> => {
		while (left-- > 0) {
			const socket = await ask(url, left % 2 === 0 ? model : 'rag');
			const wanted = random() < 0.2 ? 0 : Math.floor(random() * 20_000);
			let bytes = 0;
			if (wanted > 0) for await (const part of socket) if ((bytes += (part as Buffer).length) >= wanted) break;
			socket.destroy();
		}
	};
	await Promise.all(Array.from({ length: parallel }, client));
}

async function ask(url: string, model: string): Promise<Socket> {
	const { port, host } = new URL(url);
	const body = JSON.stringify({ model, stream: true, messages: [{ role: 'user', content: 'w1 w2 w3 w4?' }] });
	const socket = connect(Number(port), '127.0.0.1').pause();
	socket.on('error', () => {});
	await once(socket, 'connect');
	const head = `POST /v1/chat/completions HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\nconnection: close`;
	socket.write(`${head}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
	return socket;
}

async function refused(url: string, model: string): Promise<void> {
	const socket = await ask(url, model);
	let text = '';
	for await (const part of socket) text += String(part);
	if (!text.startsWith('HTTP/1.1 502')) throw new Error(text.slice(0, 300));
}

async function besideHealth(
	url: string,
	run: () => Promise<void>,
): Promise<{ healthP50Ms: number; healthP99Ms: number }> {
	const times: number[] = [];
	const ended = new AbortController();
	const asking = (async () => {
		while (!ended.signal.aborted) {
			const began = performance.now();
			await (await fetch(`${url}/healthz`)).arrayBuffer();
			times.push(performance.now() - began);
			await pause(20);
		}
	})();
	await run();
	ended.abort();
	await asking;
	return { healthP50Ms: quantile(times, 0.5), healthP99Ms: quantile(times, 0.99) };
}

async function memoryOf(server: ChildProcess): Promise<Memory> {
	const answer = once(server, 'message') as Promise<[Memory]>;
	server.send('memory');
	const [{ rss, heapUsed, external, arrayBuffers }] = await answer;
	return { rss, heapUsed, external, arrayBuffers };
}

function print(rows: readonly Row[], loads: readonly Load[], sizes: { streams: number; held: number }): void {
	const machine = describeMachine();
	console.log(`${machineLine(machine)}\n${loadLine(loads)}\nMB after garbage collection; ms of /healthz beside it\n`);
	console.log('| | heap | array buffers | resident | healthz p50 ms | p99 ms |');
	console.log(`|${' --- |'.repeat(6)}`);
	for (const { phase, heapUsed, arrayBuffers, rss, healthP50Ms, healthP99Ms } of rows) {
		const mb = [heapUsed, arrayBuffers, rss].map((bytes) => (bytes / 2 ** 20).toFixed(1));
		console.log(`| ${[phase, ...mb, healthP50Ms.toFixed(1), healthP99Ms.toFixed(1)].join(' | ')} |`);
	}
	const results = join(import.meta.dirname, 'results/serve-memory.jsonl');
	appendFileSync(results, `${JSON.stringify({ machine, loads, ...sizes, rows })}\n`);
}
