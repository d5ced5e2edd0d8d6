import { load } from '@asciidoctor/core';
import { toDate } from './date.ts';
import { parseHtml } from './html.ts';
import type { ParsedBody } from './parse.ts';

/**
 * Attributes a document cannot change, `!` meaning unset: what is shown beside the text, and what would make the
 * converter look for other programs.
 */
const fixed = { showtitle: '', experimental: '', 'toc!': '', 'icons!': '', 'source-highlighter!': '' };

/**
 * AsciiDoc by its own converter, then as HTML. In its `secure` mode it opens no file and no address: what a document
 * includes stays a line with the name. Author and revision date come from the header.
 */
export async function parseAsciidoc(source: string): Promise<ParsedBody> {
	const document = await load(source, { safe: 'secure', backend: 'html5', attributes: fixed, logger: null });
	const html = await document.convert();
	const attribute = (name: string): string => String(document.getAttribute(name) ?? '');
	const author = attribute('author');
	const { text, title } = parseHtml(`<body>${html}</body>`, 'full');
	return {
		title,
		text,
		date: toDate(attribute('revdate')),
		attributes: author === '' || author.length > 200 ? {} : { author },
	};
}
