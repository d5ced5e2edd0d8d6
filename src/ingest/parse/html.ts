import type { Attributes } from '../../core/document.ts';
import { toTable } from '../../text/blocks.ts';
import { toDate } from './date.ts';
import { findAll, first, nothing, parseMarkup, textOf, type Element } from './markup.ts';
import { clean, type ParsedBody } from './parse.ts';

/**
 * HTML as Markdown: headings, lists, tables, code and quotes keep their structure; emphasis and link targets go, link
 * texts and image descriptions stay; what is hidden is dropped. `main` leaves out navigation, banners, asides and
 * footers; `full` keeps everything a reader could see. The title is the page's heading when `<title>` repeats it, else
 * `<title>`.
 */
export function parseHtml(source: string, mode: 'main' | 'full'): ParsedBody {
	const root = parseMarkup(source, 'html');
	const body = first(root, 'body') ?? root;
	const full = () => new Renderer(isVisible).render(body);
	const content = mode === 'main' ? mainOf(body) : body;
	let text =
		mode === 'main' ? new Renderer((element) => isVisible(element) && !isChrome(element)).render(content) : full();
	// A page that seems to be nothing but navigation is a list of links, and that is its content.
	if (mode === 'main' && text.length < visibleLength(body) / 20) text = full();
	return {
		text: clean(text),
		title: titleOf(root, content),
		date: dateOf(root, content),
		attributes: attributesOf(root),
	};
}

const unseen = new Set(
	(
		'head script style noscript template svg math-ml iframe canvas object audio video datalist input ' +
		'select textarea map title meta link dialog'
	).split(' '),
);

function isVisible({ name, attributes }: Element): boolean {
	if (unseen.has(name) || attributes['hidden'] !== undefined || attributes['aria-hidden'] === 'true') return false;
	return attributes['style'] === undefined || !hides(attributes['style']);
}

/** Inline styles that leave nothing to see; letters in the colour of their own background are among them. */
function hides(style: string): boolean {
	if (
		/(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d])|opacity\s*:\s*0?(?:\.0\d*)?\s*(?:;|$|!))/i.test(
			style,
		)
	) {
		return true;
	}
	const ink = /(?:^|;)\s*color\s*:\s*([^;!]+)/i.exec(style)?.[1];
	const paper = /(?:^|;)\s*background(?:-color)?\s*:\s*([^;!]+)/i.exec(style)?.[1];
	return ink !== undefined && paper !== undefined && colour(ink) === colour(paper);
}

/** One spelling for `#fff`, `#FFFFFF` and `white`. */
function colour(value: string): string {
	const name = value.trim().toLowerCase();
	const short = /^#([\da-f])([\da-f])([\da-f])$/.exec(name);
	if (short !== null)
		return `#${short
			.slice(1)
			.map((digit) => digit + digit)
			.join('')}`;
	return name === 'white' ? '#ffffff' : name === 'black' ? '#000000' : name;
}

const chromeNames = new Set(['nav', 'aside', 'footer', 'button', 'menu']);
const chromeRoles = new Set([
	'navigation',
	'banner',
	'contentinfo',
	'complementary',
	'search',
	'menu',
	'menubar',
	'alertdialog',
]);
const chromeWords =
	/(?:^|[\s_-])(?:nav|navbar|navigation|menu|sidebar|breadcrumbs?|footer|cookies?|consent|share|sharing|social|skip-?link|pagination|toc|advert(?:isement)?|ads?|popup|modal|newsletter|related|editsection|noprint)(?:$|[\s_-])/i;

/** Whether an element is around the content rather than in it. Names of classes count only for what is mostly links or short. */
function isChrome(element: Element): boolean {
	const { name, attributes } = element;
	if (chromeNames.has(name) || chromeRoles.has(attributes['role'] ?? '')) return true;
	if (name === 'header') return first(element, 'h1') === undefined;
	if (!/^(?:div|ul|ol|section|span|table|form|p)$/.test(name)) return false;
	if (!chromeWords.test(`${attributes['class'] ?? ''} ${attributes['id'] ?? ''}`)) return false;
	const length = visibleLength(element);
	return length < 200 || linkLength(element) > length / 2;
}

