import { toTable } from '../../text/blocks.ts';
import { toDate } from './date.ts';
import { isTableBorder, tableRows } from './rst-table.ts';
import type { ParsedBody } from './parse.ts';

/**
 * reStructuredText as Markdown, after the specification of docutils: headings by the order in which their underlines
 * appear, literal blocks and code directives fenced, grid, simple, list and CSV tables as tables, notes and warnings as
 * paragraphs that begin with the word. Roles and links keep their text. Comments, targets and directives that only
 * steer (`toctree`, `index`, `include`, automatic API pages) are dropped; what any other directive holds is kept.
 */
export function parseRst(source: string): ParsedBody {
	const text = source.startsWith('\uFEFF') ? source.slice(1) : source;
	const lines = text.split('\n').map((line) => line.replaceAll('\t', '        ').trimEnd());
	const writer = new Writer(substitutionsOf(lines));
	const blocks = writer.blocks(lines);
	return { title: writer.title, text: blocks.join('\n\n'), date: writer.date };
}

/** Bodies nested deeper than this stay as they are. */
const maxDepth = 20;

const underline = /^([!-/:-@[-`{-~])\1{1,}$/;
const directive = /^\.\. (?:\|[^|]+\| )?([\w:.+-]+?) ?::(?:\s+(.*))?$/;
const bullet = /^([-*+•‣⁃])(?:\s+|$)/;
const numbered = /^\(?((?:\d+|#|[a-zA-Z]|[ivxlcdmIVXLCDM]+)[.)])\s+(?=\S)/;
const field = /^:((?:[^:\\\s]|\\.|[^:\\]\B)(?:[^:\\]|\\.)*):(?:\s+(.*))?$/;

const codeNames =
	/^(?:code-block|code|sourcecode|highlight|parsed-literal|prompt|literalinclude|ipython|doctest|testcode)$/;
const steering =
	/^(?:toctree|index|include|contents|only-index|highlight|default-role|role|meta|raw|currentmodule|module-index|tabularcolumns|sectnum|target-notes|auto\w+|automodule|literalinclude|bibliography|header|footer|cssclass|sectionauthor|codeauthor|replace|unicode|date|youtube|program|highlightlang)$/;
const admonitions =
	/^(?:attention|caution|danger|error|hint|important|note|tip|warning|seealso|deprecated|versionadded|versionchanged|versionremoved|todo)$/;
const shown: Readonly<Record<string, string>> = {
	seealso: 'See also',
	deprecated: 'Deprecated since version',
	versionadded: 'Added in version',
	versionchanged: 'Changed in version',
	versionremoved: 'Removed in version',
};

/** `.. |name| replace:: text`, wherever they stand. */
function substitutionsOf(lines: readonly string[]): ReadonlyMap<string, string> {
	return new Map(
		lines.flatMap((line) => {
			const found = /^\s*\.\. \|([^|]+)\| replace::\s*(.*)$/.exec(line);
			return found === null ? [] : [[(found[1] ?? '').toLowerCase(), found[2] ?? ''] as const];
		}),
	);
}

/** Turns lines into Markdown blocks. A class because the levels of headings are known by those before. */
class Writer {
	title: string | null = null;
	date: string | null = null;
	readonly #substitutions: ReadonlyMap<string, string>;
	/** The underlines met so far (twice the character where there is a line above as well), by level. */
	readonly #levels: string[] = [];

	constructor(substitutions: ReadonlyMap<string, string>) {
		this.#substitutions = substitutions;
	}

	blocks(lines: readonly string[], depth = 0): string[] {
		const found: string[] = [];
		if (depth > maxDepth) return [lines.join('\n').trim()].filter((text) => text !== '');
		let at = 0;
		while (at < lines.length) {
			if (lines[at] === '') at++;
			else at = this.#block(lines, at, depth, found);
		}
		return found;
	}

	/** Reads the block that begins at `at` into `found`; the line after it. */
	#block(lines: readonly string[], at: number, depth: number, found: string[]): number {
		const line = lines[at] ?? '';
		if (depth === 0) {
			const heading = this.#heading(lines, at);
			if (heading !== null) {
				found.push(heading.text);
				return heading.end;
			}
		}
		if (/^\s/.test(line)) return this.#quote(lines, at, depth, found);
		if (line === '..' || line.startsWith('.. ')) return this.#explicit(lines, at, depth, found);
		if (isTableBorder(line)) {
			const table = tableRows(lines, at);
			if (table !== null) {
				const rows = table.rows.map((row) => row.map((cell) => this.#inline(cell)));
				found.push(...(rows.length === 0 ? [] : [toTable(rows[0] ?? [], rows.slice(1))]));
				return table.end;
			}
		}
		if (bullet.test(line) || numbered.test(line)) return this.#list(lines, at, depth, found);
		if (field.test(line)) return this.#fields(lines, at, depth, found);
		if (line.startsWith('>>> ')) return this.#doctest(lines, at, found);
		if (underline.test(line) && line.length >= 4) return at + 1;
		if (line === '::') return this.#literal(lines, at + 1, '', found);
		return this.#paragraph(lines, at, depth, found);
	}

	#heading(lines: readonly string[], at: number): { text: string; end: number } | null {
		const [line = '', second = '', third = ''] = lines.slice(at, at + 3);
		const isOver = underline.test(line) && second !== '' && third === line && second.trim().length <= line.length;
		const text = isOver ? second.trim() : line;
		const mark = isOver ? line : second;
		if (!underline.test(mark) || text === '' || /^\s/.test(isOver ? '' : line)) return null;
		// A short underline is an accident or a list; an underline under an underline is neither.
		if (!isOver && (underline.test(line) || mark.length < Math.min(text.length, 4))) return null;
		const style = (mark[0] ?? '').repeat(isOver ? 2 : 1);
		if (!this.#levels.includes(style)) this.#levels.push(style);
		const shownText = this.#inline(text);
		this.title ??= shownText;
		return {
			text: `${'#'.repeat(Math.min(this.#levels.indexOf(style) + 1, 6))} ${shownText}`,
			end: at + (isOver ? 3 : 2),
		};
	}

	#quote(lines: readonly string[], at: number, depth: number, found: string[]): number {
		const { body, end } = indented(lines, at);
		found.push(...this.blocks(body, depth + 1));
		return end;
	}

	/** What begins with two dots: directives, footnotes, and what only machines or authors read. */
	#explicit(lines: readonly string[], at: number, depth: number, found: string[]): number {
		const line = lines[at] ?? '';
		const { body, end } = indented(lines, at + 1);
		const note = /^\.\. \[([^\]]+)\]\s+(.*)$/.exec(line);
		if (note !== null) {
			const [begin = '', ...rest] = this.blocks([note[2] ?? '', ...body], depth + 1);
			found.push(`[${note[1]}] ${begin}`, ...rest);
			return end;
		}
		const match = directive.exec(line);
		if (match !== null && !line.startsWith('.. |')) this.#directive(match[1] ?? '', match[2] ?? '', body, depth, found);
		return end;
	}

	#directive(written: string, argument: string, body: readonly string[], depth: number, found: string[]): void {
		const name = written.replace(/^(?:[a-z]+:)(?=[a-z])/, '').toLowerCase();
		const { options, content } = optionsOf(body);
		if (codeNames.test(name) && !(name === 'highlight' || name === 'literalinclude')) {
			found.push(fenced(content, /^[\w+#-]+$/.test(argument) ? argument : ''));
		} else if (steering.test(name)) return;
		else if (admonitions.test(name)) this.#admonition(name, argument, content, depth, found);
		else if (name === 'list-table') found.push(...this.#listTable(argument, content, depth));
		else if (name === 'csv-table') found.push(...this.#csvTable(argument, options.get('header') ?? '', content));
		else if (name === 'image' || name === 'figure') {
			found.push(...[this.#inline(options.get('alt') ?? '')].filter((text) => text !== ''));
			found.push(...this.blocks(content, depth + 1));
		} else if (name === 'math') found.push([argument, ...content].join('\n').trim());
		else {
			const head = this.#inline(argument);
			// An object description (`.. py:function:: open(path)`) is what the lines below it are about.
			const isObject =
				/:/.test(written) ||
				/^(?:function|class|method|attribute|data|option|envvar|confval|describe|object|glossary|rubric|topic|admonition|sidebar|cmdoption|exception|decorator|macro|type|member|c?macro)$/.test(
					name,
				);
			if (head !== '') found.push(isObject && depth === 0 && content.length > 0 ? `${head}:` : head);
			found.push(...this.blocks(content, depth + 1));
		}
	}

	#admonition(name: string, argument: string, content: readonly string[], depth: number, found: string[]): void {
		const word = shown[name] ?? `${name[0]?.toUpperCase()}${name.slice(1)}`;
		const isVersion = word.endsWith('version');
		const [begin = '', ...rest] = this.blocks(isVersion ? content : [argument, ...content], depth + 1);
		const label = isVersion ? `${word} ${this.#inline(argument)}` : word;
		found.push(begin === '' ? label : `${label}: ${begin}`, ...rest);
	}

	#listTable(title: string, content: readonly string[], depth: number): string[] {
		const rows = itemsOf(content).map((row) => itemsOf(row).map((cell) => this.blocks(cell, depth + 2).join(' ')));
		const caption = title === '' ? [] : [this.#inline(title)];
		return rows.length === 0 ? caption : [...caption, toTable(rows[0] ?? [], rows.slice(1))];
	}

	#csvTable(title: string, header: string, content: readonly string[]): string[] {
		const lines = [...(header === '' ? [] : [header]), ...content.filter((line) => line !== '')];
		const rows = lines.map((line) => csvCells(line).map((cell) => this.#inline(cell)));
		const caption = title === '' ? [] : [this.#inline(title)];
		return rows.length === 0 ? caption : [...caption, toTable(rows[0] ?? [], rows.slice(1))];
	}

	#list(lines: readonly string[], at: number, depth: number, found: string[]): number {
		const items: string[] = [];
		let next = at;
		let number = 0;
		for (let line = lines[next] ?? ''; ; line = lines[next] ?? '') {
			const isBullet = bullet.test(line);
			const match = isBullet ? bullet.exec(line) : numbered.exec(line);
			if (match === null || isBullet !== bullet.test(lines[at] ?? '')) break;
			const width = match[0].length;
			const { body, end } = indented(lines, next + 1, Math.min(width, 2));
			const label = match[1] ?? '';
			number = /^\d/.test(label) ? Number.parseInt(label, 10) : number + 1;
			const marker = isBullet ? '- ' : `${number}. `;
			const inner = this.blocks([line.slice(width), ...body], depth + 1);
			items.push(marker + joined(inner).replaceAll(/\n(?=[^\n])/g, `\n${' '.repeat(marker.length)}`));
			next = end;
			while (lines[next] === '' && next < lines.length) next++;
			if (next >= lines.length) break;
		}
		if (items.length === 0) return this.#paragraph(lines, at, depth, found);
		found.push(items.join('\n'));
		return next;
	}

	/** `:Name: value` lines: those of a document's head say its date, others are kept as they read. */
	#fields(lines: readonly string[], at: number, depth: number, found: string[]): number {
		const entries: string[] = [];
		let next = at;
		for (let match = field.exec(lines[next] ?? ''); match !== null; match = field.exec(lines[next] ?? '')) {
			const { body, end } = indented(lines, next + 1);
			const [begin = '', ...rest] = this.blocks([match[2] ?? '', ...body], depth + 1);
			const name = this.#inline(match[1] ?? '');
			if (/^(?:date|last.?updated|modified)$/i.test(name)) this.date ??= toDate(begin);
			if (begin !== '') entries.push(`- ${name}: ${[begin, ...rest].join('\n').replaceAll(/\n(?=[^\n])/g, '\n  ')}`);
			next = end;
		}
		if (entries.length > 0) found.push(entries.join('\n'));
		return next;
	}

	#doctest(lines: readonly string[], at: number, found: string[]): number {
		let end = at;
		while (end < lines.length && lines[end] !== '') end++;
		found.push(fenced(lines.slice(at, end), 'python'));
		return end;
	}

	#literal(lines: readonly string[], at: number, language: string, found: string[]): number {
		const { body, end } = indented(lines, at);
		if (body.length > 0) found.push(fenced(body, language));
		return Math.max(end, at);
	}

	#paragraph(lines: readonly string[], at: number, depth: number, found: string[]): number {
		let end = at + 1;
		while (end < lines.length && lines[end] !== '' && !/^\s/.test(lines[end] ?? '')) {
			if (depth === 0 && this.#heading(lines, end) !== null) break;
			end++;
		}
		const text = lines
			.slice(at, end)
			.map((line) => line.replace(/^\| ?/, ''))
			.join('\n');
		if (text.endsWith('::')) {
			found.push(this.#inline(text.replace(/(?<=\S)::$/, ':').replace(/\s*::$/, '')));
			return this.#literal(lines, end, '', found);
		}
		// A term and, below it, its definition.
		if (end === at + 1 && /^\s/.test(lines[end] ?? '') && !text.endsWith(':')) {
			const { body, end: after } = indented(lines, end);
			const inner = this.blocks(body, depth + 1);
			found.push(`- ${this.#inline(text)}: ${joined(inner).replaceAll(/\n(?=[^\n])/g, '\n  ')}`);
			return after;
		}
		found.push(this.#inline(text));
		return end;
	}

	/** Inline markup as a reader sees it, in pieces no longer than people write. Literals keep their marks, as in Markdown. */
	#inline(text: string): string {
		return text
			.split(/(``[^]{1,1000}?``(?![^\s.,;:!?)\]}'"’”>/\\-]))/)
			.map((part, index) => (index % 2 === 1 ? code(part.slice(2, -2)) : this.#plain(part)))
			.join('')
			.trim();
	}

	#plain(text: string): string {
		return text
			.replaceAll(/\|([^|\s](?:[^|\n]{0,200}[^|\s])?)\|_{0,2}/g, (whole, name: string) => {
				return this.#substitutions.get(name.toLowerCase()) ?? whole;
			})
			.replaceAll(
				/:(?:[\w.+-]{1,60}:){1,3}`~?!?([^`<]{0,1000}?)\s{0,20}(?:<([^`>]{0,2000})>)?`/g,
				(_, label: string, target?: string) => (label === '' ? (target ?? '') : label),
			)
			.replaceAll(/`([^`<]{0,1000}?)\s{0,20}<([^`>]{0,2000})>`_{0,2}/g, (_, label: string, target: string) =>
				label === '' ? target : label,
			)
			.replaceAll(/`([^`]{1,1000})`_{0,2}/g, '$1')
			.replaceAll(/(?<![\w])([A-Za-z][\w.-]{0,80}[A-Za-z0-9])__?(?![\w])/g, '$1')
			.replaceAll(/\\(.)/g, (_, char: string) => (char === ' ' ? '' : char));
	}
}

function code(text: string): string {
	return text.includes('`') ? text : `\`${text}\``;
}

/** The lines from `at` that are indented (by at least `least` columns), without what they share of it. */
function indented(lines: readonly string[], at: number, least = 1): { body: string[]; end: number } {
	let end = at;
	let width = Number.POSITIVE_INFINITY;
	for (let next = at; next < lines.length; next++) {
		const line = lines[next] ?? '';
		if (line === '') continue;
		const indent = line.length - line.trimStart().length;
		if (indent < least) break;
		width = Math.min(width, indent);
		end = next + 1;
	}
	return { body: end === at ? [] : lines.slice(at, end).map((line) => line.slice(Math.min(width, line.length))), end };
}

function optionsOf(body: readonly string[]): { options: Map<string, string>; content: string[] } {
	const options = new Map<string, string>();
	let at = 0;
	for (; at < body.length; at++) {
		const match = field.exec(body[at] ?? '');
		if (match === null) break;
		options.set((match[1] ?? '').toLowerCase(), match[2] ?? '');
	}
	return { options, content: body.slice(at) };
}

/** The items of a bullet list, each as its own lines. */
function itemsOf(lines: readonly string[]): string[][] {
	const items: string[][] = [];
	for (const line of lines) {
		const match = bullet.exec(line);
		if (match !== null) items.push([' '.repeat(match[0].length).slice(0, 0) + line.slice(match[0].length)]);
		else items.at(-1)?.push(line.slice(Math.min(2, line.length - line.trimStart().length)));
	}
	return items;
}

function csvCells(line: string): string[] {
	return [...line.matchAll(/\s*(?:"((?:[^"]|"")*)"|([^,]*))(?:,|$)/g)]
		.slice(0, line.trimEnd().endsWith(',') ? undefined : -1)
		.map((match) => match[1]?.replaceAll('""', '"') ?? match[2]?.trim() ?? '');
}

function fenced(lines: readonly string[], language: string): string {
	const text = lines.join('\n').replace(/^\n+/, '').trimEnd();
	const fence = text.includes('```') ? '~~~~' : '```';
	return text === '' ? '' : `${fence}${language}\n${text}\n${fence}`;
}

/** Blocks of one list item: lists go on in the next line, everything else after an empty one. */
function joined(blocks: readonly string[]): string {
	let text = blocks[0] ?? '';
	for (const block of blocks.slice(1)) text += (/^(?:- |\d+\. )/.test(block) ? '\n' : '\n\n') + block;
	return text;
}
