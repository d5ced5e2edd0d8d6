import { toTable } from '../../text/blocks.ts';
import { createNumbering, type ListItem, type Numbering } from './docx-numbering.ts';
import { findAll, first, nothing, textOf, type Element } from './markup.ts';
import { chartBlocks, corePropertiesOf, mainPart, openPackage, type Package } from './ooxml.ts';
import { clean, type ParsedBody } from './parse.ts';

/**
 * Word documents as Markdown: headings by style or outline level (with their numbers), ordered and other lists as nested
 * as they are, tables, code and quotes by style, notes at the end; text boxes and the numbers of
 * charts follow the paragraph they hang on. Deleted
 * and hidden text, comments, page headers and footers are dropped. Equations are written on one line (`x^2`, `(a)/(b)`).
 */
export function parseDocx(bytes: Uint8Array, path: string): ParsedBody {
	const opened = openPackage(bytes, (name) => wantedParts.test(name), path);
	const main = opened.source('word/document.xml') === null ? mainPart(opened) : 'word/document.xml';
	const documentPart = opened.xml(main);
	const styles = stylesOf(opened.xml('word/styles.xml'));
	const body = first(documentPart, 'w:body') ?? documentPart;
	const hasTitle = findAll(body, (each) => each.name === 'w:p').some((each) => styleOf(each, styles)?.kind === 'title');
	const numbering = createNumbering(opened.xml('word/numbering.xml'));
	const writer = new Writer(styles, numbering, hasTitle ? 1 : 0, chartsOf(opened, main));
	writer.blocks(body);
	for (const name of ['footnote', 'endnote']) {
		for (const note of findAll(opened.xml(`word/${name}s.xml`), (each) => each.name === `w:${name}`)) {
			if (note.attributes['w:type'] === undefined) writer.blocks(note);
		}
	}
	const core = corePropertiesOf(opened.xml('docProps/core.xml'));
	return { ...core, text: clean(writer.text()), title: core.title || writer.title };
}

/** Strict documents use other namespaces but the same names and prefixes. */
const wantedParts =
	/^(?:_rels\/\.rels|word\/(?:(?:document\d*|styles|numbering|footnotes|endnotes|charts\/chart[^/]*)\.xml|_rels\/document\d*\.xml\.rels)|docProps\/core\.xml)$/;

/** The charts of a document as Markdown, by the id of their relationship. */
function chartsOf(opened: Package, main: string): ReadonlyMap<string, readonly string[]> {
	const charts = [...opened.related(main)].filter(([, { kind }]) => kind === 'chart');
	return new Map(charts.map(([id, { part }]) => [id, chartBlocks(opened.xml(part))]));
}

type Style = {
	readonly kind: 'title' | 'heading' | 'code' | 'quote' | 'text';
	readonly level: number;
	/** Numbering that the style brings. */
	readonly numbering: Element | undefined;
};

function stylesOf(root: Element): Map<string, Style> {
	const elements = new Map(
		findAll(root, (each) => each.name === 'w:style').map((style) => [style.attributes['w:styleId'] ?? '', style]),
	);
	return new Map([...elements.keys()].map((id) => [id, resolveStyle(id, elements, 0)]));
}

/** What a style is, by its name (English in every edition of Word), its outline level, or the style it is based on. */
function resolveStyle(id: string, elements: ReadonlyMap<string, Element>, depth: number): Style {
	const element = elements.get(id);
	if (element === undefined || depth > 20) return { kind: 'text', level: 0, numbering: undefined };
	const name = (valueOf(element, 'w:name') ?? '').toLowerCase();
	const properties = first(element, 'w:pPr') ?? nothing;
	const basedOn = valueOf(element, 'w:basedOn');
	const parent = basedOn === undefined ? undefined : resolveStyle(basedOn, elements, depth + 1);
	const numbering = first(properties, 'w:numPr') ?? parent?.numbering;
	const heading = /^heading (\d)$/.exec(name)?.[1];
	const outline = valueOf(properties, 'w:outlineLvl');
	if (name === 'title') return { kind: 'title', level: 1, numbering };
	if (heading !== undefined) return { kind: 'heading', level: Number(heading), numbering };
	if (outline !== undefined && Number(outline) < 9) return { kind: 'heading', level: Number(outline) + 1, numbering };
	if (/\bcode\b|preformatted|source/.test(name)) return { kind: 'code', level: 0, numbering };
	if (/\bquote\b|^block text$/.test(name)) return { kind: 'quote', level: 0, numbering };
	return parent === undefined ? { kind: 'text', level: 0, numbering } : { ...parent, numbering };
}

