/**
 * How much memory an ingest holds at most: of a PDF of 500 pages, and of a large file of every other kind of text.
 *
 *     node bench/memory.ts [pages] [megabytes]
 *
 * The peak is that of the whole program: the sum of what the command and the processes it starts hold at one moment
 * (resident size, read every 10 ms from /proc, so Linux only).
 */
import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import PdfDocument from 'pdfkit';
import { describeMachine, loadLine, machineLine, readLoad } from './machine.ts';

const [pages = 500, megabytes = 20] = process.argv.slice(2).map(Number);
const words =
	'policy account refund deposit station battery lease period customer report within thirty days after'.split(' ');

/** Sentences that are all different, so that nothing is dropped as a running head. */
function sentence(seed: number): string {
	const chosen = Array.from({ length: 14 }, (_, at) => words[(seed * 31 + at * at * 7 + at * seed) % words.length]);
	return `Rule ${seed}: ${chosen.join(' ')}.`;
}

async function writePdf(path: string): Promise<void> {
	const document = new PdfDocument();
	const file = document.pipe(createWriteStream(path));
	for (let page = 0; page < pages; page++) {
		if (page > 0) document.addPage();
		document.fontSize(16).text(`Section ${page + 1}: ${words[page % words.length]}`);
		const lines = Array.from({ length: 32 }, (_, line) => sentence(page * 32 + line));
		document.fontSize(10).text(lines.join(' '));
	}
	document.end();
	await finished(file);
}

function textOf(kind: string): string {
	const lines = Math.floor((megabytes * 1e6) / 100);
	const each = (make: (seed: number) => string): string =>
		Array.from({ length: lines }, (_, at) => make(at)).join('\n');
	if (kind === 'md') return each((at) => (at % 20 === 0 ? `\n# Part ${at}\n` : sentence(at)));
	if (kind === 'html') return `<html><body>${each((at) => `<p>${sentence(at)}</p>`)}</body></html>`;
	if (kind === 'csv') return `rule,text,number\n${each((at) => `${at},${sentence(at)},${at * 7}`)}`;
	if (kind === 'json')
		return JSON.stringify(Array.from({ length: lines }, (_, at) => ({ rule: at, text: sentence(at) })));
	return each(sentence);
}

/** Bytes that this process and those it started hold, by whoever still lives. */
async function heldBytes(pid: number): Promise<number> {
	try {
		const [status, children] = await Promise.all([
			readFile(`/proc/${pid}/status`, 'utf8'),
			readFile(`/proc/${pid}/task/${pid}/children`, 'utf8'),
		]);
		const own = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) * 1024;
		const below = await Promise.all(children.split(' ').filter(Boolean).map(Number).map(heldBytes));
		return below.reduce((sum, bytes) => sum + bytes, own);
	} catch {
		return 0;
	}
}

async function measure(path: string, project: string): Promise<{ peak: number; seconds: number; said: string }> {
	const main = join(import.meta.dirname, '../src/cli/main.ts');
	const began = performance.now();
	const child = spawn(process.execPath, [main, 'ingest', path, '--project', project, '--quiet'], {
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	let said = '';
	child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
	let peak = 0;
	const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
	while (child.exitCode === null && child.signalCode === null) {
		peak = Math.max(peak, await heldBytes(child.pid as number));
		await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 10))]);
	}
	await closed;
	return { peak, seconds: (performance.now() - began) / 1000, said: said.trim().split('\n').at(-1) ?? '' };
}

const folder = await mkdtemp(join(tmpdir(), 'knowhow-memory-'));
try {
	console.log(machineLine(describeMachine()));
	console.log(loadLine([readLoad()]));
	for (const kind of ['pdf', 'md', 'html', 'csv', 'json', 'txt']) {
		const path = join(folder, `large.${kind}`);
		if (kind === 'pdf') await writePdf(path);
		else await writeFile(path, textOf(kind));
		const { peak, seconds, said } = await measure(path, join(folder, kind));
		const size = ((await stat(path)).size / 1e6).toFixed(1);
		const what = kind === 'pdf' ? `${pages} pages, ${size} MB` : `${size} MB`;
		console.log(
			`${kind.padEnd(5)} ${what.padEnd(20)} peak ${Math.round(peak / 1e6)} MB, ${seconds.toFixed(1)} s  ${said.replace(/ \(.*$/, '')}`,
		);
		await rm(path);
	}
} finally {
	await rm(folder, { recursive: true });
}
