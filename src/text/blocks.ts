/**
 * The structure of Markdown-flavoured text, found line by line. Every format becomes such text, so this one scanner
 * serves chunking whole documents and reading single chunks while answering. It follows CommonMark and GFM where they
 * matter for structure and leaves inline markup alone. What it simplifies on purpose: the inside of a block quote is
 * not scanned; a table row that starts and ends with a pipe is a row even when its header is not part of the text
 * (chunks of long tables); a list item indented four or more columns is an item, not code (chunks of nested lists).
 */
export type Block = {
	/** `step` is an ordered item with everything nested in it; `bullet` an unordered one without nested items, code and tables. */
	readonly kind: 'heading' | 'paragraph' | 'step' | 'bullet' | 'row' | 'code' | 'quote' | 'front';
	/** Headings: 1 to 6. Steps and bullets: nesting depth from 1. */
	readonly level?: number;
	/** Rows only. `body` is also said of rows whose header is outside the text. */
	readonly row?: 'header' | 'delimiter' | 'body';
	/** Fenced code only: the words after the fence, mostly the language; may be empty. */
	readonly info?: string;
	/** UTF-16 offsets into the text given; no space at either end. */
	readonly start: number;
	readonly end: number;
};

type Open = { -readonly [Key in keyof Block]: Block[Key] };
type Item = { readonly content: number; readonly ordered: boolean };
type Fence = { readonly char: number; readonly length: number; readonly base: number };
type Start =
	| { readonly is: 'text' | 'break' | 'quote' | 'row' | 'header' | 'setext' }
	| { readonly is: 'heading'; readonly level: number }
	| { readonly is: 'fence'; readonly fence: Fence; readonly info: string }
	| { readonly is: 'item'; readonly item: Item }
	| { readonly is: 'html'; readonly until: RegExp | null };

/** The blocks of `text` between `start` and `end`, in order; together they cover every non-space character once. */
export function blocks(text: string, start = 0, end = text.length): Block[] {
	return new Scanner(text, start, end).scan();
}

/** The cells of a table row, trimmed, with `\|` read as `|`. */
export function cells(row: string): string[] {
	const line = row.trim();
	const found: string[] = [];
	let from = line.startsWith('|') ? 1 : 0;
	for (let at = from; at <= line.length; at++) {
		if (at < line.length && (line[at] !== '|' || line[at - 1] === '\\')) continue;
		if (at === line.length && from === line.length && found.length > 0) break;
		found.push(line.slice(from, at).trim().replaceAll('\\|', '|'));
		from = at + 1;
	}
	return found;
}

/** One line of text as a table cell: pipes escaped, line breaks and runs of space made one space. */
export function escapeCell(text: string): string {
	return text.replaceAll(/\s+/g, ' ').trim().replaceAll('|', '\\|');
}

/** A GFM table: header row, delimiter row, body rows, all padded to the widest row. Empty string for no columns. */
export function toTable(header: readonly string[], body: readonly (readonly string[])[]): string {
	const width = body.reduce((most, row) => Math.max(most, row.length), header.length);
	if (width === 0) return '';
	const line = (row: readonly string[]): string => {
		let out = '|';
		for (let column = 0; column < width; column++) out += ` ${escapeCell(row[column] ?? '')} |`;
		return out;
	};
	return [line(header), `|${' --- |'.repeat(width)}`, ...body.map(line)].join('\n');
}

