import type { Root } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmTableFromMarkdown } from 'mdast-util-gfm-table';
import { gfmTable } from 'micromark-extension-gfm-table';

/** All of Markdown but lists: sentences of documents mean their asterisks, angle brackets and backslashes. */
const notInQuotes = [
	'attention',
	'autolink',
	'blockQuote',
	'characterEscape',
	'characterReference',
	'codeFenced',
	'codeIndented',
	'codeText',
	'definition',
	'hardBreakEscape',
	'headingAtx',
	'htmlFlow',
	'htmlText',
	'labelEnd',
	'setextUnderline',
	'thematicBreak',
];

/** An answer as a tree whose nodes know their offsets in it. `isVerbatim`: it is put together of sentences of documents. */
export function answerTree(text: string, isVerbatim: boolean): Root {
	if (isVerbatim) return fromMarkdown(text, { extensions: [{ disable: { null: notInQuotes } }] });
	return fromMarkdown(text, { extensions: [gfmTable()], mdastExtensions: [gfmTableFromMarkdown()] });
}
