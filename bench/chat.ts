/**
 * `node bench/chat.ts [--chunks 10000] [--connections 1,16] [--requests 1000] [--folder DIR]`: what `chat/completions` adds to
 * calling the same model server, which is a process of its own and thinks no time at all (`model-server.ts`). One after the other,
 * the connections ask the model server itself, the language model through Knowhow, and `rag`, with and without keeping the answer, all streamed, and search for the same
 * questions; each sends the next request when it has the whole answer to the last. Prints a table and appends a line to
 * `results/chat.jsonl`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import { Agent, type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { describeMachine, type Load, loadLine, machineLine, readLoad } from './machine.ts';
import { quantile } from './measure.ts';
import { createRandom } from './random.ts';
import { drawnProject, drawWords, startServer } from './served.ts';

type Call = { readonly name: string; readonly url: string; readonly body: (question: string) => object };
/** Milliseconds until the first byte of the body and until the last. */
type Took = { readonly firstMs: number[]; readonly wholeMs: number[] };
type Row = {
	readonly connections: number;
	readonly name: string;
	readonly firstP50Ms: number;
	readonly p50Ms: number;
	readonly p99Ms: number;
};

const warmUps = 50;
const { values } = parseArgs({
	options: {
		chunks: { type: 'string', default: '10000' },
		connections: { type: 'string', default: '1,16' },
		requests: { type: 'string', default: '1000' },
		folder: { type: 'string' },
	},
});
const requests = Number(values.requests);
const model = spawn(process.execPath, [join(import.meta.dirname, 'model-server.ts')], {
	stdio: ['ignore', 'pipe', 'inherit'],
});
const loads: Load[] = [];
const rows: Row[] = [];
try {
	const [modelUrl] = (await once(createInterface(model.stdout), 'line')) as [string];
	using project = values.folder === undefined ? drawnProject(Number(values.chunks)) : null;
	const folder = values.folder ?? project!.folder;
	await using server = await startServer(folder, { args: ['--model', `${modelUrl}#bench`] });
	const calls = callsOf(modelUrl, server.url);
	for (const call of calls) await measure(call, 1, warmUps);
	for (const connections of values.connections.split(',').map(Number)) {
		loads.push(readLoad());
		for (const call of calls) rows.push(toRow(connections, call, await measure(call, connections, requests)));
	}
	print();
} finally {
	model.kill();
}

function callsOf(modelUrl: string, url: string): Call[] {
	const chat = (name: string, store?: boolean) => (question: string) => ({
		model: name,
		store,
		messages: [{ role: 'user', content: question }],
		stream: true,
	});
	return [
		{ name: 'model server', url: `${modelUrl}/chat/completions`, body: chat('bench') },
		{ name: 'model through Knowhow', url: `${url}/v1/chat/completions`, body: chat(`${modelUrl}#bench`) },
		{ name: 'rag', url: `${url}/v1/chat/completions`, body: chat('rag') },
		{ name: 'rag, not kept', url: `${url}/v1/chat/completions`, body: chat('rag', false) },
		{ name: 'search', url: `${url}/v1/vector_stores/default/search`, body: (query) => ({ query }) },
	];
}

async function measure(call: Call, connections: number, count: number): Promise<Took> {
	const random = createRandom(3);
	const agent = new Agent({ keepAlive: true });
	const took: Took = { firstMs: [], wholeMs: [] };
	let left = count;
	const ask = async (): Promise<void> => {
		while (left-- > 0) await time(call, `${drawWords(random, 8)}?`, { agent, took });
	};
	await Promise.all(Array.from({ length: connections }, ask));
	agent.destroy();
	return took;
}

async function time({ name, url, body }: Call, question: string, { agent, took }: { agent: Agent; took: Took }) {
	const began = performance.now();
	const sent = request(url, { agent, method: 'POST', headers: { 'content-type': 'application/json' } });
	sent.end(JSON.stringify(body(question)));
	const [response] = (await once(sent, 'response')) as [IncomingMessage];
	let text = '';
	for await (const part of response.setEncoding('utf8')) {
		if (text === '') took.firstMs.push(performance.now() - began);
		text += part as string;
	}
	took.wholeMs.push(performance.now() - began);
	if (response.statusCode !== 200 || text.includes('"error":{')) throw new Error(`${name}: ${text.slice(0, 300)}`);
}

function toRow(connections: number, { name }: Call, { firstMs, wholeMs }: Took): Row {
	const [p50Ms, p99Ms] = [quantile(wholeMs, 0.5), quantile(wholeMs, 0.99)];
	return { connections, name, firstP50Ms: quantile(firstMs, 0.5), p50Ms, p99Ms };
}

/** What a call takes beyond the model server's own time, at the same quantile. */
function added({ connections, name, p50Ms, p99Ms }: Row): string {
	const of = (wanted: string): Row => rows.find((row) => row.connections === connections && row.name === wanted)!;
	if (name !== 'model through Knowhow' && !name.startsWith('rag')) return '| ';
	const beyond = name.startsWith('rag') ? [of('model server'), of('search')] : [of('model server')];
	const sum = (quantileOf: (row: Row) => number): number => beyond.reduce((total, row) => total + quantileOf(row), 0);
	return `${(p50Ms - sum((row) => row.p50Ms)).toFixed(1)} | ${(p99Ms - sum((row) => row.p99Ms)).toFixed(1)}`;
}

function print(): void {
	const machine = describeMachine();
	console.log(
		`${machineLine(machine)}\n${loadLine(loads)}\n${requests} questions each; added to the model server’s own`,
	);
	console.log('time, and for rag to that of a search as well:\n');
	console.log('| connections | | first byte p50 ms | p50 ms | p99 ms | added p50 ms | p99 ms |');
	console.log(`|${' --- |'.repeat(7)}`);
	for (const row of rows) {
		const ms = [row.firstP50Ms, row.p50Ms, row.p99Ms].map((each) => each.toFixed(1));
		console.log(`| ${[row.connections, row.name, ...ms].join(' | ')} | ${added(row)} |`);
	}
	const results = join(import.meta.dirname, 'results/chat.jsonl');
	appendFileSync(results, `${JSON.stringify({ machine, loads, requests, rows })}\n`);
}
