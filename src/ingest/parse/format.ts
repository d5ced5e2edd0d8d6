import type { Format } from '../../core/document.ts';
import { KnowhowError } from '../../core/error.ts';
import { codeExtensions } from './code.ts';

const documents: Readonly<Record<string, Format>> = {
	md: 'markdown',
	markdown: 'markdown',
	mdx: 'markdown',
	html: 'html',
	htm: 'html',
	xhtml: 'html',
	pdf: 'pdf',
	docx: 'docx',
	docm: 'docx',
	dotx: 'docx',
	pptx: 'pptx',
	pptm: 'pptx',
	ppsx: 'pptx',
	xlsx: 'xlsx',
	xlsm: 'xlsx',
	xltx: 'xlsx',
	odt: 'odt',
	odp: 'odp',
	ods: 'ods',
	epub: 'epub',
	eml: 'eml',
	csv: 'csv',
	tsv: 'csv',
	json: 'json',
	jsonl: 'json',
	ndjson: 'json',
	txt: 'text',
	text: 'text',
	log: 'text',
	rst: 'rst',
	adoc: 'asciidoc',
	asciidoc: 'asciidoc',
	org: 'text',
	srt: 'subtitles',
	vtt: 'subtitles',
};

const documentExtensions = Object.keys(documents);

const byExtension: Readonly<Record<string, Format>> = {
	...Object.fromEntries(codeExtensions.map((extension) => [extension, 'code' as const])),
	...documents,
};

/** Whether the extension of `path` promises a format that is read. */
export function isSupported(path: string): boolean {
	return byExtension[extensionOf(path)] !== undefined;
}

/** Lower case, without the dot; empty when there is none. */
export function extensionOf(path: string): string {
	return /[^\\/.][^\\/]*\.([^\\/.]+)$/.exec(path)?.[1]?.toLowerCase() ?? '';
}

/**
 * The format of a file: what its bytes say where they are unmistakable, otherwise what its extension says; a name
 * without extension is text. Throws `unsupported_format`, `unreadable_file` (the content is not what the name says) and
 * `password_protected` (an encrypted Office file).
 */
export function formatOf(bytes: Uint8Array, path: string): Format {
	const extension = extensionOf(path);
	const named = extension === '' || path === '-' ? 'text' : byExtension[extension];
	const sniffed = sniff(bytes);
	if (sniffed === 'encrypted') throw passwordProtected(path);
	if (sniffed === 'ole') throw oldOffice(bytes, path, extension);
	if (sniffed === 'zip') {
		if (named === undefined) throw unsupported(path, extension);
		throw unreadable(path, named);
	}
	if (sniffed === 'rtf') throw unsupported(path, 'rtf', 'Save it as .docx.');
	if (isBinary(sniffed)) return sniffed;
	if (named === undefined) {
		if (sniffed === 'html') return sniffed;
		throw unsupported(path, extension);
	}
	if (isBinary(named)) {
		if (sniffed === 'html') return sniffed;
		throw unreadable(path, named);
	}
	if (sniffed === 'xml' && named === 'text') throw unsupported(path, 'xml', 'Save it as HTML or Markdown.');
	return sniffed === 'html' && (named === 'text' || named === 'markdown') ? 'html' : named;
}

export function passwordProtected(path: string): KnowhowError {
	return new KnowhowError('password_protected', `${path} is encrypted.`, {
		hint: 'Save a copy without a password and ingest that.',
	});
}

/** Formats that no text can be. */
const binaryFormats = ['pdf', 'docx', 'pptx', 'xlsx', 'odt', 'odp', 'ods', 'epub'] as const;
type BinaryFormat = (typeof binaryFormats)[number];

function isBinary(format: string | null): format is BinaryFormat {
	return binaryFormats.some((each) => each === format);
}

