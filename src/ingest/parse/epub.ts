import { KnowhowError } from '../../core/error.ts';
import { readArchive } from '../archive.ts';
import { toDate } from './date.ts';
import { parseHtml } from './html.ts';
import { findAll, first, nothing, parseMarkup, textOf, type Element } from './markup.ts';
import { clean, type ParsedBody } from './parse.ts';

/**
 * Books: the files of the spine in reading order, each as HTML; one without a heading gets its name in the table of
 * contents. The table of contents itself is left out. EPUB 2 and 3. Throws `password_protected` for copy-protected ones.
 */
export function parseEpub(bytes: Uint8Array, path: string): ParsedBody {
	const files = readArchive(bytes, (name) => /\.(?:x?html?|xml|opf|ncx)$/i.test(name), path);
	const xml = (name: string): Element => parseMarkup(decoded(files.get(name)), 'xml');
	const root = findAll(xml('META-INF/container.xml'), (each) => localName(each) === 'rootfile')[0];
	const packagePath = root?.attributes['full-path'] ?? [...files.keys()].find((name) => name.endsWith('.opf'));
	if (packagePath === undefined) throw new Error('The archive names no package document.');
	const book = xml(packagePath);
	const folder = packagePath.slice(0, packagePath.lastIndexOf('/') + 1);
	const chapters = spineOf(book, folder);
	refuseProtected(xml('META-INF/encryption.xml'), chapters, path);
	const names = contentsOf(book, folder, xml);
	const texts = chapters.map((chapter) => {
		const { text } = parseHtml(decoded(files.get(chapter)), 'full');
		const name = names.get(chapter);
		return text === '' || name === undefined || /^#{1,6} /.test(text) ? text : `## ${name}\n\n${text}`;
	});
	const metadata = (name: string): string => oneLine(textOf(first(book, `dc:${name}`) ?? nothing));
	const author = findAll(book, (each) => each.name === 'dc:creator').map((each) => oneLine(textOf(each)));
	return {
		title: metadata('title') || null,
		text: clean(texts.filter((text) => text !== '').join('\n\n')),
		date: toDate(metadata('date')),
		attributes: author.length === 0 || author.join().length > 200 ? {} : { author: author.join(', ') },
	};
}

/** Paths of the chapters in reading order. */
function spineOf(book: Element, folder: string): string[] {
	const items = new Map(
		findAll(book, (each) => localName(each) === 'item').map(({ attributes }) => [attributes['id'], attributes]),
	);
	return findAll(book, (each) => localName(each) === 'itemref')
		.map(({ attributes }) => items.get(attributes['idref']))
		.filter((item) => item !== undefined && !/\bnav\b/.test(item['properties'] ?? ''))
		.map((item) => resolvePath(folder, item?.['href'] ?? ''));
}

/** The name each file has in the table of contents; the first one where it has several. */
function contentsOf(book: Element, folder: string, xml: (name: string) => Element): Map<string, string> {
	const names = new Map<string, string>();
	const add = (from: string, target: string | undefined, name: string): void => {
		const chapter = resolvePath(from, target ?? '');
		if (name !== '' && !names.has(chapter)) names.set(chapter, name);
	};
	for (const { attributes } of findAll(book, (each) => localName(each) === 'item')) {
		const contents = resolvePath(folder, attributes['href'] ?? '');
		const from = contents.slice(0, contents.lastIndexOf('/') + 1);
		if (/\bnav\b/.test(attributes['properties'] ?? '')) {
			for (const link of findAll(xml(contents), (each) => each.name === 'a')) {
				add(from, link.attributes['href'], oneLine(textOf(link)));
			}
		} else if (attributes['media-type'] === 'application/x-dtbncx+xml') {
			for (const point of pointsOf(xml(contents))) {
				const label = first(point, 'text') ?? nothing;
				add(from, first(point, 'content')?.attributes['src'], oneLine(textOf(label)));
			}
		}
	}
	return names;
}

function pointsOf(element: Element): Element[] {
	return findAll(element, (each) => each.name === 'navPoint').flatMap((point) => [point, ...pointsOf(point)]);
}

/** Fonts may be scrambled; chapters that are cannot be read. */
function refuseProtected(encryption: Element, chapters: readonly string[], path: string): void {
	const scrambled = findAll(encryption, (each) => localName(each) === 'CipherReference').map(({ attributes }) =>
		resolvePath('', attributes['URI'] ?? ''),
	);
	if (!scrambled.some((name) => chapters.includes(name))) return;
	throw new KnowhowError('password_protected', `${path} is copy-protected.`, {
		hint: 'Ask its publisher for a copy without protection.',
	});
}

function resolvePath(folder: string, target: string): string {
	const path = target.replace(/#.*$/s, '');
	if (path === '') return '';
	try {
		return decodeURIComponent(new URL(path, `file:///${folder}`).pathname.slice(1));
	} catch {
		return path;
	}
}

function decoded(bytes: Uint8Array | undefined): string {
	if (bytes === undefined) return '';
	return new TextDecoder(bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8').decode(bytes);
}

function localName({ name }: Element): string {
	return name.slice(name.indexOf(':') + 1);
}

function oneLine(text: string): string {
	return text.replaceAll(/\s+/g, ' ').trim();
}
