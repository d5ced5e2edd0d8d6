import { resolve } from 'node:path';
import type { Format } from '../../core/document.ts';
import type { IngestReport } from '../../ingest/ingest.ts';
import { isUrl } from '../../ingest/source.ts';
import { defineCommand } from '../command.ts';
import { misuse } from '../parse.ts';
import { openProject, projectFolder } from '../project.ts';
import { followIngest } from '../progress.ts';
import { type Style, oneLine } from '../style.ts';

/** What is read, by format; help says it in this order. */
const formats: Readonly<Record<Format, string>> = {
	markdown: 'Markdown',
	html: 'HTML',
	pdf: 'PDF',
	docx: 'Word (docx)',
	pptx: 'PowerPoint (pptx)',
	xlsx: 'Excel (xlsx)',
	odt: 'OpenDocument texts',
	odp: 'presentations',
	ods: 'spreadsheets',
	epub: 'EPUB',
	eml: 'e-mail (eml)',
	csv: 'CSV and TSV',
	json: 'JSON and JSON lines',
	rst: 'reStructuredText',
	asciidoc: 'AsciiDoc',
	subtitles: 'subtitles (srt, vtt)',
	code: 'source code',
	text: 'plain text',
};

export const ingest = defineCommand({
	describe: `Reads ${new Intl.ListFormat('en-GB').format(Object.values(formats))}. Each file is committed by itself: Ctrl-C loses nothing that is done, a broken file is reported and the others go on (exit code 1). Progress goes to standard error: a bar on a terminal, one JSON object a line otherwise.`,
	arguments: [
		{
			name: 'PATH',
			describe: 'Files, folders and URLs of pages; - reads standard input.',
			isRepeatable: true,
			isOptional: true,
		},
	],
	options: {
		sync: { type: 'boolean', describe: 'Also remove the documents under these paths whose files are gone.' },
		sitemap: {
			type: 'strings',
			value: 'URL',
			describe: 'Read the pages that a sitemap lists; with --sync, remove those that it no longer lists.',
		},
		watch: {
			type: 'boolean',
			short: 'w',
			describe: 'Go on until Ctrl-C, and take in every change within a second; one report for each.',
		},
		'allow-private': {
			type: 'boolean',
			setting: 'ingest.allowPrivate',
			describe: 'Fetch URLs that lead to private or local addresses, too: those of your own network.',
		},
		name: {
			type: 'string',
			value: 'NAME',
			describe: 'What standard input is called; its extension says the format, for instance notes.md.',
		},
		html: {
			type: 'string',
			choices: ['main', 'full'],
			setting: 'ingest.html',
			describe: 'Take the main content of HTML pages, or all of it.',
		},
		quiet: { type: 'boolean', short: 'q', describe: 'Show no progress.' },
	},
	collections: 'one',
	examples: [
		{ command: 'knowhow ingest ./docs --sync', describe: 'Bring the project up to date with a folder' },
		{
			command: 'knowhow ingest --sitemap https://example.com/sitemap.xml --sync',
			describe: 'Bring it up to date with a site',
		},
		{ command: 'knowhow ingest ./docs --sync --watch', describe: 'Take in every change while you work' },
		{ command: 'curl -s https://example.com | knowhow ingest - --name example.html', describe: 'Read a page' },
	],
	run: async (call) => {
		const { terminal, options, cwd, collections } = call;
		const paths = call.arguments.map((path) => (path === '-' || isUrl(path) ? path : resolve(cwd, path)));
		if (paths.length + options.sitemap.length === 0)
			throw misuse('Nothing is named to read.', 'Name a file, a folder or a URL.');
		if (options.watch && paths.includes('-'))
			throw misuse('Standard input cannot be watched.', 'Leave out - or --watch.');
		await using knowhow = await openProject(call, { create: true });
		const progress = followIngest(terminal, options.quiet);
		const project = await projectFolder(call);
		const wanted = {
			collection: collections[0],
			sync: options.sync,
			sitemaps: options.sitemap,
			signal: call.signal,
			onEvent: progress.onEvent,
		};
		try {
			if (options.watch) {
				for await (const report of knowhow.watch(paths, wanted)) {
					progress.end();
					terminal.writeOut(
						call.isJson ? `${JSON.stringify(report)}\n` : `${summary(report, terminal.style, project)}\n`,
					);
				}
				// Only Ctrl-C ends it.
				call.signal.throwIfAborted();
			}
			const report = await knowhow.ingest(paths, {
				...wanted,
				stdin: terminal.stdin as AsyncIterable<Uint8Array>,
				stdinName: options.name,
			});
			progress.end();
			const text = summary(report, terminal.style, project);
			return { json: report, text, exitCode: report.failed.length > 0 ? 1 : 0 };
		} finally {
			progress.end();
		}
	},
});

function summary(report: IngestReport, style: Style, project: string): string {
	const { added, updated, removed, unchanged, failed, chunks, tookMs } = report;
	const counts = { added, updated, removed, unchanged, failed: failed.length };
	const parts = Object.entries(counts).flatMap(([name, count]) => (count > 0 ? [`${count} ${name}`] : []));
	const failures = failed.flatMap(({ path, code, message, hint }) => [
		`${style.red('✖')} ${oneLine(message.includes(path) ? message : `${path}: ${message}`)} (${code})`,
		...(hint ? [`  ${hint}`] : []),
	]);
	const total = `${parts.join(', ') || 'Nothing to read'}; ${chunks} chunks written in ${(tookMs / 1000).toFixed(1)} s`;
	return [...failures, `${style.bold(total)} ${style.dim(`(${project})`)}`].join('\n');
}
