/**
 * Makes the PDF and DOCX documents of the sample knowledge base from the
 * text sources in `binaries/`.
 *
 *   node sample/make-binaries.ts            writes the files that are missing or out of date
 *   node sample/make-binaries.ts --check    writes nothing; fails if a file would change
 *
 * `binaries/v1/<path>.txt` becomes `v1/<path>`. A document of v2 whose source
 * is not in `binaries/v2/` is a byte-for-byte copy of the one in v1.
 *
 * Sources are a small Markdown: front matter, `#` and `##` headings,
 * paragraphs, `1.` and `-` lists, and tables (`| a | b |`, first row = head).
 *
 * Dates are fixed, so the same source gives the same bytes.
 */
import { mkdirSync, readFileSync, readdirSync, writeFileSync, existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import {
	Document,
	HeadingLevel,
	LevelFormat,
	Packer,
	Paragraph,
	Table,
	TableCell,
	TableRow,
	TextRun,
	WidthType,
} from 'docx';
import Pdf from 'pdfkit';

type Block =
	| { kind: 'h1'; text: string }
	| { kind: 'h2'; text: string }
	| { kind: 'p'; text: string }
	| { kind: 'ol'; items: string[] }
	| { kind: 'ul'; items: string[] }
	| { kind: 'table'; rows: string[][] };

type Meta = { title: string; author: string; created: Date; footer: string; columns: number };
type Source = { meta: Meta; blocks: Block[] };

const here = import.meta.dirname;

function parseSource(text: string): Source {
	const [before, head, ...rest] = text.split(/^---\n/m);
	if (before !== '' || head === undefined)
		throw new Error('a source starts with front matter between two lines of ---');
	const fields = new Map(
		head
			.trimEnd()
			.split('\n')
			.map((line) => {
				const colon = line.indexOf(':');
				return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
			}),
	);
	const meta = {
		title: fields.get('title') ?? '',
		author: fields.get('author') ?? '',
		created: new Date(`${fields.get('created')}T09:00:00Z`),
		footer: fields.get('footer') ?? '',
		columns: Number(fields.get('columns') ?? 1),
	};
	const blocks: Block[] = [];
	for (const line of rest.join('---\n').split('\n')) {
		const last = blocks.at(-1);
		const item = /^(?:\d+\.|-) (.*)$/.exec(line)?.[1];
		if (line.trim() === '') continue;
		if (line.startsWith('## ')) blocks.push({ kind: 'h2', text: line.slice(3) });
		else if (line.startsWith('# ')) blocks.push({ kind: 'h1', text: line.slice(2) });
		else if (line.startsWith('|')) {
			const row = line
				.slice(1, line.lastIndexOf('|'))
				.split('|')
				.map((cell) => cell.trim());
			if (last?.kind === 'table') last.rows.push(row);
			else blocks.push({ kind: 'table', rows: [row] });
		} else if (item !== undefined) {
			const kind = line.startsWith('-') ? 'ul' : 'ol';
			if (last?.kind === kind && !line.startsWith('1. ')) last.items.push(item);
			else blocks.push({ kind, items: [item] });
		} else blocks.push({ kind: 'p', text: line });
	}
	return { meta, blocks };
}

// ---- PDF ------------------------------------------------------------------

const MARGIN = 42;
const GUTTER = 22;
/** Of numbered lists in DOCX, in twentieths of a point. */
const INDENT = { left: 500, hanging: 300 };

function makePdf(source: Source): Promise<Buffer> {
	const { meta, blocks } = source;
	const { created, columns } = meta;
	const doc = new Pdf({
		size: 'A5',
		margin: MARGIN,
		bufferPages: true,
		lang: 'en',
		info: { Title: meta.title, Author: meta.author, CreationDate: created, ModDate: created },
	});
	const chunks: Buffer[] = [];
	doc.on('data', (chunk: Buffer) => chunks.push(chunk));
	const done = new Promise<Buffer>((resolve, reject) => {
		doc.on('end', () => resolve(Buffer.concat(chunks)));
		doc.on('error', reject);
	});

	const fullWidth = doc.page.width - 2 * MARGIN;
	const width = (fullWidth - GUTTER * (columns - 1)) / columns;
	const bottom = doc.page.height - MARGIN - 18;
	const textSize = columns > 1 ? 8.5 : 9.5;
	let column = 0;
	let top = MARGIN;
	let y = MARGIN;

	const x = () => MARGIN + column * (width + GUTTER);
	/** Goes to the next column or page unless `height` fits below the last line. */
	const makeRoom = (height: number) => {
		if (y + height <= bottom) return;
		if (column + 1 < columns) {
			column += 1;
		} else {
			doc.addPage();
			column = 0;
			top = MARGIN;
		}
		y = top;
	};
	const write = (text: string, font: string, size: number, before: number, after: number, indent = 0, at = width) => {
		doc.font(font).fontSize(size);
		const options = { width: at - indent, lineGap: 1.5 };
		if (y > top) y += before;
		makeRoom(doc.heightOfString(text, options));
		doc.text(text, x() + indent, y, options);
		y = doc.y + after;
	};

	for (const [index, block] of blocks.entries()) {
		if (block.kind === 'h1') {
			write(block.text, 'Helvetica-Bold', 18, 0, 6, 0, fullWidth);
			top = y; // columns begin below the title
		} else if (block.kind === 'h2') {
			const next = blocks[index + 1];
			doc.font('Helvetica').fontSize(textSize);
			const first = next?.kind === 'p' ? doc.heightOfString(next.text, { width, lineGap: 1.5 }) : 40;
			makeRoom(first + 30); // a heading stays with what it heads
			write(block.text, 'Helvetica-Bold', columns > 1 ? 10.5 : 12, 7, 3);
		} else if (block.kind === 'p') {
			write(block.text, 'Helvetica', textSize, 0, 5);
		} else if (block.kind === 'ol' || block.kind === 'ul') {
			block.items.forEach((item, n) => {
				write(`${block.kind === 'ol' ? `${n + 1}.` : '•'} ${item}`, 'Helvetica', textSize, 0, 2, 10);
			});
			y += 4;
		} else {
			const cell = width / (block.rows[0]?.length ?? 1);
			block.rows.forEach((row, n) => {
				doc.font(n === 0 ? 'Helvetica-Bold' : 'Helvetica').fontSize(8.5);
				const height = Math.max(...row.map((text) => doc.heightOfString(text, { width: cell - 8 }))) + 6;
				makeRoom(height);
				row.forEach((text, c) => doc.text(text, x() + c * cell + 4, y + 3, { width: cell - 8 }));
				doc
					.moveTo(x(), y + height)
					.lineTo(x() + width, y + height)
					.lineWidth(n === 0 ? 0.8 : 0.3)
					.stroke('#777777');
				doc.fillColor('black');
				y += height;
			});
			y += 6;
		}
	}

	const pages = doc.bufferedPageRange();
	for (let page = 0; page < pages.count; page += 1) {
		doc.switchToPage(page);
		doc.page.margins.bottom = 0; // else the footer would start a new page
		doc.font('Helvetica').fontSize(7).fillColor('#555555');
		doc.text(`${meta.footer} · page ${page + 1} of ${pages.count}`, MARGIN, doc.page.height - MARGIN, {
			width: fullWidth,
			align: 'center',
			lineBreak: false,
		});
	}
	doc.end();
	return done;
}

// ---- DOCX -----------------------------------------------------------------

function makeDocx({ meta, blocks }: Source): Promise<Buffer> {
	const steps = { level: 0, format: LevelFormat.DECIMAL, text: '%1.', style: { paragraph: { indent: INDENT } } };
	const make = () =>
		Packer.toBuffer(
			new Document({
				title: meta.title,
				creator: meta.author,
				lastModifiedBy: meta.author,
				numbering: { config: [{ reference: 'steps', levels: [steps] }] },
				// Each list is an instance of its own, so that its numbers begin with 1.
				sections: [{ children: blocks.flatMap((block, instance) => docxParts(block, instance)) }],
			}),
		);
	return withFixedDate(meta.created, make);
}

function docxParts(block: Block, instance: number): (Paragraph | Table)[] {
	if (block.kind === 'h1') return [new Paragraph({ text: block.text, heading: HeadingLevel.TITLE })];
	if (block.kind === 'h2') return [new Paragraph({ text: block.text, heading: HeadingLevel.HEADING_1 })];
	if (block.kind === 'p') return [new Paragraph({ text: block.text, spacing: { after: 120 } })];
	if (block.kind === 'ul') return block.items.map((text) => new Paragraph({ text, bullet: { level: 0 } }));
	if (block.kind === 'ol') {
		const numbering = { reference: 'steps', level: 0, instance };
		return block.items.map((text) => new Paragraph({ text, numbering }));
	}
	const rows = block.rows.map((row, index) => {
		const isHead = index === 0;
		const cell = (text: string) => new Paragraph({ children: [new TextRun({ text, bold: isHead })] });
		const children = row.map((text) => new TableCell({ children: [cell(text)] }));
		return new TableRow({ tableHeader: isHead, children });
	});
	return [new Table({ width: { size: 100, type: WidthType.PERCENTAGE }, rows }), new Paragraph({ text: '' })];
}

/** `docx` stamps files with the present time and has no option for it. */
async function withFixedDate<T>(date: Date, work: () => Promise<T>): Promise<T> {
	const RealDate = globalThis.Date;
	class FixedDate extends RealDate {
		constructor(...args: unknown[]) {
			super(...((args.length === 0 ? [date.getTime()] : args) as [number]));
		}
		static override now(): number {
			return date.getTime();
		}
	}
	globalThis.Date = FixedDate as DateConstructor;
	try {
		return await work();
	} finally {
		globalThis.Date = RealDate;
	}
}

// ---- files ----------------------------------------------------------------

function sources(revision: string): string[] {
	const root = join(here, 'binaries', revision);
	if (!existsSync(root)) return [];
	return readdirSync(root, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile() && entry.name.endsWith('.txt'))
		.map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/').slice(0, -4))
		.sort();
}

async function make(revision: string, path: string): Promise<Buffer> {
	const source = parseSource(readFileSync(join(here, 'binaries', revision, `${path}.txt`), 'utf8'));
	return path.endsWith('.pdf') ? makePdf(source) : makeDocx(source);
}

async function main(): Promise<void> {
	const check = process.argv.includes('--check');
	const stale: string[] = [];
	const put = (path: string, bytes: Buffer) => {
		const file = join(here, path);
		if (existsSync(file) && readFileSync(file).equals(bytes)) return;
		stale.push(path);
		if (check) return;
		mkdirSync(dirname(file), { recursive: true });
		writeFileSync(file, bytes);
	};
	const first = new Map<string, Buffer>();
	for (const path of sources('v1')) first.set(path, await make('v1', path));
	for (const [path, bytes] of first) put(`v1/${path}`, bytes);
	const second = new Set(sources('v2'));
	for (const path of new Set([...first.keys(), ...second])) {
		put(`v2/${path}`, second.has(path) ? await make('v2', path) : first.get(path)!);
	}
	console.log(
		stale.length === 0
			? 'all binaries are up to date'
			: `${check ? 'out of date' : 'written'}:\n  ${stale.join('\n  ')}`,
	);
	if (check && stale.length > 0) process.exitCode = 1;
}

if (import.meta.main) await main();
