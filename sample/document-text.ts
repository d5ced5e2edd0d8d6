import { readFileSync } from 'node:fs';
import { extname } from 'node:path';

/** The most words of a quote. */
export const MAX_QUOTE_WORDS = 25;

const FRONT_MATTER = /^---\n[\s\S]*?\n---\n/;

const ENTITIES: Record<string, string> = {
	amp: '&',
	copy: '©',
	euro: '€',
	gt: '>',
	ldquo: '“',
	lt: '<',
	nbsp: ' ',
	quot: '"',
	rarr: '→',
	rdquo: '”',
	rsquo: '’',
};

/** Each run of white space as one space. */
export function squash(text: string): string {
	return text.replace(/\s+/g, ' ').trim();
}

/** The text of a page, with a line for each block. */
export function htmlText(html: string): string {
	return html
		.replace(/<(script|style)\b[\s\S]*?<\/\1>/g, '')
		.replace(/<\/?(p|li|ul|ol|tr|h\d|div|pre|section|article|main|aside|nav|header|footer)\b[^>]*>/g, '\n')
		.replace(/<\/t[dh]>/g, ' ')
		.replace(/<[^>]+>/g, '')
		.replace(/&(\w+);/g, (entity, name: string) => ENTITIES[name] ?? entity);
}

/** The text of a file of `v1` as it is written; a PDF or DOCX is represented by its source. */
export function readRaw(path: string): string {
	const file = /\.(pdf|docx)$/.test(path) ? `binaries/v1/${path}.txt` : `v1/${path}`;
	return readFileSync(new URL(file, import.meta.url), 'utf8');
}

/** The text that quotes of a document come from: without front matter, an HTML page as it is rendered. */
export function toPlainText(path: string, raw: string): string {
	if (path.endsWith('.html')) return htmlText(raw);
	return /\.(md|pdf|docx)$/.test(path) ? raw.replace(FRONT_MATTER, '') : raw;
}

/** Whether a quote is found in one of the two only: raw and rendered text of a document differ in their markup. */
export function crossesMarkup(path: string, raw: string, quote: string): boolean {
	if (path.endsWith('.html'))
		return !raw.split(/<[^>]*>/).some((piece) => squash(htmlText(piece)).includes(squash(quote)));
	const markup = { '.md': /[`*|[\]]/, '.csv': /,/, '.json': /["{}:]/ }[extname(path)];
	return markup?.test(quote) ?? false;
}

/** What is wrong with a quote of a document of `v1`; null when nothing is. */
export function quoteProblem(path: string, quote: string): string | null {
	const raw = readRaw(path);
	if (quote.trim() === '') return 'empty quote';
	if (quote.split(/\s+/).length > MAX_QUOTE_WORDS) return `long quote “${quote}”`;
	if (!squash(toPlainText(path, raw)).includes(squash(quote))) return `${path} has no “${quote}”`;
	return crossesMarkup(path, raw, quote) ? `“${quote}” of ${path} crosses markup` : null;
}

/** The sections of a document's raw text, each from a heading to the next; of a table or JSON file its lines. */
export function sectionsOf(path: string): string[] {
	const raw = readRaw(path);
	if (/\.(csv|json)$/.test(path)) return raw.split('\n');
	if (path.endsWith('.html')) return raw.split(/(?=<h[1-6][ >])/).map((section) => htmlText(section));
	return toPlainText(path, raw).split(/^(?=#{1,6} )/m);
}
