import { toTable } from '../../text/blocks.ts';
import { KnowhowError } from '../../core/error.ts';
import { readArchive } from '../archive.ts';
import { toDate } from './date.ts';
import { children, findAll, first, nothing, parseMarkup, textOf, type Element } from './markup.ts';
import { clean, type ParsedBody } from './parse.ts';
import { repeatMerged, sheetText, type Merge, type SheetRow } from './sheet.ts';

/** A sheet may claim to go on for a million rows; nobody reads repeated ones. At most so many in a row, and in all. */
const maxRepeat = 1000;
const maxRepeated = 1_000_000;

/**
 * OpenDocument texts, spreadsheets and presentations (ISO/IEC 26300): headings, lists, tables, notes and text boxes;
 * sheets and slides as sections, slides as pages. Deleted and hidden text, comments, headers, hidden sheets and slides
 * are left out.
 */
export function parseOdf(bytes: Uint8Array, path: string): ParsedBody {
	const files = readArchive(bytes, (name) => /^(?:content|meta|styles|META-INF\/manifest)\.xml$/.test(name), path);
	const xml = (name: string): Element => {
		const file = files.get(name);
		return file === undefined ? nothing : parseMarkup(new TextDecoder().decode(file), 'xml');
	};
	if (first(xml('META-INF/manifest.xml'), 'manifest:encryption-data') !== undefined) {
		throw new KnowhowError('password_protected', `${path} is encrypted.`, {
			hint: 'Save a copy without a password and ingest that.',
		});
	}
	const content = xml('content.xml');
	const meta = xml('meta.xml');
	const property = (name: string): string => textOf(first(meta, name) ?? nothing).trim();
	const author = property('dc:creator') || property('meta:initial-creator');
	const writer = new Writer(content, xml('styles.xml'));
	writer.body(first(content, 'office:body') ?? nothing);
	return {
		title: property('dc:title') || writer.title,
		text: clean(writer.text),
		date: toDate(property('dc:date')) ?? toDate(property('meta:creation-date')),
		attributes: {
			...(author === '' || author.length > 200 ? {} : { author }),
			...(writer.hidden.length === 0 ? {} : { hiddenSheets: writer.hidden.join(', ').slice(0, 500) }),
		},
		pages: writer.pages,
	};
}

/** What a document says around its text. */
const skipped =
	/^(?:text:tracked-changes|text:sequence-decls|office:annotation|office:annotation-end|office:forms|text:soft-page-break|text:index-title-template|svg:title|svg:desc|presentation:notes|table:shapes|office:event-listeners|style:.*|number:.*)$/;

/** Collects Markdown blocks in document order. A class because slides and notes are known only on the way. */
class Writer {
	title: string | null = null;
	text = '';
	readonly pages: number[] = [];
	readonly hidden: string[] = [];
	readonly #styles: ReadonlyMap<string, Element>;
	readonly #lists: ReadonlyMap<string, Element>;
	/** Cells written because a file says that another is repeated. */
	#repeated = 0;
	/** Footnotes and endnotes met in the paragraph being read. */
	#notes: Element[] = [];

	constructor(content: Element, shared: Element) {
		const roots = [shared, content];
		const styles = roots.flatMap((root) => findAll(root, (each) => each.name === 'style:style'));
		this.#styles = new Map(styles.map((style) => [style.attributes['style:name'] ?? '', style]));
		const lists = roots.flatMap((root) => findAll(root, (each) => each.name === 'text:list-style'));
		this.#lists = new Map(lists.map((list) => [list.attributes['style:name'] ?? '', list]));
	}

	body(body: Element): void {
		for (const part of children(body)) {
			if (part.name === 'office:spreadsheet') this.#sheets(part);
			else if (part.name === 'office:presentation' || part.name === 'office:drawing') this.#slides(part);
			else this.#add(this.#blocks(part));
		}
	}

