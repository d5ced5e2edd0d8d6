/**
 * Real filings: 13 quarterly reports as PDF (../shared/data/sec10q). How long reading them takes, and whether the page that
 * answers is among the first five hits. Run: node bench/filings.ts
 *
 * The questions name their document but no page. A page answers when it belongs to the document and holds a figure of the
 * reviewed answer (a number of at least four digits or with decimals); questions without such a figure are left out.
 * Fails when fewer questions find their page or their filing than did before.
 */
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { open } from '../src/index.ts';

type Question = {
	readonly question: string;
	readonly answer: string;
	readonly cited_docs: readonly string[];
	readonly type: string;
	readonly cited_present: boolean;
};

const data = new URL('../../shared/data/sec10q/', import.meta.url);
const k = 5;
/** Questions of 76 that find an answering page and a cited filing: as measured, less one. */
const stored = { page: 33, document: 64 } as const;

const folder = await mkdtemp(join(tmpdir(), 'knowhow-filings-'));
try {
	await cp(new URL('docs', data), join(folder, 'docs'), { recursive: true });
	await using knowhow = await open(folder);
	const report = await knowhow.ingest('docs');
	const documents = new Map<string, { text: string; pages: readonly number[] }>();
	for (const { id, source } of await knowhow.documents({ limit: 1000 })) {
		documents.set(source.replace('docs/', ''), (await knowhow.document(id))!);
	}
	const pages = [...documents.values()].reduce((sum, document) => sum + document.pages.length, 0);
	const counts = { questions: 0, document: 0, page: 0, single: 0, singlePage: 0 };
	const times: number[] = [];
	for (const asked of await readQuestions()) {
		const right = new Set(asked.cited_docs.flatMap((name) => answeringPages(name, asked.answer)));
		if (right.size === 0) continue;
		const { hits, tookMs } = await knowhow.search(asked.question, { k });
		times.push(tookMs);
		const found = hits.some(({ document, page }) => right.has(`${document.source.replace('docs/', '')}#${page}`));
		counts.questions++;
		counts.document += hits.some(({ document }) => asked.cited_docs.includes(document.source.replace('docs/', '')))
			? 1
			: 0;
		counts.page += found ? 1 : 0;
		if (asked.type.startsWith('Single')) {
			counts.single++;
			counts.singlePage += found ? 1 : 0;
		}
	}
	const share = (part: number, of: number): string => `${((100 * part) / of).toFixed(1)} % (${part} of ${of})`;
	const p50 = times.sort((a, b) => a - b)[times.length >> 1]!;
	process.stdout.write(
		[
			`${cpus()[0]!.model}, ${cpus().length} cores, Node ${process.version}`,
			`${report.added} filings, ${pages} pages, ${report.chunks} chunks read in ${(report.tookMs / 1000).toFixed(1)} s`,
			`an answering page in the top ${k}: ${share(counts.page, counts.questions)}`,
			`… questions about one filing: ${share(counts.singlePage, counts.single)}`,
			`a cited filing in the top ${k}: ${share(counts.document, counts.questions)}`,
			`a search: ${p50.toFixed(1)} ms (median)`,
			'',
		].join('\n'),
	);
	for (const what of ['page', 'document'] as const) {
		if (counts[what] >= stored[what]) continue;
		process.exitCode = 1;
		process.stderr.write(`${what}: ${counts[what]} found, stored ${stored[what]}\n`);
	}

	function answeringPages(name: string, answer: string): string[] {
		const document = documents.get(name);
		const figures = answer.match(/\d[\d,]*\.\d+|\d{1,3}(?:,\d{3})+|\b\d{5,}\b/g) ?? [];
		if (document === undefined || figures.length === 0) return [];
		return document.pages.flatMap((start, i) => {
			const text = document.text.slice(start, document.pages[i + 1]);
			return figures.some((figure) => text.includes(figure)) ? [`${name}#${i + 1}`] : [];
		});
	}
} finally {
	await rm(folder, { recursive: true });
}

async function readQuestions(): Promise<Question[]> {
	const lines = (await readFile(new URL('qa.jsonl', data), 'utf8')).trim().split('\n');
	return lines.map((line) => JSON.parse(line) as Question).filter(({ cited_present }) => cited_present);
}
