/** Other people's parsers behind one shape: bytes in, text out. Each is used as its documentation shows first. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// Loaded when used: some of them fight over globals. Each candidate runs in a process of its own.
const turndown = async () => new (await import('turndown')).default({ headingStyle: 'atx' });
const utf8 = (bytes) => new TextDecoder().decode(bytes);

export const candidates = [
	{
		format: 'md',
		name: 'marked, tags stripped',
		packages: 'marked cheerio',
		extract: async (bytes) => {
			const { marked } = await import('marked');
			const html = marked.parse(utf8(bytes), { async: false });
			// A space for each tag, so that cells and items stay apart; cheerio decodes what is left.
			return (await import('cheerio')).load(html.replaceAll(/<[^>]*>/g, ' ')).text();
		},
	},
	{
		format: 'html',
		name: 'cheerio, text of body',
		packages: 'cheerio',
		extract: async (bytes) => (await import('cheerio')).load(utf8(bytes))('body').text(),
	},
	{
		format: 'html',
		name: 'turndown',
		packages: 'turndown',
		extract: async (bytes) => (await turndown()).turndown(utf8(bytes)),
	},
	{
		format: 'html',
		name: 'linkedom + readability + turndown',
		packages: 'linkedom @mozilla/readability turndown',
		extract: async (bytes) => {
			const { parseHTML } = await import('linkedom');
			const { Readability } = await import('@mozilla/readability');
			const article = new Readability(parseHTML(utf8(bytes)).document).parse();
			return (await turndown()).turndown(article?.content ?? '');
		},
	},
	{
		format: 'html',
		name: 'linkedom + defuddle',
		packages: 'linkedom defuddle',
		extract: async (bytes) => {
			const { parseHTML } = await import('linkedom');
			const { Defuddle } = await import('defuddle/node');
			const { document } = parseHTML(utf8(bytes));
			return (await Defuddle(document, 'https://example.org/', { markdown: true })).content;
		},
	},
	{
		format: 'pdf',
		name: 'unpdf, extractText',
		packages: 'unpdf',
		extract: async (bytes) => {
			const { extractText, getDocumentProxy } = await import('unpdf');
			const pdf = await getDocumentProxy(new Uint8Array(bytes), { verbosity: 0 });
			return (await extractText(pdf, { mergePages: true })).text;
		},
	},
	{
		format: 'pdf',
		name: 'pdfjs-dist, items',
		packages: 'pdfjs-dist',
		extract: async (bytes) => {
			const { getDocument } = await import('pdfjs-dist/legacy/build/pdf.mjs');
			const pdf = await getDocument({ data: new Uint8Array(bytes), verbosity: 0 }).promise;
			let text = '';
			for (let number = 1; number <= pdf.numPages; number++) {
				const { items } = await (await pdf.getPage(number)).getTextContent();
				text += items.map((item) => item.str + (item.hasEOL ? '\n' : '')).join('');
			}
			return text;
		},
	},
	{
		format: 'pdf',
		name: 'pdf-parse',
		packages: 'pdf-parse',
		extract: async (bytes) => {
			const { PDFParse } = await import('pdf-parse');
			return (await new PDFParse({ data: new Uint8Array(bytes), verbosity: 0 }).getText()).text;
		},
	},
	{
		format: 'docx',
		name: 'mammoth, extractRawText',
		packages: 'mammoth',
		extract: async (bytes) => {
			const { default: mammoth } = await import('mammoth');
			return (await mammoth.extractRawText({ buffer: Buffer.from(bytes) })).value;
		},
	},
	{
		format: 'docx',
		name: 'mammoth + turndown',
		packages: 'mammoth turndown',
		extract: async (bytes) => {
			const { default: mammoth } = await import('mammoth');
			const { value } = await mammoth.convertToHtml({ buffer: Buffer.from(bytes) });
			return (await turndown()).turndown(value.replaceAll(/<img[^>]*>/g, ''));
		},
	},
	{
		format: 'csv',
		name: 'csv-parse, comma',
		packages: 'csv-parse',
		extract: async (bytes) =>
			(await import('csv-parse/sync'))
				.parse(Buffer.from(bytes), { relax_column_count: true, bom: true })
				.map((row) => `| ${row.join(' | ')} |`)
				.join('\n'),
	},
	...'docx pptx xlsx odt odp ods'.split(' ').map((format) => ({
		format,
		name: 'officeparser, Markdown',
		packages: 'officeparser',
		extract: async (bytes) => {
			const { OfficeGenerator, OfficeParser } = await import('officeparser');
			const { value } = await OfficeGenerator.generate(await OfficeParser.parseOffice(Buffer.from(bytes)), 'md');
			return value;
		},
	})),
	{
		format: 'xlsx',
		name: 'SheetJS, sheet_to_csv',
		packages: 'xlsx',
		extract: async (bytes) => {
			const { default: xlsx } = await import('xlsx');
			const { SheetNames: names, Sheets: sheets } = xlsx.read(bytes);
			return names
				.map((name) => {
					const rows = xlsx.utils.sheet_to_json(sheets[name], { header: 1, raw: false, defval: '' });
					return `# ${name}\n\n${rows.map((row) => `| ${row.join(' | ')} |`).join('\n')}`;
				})
				.join('\n\n');
		},
	},
	{
		format: 'xlsx',
		name: 'read-excel-file',
		packages: 'read-excel-file',
		extract: async (bytes) => sheetsOf(await (await import('read-excel-file/node')).default(Buffer.from(bytes))),
	},
	{
		format: 'xlsx',
		name: 'hucre',
		packages: 'hucre',
		extract: async (bytes) => sheetsOf((await (await import('hucre/xlsx')).readXlsx(bytes)).sheets),
	},
	{
		format: 'ods',
		name: 'hucre',
		packages: 'hucre',
		extract: async (bytes) => sheetsOf((await (await import('hucre/ods')).readOds(bytes)).sheets),
	},
	{
		format: 'epub',
		name: '@lingo-reader/epub-parser + turndown',
		packages: '@lingo-reader/epub-parser turndown',
		extract: async (_, path) => {
			const { initEpubFile } = await import('@lingo-reader/epub-parser');
			const epub = await initEpubFile(path, mkdtempSync(join(tmpdir(), 'epub-')));
			const service = await turndown();
			const chapters = [];
			for (const { id } of epub.getSpine()) chapters.push(service.turndown((await epub.loadChapter(id)).html));
			return chapters.join('\n\n');
		},
	},
	{
		format: 'eml',
		name: 'letterparser',
		packages: 'letterparser',
		extract: async (bytes) => {
			const { from, to, subject, text } = (await import('letterparser')).extract(utf8(bytes));
			const people = [from, ...(to ?? [])].map((person) => person?.raw ?? `${person?.name} ${person?.address}`);
			return [subject, ...people, text].join('\n');
		},
	},
	{
		format: 'vtt',
		name: '@plussub/srt-vtt-parser',
		packages: '@plussub/srt-vtt-parser',
		extract: async (bytes) =>
			(await import('@plussub/srt-vtt-parser'))
				.parse(utf8(bytes))
				.entries.map(({ text }) => text)
				.join('\n'),
	},
	...'asciidoc rst'.split(' ').map((format) => ({
		format,
		name: 'kept as it is',
		packages: '–',
		extract: async (bytes) => utf8(bytes),
	})),
];

function sheetsOf(sheets) {
	return sheets
		.map((sheet) => {
			const rows = (sheet.rows ?? sheet.data).map((row) => `| ${row.map((cell) => String(cell ?? '')).join(' | ')} |`);
			return `# ${sheet.name ?? sheet.sheet}\n\n${rows.join('\n')}`;
		})
		.join('\n\n');
}
