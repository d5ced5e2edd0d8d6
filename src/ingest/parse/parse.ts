import type { Attributes, Format } from '../../core/document.ts';
import { KnowhowError } from '../../core/error.ts';
import { decode } from './decode.ts';
import { extensionOf, formatOf } from './format.ts';

/** What a file says, before it has an identity. */
export type Parsed = {
	readonly format: Format;
	/** What the file calls itself; its name where it says nothing. */
	readonly title: string;
	/** Markdown-flavoured (see `text/blocks.ts`), well-formed UTF-16 without NUL, lines ended by `\n`. */
	readonly text: string;
	/** YYYY-MM-DD as the file states it, null when it states none. */
	readonly date: string | null;
	readonly attributes: Attributes;
	/** Offset in `text` at which each page begins; empty for formats without pages. */
	readonly pages: readonly number[];
	/** Where the text divides, in order; absent where it is Markdown and says so itself. */
	readonly sections?: readonly ParsedSection[];
	/** What is lost of the file, where that can be known, and what to do. */
	readonly warning?: { readonly message: string; readonly hint: string };
};

/** A part of a text under the headings given, outermost first, as far as the next section. */
export type ParsedSection = { readonly start: number; readonly headings: readonly string[] };

/** What one parser found; `title` null when the file says none. The optional parts default to nothing. */
export type ParsedBody = Pick<Parsed, 'text'> &
	Partial<Pick<Parsed, 'date' | 'attributes' | 'pages' | 'sections' | 'warning'>> & { readonly title: string | null };

export type ParseOptions = {
	/** HTML: the main content of a page, or all of it. */
	readonly html: 'main' | 'full';
};

/** Changes whenever the text or the chunks of the same bytes change, so that the next ingest parses unchanged files again. */
export const parserVersion = 5;

/**
 * Reads a file's bytes. `path` gives the extension and, where the file says no better, the title; the content decides
 * where the extension lies. Parsers are loaded when first needed. Throws `unsupported_format`, `unreadable_file`,
 * `password_protected` and `empty_document`.
 */
export async function parse(bytes: Uint8Array, path: string, options: ParseOptions): Promise<Parsed> {
	if (bytes.every((byte) => byte <= 0x20)) throw empty(path, 'There is nothing in it: write it, or leave it out.');
	const format = formatOf(bytes, path);
	const body = await bodyOf(format, bytes, path, options).catch((error: unknown) => {
		if (error instanceof KnowhowError) throw error;
		throw new KnowhowError('unreadable_file', `${path} could not be read as ${format}.`, {
			hint: 'Open the file in its own program and save it again.',
			cause: error,
		});
	});
	if (!/[\p{L}\p{N}]/u.test(body.text))
		throw empty(
			path,
			body.warning?.hint ?? (format === 'pdf' ? scanned : 'It has neither letters nor digits: leave it out.'),
		);
	const title = clean(body.title ?? '')
		.replaceAll(/\s+/g, ' ')
		.trim();
	return {
		format,
		title: title === '' ? titleFromPath(path) : title.slice(0, 300).toWellFormed(),
		text: body.text,
		date: body.date ?? null,
		attributes: body.attributes ?? {},
		pages: body.pages ?? [],
		...(body.sections === undefined ? {} : { sections: body.sections }),
		...(body.warning === undefined ? {} : { warning: body.warning }),
	};
}

async function bodyOf(format: Format, bytes: Uint8Array, path: string, options: ParseOptions): Promise<ParsedBody> {
	switch (format) {
		case 'markdown':
			return (await import('./markdown.ts')).parseMarkdown(clean(decode(bytes, path)));
		case 'html':
			return (await import('./html.ts')).parseHtml(clean(decode(bytes, path)), options.html);
		case 'pdf':
			return (await import('./pdf.ts')).parsePdf(bytes, path);
		case 'docx':
			return (await import('./docx.ts')).parseDocx(bytes, path);
		case 'pptx':
			return (await import('./pptx.ts')).parsePptx(bytes, path);
		case 'xlsx':
			return (await import('./xlsx.ts')).parseXlsx(bytes, path);
		case 'odt':
		case 'ods':
		case 'odp':
			return (await import('./odf.ts')).parseOdf(bytes, path);
		case 'epub':
			return (await import('./epub.ts')).parseEpub(bytes, path);
		case 'eml':
			return (await import('./eml.ts')).parseEml(bytes, path, options.html);
		case 'csv':
			return (await import('./csv.ts')).parseCsv(clean(decode(bytes, path)), path);
		case 'json':
			return (await import('./json.ts')).parseJson(clean(decode(bytes, path)), path);
		case 'rst':
			return (await import('./rst.ts')).parseRst(clean(decode(bytes, path)));
		case 'asciidoc':
			return (await import('./asciidoc.ts')).parseAsciidoc(clean(decode(bytes, path)));
		case 'subtitles':
			return (await import('./subtitles.ts')).parseSubtitles(clean(decode(bytes, path)));
		case 'code':
			return (await import('./code.ts')).parseCode(clean(decode(bytes, path)), extensionOf(path), nameOf(path));
		default:
			return { title: null, text: clean(decode(bytes, path)) };
	}
}

/** What every text goes through before anything counts offsets in it. */
export function clean(text: string): string {
	const lines = text.includes('\r') ? text.replaceAll(/\r\n?/g, '\n') : text;
	return lines.replaceAll('\0', '').toWellFormed();
}

function nameOf(path: string): string {
	return path.split(/[\\/]/).at(-1) ?? path;
}

function titleFromPath(path: string): string {
	const name = nameOf(path);
	const stem = name.replace(/(?<=.)\.[^.]*$/, '');
	return clean(stem.replaceAll(/[-_]+/g, ' ').trim() || name);
}

const scanned = 'A scanned file needs text recognition (OCR) first.';

function empty(path: string, hint: string): KnowhowError {
	return new KnowhowError('empty_document', `${path} holds no text that could be indexed.`, { hint });
}
