import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { getDocumentProxy, getResolvedPDFJS } from 'unpdf';
import { KnowhowError } from '../../core/error.ts';
import { passwordProtected } from './format.ts';
import { toDate } from './date.ts';
import { clean, type ParsedBody } from './parse.ts';
import { toMarkdown } from './pdf-blocks.ts';
import { linesOf, type Glyphs, type Line } from './pdf-layout.ts';

type Pdf = Awaited<ReturnType<typeof getDocumentProxy>>;
type Page = Awaited<ReturnType<Pdf['getPage']>>;

/** Adobe's tables of what the codes of East Asian fonts mean, for fonts that name their table without bringing it. */
const shippedMaps = join(import.meta.dirname, '../../../web/dist/pdf/cmaps');

/**
 * PDF as Markdown: lines in reading order (columns one after the other), words divided at line ends joined, headings by
 * font size or bold print, lists by their marks, tables where cells stand in columns, repeated headers and footers dropped. What it
 * does not know: text inside pictures, form fields, slanted writing, the order of vertical writing. Pages whose text cannot be decoded
 * are named in a warning and in the attribute `undecodedPages`. Throws `unreadable_file` when a character map is not installed.
 */
export async function parsePdf(bytes: Uint8Array, path: string, mapsFolder = shippedMaps): Promise<ParsedBody> {
	const missing = new Set<string>();
	const settings = { verbosity: 0, maxImageSize: 0, BinaryDataFactory: characterMaps(mapsFolder, missing) };
	// The library takes the buffer away from its owner, so it gets a copy.
	const pdf = await getDocumentProxy(new Uint8Array(bytes), settings).catch((error: unknown) => {
		throw error instanceof Error && error.name === 'PasswordException' ? passwordProtected(path) : error;
	});
	try {
		const pages: Line[][] = [];
		const undecoded: number[] = [];
		for (let number = 1; number <= pdf.numPages; number++) {
			const { glyphs, isDecoded } = await readPage(pdf, number);
			if (missing.size > 0) throw withoutMaps(path, [...missing]);
			pages.push(linesOf(glyphs));
			if (!isDecoded) undecoded.push(number);
		}
		const { text, starts } = joinPages(toMarkdown(withoutRunningHeads(pages)).map(clean));
		const { title, date } = await metaOf(pdf);
		return { text, pages: starts, title: title ?? firstHeading(text), date, ...lossOf(undecoded, path) };
	} finally {
		await pdf.loadingTask.destroy();
	}
}

/** How the library reads character maps. A font whose map it does not get loses its text without a word, so that is noted in `missing`. */
function characterMaps(folder: string, missing: Set<string>) {
	return class {
		async fetch({ kind, filename }: { readonly kind: string; readonly filename: string }): Promise<Uint8Array> {
			if (kind !== 'cMapUrl') throw new Error(`Only character maps are read, not ${filename}.`);
			try {
				return new Uint8Array(await readFile(join(folder, filename)));
			} catch (error) {
				missing.add(filename.replace(/\.bcmap$/, ''));
				throw error;
			}
		}
	};
}

function withoutMaps(path: string, names: readonly string[]): KnowhowError {
	return new KnowhowError(
		'unreadable_file',
		`${path} needs character maps that are not installed: ${names.join(', ')}.`,
		{
			hint: 'Install Knowhow again; in a clone run `npm run build:web`.',
			details: { characterMaps: names },
		},
	);
}

function lossOf(pages: readonly number[], path: string): Pick<ParsedBody, 'attributes' | 'warning'> {
	if (pages.length === 0) return {};
	const undecodedPages = pages.join(', ').slice(0, 500);
	return {
		attributes: { undecodedPages },
		warning: {
			message: `${path}: text could not be decoded on ${pages.length === 1 ? 'page' : 'pages'} ${undecodedPages}.`,
			hint: 'Its fonts do not say which letters they show: run text recognition (OCR) on the file first.',
		},
	};
}

async function readPage(pdf: Pdf, number: number): Promise<{ glyphs: Glyphs[]; isDecoded: boolean }> {
	const page = await pdf.getPage(number);
	const viewport = page.getViewport({ scale: 1 });
	const [a = 1, b = 0, c = 0, d = 1, e = 0, f = 0] = viewport.transform;
	const { items, styles } = await page.getTextContent();
	const { bold, hasBroken } = await fontsOf(page, Object.keys(styles));
	page.cleanup();
	const glyphs = items.flatMap((item) => {
		if (!('str' in item) || item.str === '') return [];
		const [ta = 1, tb = 0, tc = 0, td = 1, x = 0, y = 0] = item.transform as number[];
		// Upright on the page as it is shown: other text is a stamp in the margin or a label of a chart.
		const along = { x: a * ta + c * tb, y: b * ta + d * tb };
		if (Math.abs(along.y) > Math.abs(along.x) * 0.1) return [];
		return [
			{
				text: item.str,
				x: a * x + c * y + e,
				y: b * x + d * y + f,
				width: item.width,
				size: Math.hypot(tc, td) || Math.hypot(ta, tb),
				isRightToLeft: item.dir === 'rtl',
				isBold: bold.has(item.fontName),
			},
		];
	});
	return { glyphs, isDecoded: !hasBroken && !isGarbled(glyphs.map(({ text }) => text).join('')) };
}

/**
 * Which fonts of a page are bold, and whether one could not be loaded: then its text is missing. Fonts come with a page's drawing
 * operations, which take as long as its text and are asked for only while a font is unknown, or where no text was found.
 */