function sniff(bytes: Uint8Array): BinaryFormat | 'html' | 'xml' | 'rtf' | 'zip' | 'ole' | 'encrypted' | null {
	const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 1024)).toString('latin1');
	if (head.startsWith('PK\x03\x04') || head.startsWith('PK\x05\x06')) return sniffZip(bytes, head);
	if (head.startsWith('\xD0\xCF\x11\xE0')) return contains(bytes, 'EncryptedPackage') ? 'encrypted' : 'ole';
	if (head.startsWith('{\\rtf')) return 'rtf';
	if (/^(?:\xEF\xBB\xBF)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--[^]*?-->\s*)*(?:<!doctype html|<html[\s>])/i.test(head))
		return 'html';
	// Readers accept rubbish before a PDF's header, and so do people's files.
	if (/%PDF-\d/.test(head)) return 'pdf';
	return /^(?:\xEF\xBB\xBF)?\s*<\?xml\s/.test(head) ? 'xml' : null;
}

/** OpenDocument and EPUB files begin with an entry that says what they are (ISO/IEC 26300-3, 3.3; OCF 3.3, 4.3). */
const mimeTypes: Readonly<Record<string, BinaryFormat>> = {
	'application/epub+zip': 'epub',
	'application/vnd.oasis.opendocument.text': 'odt',
	'application/vnd.oasis.opendocument.presentation': 'odp',
	'application/vnd.oasis.opendocument.spreadsheet': 'ods',
};

/** Others are told by the file they must hold; an embedded document's files stand before those of the directory. */
const mainFiles: Readonly<Record<string, BinaryFormat>> = {
	'word/document': 'docx',
	'ppt/presentation.xml': 'pptx',
	'xl/workbook.xml': 'xlsx',
	'META-INF/container.xml': 'epub',
};

function sniffZip(bytes: Uint8Array, head: string): BinaryFormat | 'zip' {
	const mimeType = /^.{30}mimetype(?:.{0,40}?)(application\/[a-z.+-]+?)(?:-template)?(?:PK|\s)/s.exec(head)?.[1] ?? '';
	const declared = mimeTypes[mimeType];
	if (declared !== undefined) return declared;
	const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	const places = Object.entries(mainFiles).map(([name, format]) => ({
		at: all.lastIndexOf(name, undefined, 'latin1'),
		format,
	}));
	const last = places.toSorted((one, two) => two.at - one.at)[0];
	return last === undefined || last.at === -1 ? 'zip' : last.format;
}

/** Whether a compound file (MS-CFB) has a stream of this name. */
function contains(bytes: Uint8Array, stream: string): boolean {
	return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(stream, 0, 'utf16le');
}

/** The formats before 2007, by the stream each must have. */
function oldOffice(bytes: Uint8Array, path: string, extension: string): KnowhowError {
	const kinds = [
		['WordDocument', 'Word document', '.docx'],
		['PowerPoint Document', 'PowerPoint presentation', '.pptx'],
		['Workbook', 'Excel workbook', '.xlsx'],
		['__substg1.0_', 'Outlook message', '.eml'],
	] as const;
	const [, kind, better] = kinds.find(([stream]) => contains(bytes, stream)) ?? [
		'',
		'Office file',
		'.docx, .xlsx or .pptx',
	];
	return new KnowhowError('unsupported_format', `${path} is an old binary ${kind}, which no parser reads.`, {
		hint: `Open it in its program or in LibreOffice and save it as ${better}.`,
		details: { extension },
	});
}

const hints: Readonly<Record<string, string>> = {
	doc: 'Save it as .docx.',
	rtf: 'Save it as .docx.',
	pages: 'Export it as .docx.',
	ppt: 'Save it as .pptx.',
	key: 'Export it as .pptx.',
	xls: 'Save it as .xlsx.',
	xlsb: 'Save it as .xlsx.',
	numbers: 'Export it as .xlsx.',
	msg: 'Save it as .eml.',
	mobi: 'Convert it to .epub.',
	zip: 'Unpack it and ingest the folder.',
};

function unsupported(path: string, extension: string, hint = hints[extension]): KnowhowError {
	return new KnowhowError('unsupported_format', `${path}: no parser reads .${extension} files.`, {
		hint: hint ?? `Save it as one of: ${documentExtensions.join(', ')}.`,
		details: { extension },
	});
}

function unreadable(path: string, format: Format): KnowhowError {
	return new KnowhowError('unreadable_file', `${path} is not a ${format} file, whatever its name says.`, {
		hint: 'The file may be broken or have the wrong extension.',
	});
}