	#add(blocks: readonly string[]): void {
		const text = blocks.filter((block) => block !== '').join('\n\n');
		if (text !== '') this.text += (this.text === '' ? '' : '\n\n') + text;
	}

	#sheets(spreadsheet: Element): void {
		for (const table of children(spreadsheet).filter(({ name }) => name === 'table:table')) {
			const name = table.attributes['table:name'] ?? '';
			if (this.#property(table.attributes['table:style-name'], 'table:display') === 'false') {
				this.hidden.push(name);
				continue;
			}
			const { rows, merges } = this.#cells(table);
			const shapes = children(table).find((each) => each.name === 'table:shapes') ?? nothing;
			const blocks = [sheetText(rows, merges), ...this.#blocks(shapes)].filter((block) => block !== '');
			if (blocks.length > 0) this.#add([`# ${oneLine(name)}`, ...blocks]);
		}
	}

	#slides(presentation: Element): void {
		for (const page of children(presentation).filter(({ name }) => name === 'draw:page')) {
			const isHidden = this.#property(page.attributes['draw:style-name'], 'presentation:visibility') === 'hidden';
			if (this.text !== '' && !isHidden) this.text += '\n\n';
			this.pages.push(this.text.length);
			if (!isHidden) this.text += clean(this.#slide(page, this.pages.length));
		}
	}

	#slide(page: Element, number: number): string {
		const frames = children(page);
		const title = frames.find((frame) => frame.attributes['presentation:class'] === 'title');
		const heading = title === undefined ? '' : oneLine(this.#blocks(title).join(' '));
		if (heading !== '') this.title ??= heading;
		const footers = /^(?:header|footer|date-time|page-number)$/;
		const rest = frames.filter(
			(frame) => frame !== title && !footers.test(frame.attributes['presentation:class'] ?? ''),
		);
		const notes = this.#blocks(first(page, 'presentation:notes') ?? nothing);
		return [
			`# ${heading === '' ? `Slide ${number}` : heading}`,
			...this.#blocks({ ...page, children: rest }),
			...(notes.length > 0 ? ['Notes:', ...notes] : []),
		].join('\n\n');
	}

	#blocks(element: Element): string[] {
		const blocks: string[] = [];
		for (const child of children(element)) {
			for (const block of this.#block(child)) {
				// A list that begins one level down goes on from the list before.
				if (child.name === 'text:list' && block.startsWith(' ') && blocks.length > 0)
					blocks.push(`${blocks.pop()}\n${block}`);
				else blocks.push(block);
			}
		}
		return blocks;
	}

	#block(element: Element): string[] {
		switch (element.name) {
			case 'text:h':
				return this.#heading(element, Number(element.attributes['text:outline-level'] ?? 1) || 1);
			case 'text:p':
				return this.#paragraph(element);
			case 'text:list':
				return this.#list(element, element.attributes['text:style-name'] ?? '', 1);
			case 'table:table':
				return this.#table(element);
			default:
				return skipped.test(element.name) ? [] : this.#blocks(element);
		}
	}

	#heading(element: Element, level: number): string[] {
		const text = oneLine(this.#inline(element));
		const boxes = this.#takeNotes();
		if (text === '') return boxes;
		this.title ??= text;
		return [`${'#'.repeat(Math.min(level, 6))} ${text}`, ...boxes];
	}

	#paragraph(paragraph: Element): string[] {
		const style = this.#styleName(paragraph.attributes['text:style-name']);
		if (/^(?:Title|Subtitle)$/.test(style)) return this.#heading(paragraph, style === 'Title' ? 1 : 2);
		const text = this.#inline(paragraph)
			.replaceAll(/ ?\n ?/g, '\n')
			.trim();
		const notes = this.#takeNotes();
		if (text === '') return notes;
		if (style === 'Quotations') return [text.replaceAll(/^/gm, '> '), ...notes];
		return [text, ...notes];
	}

	/** Text boxes and notes stand after the paragraph they hang on. */
	#takeNotes(): string[] {
		const notes = this.#notes;
		this.#notes = [];
		return notes.flatMap((note) => {
			const blocks = this.#blocks(note.name === 'text:note' ? (first(note, 'text:note-body') ?? nothing) : note);
			const label = oneLine(textOf(first(note, 'text:note-citation') ?? nothing));
			return label === '' || blocks.length === 0 ? blocks : [`[${label}] ${blocks[0]}`, ...blocks.slice(1)];
		});
	}

	#list(list: Element, style: string, depth: number): string[] {
		if (depth > 20) return this.#blocks(list);
		const levels = this.#lists.get(style) ?? nothing;
		const isNumbered = children(levels).some(
			({ name, attributes }) =>
				name === 'text:list-level-style-number' &&
				attributes['text:level'] === String(depth) &&
				(attributes['style:num-format'] ?? '') !== '',
		);
		const items: string[] = [];
		let number = 0;
		for (const item of children(list)) {
			if (item.name !== 'text:list-item' && item.name !== 'text:list-header') continue;
			const blocks = children(item).flatMap((child) =>
				child.name === 'text:list'
					? this.#list(child, child.attributes['text:style-name'] ?? style, depth + 1)
					: this.#block(child),
			);
			if (blocks.length === 0) continue;
			if (children(item)[0]?.name === 'text:list') {
				items.push(joined(blocks).replaceAll(/^(?=.)/gm, '   '));
				continue;
			}
			number = Number(item.attributes['text:start-value'] ?? number + 1) || number + 1;
			const marker = isNumbered ? `${number}. ` : '- ';
			// Headings may be items of a numbered outline.
			if (/^#{1,6} /.test(blocks[0] ?? '')) return blocks;
			items.push(marker + joined(blocks).replaceAll(/\n(?=[^\n])/g, `\n${' '.repeat(marker.length)}`));
		}
		return items.length === 0 ? [] : [items.join('\n')];
	}

	/** A table of data; one that holds other tables or only one column arranges a page. */
	#table(table: Element): string[] {
		const cells = findAll(table, (each) => each.name === 'table:table-cell');
		if (cells.some((cell) => first(cell, 'table:table') !== undefined)) {
			return cells.flatMap((cell) => this.#blocks(cell));
		}
		const { rows, merges } = this.#cells(table);
		const width = Math.max(0, ...rows.slice(0, 10_000).map((row) => Math.max(-1, ...row.cells.keys()) + 1));
		const filled = repeatMerged(rows, merges);
		const grid = filled.map(({ cells: each }) => Array.from({ length: width }, (_, column) => each.get(column) ?? ''));
		if (width < 2) return rows.flatMap(({ cells: each }) => [...each.values()]);
		return [toTable(grid[0] ?? [], grid.slice(1))];
	}

	/** The cells of a table that hold something. What is repeated often is only there to fill the sheet. */
	#cells(table: Element): { rows: SheetRow[]; merges: Merge[] } {
		const rows: SheetRow[] = [];
		const merges: Merge[] = [];
		let index = 0;
		for (const row of findAll(table, (each) => each.name === 'table:table-row' || each.name === 'table:table')) {
			if (row.name === 'table:table') continue;
			const cells = new Map<number, string>();
			let column = 0;
			for (const cell of children(row)) {
				if (cell.name !== 'table:table-cell' && cell.name !== 'table:covered-table-cell') continue;
				const repeat = countOf(cell.attributes['table:number-columns-repeated']);
				const text = cell.name === 'table:table-cell' ? this.#cell(cell) : '';
				if (text !== '')
					for (let at = 0, times = this.#allowed(repeat, 1); at < times; at++) cells.set(column + at, text);
				const bottom = index + countOf(cell.attributes['table:number-rows-spanned']) - 1;
				if (bottom > index) merges.push({ top: index, left: column, bottom, right: column });
				column += repeat;
			}
			const repeat = countOf(row.attributes['table:number-rows-repeated']);
			for (let at = 0, times = this.#allowed(repeat, cells.size); at < times; at++) {
				rows.push({ index: index + at, cells });
			}
			index += repeat;
		}
		return { rows, merges };
	}

	/** How often something of `size` cells may be repeated. */
	#allowed(repeat: number, size: number): number {
		if (size === 0 || this.#repeated > maxRepeated) return Math.min(size, 1);
		const times = Math.min(repeat, maxRepeat);
		this.#repeated += (times - 1) * size;
		return times;
	}

	#cell(cell: Element): string {
		return this.#blocks(cell)
			.map((block) => block.replace(/^(?:#{1,6}|-) /, ''))
			.join(' ')
			.trim();
	}

	#inline(element: Element): string {
		return element.children
			.map((child) => (typeof child === 'string' ? child.replaceAll(/\s+/g, ' ') : this.#inlineOf(child)))
			.join('');
	}

	#inlineOf(element: Element): string {
		switch (element.name) {
			case 'text:s':
				return ' '.repeat(Math.min(countOf(element.attributes['text:c']), 100));
			case 'text:tab':
				return ' ';
			case 'text:line-break':
				return '\n';
			case 'text:note':
				this.#notes.push(element);
				return '';
			case 'text:p':
				return `${this.#inline(element)} `;
			case 'draw:frame':
			case 'draw:custom-shape':
				this.#notes.push(element);
				return '';
			default:
				return skipped.test(element.name) ? '' : this.#inline(element);
		}
	}

	/** The name of a style, of automatic ones that of the style they change. */
	#styleName(name: string | undefined): string {
		const style = this.#styles.get(name ?? '');
		return style?.attributes['style:parent-style-name'] ?? name ?? '';
	}

	#property(style: string | undefined, name: string): string | undefined {
		return children(this.#styles.get(style ?? '') ?? nothing)
			.map(({ attributes }) => attributes[name])
			.find((value) => value !== undefined);
	}
}

function countOf(value: string | undefined): number {
	const count = Number(value ?? 1);
	return Number.isSafeInteger(count) && count > 0 ? count : 1;
}

/** A list item's blocks: lists stay with the line that leads to them. */
function joined(blocks: readonly string[]): string {
	let text = blocks[0] ?? '';
	for (const block of blocks.slice(1)) text += (/^(?:- |\d+\. )/.test(block) ? '\n' : '\n\n') + block;
	return text;
}

function oneLine(text: string): string {
	return text.replaceAll(/\s+/g, ' ').trim();
}