function visibleLength(element: Element): number {
	let length = 0;
	for (const child of element.children) {
		if (typeof child === 'string') length += child.trim().length;
		else if (isVisible(child)) length += visibleLength(child);
	}
	return length;
}

function linkLength(element: Element): number {
	return findAll(element, (each) => each.name === 'a').reduce((sum, link) => sum + visibleLength(link), 0);
}

/** The element that holds the content: what the page marks as such, when that is not a small part of it; else the body. */
function mainOf(body: Element): Element {
	const marked = findAll(body, (each) => each.name === 'main' || each.attributes['role'] === 'main');
	const articles = findAll(body, (each) => each.name === 'article');
	const named = findAll(body, (each) =>
		/^(?:main-?content|content|main|article|bodyContent)$/i.test(each.attributes['id'] ?? ''),
	);
	const whole = visibleLength(body);
	for (const candidates of [marked, articles, named]) {
		const only = candidates[0];
		if (candidates.length === 1 && only !== undefined && visibleLength(only) >= whole * 0.25) return only;
	}
	return body;
}

function titleOf(root: Element, content: Element): string | null {
	const h1 = first(content, 'h1') ?? first(root, 'h1');
	const heading = h1 === undefined ? '' : oneLine(textOf(h1));
	const head = first(root, 'head') ?? root;
	const titleElement =
		head.children.find((child) => typeof child !== 'string' && child.name === 'title') ?? first(root, 'title');
	const title = titleElement === undefined || typeof titleElement === 'string' ? '' : oneLine(textOf(titleElement));
	return heading !== '' && (title === '' || title.includes(heading)) ? heading : title || null;
}

const dateMetas = (
	'article:modified_time og:updated_time datemodified dcterms.modified last-modified ' +
	'article:published_time datepublished dcterms.date dc.date dcterms.created date pubdate publish-date'
).split(' ');

function dateOf(root: Element, content: Element): string | null {
	const metas = findAll(root, (each) => each.name === 'meta');
	for (const key of dateMetas) {
		const meta = metas.find(({ attributes }) =>
			[attributes['property'], attributes['name'], attributes['itemprop'], attributes['http-equiv']].some(
				(name) => name?.toLowerCase() === key,
			),
		);
		const date = toDate(meta?.attributes['content']);
		if (date !== null) return date;
	}
	const times = findAll(content, (each) => each.name === 'time');
	const modified = times.find((time) =>
		/modified|updated/i.test(`${time.attributes['itemprop']} ${time.attributes['class']}`),
	);
	const time = modified ?? times[0];
	return time === undefined ? null : toDate(time.attributes['datetime'] ?? oneLine(textOf(time)));
}

function attributesOf(root: Element): Attributes {
	const author = findAll(
		root,
		(each) => each.name === 'meta' && each.attributes['name']?.toLowerCase() === 'author',
	)[0];
	const value = author?.attributes['content']?.trim();
	return value === undefined || value === '' || value.length > 200 ? {} : { author: value };
}

function oneLine(text: string): string {
	return text.replaceAll(/\s+/g, ' ').trim();
}

const inlineNames = new Set(
	(
		'a abbr acronym b bdi bdo big cite code data del dfn em font i img ins kbd label mark output q ruby ' +
		'rp rt s samp small span strike strong sub sup time tt u var wbr br button math mi mo mn mrow nobr ' +
		'picture source'
	).split(' '),
);

/** Turns a tree into Markdown blocks. A class because every step asks what is shown. */
class Renderer {
	readonly #isShown: (element: Element) => boolean;

	constructor(isShown: (element: Element) => boolean) {
		this.#isShown = isShown;
	}

	render(element: Element): string {
		return this.#blocks(element).join('\n\n');
	}

	/** The blocks of an element's content; runs of inline content become paragraphs. */
	#blocks(element: Element): string[] {
		const found: string[] = [];
		let run: (Element | string)[] = [];
		const flush = (): void => {
			const text = this.#inline(run);
			if (text !== '') found.push(text);
			run = [];
		};
		for (const child of element.children) {
			if (typeof child === 'string' || this.#isInline(child)) {
				run.push(child);
				continue;
			}
			flush();
			if (this.#isShown(child)) for (const block of this.#block(child)) found.push(block);
		}
		flush();
		return found;
	}

