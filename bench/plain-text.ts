import { gunzipSync } from 'node:zlib';

const html = /\.x?html?(?:\.en)?$/;
const light = /\.(?:rst|txt|md)$/;
const manual = /\.[1-9][a-z]*$/;
/** Names that are lists and licences, not prose. */
const dull = /(?:^|\/)(?:genindex|py-modindex|search|changelog|copyright|news|authors|thanks)[^/]*$/i;

/** Folders of translations, such as `de-DE/`. */
const translation = /\/(?!en)[a-z]{2}-[A-Z]{2}\//;

/** The prose of a documentation file (HTML, manual page, reStructuredText, Markdown, plain); null for any other file. */
export function plainText(path: string, bytes: Uint8Array): string | null {
	const name = path.replace(/\.gz$/, '');
	if (dull.test(name) || translation.test(name)) return null;
	const strip = html.test(name) ? fromHtml : light.test(name) ? fromMarkup : manual.test(name) ? fromManual : null;
	if (strip === null) return null;
	return strip(Buffer.from(name === path ? bytes : gunzipSync(bytes)).toString('utf8')).toWellFormed();
}

const entities: Readonly<Record<string, string>> = {
	amp: '&',
	apos: "'",
	gt: '>',
	ldquo: '“',
	lsquo: '‘',
	lt: '<',
	mdash: '—',
	nbsp: ' ',
	ndash: '–',
	quot: '"',
	rdquo: '”',
	rsquo: '’',
};

function fromHtml(text: string): string {
	return text
		.replace(/<!--[^]*?-->/g, ' ')
		.replace(/<(script|style|head|nav|header|footer|svg|form)\b[^]*?<\/\1>/gi, ' ')
		.replace(/<\/?(?:p|div|li|dt|dd|tr|h\d|pre|ul|ol|section|table|br)\b[^>]*>/gi, '\n')
		.replace(/<[^>]*>/g, ' ')
		.replace(/&#x([\da-f]+);/gi, (_, code: string) => fromCode(Number.parseInt(code, 16)))
		.replace(/&#(\d+);/g, (_, code: string) => fromCode(Number(code)))
		.replace(/&(\w+);/g, (_, name: string) => entities[name] ?? ' ');
}

function fromCode(code: number): string {
	return code > 31 && code < 0x11_0000 ? String.fromCodePoint(code) : ' ';
}

function fromManual(text: string): string {
	return text
		.replace(/^[.'](?:\\"|TH|so|de|ds|nr|if|ie|el|ft|ad)\b.*$/gm, '')
		.replace(/^[.']\w{0,3} ?/gm, '')
		.replace(/\\f(?:\[\w*\]|\(..|.)/g, '')
		.replace(/\\(?:-|&|\|)/g, (escape) => (escape === '\\-' ? '-' : ''))
		.replace(/\\(?:\(..|\[\w+\]|s[-+]?\d|.)/g, ' ');
}

function fromMarkup(text: string): string {
	return text
		.replace(/^\s*\.\. [\w-]+::.*$/gm, '')
		.replace(/^\s*:[\w-]+:.*$/gm, '')
		.replace(/^[-=~^"'`#*+.]{3,}\s*$/gm, '')
		.replace(/:[\w:]+:`~?([^`<]*)(?:<[^>]*>)?`/g, '$1')
		.replace(/[`*|]{1,2}/g, '');
}