function styleOf(paragraph: Element, styles: ReadonlyMap<string, Style>): Style | undefined {
	const properties = paragraph.children.find((child) => typeof child !== 'string' && child.name === 'w:pPr');
	const id = properties === undefined ? undefined : valueOf(properties as Element, 'w:pStyle');
	return id === undefined ? undefined : styles.get(id);
}

/** The `w:val` of the first element of this name. */
function valueOf(element: Element, name: string): string | undefined {
	return first(element, name)?.attributes['w:val'];
}

/** Collects Markdown blocks in document order. A class because lists, code and text boxes go on from block to block. */
class Writer {
	/** The text of the first paragraph in a title or heading style. */
	title: string | null = null;
	readonly #styles: ReadonlyMap<string, Style>;
	readonly #numbering: Numbering;
	readonly #headingShift: number;
	readonly #charts: ReadonlyMap<string, readonly string[]>;
	readonly #blocks: { readonly kind: 'item' | 'code' | 'quote' | 'text'; text: string }[] = [];
	/** Widths of the markers of the list items around the next one, by level. */
	#indents: number[] = [];
	/** Text boxes and charts met inside the paragraph being read. */
	#boxes: Element[] = [];

	constructor(
		styles: ReadonlyMap<string, Style>,
		numbering: Numbering,
		headingShift: number,
		charts: ReadonlyMap<string, readonly string[]>,
	) {
		this.#charts = charts;
		this.#styles = styles;
		this.#numbering = numbering;
		this.#headingShift = headingShift;
	}

	text(): string {
		let text = '';
		let last: string | null = null;
		for (const block of this.#blocks) {
			const body = block.kind === 'code' ? `\`\`\`\n${block.text}\n\`\`\`` : block.text;
			text += (last === null ? '' : last === 'item' && block.kind === 'item' ? '\n' : '\n\n') + body;
			last = block.kind;
		}
		return text;
	}

	blocks(element: Element): void {
		for (const child of element.children) {
			if (typeof child === 'string') continue;
			if (child.name === 'w:p') this.#paragraph(child);
			else if (child.name === 'w:tbl') this.#table(child);
			else if (child.name === 'c:chart') this.#chart(child);
			else if (!skipped.has(child.name)) this.blocks(child);
		}
	}