/** What a heading says, without its marks, trailing `{#id}` and inline markup; one line, at most 500 characters. */
export function headingText(heading: string): string {
	return plainText(
		heading
			.slice(0, 500)
			.toWellFormed()
			.replace(/^#{1,6}(?=\s|$)/, '')
			.replace(/\n[ \t]*(?:=+|-+)[ \t]*$/, '')
			.replace(/(?:^|\s)#+\s*$/, '')
			.replace(/\s*\{[:#][^}]*\}\s*$/, '')
			.replace(/(?:^|\s)#+\s*$/, ''),
	);
}

/** Inline Markdown as a reader sees it: link and image texts, no emphasis or code marks, no HTML tags; one line. */
export function plainText(markdown: string): string {
	return markdown
		.replaceAll(
			/!?\[((?:[^[\]\\]|\\.){0,500})\](?:\([^()]{0,2000}(?:\([^()]{0,500}\)[^()]{0,500})?\)|\[[^\]]{0,500}\])/g,
			'$1',
		)
		.replaceAll(/<\/?[a-zA-Z][^<>]{0,1000}>/g, '')
		.replaceAll(/(?<![\p{L}\p{N}\\])(\*\*|__|\*|_|~~)(?=\S)(.{0,300}?\S)\1(?![\p{L}\p{N}])/gu, '$2')
		.replaceAll(/`+([^`]*)`+/g, '$1')
		.replaceAll(/\\([!-/:-@[-`{-~])/g, '$1')
		.replaceAll(/\s+/g, ' ')
		.trim();
}

const tab = 9;
const newline = 10;
const space = 32;
const hash = 35;
const asterisk = 42;
const plus = 43;
const dash = 45;
const dot = 46;
const colon = 58;
const less = 60;
const equals = 61;
const greater = 62;
const underscore = 95;
const backtick = 96;
const pipe = 124;
const tilde = 126;

/** CommonMark 4.6, condition 6: tags that begin an HTML block wherever they stand. */
const blockTag = new RegExp(
	`</?(?:${
		'address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|div|dl|dt|' +
		'fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li|link|main|menu|' +
		'menuitem|nav|noframes|ol|optgroup|option|p|param|search|section|summary|table|tbody|td|tfoot|th|thead|title|tr|' +
		'track|ul'
	})(?=[\\s/>]|$)`,
	'iy',
);
const rawTag = /<(?:script|pre|style|textarea)(?=[\s>]|$)/iy;
/** Condition 7: one complete tag alone on its line; may not interrupt a paragraph. */
const loneTag =
	/(?:<[a-zA-Z][a-zA-Z0-9-]*(?:\s+[a-zA-Z_:][\w.:-]*(?:\s*=\s*(?:"[^"\n]*"|'[^'\n]*'|[^\s"'=<>`]+))?)*\s*\/?>|<\/[a-zA-Z][a-zA-Z0-9-]*\s*>)[ \t\r]*$/my;

/** One pass over the lines of a text. A class because the pieces of the scan share where they are. */
class Scanner {
	readonly #text: string;
	readonly #end: number;
	readonly #found: Open[] = [];
	/** The list items that the previous line was in, outermost first. */
	readonly #items: Item[] = [];
	/** The block that a following line may still extend. */
	#open: Open | null = null;
	/** True while the previous line was running text, which the next line may continue. */
	#inText = false;
	#inTable = false;
	#fence: Fence | null = null;
	/** Inside an HTML block: what ends it (null: a blank line). */
	#html: { readonly until: RegExp | null } | null = null;
	/** Where the next pipe is at or after the current line, so that lines without pipes cost nothing. */
	#nextPipe = -1;
	#lineStart: number;
	#lineEnd = 0;
	/** Offset and column of the first character of the line that is no space. */
	#first = 0;
	#indent = 0;

	constructor(text: string, start: number, end: number) {
		this.#text = text;
		this.#end = end;
		this.#lineStart = start;
	}

	scan(): Block[] {
		if (this.#lineStart === 0) this.#takeFrontMatter();
		while (this.#lineStart < this.#end) {
			this.#readLine(this.#lineStart);
			if (this.#first === this.#lineEnd) this.#takeBlank();
			else if (this.#fence !== null) this.#takeFenced(this.#fence);
			else if (this.#html !== null) this.#takeHtml(this.#html.until);
			else this.#takeLine();
			this.#lineStart = this.#nextLine(this.#lineEnd);
		}
		return this.#found;
	}

	/** Finds the line's end without trailing space, its first character and that character's column. */
	#readLine(start: number): void {
		const text = this.#text;
		let stop = text.indexOf('\n', start);
		if (stop === -1 || stop > this.#end) stop = this.#end;
		let at = start;
		let column = 0;
		for (; at < stop; at++) {
			const char = text.charCodeAt(at);
			if (char === space) column++;
			else if (char === tab) column += 4 - (column % 4);
			else if (char > space || char === 0) break;
		}
		while (stop > at && text.charCodeAt(stop - 1) <= space) stop--;
		this.#first = at;
		this.#indent = column;
		this.#lineEnd = Math.max(stop, at);
	}

	#nextLine(from: number): number {
		const at = this.#text.indexOf('\n', from);
		return at === -1 ? this.#end : at + 1;
	}

	/** YAML between `---` lines at the very beginning. The second line must look like YAML, since chunks may begin with a rule. */
	#takeFrontMatter(): void {
		const text = this.#text;
		const match = /^\uFEFF?---[ \t]*\r?\n(?=[\w"'#-][^\n]*:|---[ \t]*(?:\r?\n|$))/.exec(text.slice(0, 400));
		if (match === null) return;
		const close = /^(?:---|\.\.\.)[ \t]*\r?$/gm;
		close.lastIndex = match[0].length;
		const found = close.exec(text);
		if (found === null || found.index >= this.#end) return;
		this.#found.push({ kind: 'front', start: 0, end: found.index + 3 });
		this.#lineStart = this.#nextLine(found.index);
	}

	#takeBlank(): void {
		if (this.#html !== null && this.#html.until !== null) return;
		this.#html = null;
		this.#inText = false;
		this.#inTable = false;
		if (this.#fence === null && this.#open !== null && !isKept(this.#open.kind)) this.#open = null;
	}

	#takeFenced(fence: Fence): void {
		if (this.#indent < fence.base && this.#items.length > 0) {
			this.#fence = null;
			this.#takeLine();
			return;
		}
		this.#extend();
		if (this.#indent - fence.base > 3 || this.#text.charCodeAt(this.#first) !== fence.char) return;
		const length = runLength(this.#text, this.#first, this.#lineEnd);
		if (length < fence.length || this.#first + length !== this.#lineEnd) return;
		this.#fence = null;
		if (this.#open?.kind === 'code') this.#open = null;
	}

	#takeHtml(until: RegExp | null): void {
		this.#extend();
		if (until === null || !this.#lineMatches(until)) return;
		this.#html = null;
		if (this.#open !== null && !isKept(this.#open.kind)) this.#open = null;
	}

	#lineMatches(pattern: RegExp): boolean {
		return pattern.test(this.#text.slice(this.#lineStart, this.#lineEnd));
	}

	#takeLine(): void {
		let depth = 0;
		while (depth < this.#items.length && this.#indent >= (this.#items[depth] as Item).content) depth++;
		const base = depth === 0 ? 0 : (this.#items[depth - 1] as Item).content;
		const within = this.#inText && depth === this.#items.length;
		const start = this.#startOf(base, within);
		if (start.is === 'text' && this.#inText) return this.#extend();
		if (start.is === 'text' && this.#inTable && depth === this.#items.length) return this.#takeRow('body');
		this.#items.length = depth;
		const step = this.#items.findIndex((item) => item.ordered);
		if (step !== -1 && this.#open?.kind === 'step') this.#takeInStep(start);
		else this.#takeStart(start, base);
	}

	/** Everything inside an ordered item extends it; only what decides where the item ends is followed. */
	#takeInStep(start: Start): void {
		this.#extend();
		this.#inText = start.is === 'text' || start.is === 'item' || start.is === 'quote';
		if (start.is === 'item') this.#items.push(start.item);
		if (start.is === 'fence') this.#fence = start.fence;
		if (start.is === 'html') this.#beginHtml(start.until);
	}

	#takeStart(start: Start, base: number): void {
		this.#inTable = false;
		const within = this.#items.length > 0;
		switch (start.is) {
			case 'heading':
				if (within) return this.#joinOrBegin('paragraph', false);
				this.#begin({ kind: 'heading', level: start.level });
				this.#open = null;
				this.#inText = false;
				return;
			case 'setext':
				return this.#takeUnderline();
			case 'fence':
				this.#begin({ kind: 'code', info: start.info });
				this.#fence = start.fence;
				this.#inText = false;
				return;
			case 'item':
				this.#items.push(start.item);
				this.#begin({ kind: start.item.ordered ? 'step' : 'bullet', level: this.#items.length });
				this.#inText = true;
				return;
			case 'quote':
				if (this.#open?.kind === 'quote') this.#extend();
				else this.#begin({ kind: 'quote' });
				this.#inText = true;
				return;
			case 'header':
				this.#takeRow('header');
				return;
			case 'row':
				this.#takeRow('body');
				return;
			case 'break':
				this.#begin({ kind: 'paragraph' });
				this.#open = null;
				this.#inText = false;
				return;
			case 'html':
				this.#joinOrBegin('paragraph', false);
				this.#beginHtml(start.until);
				return;
			case 'text':
				if (this.#indent - base >= 4) this.#takeIndentedCode();
				else this.#joinOrBegin('paragraph', true);
		}
	}

	#beginHtml(until: RegExp | null): void {
		this.#html = { until };
		if (until === null || !this.#lineMatches(until)) return;
		this.#html = null;
		if (this.#open !== null && !isKept(this.#open.kind)) this.#open = null;
	}

	/** A header row is followed by its delimiter row, which is taken at once. */
	#takeRow(row: 'header' | 'body'): void {
		this.#inText = false;
		this.#begin({ kind: 'row', row });
		this.#open = null;
		if (row === 'body') return;
		this.#lineStart = this.#nextLine(this.#lineEnd);
		this.#readLine(this.#lineStart);
		this.#begin({ kind: 'row', row: 'delimiter' });
		this.#open = null;
		this.#inTable = true;
	}

	#takeUnderline(): void {
		const level = this.#text.charCodeAt(this.#first) === equals ? 1 : 2;
		this.#extend();
		if (this.#open?.kind === 'paragraph') {
			this.#open.kind = 'heading';
			this.#open.level = level;
		}
		this.#open = null;
		this.#inText = false;
	}

	#takeIndentedCode(): void {
		this.#inText = false;
		if (this.#open?.kind === 'code' && this.#open.info === undefined) return this.#extend();
		const last = this.#found.at(-1);
		if (this.#items.length === 0 && last?.kind === 'code' && last.info === undefined && this.#open === null) {
			if (this.#isBlank(last.end, this.#lineStart)) {
				this.#open = last;
				return this.#extend();
			}
		}
		this.#begin({ kind: 'code' });
	}

	#isBlank(from: number, to: number): boolean {
		for (let at = from; at < to; at++) if (this.#text.charCodeAt(at) > space) return false;
		return true;
	}

	/** Inside a list item the line extends the item while that is still the last block; otherwise it is a block of its own. */
	#joinOrBegin(kind: 'paragraph', isText: boolean): void {
		if (this.#items.length > 0 && this.#open !== null && this.#open.kind !== 'code') this.#extend();
		else this.#begin({ kind });
		this.#inText = isText;
	}

	#begin(block: Omit<Block, 'start' | 'end'>): void {
		this.#open = { ...block, start: this.#first, end: this.#lineEnd };
		this.#found.push(this.#open);
	}

	#extend(): void {
		if (this.#open === null) this.#begin({ kind: 'paragraph' });
		else this.#open.end = this.#lineEnd;
	}

	/** What begins on this line, given the column its container's content begins at. `within`: it would interrupt running text. */
	#startOf(base: number, within: boolean): Start {
		const text = this.#text;
		const first = this.#first;
		const indent = this.#indent - base;
		const char = text.charCodeAt(first);
		const item = this.#itemAt(char, within);
		if (indent >= 4) return item !== null && !within ? item : { is: 'text' };
		if (char === hash) {
			const level = runLength(text, first, this.#lineEnd);
			if (level <= 6 && isSpaceOrEnd(text, first + level, this.#lineEnd)) return { is: 'heading', level };
		}
		if (char === backtick || char === tilde) {
			const fence = this.#fenceAt(char, base);
			if (fence !== null) return fence;
		}
		if (char === greater) return { is: 'quote' };
		if ((char === equals || char === dash) && within && this.#open?.kind === 'paragraph' && this.#items.length === 0) {
			if (runLength(text, first, this.#lineEnd) === this.#lineEnd - first) return { is: 'setext' };
		}
		if ((char === dash || char === asterisk || char === underscore) && this.#isBreak(char)) return { is: 'break' };
		if (item !== null) return item;
		const row = this.#rowAt(char);
		if (row !== null) return row;
		if (char === less) return this.#htmlAt(within);
		return { is: 'text' };
	}

	#fenceAt(char: number, base: number): Start | null {
		const length = runLength(this.#text, this.#first, this.#lineEnd);
		if (length < 3) return null;
		const info = this.#text.slice(this.#first + length, this.#lineEnd).trim();
		if (char === backtick && info.includes('`')) return null;
		return { is: 'fence', fence: { char, length, base }, info };
	}

	#isBreak(char: number): boolean {
		let count = 0;
		for (let at = this.#first; at < this.#lineEnd; at++) {
			const here = this.#text.charCodeAt(at);
			if (here === char) count++;
			else if (here !== space && here !== tab) return false;
		}
		return count >= 3;
	}

	/** CommonMark 5.2. Running text is interrupted only by an item with content, and by an ordered one only at number 1. */
	#itemAt(char: number, within: boolean): { readonly is: 'item'; readonly item: Item } | null {
		const text = this.#text;
		const end = this.#lineEnd;
		let after = this.#first;
		const ordered = isDigit(char);
		if (ordered) {
			while (after < end && after - this.#first < 9 && isDigit(text.charCodeAt(after))) after++;
			const mark = text.charCodeAt(after);
			if (after === end || (mark !== dot && mark !== 41)) return null;
			if (within && text.slice(this.#first, after) !== '1') return null;
		} else if (char !== dash && char !== asterisk && char !== plus) return null;
		after++;
		if (!isSpaceOrEnd(text, after, end) || (within && after === end)) return null;
		const mark = this.#indent + (after - this.#first);
		let column = mark;
		for (let at = after; at < end; at++) {
			const here = text.charCodeAt(at);
			if (here === space) column++;
			else if (here === tab) column += 4 - (column % 4);
			else break;
		}
		const gap = column - mark;
		return { is: 'item', item: { content: after >= end || gap > 4 ? mark + 1 : column, ordered } };
	}

	/** A header row when the next line is a delimiter row of as many cells; a lone row when it has pipes at both ends. */
	#rowAt(char: number): Start | null {
		if (this.#nextPipe < this.#lineStart) {
			const at = this.#text.indexOf('|', this.#first);
			this.#nextPipe = at === -1 ? Number.POSITIVE_INFINITY : at;
		}
		if (this.#nextPipe >= this.#lineEnd) return null;
		if (!this.#inTable && this.#isDelimiterNext()) return { is: 'header' };
		if (this.#inTable) return null;
		const closed =
			char === pipe && this.#lineEnd - this.#first > 2 && this.#text.charCodeAt(this.#lineEnd - 1) === pipe;
		return closed ? { is: 'row' } : null;
	}

	#isDelimiterNext(): boolean {
		const start = this.#nextLine(this.#lineEnd);
		if (start >= this.#end) return false;
		let stop = this.#text.indexOf('\n', start);
		if (stop === -1 || stop > this.#end) stop = this.#end;
		let hasDash = false;
		for (let at = start; at < stop; at++) {
			const char = this.#text.charCodeAt(at);
			if (char === dash) hasDash = true;
			else if (char !== pipe && char !== colon && char > space) return false;
		}
		if (!hasDash) return false;
		const delimiters = cells(this.#text.slice(start, stop));
		if (!delimiters.every((cell) => /^:?-+:?$/.test(cell))) return false;
		return delimiters.length === cells(this.#text.slice(this.#first, this.#lineEnd)).length;
	}

	#htmlAt(within: boolean): Start {
		const text = this.#text;
		if (text.startsWith('<!--', this.#first)) return { is: 'html', until: /-->/ };
		if (matchesAt(rawTag, text, this.#first)) return { is: 'html', until: /<\/(?:script|pre|style|textarea)>/i };
		if (matchesAt(blockTag, text, this.#first)) return { is: 'html', until: null };
		if (!within && matchesAt(loneTag, text, this.#first)) return { is: 'html', until: null };
		return { is: 'text' };
	}
}

/** Blocks that lines after a blank one may still belong to. */
function isKept(kind: Block['kind']): boolean {
	return kind === 'step' || kind === 'bullet' || kind === 'code';
}

function matchesAt(sticky: RegExp, text: string, at: number): boolean {
	sticky.lastIndex = at;
	return sticky.test(text);
}

/** How often the character at `start` repeats. */
function runLength(text: string, start: number, end: number): number {
	const char = text.charCodeAt(start);
	let at = start;
	while (at < end && text.charCodeAt(at) === char) at++;
	return at - start;
}

function isSpaceOrEnd(text: string, at: number, end: number): boolean {
	return at >= end || text.charCodeAt(at) === space || text.charCodeAt(at) === tab || text.charCodeAt(at) === newline;
}

function isDigit(char: number): boolean {
	return char >= 48 && char <= 57;
}