	/** Inline by name and free of blocks: `<a><h2>…</h2></a>` is a block. */
	#isInline(element: Element): boolean {
		if (!inlineNames.has(element.name)) return false;
		return element.children.every(
			(child) => typeof child === 'string' || this.#isInline(child) || !this.#isShown(child),
		);
	}

	#block(element: Element): string[] {
		switch (element.name) {
			case 'h1':
			case 'h2':
			case 'h3':
			case 'h4':
			case 'h5':
			case 'h6':
				return this.#heading(element);
			case 'ul':
			case 'ol':
			case 'menu':
			case 'dir':
				return this.#list(element);
			case 'dl':
				return this.#definitions(element);
			case 'pre':
				return this.#code(element);
			case 'blockquote':
				return this.#quote(element);
			case 'table':
				return this.#table(element);
			case 'hr':
				return [];
			default:
				return this.#blocks(element);
		}
	}

	#heading(element: Element): string[] {
		const text = oneLine(this.#blocks(element).join(' '));
		return text === '' ? [] : [`${'#'.repeat(Number(element.name[1]))} ${text}`];
	}

	#list(list: Element): string[] {
		let number = Number(list.attributes['start'] ?? 1);
		if (!Number.isSafeInteger(number) || number < 0) number = 1;
		const items: string[] = [];
		for (const child of list.children) {
			if (typeof child === 'string' || !this.#isShown(child)) continue;
			const blocks = child.name === 'li' ? this.#blocks(child) : this.#block(child);
			if (blocks.length === 0) continue;
			const marker = list.name === 'ol' ? `${number++}. ` : '- ';
			items.push(marker + indent(joinItem(blocks), marker.length));
		}
		return items.length === 0 ? [] : [items.join('\n')];
	}

	#definitions(list: Element): string[] {
		const items: string[] = [];
		let term = '';
		for (const child of findAll(list, (each) => each.name === 'dt' || each.name === 'dd')) {
			if (!this.#isShown(child)) continue;
			const blocks = this.#blocks(child);
			if (child.name === 'dt') {
				if (term !== '') items.push(`- ${term}`);
				term = oneLine(blocks.join(' '));
			} else {
				items.push(
					`- ${indent(joinItem(term === '' ? blocks : [`${term}: ${blocks[0] ?? ''}`, ...blocks.slice(1)]), 2)}`,
				);
				term = '';
			}
		}
		if (term !== '') items.push(`- ${term}`);
		return items.length === 0 ? [] : [items.join('\n')];
	}

	#code(pre: Element): string[] {
		const text = this.#raw(pre).replace(/^\n/, '').trimEnd();
		if (text.trim() === '') return [];
		const code = first(pre, 'code') ?? pre;
		const classes = `${code.attributes['class'] ?? ''} ${pre.attributes['class'] ?? ''}`;
		const language = /(?:^|\s)(?:language|lang|highlight-source|brush)[-:]\s?([\w+#-]+)/.exec(classes)?.[1] ?? '';
		const fence = text.includes('```') ? '~~~~' : '```';
		return [`${fence}${language}\n${text}\n${fence}`];
	}

	#raw(element: Element): string {
		return element.children
			.map((child) =>
				typeof child === 'string' ? child : child.name === 'br' ? '\n' : this.#isShown(child) ? this.#raw(child) : '',
			)
			.join('');
	}

	#quote(element: Element): string[] {
		const text = this.#blocks(element).join('\n\n');
		return text === '' ? [] : [text.replaceAll(/^/gm, '> ').replaceAll(/^> $/gm, '>')];
	}

	/** A table of data as GFM; one that only arranges a page (one column, or other tables inside) as its content. */
	#table(table: Element): string[] {
		const rows = findAll(table, (each) => each.name === 'tr' || each.name === 'table').filter((row) =>
			this.#isShown(row),
		);
		const isLayout = rows.some(
			(row) => findAll(row, (each) => each.name === 'table' || /^h[1-6]$/.test(each.name)).length > 0,
		);
		const note = this.#note(rows);
		if (note !== null) return note;
		const grid = isLayout ? [] : this.#grid(rows);
		const caption = findAll(table, (each) => each.name === 'caption' || each.name === 'table')
			.filter((each) => each.name === 'caption' && this.#isShown(each))
			.flatMap((each) => this.#blocks(each));
		if (grid.some((row) => row.length > 1)) {
			return [...caption, toTable(grid[0] ?? [], grid.slice(1))];
		}
		return [...caption, ...rows.flatMap((row) => this.#blocks(row))];
	}

	/** Asciidoctor's way to write a warning: a table of one row, an icon with the word and the text. */
	#note(rows: readonly Element[]): string[] | null {
		const [icon, content] = findAll(rows[0] ?? nothing, (each) => each.name === 'td');
		if (rows.length !== 1 || icon?.attributes['class'] !== 'icon' || content === undefined) return null;
		const [begin = '', ...rest] = this.#blocks(content);
		const word = oneLine(textOf(icon)) || oneLine(first(icon, 'i')?.attributes['title'] ?? '');
		return [word === '' ? begin : `${word}: ${begin}`, ...rest];
	}

	/** Cells by row and column. A cell of several rows is repeated in each, so that every row says what it is about. */
	#grid(rows: readonly Element[]): string[][] {
		const below: { text: string; rows: number }[] = [];
		const grid: string[][] = [];
		for (const row of rows) {
			const cells: string[] = [];
			const takeBelow = (): void => {
				for (let cell = below[cells.length]; cell !== undefined && cell.rows > 0; cell = below[cells.length]) {
					cell.rows--;
					cells.push(cell.text);
				}
			};
			for (const cell of row.children) {
				if (typeof cell === 'string' || (cell.name !== 'td' && cell.name !== 'th') || !this.#isShown(cell)) continue;
				takeBelow();
				const text = this.#cell(cell);
				const rowSpan = spanOf(cell.attributes['rowspan']);
				for (let column = spanOf(cell.attributes['colspan']), isFirst = true; column > 0; column--, isFirst = false) {
					below[cells.length] = { text: isFirst ? text : '', rows: rowSpan - 1 };
					cells.push(isFirst ? text : '');
				}
			}
			takeBelow();
			if (cells.some((cell) => cell !== '')) grid.push(cells);
		}
		return grid;
	}

	#cell(cell: Element): string {
		return this.#blocks(cell).join(' ');
	}

	#inline(nodes: readonly (Element | string)[]): string {
		const text = nodes.map((node) => this.#inlineNode(node)).join('');
		return text
			.replaceAll(/[^\S\n]+/g, ' ')
			.replaceAll(/ ?\n ?/g, '\n')
			.trim()
			.replaceAll(/\n{2,}/g, '\n');
	}

	#inlineNode(node: Element | string): string {
		if (typeof node === 'string') return node.replaceAll(/\s+/g, ' ');
		if (!this.#isShown(node)) return '';
		if (node.name === 'br') return '\n';
		if (node.name === 'img') return ` ${oneLine(node.attributes['alt'] ?? '')} `;
		const inner = node.children.map((child) => this.#inlineNode(child)).join('');
		return node.name === 'code' && inner.trim() !== '' && !inner.includes('`') ? `\`${inner.trim()}\`` : inner;
	}
}

/** A list item's blocks: lists and the lines that lead to them stay together, paragraphs stay apart. */
function joinItem(blocks: readonly string[]): string {
	let text = blocks[0] ?? '';
	for (const block of blocks.slice(1)) text += (/^(?:- |\d+\. )/.test(block) ? '\n' : '\n\n') + block;
	return text;
}

function indent(text: string, width: number): string {
	return text.replaceAll(/\n(?=[^\n])/g, `\n${' '.repeat(width)}`);
}

/** A `rowspan` or `colspan`, bounded: a page may claim any number. */
function spanOf(value: string | undefined): number {
	const span = Number(value ?? 1);
	return Number.isSafeInteger(span) && span > 0 ? Math.min(span, 50) : 1;
}