	#paragraph(paragraph: Element): void {
		const text = this.#inline(paragraph)
			.replaceAll(/[^\S\n]+/g, ' ')
			.replaceAll(/ ?\n ?/g, '\n')
			.trim();
		const boxes = this.#boxes;
		this.#boxes = [];
		if (text !== '') this.#write(paragraph, text);
		for (const box of boxes) this.blocks(box);
	}

	#write(paragraph: Element, text: string): void {
		const style = styleOf(paragraph, this.#styles);
		const properties = paragraph.children.find(
			(child): child is Element => typeof child !== 'string' && child.name === 'w:pPr',
		);
		const outline = properties === undefined ? undefined : valueOf(properties, 'w:outlineLvl');
		const item = this.#numbering.next(first(properties ?? nothing, 'w:numPr') ?? style?.numbering, style?.numbering);
		const isHeading = style?.kind === 'heading' || (outline !== undefined && Number(outline) < 9);
		if (isHeading || style?.kind === 'title') {
			const level =
				style?.kind === 'title'
					? 1
					: (isHeading && style?.kind === 'heading' ? style.level : Number(outline) + 1) + this.#headingShift;
			const label = item === null || item.isBullet ? '' : `${item.label} `;
			const line = `${label}${text.replaceAll('\n', ' ')}`;
			this.title ??= line;
			this.#push('text', `${'#'.repeat(Math.min(level, 6))} ${line}`);
		} else if (item !== null) this.#item(item, text);
		else if (style?.kind === 'code') this.#extend('code', this.#raw(paragraph));
		else if (style?.kind === 'quote') this.#extend('quote', text.replaceAll(/^/gm, '> '));
		else this.#push('text', text);
	}

	/** Labels of several numbers, such as `2.1.`, are what people refer to and no Markdown number, so they stay as text. */
	#item({ level, isBullet, label, number }: ListItem, text: string): void {
		const marker = isBullet ? '- ' : /\d\D+\d/.test(label) ? `- ${label} ` : `${number}. `;
		if (this.#blocks.at(-1)?.kind !== 'item') this.#indents = [];
		this.#indents.length = Math.min(this.#indents.length, level);
		const indent = ' '.repeat(this.#indents.reduce((sum, width) => sum + width, 0));
		const width = marker.indexOf(' ') + 1;
		this.#indents.push(width);
		const inner = indent + ' '.repeat(width);
		this.#push('item', `${indent}${marker}${text.replaceAll('\n', `\n${inner}`)}`);
	}

	#push(kind: 'item' | 'text', text: string): void {
		this.#blocks.push({ kind, text });
	}

	#extend(kind: 'code' | 'quote', text: string): void {
		const last = this.#blocks.at(-1);
		if (last?.kind === kind) last.text += `\n${text}`;
		else this.#blocks.push({ kind, text });
	}

	#raw(paragraph: Element): string {
		const text = this.#inline(paragraph);
		this.#boxes = [];
		return text.trimEnd();
	}

	#inline(element: Element): string {
		return element.children.map((child) => (typeof child === 'string' ? '' : this.#inlineOf(child))).join('');
	}

	#inlineOf(element: Element): string {
		switch (element.name) {
			case 'w:t':
			case 'm:t':
				return textOf(element);
			case 'w:tab':
				return '\t';
			case 'w:br':
			case 'w:cr':
				return '\n';
			case 'w:noBreakHyphen':
				return '-';
			case 'w:txbxContent':
				this.#boxes.push(element);
				return '';
			case 'c:chart':
				this.#boxes.push({ ...nothing, children: [element] });
				return '';
			case 'mc:AlternateContent':
				return this.#inline(first(element, 'mc:Choice') ?? first(element, 'mc:Fallback') ?? nothing);
			case 'w:r':
				return isHidden(element) ? '' : this.#inline(element);
			case 'm:f':
				return `(${this.#part(element, 'm:num')})/(${this.#part(element, 'm:den')})`;
			case 'm:sSup':
				return `${this.#part(element, 'm:e')}^${this.#part(element, 'm:sup')}`;
			case 'm:sSub':
				return `${this.#part(element, 'm:e')}_${this.#part(element, 'm:sub')}`;
			case 'm:oMath':
				return ` ${this.#inline(element)} `;
			default:
				return skipped.has(element.name) ? '' : this.#inline(element);
		}
	}

	#part(element: Element, name: string): string {
		const part = element.children.find((child): child is Element => typeof child !== 'string' && child.name === name);
		return part === undefined ? '' : this.#inline(part);
	}

	#chart(chart: Element): void {
		for (const block of this.#charts.get(chart.attributes['r:id'] ?? '') ?? []) this.#push('text', block);
	}

	#table(table: Element): void {
		const rows = findAll(table, (each) => each.name === 'w:tr' || each.name === 'w:tbl').filter(
			(row) => row.name === 'w:tr',
		);
		const cells = rows.map((row) => findAll(row, (each) => each.name === 'w:tc'));
		const isLayout =
			cells.every((row) => row.length < 2) ||
			cells.some((row) => row.some((cell) => first(cell, 'w:tbl') !== undefined));
		if (isLayout) {
			for (const cell of cells.flat()) this.blocks(cell);
			return;
		}
		const grid: string[][] = [];
		for (const row of cells) grid.push(this.#row(row, grid.at(-1) ?? []));
		const filled = grid.filter((row) => row.some((cell) => cell !== ''));
		if (filled.length > 0) this.#push('text', toTable(filled[0] ?? [], filled.slice(1)));
	}

	/** A cell merged downwards is repeated in each row, so that every row says what it is about. */
	#row(cells: readonly Element[], above: readonly string[]): string[] {
		const row: string[] = [];
		for (const cell of cells) {
			const merge = first(first(cell, 'w:tcPr') ?? nothing, 'w:vMerge');
			const isMerged = merge !== undefined && merge.attributes['w:val'] !== 'restart';
			row.push(isMerged ? (above[row.length] ?? '') : this.#cell(cell));
			const span = Number(valueOf(first(cell, 'w:tcPr') ?? nothing, 'w:gridSpan') ?? 1);
			for (let extra = 1; extra < Math.min(span, 50); extra++) row.push('');
		}
		return row;
	}

	#cell(cell: Element): string {
		const inner = new Writer(this.#styles, this.#numbering, this.#headingShift, this.#charts);
		inner.blocks(cell);
		return inner.#blocks.map((block) => block.text.replace(/^(?:#{1,6} |> )/, '')).join(' ');
	}
}

/** Deleted, moved away, machine-readable, or shown elsewhere. */
const skipped = new Set(
	'w:del w:moveFrom w:instrText w:delText w:rPr w:pPr w:tblPr w:tcPr w:trPr w:sectPr w:sdtPr mc:Fallback wp:docPr'.split(
		' ',
	),
);

function isHidden(run: Element): boolean {
	const properties = run.children.find(
		(child): child is Element => typeof child !== 'string' && child.name === 'w:rPr',
	);
	const vanish = properties === undefined ? undefined : first(properties, 'w:vanish');
	return vanish !== undefined && vanish.attributes['w:val'] !== '0' && vanish.attributes['w:val'] !== 'false';
}
