import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseHtml } from '../src/ingest/parse/html.ts';
import { blocks, cells } from '../src/text/blocks.ts';

/** A file whose text is known. */
export type Sample = {
	readonly set: 'samples' | 'sample/' | 'pages';
	readonly format: string;
	readonly path: string;
	readonly expected: string;
};

/** Shares of words, of neighbouring words and of table cells; null when nothing is expected. */
export type Score = {
	readonly recall: number;
	readonly precision: number;
	readonly order: number;
	readonly cells: number | null;
};

export const samplesFolder = fileURLToPath(new URL('../../shared/data/ingest-samples/', import.meta.url));
const folders: Readonly<Record<string, string>> = {
	asciidoc: 'asciidoc',
	eml: 'email',
	epub: 'epub',
	odp: 'odf',
	ods: 'odf',
	odt: 'odf',
	vtt: 'webvtt',
};

/** Formats in the order of the tables. */
export const formats = 'md html pdf docx pptx xlsx csv odt odp ods epub eml asciidoc rst vtt'.split(' ');

/** Files whose text is known: sets that `bench/extraction.ts` measures, empty where the files are not there. */
export const sets: Readonly<Record<Sample['set'], () => Sample[]>> = {
	samples: doclingSamples,
	'sample/': ownSamples,
	pages: sphinxPages,
};

/** docling's test documents, with docling's own output. */
function doclingSamples(): Sample[] {
	return formats.flatMap((format) => {
		const folder = `${samplesFolder}${folders[format] ?? format}/`;
		return globSync(`${folder}*.${format}`)
			.sort()
			.flatMap((path): Sample[] => {
				const names = [`${basename(path)}.md`, `${basename(path, '.pdf')}.md`];
				const name = names.find((each) => existsSync(`${folder}expected/${each}`));
				// A message has no expected text; it is plain enough to be its own.
				if (format === 'eml') return [{ set: 'samples', format, path, expected: messageText(path) }];
				if (name === undefined) return [];
				return [{ set: 'samples', format, path, expected: readFileSync(`${folder}expected/${name}`, 'utf8') }];
			});
	});
}

function messageText(path: string): string {
	return readFileSync(path, 'utf8').replaceAll(/^(?:(?:MIME|Content)-.*|Subject: )/gm, '');
}

function ownSamples(): Sample[] {
	const sample = fileURLToPath(new URL('../sample/', import.meta.url));
	return globSync(`${sample}binaries/v1/**/*.txt`)
		.sort()
		.map((source) => {
			const path = source.replace('/binaries/v1/', '/v1/').replace(/\.txt$/, '');
			const [, , expected = ''] = readFileSync(source, 'utf8').split(/^---\n/m);
			const format = path.slice(path.lastIndexOf('.') + 1);
			return { set: 'sample/', format, path, expected: expected.replaceAll(/^(\|.*\|)\n(?=\|)/gm, '$1\n') };
		});
}

/**
 * Sources of Sphinx documentation with the pages that Sphinx made of them (Debian's python3.11-doc, cmake-doc and
 * linux-doc-6.1, unpacked by `bench/corpus.ts`), every twentieth. Pages much longer than their source were made from code.
 */
function sphinxPages(): Sample[] {
	const unpacked = fileURLToPath(new URL('../bench/.cache/unpacked/', import.meta.url));
	return globSync(`${unpacked}{python3.11-doc,cmake-doc,linux-doc-6.1}/usr/share/doc/*/html/_sources/**/*.rst.txt`)
		.sort()
		.filter((_, index) => index % 20 === 0)
		.flatMap((path): Sample[] => {
			const page = path.replace('/_sources/', '/').replace(/\.rst\.txt$/, '.html');
			if (!existsSync(page)) return [];
			const expected = parseHtml(readFileSync(page, 'utf8'), 'main').text.replaceAll('¶', '');
			const length = wordsOf(expected).length;
			const isWritten = length >= 80 && length <= 1.3 * wordsOf(readFileSync(path, 'utf8')).length;
			return isWritten ? [{ set: 'pages', format: 'rst', path, expected }] : [];
		});
}

/** Words as search sees them, without what only Markdown has: link targets, escapes, comments. */
export function wordsOf(text: string): string[] {
	const plain = text
		.replaceAll(/<!--[^]*?-->/g, ' ')
		.replaceAll(/\]\([^)]*\)/g, '] ')
		.replaceAll('&amp;', '&')
		.replaceAll('&lt;', '<')
		.replaceAll('&gt;', '>')
		.replaceAll(/\\([!-/:-@[-`{-~])/g, '$1')
		.replaceAll('_', ' ');
	return (
		plain
			.normalize('NFKC')
			.toLowerCase()
			.match(/[\p{L}\p{N}]+/gu) ?? []
	);
}

export function scoreOf(text: string, expected: string): Score {
	const found = wordsOf(text);
	const wanted = wordsOf(expected);
	const wantedCells = cellsOf(expected);
	return {
		recall: share(wanted, found),
		precision: share(found, wanted),
		order: share(pairsOf(wanted), pairsOf(found)),
		cells: wantedCells.length === 0 ? null : share(wantedCells, cellsOf(text)),
	};
}

/** The share of `wanted` that is in `found`, both as multisets; 1 when nothing is wanted. */
function share(wanted: readonly string[], found: readonly string[]): number {
	const counts = new Map<string, number>();
	for (const each of found) counts.set(each, (counts.get(each) ?? 0) + 1);
	let hits = 0;
	for (const each of wanted) {
		const left = counts.get(each) ?? 0;
		if (left > 0) hits++;
		counts.set(each, left - 1);
	}
	return wanted.length === 0 ? 1 : hits / wanted.length;
}

function pairsOf(words: readonly string[]): string[] {
	return words.slice(1).map((word, index) => `${words[index]} ${word}`);
}

function cellsOf(text: string): string[] {
	return blocks(text)
		.filter((block) => block.kind === 'row' && block.row !== 'delimiter')
		.flatMap((block) => cells(text.slice(block.start, block.end)).map((cell) => wordsOf(cell).join(' ')))
		.filter((cell) => cell !== '');
}

/** The middle value; of an even number, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
	const sorted = values.toSorted((one, two) => one - two);
	const middle = (sorted.length - 1) / 2;
	return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2;
}
