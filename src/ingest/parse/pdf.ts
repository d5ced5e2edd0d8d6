import { getDocumentProxy } from 'unpdf';
import { passwordProtected } from './format.ts';
import { toDate } from './date.ts';
import { clean, type ParsedBody } from './parse.ts';
import { toMarkdown } from './pdf-blocks.ts';
import { linesOf, type Glyphs, type Line } from './pdf-layout.ts';

type Pdf = Awaited<ReturnType<typeof getDocumentProxy>>;
type Page = Awaited<ReturnType<Pdf['getPage']>>;

/**
 * PDF as Markdown: lines in reading order (columns one after the other), words divided at line ends joined, headings by
 * font size or bold print, lists by their marks, tables where cells stand in columns, repeated headers and footers dropped. What it
 * does not know: text inside pictures, form fields, slanted and vertical writing.
 */
export async function parsePdf(bytes: Uint8Array, path: string): Promise<ParsedBody> {
	// The library takes the buffer away from its owner, so it gets a copy.
	const pdf = await getDocumentProxy(new Uint8Array(bytes), { verbosity: 0 }).catch((error: unknown) => {
		throw error instanceof Error && error.name === 'PasswordException' ? passwordProtected(path) : error;
	});
	try {
		const pages: Line[][] = [];
		for (let number = 1; number <= pdf.numPages; number++) pages.push(linesOf(await glyphsOf(pdf, number)));
		const { text, starts } = joinPages(toMarkdown(withoutRunningHeads(pages)).map(clean));
		const { title, date } = await metaOf(pdf);
		return { text, pages: starts, title: title ?? firstHeading(text), date };
	} finally {
		await pdf.loadingTask.destroy();
	}
}

async function glyphsOf(pdf: Pdf, number: number): Promise<Glyphs[]> {
	const page = await pdf.getPage(number);
	const viewport = page.getViewport({ scale: 1 });
	const [a = 1, b = 0, c = 0, d = 1, e = 0, f = 0] = viewport.transform;
	const { items, styles } = await page.getTextContent();
	const bold = await boldFonts(page, Object.keys(styles));
	page.cleanup();
	return items.flatMap((item) => {
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
}

/** Which of the fonts are bold. Names of fonts come with a page's drawing operations, which are asked for only while a font is unknown. */
async function boldFonts(page: Page, fonts: readonly string[]): Promise<Set<string>> {
	if (fonts.some((font) => !page.commonObjs.has(font))) await page.getOperatorList();
	return new Set(
		fonts.filter((font) => {
			const found = page.commonObjs.has(font) ? (page.commonObjs.get(font) as { name?: string } | null) : null;
			return /bold|black|heavy|semib|demi/i.test(found?.name ?? '');
		}),
	);
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