async function fontsOf(page: Page, used: readonly string[]): Promise<{ bold: Set<string>; hasBroken: boolean }> {
	const isKnown = used.length > 0 && used.every((font) => page.commonObjs.has(font));
	const drawn = isKnown ? [] : await fontsDrawn(page);
	const bold = new Set<string>();
	let hasBroken = false;
	for (const font of [...used, ...drawn]) {
		// A font, or what was wrong with it.
		const found = page.commonObjs.has(font) ? (page.commonObjs.get(font) as { name?: string } | string | null) : null;
		if (typeof found === 'string') hasBroken = true;
		else if (/bold|black|heavy|semib|demi/i.test(found?.name ?? '')) bold.add(font);
	}
	return { bold, hasBroken };
}

async function fontsDrawn(page: Page): Promise<Set<string>> {
	const { OPS } = await getResolvedPDFJS();
	const { fnArray, argsArray } = await page.getOperatorList();
	return new Set(argsArray.filter((_, index) => fnArray[index] === OPS.setFont).map(([font]) => font as string));
}

/**
 * Whether characters stand there that no text has, as where numbers of glyphs pass for letters. Of 621 pages of reports two had any: 2.4 %
 * on a page of wrong letters, 1.1 % where bullets alone were undecoded.
 */
function isGarbled(text: string): boolean {
	const visible = text.replaceAll(/\s/g, '');
	const odd = visible.match(/[\p{Cc}\p{Cn}\p{Cs}\uFFFD]/gu)?.length ?? 0;
	return odd >= 5 && odd > visible.length * 0.02;
}

/** Drops what stands at the top or bottom of many pages, digits apart, and lone page numbers there. */
function withoutRunningHeads(pages: readonly Line[][]): Line[][] {
	const counts = new Map<string, number>();
	for (const page of pages) {
		for (const key of new Set(edges(page).values())) counts.set(key, (counts.get(key) ?? 0) + 1);
	}
	const enough = Math.max(2, pages.length * 0.4);
	return pages.map((page) => {
		const found = edges(page);
		return page.filter((line) => {
			const key = found.get(line);
			if (key === undefined) return true;
			return (counts.get(key) ?? 0) < enough && !(pages.length > 1 && isPageNumber(textOf(line)));
		});
	});
}

/** The two highest and the three lowest lines of a page, each with what it would say on another page. */
function edges(page: readonly Line[]): Map<Line, string> {
	const byHeight = page.toSorted((one, two) => one.y - two.y);
	const low = byHeight.slice(2).slice(-3);
	const keyed = (place: string) => (line: Line) => [line, place + textOf(line).replaceAll(/\d+/g, '#')] as const;
	return new Map([...byHeight.slice(0, 2).map(keyed('top ')), ...low.map(keyed('bottom '))]);
}

function isPageNumber(text: string): boolean {
	return /^(?:(?:page|seite|p\.)\s*)?[-–]?\s*\d{1,4}\s*[-–]?(?:\s*(?:\/|of|von)\s*\d{1,4})?$/i.test(text);
}

function textOf(line: Line): string {
	return line.segments.map((segment) => segment.text).join(' ');
}

/** One text of all pages; a sentence or a table that goes on over a page goes on in the text. */
function joinPages(pages: readonly string[]): { text: string; starts: number[] } {
	const starts: number[] = [];
	let text = '';
	for (const page of pages) {
		let next = page;
		const lastLine = text.slice(text.lastIndexOf('\n') + 1);
		if (page !== '' && goesOn(lastLine, page)) text += ' ';
		else if (page !== '' && lastLine.startsWith('| ') && page.startsWith('| ')) {
			next = withoutHeader(page, text);
			text += next === page ? '\n\n' : '\n';
		} else if (page !== '' && text !== '') text += '\n\n';
		starts.push(text.length);
		text += next;
	}
	return { text, starts };
}

function goesOn(line: string, page: string): boolean {
	return /[\p{L}\p{N},;]$/u.test(line) && !/^(?:#|\||- )/.test(line) && /^\p{Ll}/u.test(page);
}

/** A table without what repeats or invents its header, when the text ends with a table of as many columns; else the page as it is. */
function withoutHeader(page: string, text: string): string {
	const [head = '', delimiter = '', ...rest] = page.split('\n');
	const above = text.slice(text.lastIndexOf('\n\n') + 2).split('\n');
	if (above[1] !== delimiter) return page;
	return (above[0] === head ? rest : [head, ...rest]).join('\n');
}

async function metaOf(pdf: Pdf): Promise<{ title: string | null; date: string | null }> {
	const { info } = (await pdf.getMetadata().catch(() => ({ info: {} }))) as { info: Record<string, unknown> };
	const title = typeof info['Title'] === 'string' ? info['Title'].trim() : '';
	// What programs write when nobody gave a title.
	const isReal =
		/\p{L}{3}/u.test(title) &&
		!/^(?:untitled|microsoft word|slide \d|document\d*$)|\.(?:docx?|pdf|indd|tex|xlsx?|pptx?)$/i.test(title);
	return { title: isReal ? title : null, date: toDate(info['ModDate']) ?? toDate(info['CreationDate']) };
}

/** The first heading when it is of the largest print; forms begin with smaller print that names the form, not the document. */
function firstHeading(text: string): string | null {
	const [, marks, heading] = /^(#{1,6}) (.+)$/m.exec(text) ?? [];
	return marks === '#' ? (heading ?? null) : null;
}
