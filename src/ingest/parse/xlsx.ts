import { Parser } from 'htmlparser2';
import { builtInFormat, cellFormat, type CellFormat } from './cell-format.ts';
import { children, findAll, first, nothing, textOf, type Element } from './markup.ts';
import { chartBlocks, corePropertiesOf, mainPart, openPackage, type Package } from './ooxml.ts';
import { clean, type ParsedBody } from './parse.ts';
import { sheetText, type Merge, type SheetRow } from './sheet.ts';

type Sheet = { readonly name: string; readonly part: string; readonly isHidden: boolean };
type Workbook = {
	readonly sheets: readonly Sheet[];
	readonly strings: readonly string[];
	/** By the number of a cell's style. */
	readonly formats: readonly CellFormat[];
	/** Who wrote threaded comments, by id. */
	readonly persons: ReadonlyMap<string, string>;
};

/**
 * Workbooks: each sheet a section under its name with its tables (see `sheetText`), then its text boxes, the numbers of
 * its charts and its comments. Numbers read as they are shown; formulas are their last result. Hidden sheets are left out
 * and named in the attribute `hiddenSheets`; hidden rows and columns, which are mostly filtered ones, are read.
 */
export function parseXlsx(bytes: Uint8Array, path: string): ParsedBody {
	const opened = openPackage(bytes, (name) => !/\/(?:theme|pivotCache|externalLinks)\//.test(name), path);
	const workbook = workbookOf(opened);
	const shown = workbook.sheets.filter(({ isHidden }) => !isHidden);
	const sections = shown
		.map(({ name, part }) => ({ name, text: sheetSection(opened, part, workbook) }))
		.filter(({ text }) => text !== '');
	const hidden = workbook.sheets.filter(({ isHidden }) => isHidden).map(({ name }) => name);
	const core = corePropertiesOf(opened.xml('docProps/core.xml'));
	return {
		...core,
		text: clean(sections.map(({ name, text }) => `# ${oneLine(name)}\n\n${text}`).join('\n\n')),
		title: core.title,
		attributes:
			hidden.length === 0 ? core.attributes : { ...core.attributes, hiddenSheets: hidden.join(', ').slice(0, 500) },
	};
}

function workbookOf(opened: Package): Workbook {
	const main = mainPart(opened);
	const root = opened.xml(main);
	const related = opened.related(main);
	const partOf = (kind: string): string => [...related.values()].find((each) => each.kind === kind)?.part ?? '';
	const is1904 = isTrue(first(root, 'workbookPr')?.attributes['date1904']);
	return {
		sheets: findAll(root, (each) => each.name === 'sheet').map(({ attributes }) => ({
			name: attributes['name'] ?? '',
			part: related.get(attributes['r:id'] ?? '')?.part ?? '',
			isHidden: attributes['state'] === 'hidden' || attributes['state'] === 'veryHidden',
		})),
		strings: findAll(opened.xml(partOf('sharedStrings')), (each) => each.name === 'si').map(richText),
		formats: formatsOf(opened.xml(partOf('styles')), is1904),
		persons: new Map(
			findAll(opened.xml(partOf('person')), (each) => each.name === 'person').map(({ attributes }) => [
				attributes['id'] ?? '',
				attributes['displayName'] ?? '',
			]),
		),
	};
}

function formatsOf(styles: Element, is1904: boolean): CellFormat[] {
	const patterns = new Map(
		findAll(styles, (each) => each.name === 'numFmt').map(({ attributes }) => [
			attributes['numFmtId'],
			attributes['formatCode'] ?? '',
		]),
	);
	const known = new Map<string, CellFormat>();
	return children(first(styles, 'cellXfs') ?? nothing).map(({ attributes }) => {
		const id = attributes['numFmtId'] ?? '0';
		const found = known.get(id) ?? cellFormat(patterns.get(id) ?? builtInFormat(Number(id)), is1904);
		known.set(id, found);
		return found;
	});
}

/** The text of a string item: its runs, without the reading aids of East Asian scripts. */
function richText(item: Element): string {
	const texts = findAll(item, (each) => each.name === 't' || each.name === 'rPh').filter(({ name }) => name === 't');
	return unescape(texts.map(textOf).join(''));
}

/** `_x000D_` stands for a character that XML cannot hold. */
function unescape(text: string): string {
	return text.replaceAll(/_x([\dA-Fa-f]{4})_/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}

function sheetSection(opened: Package, part: string, workbook: Workbook): string {
	const { rows, merges } = readSheet(opened.source(part) ?? '', workbook);
	const blocks = [sheetText(rows, merges)];
	const related = [...opened.related(part).values()];
	for (const drawing of related.filter(({ kind }) => kind === 'drawing')) {
		blocks.push(...drawingBlocks(opened, drawing.part));
	}
	blocks.push(...commentBlocks(opened, related, workbook));
	return blocks.filter((block) => block !== '').join('\n\n');
}

type Cell = { column: number; type: string; style: number; value: string; formula: string };

/**
 * The cells of a sheet, read as a stream because a sheet's tree is many times larger than the sheet. Rows and cells may
 * leave out where they are: then they follow the ones before.
 */
function readSheet(xml: string, workbook: Workbook): { rows: SheetRow[]; merges: Merge[] } {
	const rows = new Map<number, Map<number, string>>();
	const merges: Merge[] = [];
	let index = -1;
	let cell: Cell | null = null;
	let column = -1;
	let inside = '';
	const parser = new Parser(
		{
			onopentag(written, attributes) {
				const name = localName(written);
				if (name === 'row') {
					index = attributes['r'] === undefined ? index + 1 : Number(attributes['r']) - 1;
					column = -1;
				} else if (name === 'c') {
					column = attributes['r'] === undefined ? column + 1 : placeOf(attributes['r']).column;
					cell = { column, type: attributes['t'] ?? 'n', style: Number(attributes['s'] ?? 0), value: '', formula: '' };
				} else if (name === 'mergeCell') merges.push(mergeOf(attributes['ref'] ?? ''));
				inside = name;
			},
			ontext(text) {
				if (cell === null) return;
				if (inside === 'v' || inside === 't') cell.value += text;
				else if (inside === 'f') cell.formula += text;
			},
			onclosetag(written) {
				inside = '';
				if (localName(written) !== 'c' || cell === null) return;
				const text = cellText(cell, workbook).trim();
				const row = rows.get(index) ?? new Map<number, string>();
				if (text !== '') rows.set(index, row.set(cell.column, text));
				cell = null;
			},
		},
		{ xmlMode: true, decodeEntities: true },
	);
	parser.end(xml);
	const sorted = [...rows].toSorted(([one], [two]) => one - two);
	return { rows: sorted.map(([at, cells]) => ({ index: at, cells })), merges };
}

function cellText({ type, style, value, formula }: Cell, { strings, formats }: Workbook): string {
	if (value === '') return formula === '' ? '' : `=${formula}`;
	if (type === 's') return strings[Number(value)] ?? '';
	if (type === 'b') return isTrue(value) ? 'TRUE' : 'FALSE';
	if (type === 'n' && Number.isFinite(Number(value))) return (formats[style] ?? String)(Number(value));
	return type === 'd' ? value.replace('T', ' ').replace(/ 00:00(?::00)?(?:\.0+)?Z?$/, '') : unescape(value);
}

/** The first cells of merged ranges and their extent: `B2:D3`. */
function mergeOf(reference: string): Merge {
	const [from = '', to = from] = reference.split(':');
	const start = placeOf(from);
	const end = placeOf(to);
	return { top: start.row, left: start.column, bottom: end.row, right: end.column };
}

/** `B3` is column 1 of row 2. */
function placeOf(reference: string): { row: number; column: number } {
	let at = 0;
	let column = 0;
	for (; at < 4; at++) {
		const letter = reference.charCodeAt(at) - 64;
		if (!(letter >= 1 && letter <= 26)) break;
		column = column * 26 + letter;
	}
	return { row: Number(reference.slice(at)) - 1, column: column - 1 };
}

/** Text boxes and charts. */
function drawingBlocks(opened: Package, part: string): string[] {
	const related = opened.related(part);
	const drawing = opened.xml(part);
	const shapes = findAll(drawing, (each) => each.name === 'xdr:txBody' || each.name === 'c:chart');
	return shapes.flatMap((shape) => {
		if (shape.name === 'xdr:txBody') {
			const paragraphs = findAll(shape, (each) => each.name === 'a:p');
			return paragraphs.map((each) =>
				findAll(each, (run) => run.name === 'a:t')
					.map(textOf)
					.join('')
					.trim(),
			);
		}
		return chartBlocks(opened.xml(related.get(shape.attributes['r:id'] ?? '')?.part ?? ''));
	});
}

/** A new comment is kept twice: whole, and as a plain one for old programs, whose author is then an id (`tc={…}`). */
function commentBlocks(
	opened: Package,
	related: readonly { readonly kind: string; readonly part: string }[],
	{ persons }: Workbook,
): string[] {
	const lines: string[] = [];
	for (const { kind, part } of related) {
		if (kind === 'comments') {
			const root = opened.xml(part);
			const authors = findAll(root, (each) => each.name === 'author').map(textOf);
			for (const comment of findAll(root, (each) => each.name === 'comment')) {
				const author = authors[Number(comment.attributes['authorId'])] ?? '';
				if (!author.startsWith('tc=')) lines.push(commentLine(comment, author, richText(comment)));
			}
		} else if (kind === 'threadedComment') {
			for (const comment of findAll(opened.xml(part), (each) => each.name === 'threadedComment')) {
				const text = textOf(first(comment, 'text') ?? nothing);
				lines.push(commentLine(comment, persons.get(comment.attributes['personId'] ?? '') ?? '', text));
			}
		}
	}
	return lines.length === 0 ? [] : [lines.join('\n')];
}

function commentLine({ attributes }: Element, author: string, text: string): string {
	return oneLine(`- Comment on ${attributes['ref'] ?? ''}${author === '' ? '' : ` by ${author}`}: ${text}`);
}

function localName(name: string): string {
	return name.slice(name.indexOf(':') + 1);
}

function isTrue(value: string | undefined): boolean {
	return value === '1' || value === 'true';
}

function oneLine(text: string): string {
	return text.replaceAll(/\s+/g, ' ').trim();
}
