import type { Attributes } from '../../core/document.ts';
import { toTable } from '../../text/blocks.ts';
import { readArchive } from '../archive.ts';
import { toDate } from './date.ts';
import { children, findAll, first, nothing, parseMarkup, textOf, type Element } from './markup.ts';

/** The parts of an Office document (ECMA-376 part 2): XML files that name each other by relationships. */
export type Package = {
	/** The bytes of a part as text; null when there is none. */
	source(part: string): string | null;
	/** The tree of a part, `nothing` when there is none. */
	xml(part: string): Element;
	/** What `part` refers to, by relationship id; the archive itself refers to its main part (`''`). */
	related(part: string): ReadonlyMap<string, { readonly kind: string; readonly part: string }>;
};

/** Unpacks the XML parts that `wanted` accepts. Throws what `readArchive` throws. */
export function openPackage(bytes: Uint8Array, wanted: (name: string) => boolean, path: string): Package {
	const files = readArchive(bytes, (name) => /\.(?:xml|rels)$/.test(name) && wanted(name), path);
	const source = (part: string): string | null => {
		const file = files.get(part);
		return file === undefined ? null : new TextDecoder(hasMark(file) ? 'utf-16le' : 'utf-8').decode(file);
	};
	const xml = (part: string): Element => {
		const text = source(part);
		return text === null ? nothing : parseMarkup(withoutPrefix(text), 'xml');
	};
	return {
		source,
		xml,
		related(part) {
			const folder = part.slice(0, part.lastIndexOf('/') + 1);
			const relations = xml(`${folder}_rels/${part.slice(folder.length)}.rels`);
			return new Map(
				findAll(relations, (each) => each.name === 'Relationship').map(({ attributes }) => [
					attributes['Id'] ?? '',
					{
						kind: (attributes['Type'] ?? '').replace(/^.*\//, ''),
						part: attributes['TargetMode'] === 'External' ? '' : resolvePart(folder, attributes['Target'] ?? ''),
					},
				]),
			);
		},
	};
}

/** The part that everything begins with; throws when there is none. */
export function mainPart(opened: Package): string {
	const main = [...opened.related('').values()].find(({ kind }) => kind === 'officeDocument');
	if (main === undefined) throw new Error('The archive names no main part.');
	return main.part;
}

/** What the document says of itself. */
export function corePropertiesOf(core: Element): { title: string; date: string | null; attributes: Attributes } {
	const property = (name: string): string => textOf(first(core, name) ?? nothing).trim();
	const author = property('dc:creator');
	return {
		title: property('dc:title'),
		date: toDate(property('dcterms:modified')) ?? toDate(property('dcterms:created')),
		attributes: author === '' || author.length > 200 ? {} : { author },
	};
}

/**
 * A chart as Markdown: its title and the numbers it was drawn from, as a table of categories by series; nothing when it
 * keeps none. Each chart brings a copy of its cells, so nothing else is needed (ECMA-376 part 1, 21.2).
 */
export function chartBlocks(chart: Element): string[] {
	const series = findAll(chart, (each) => each.name === 'c:ser');
	const rows = new Map<number, string[]>();
	for (const [column, each] of series.entries()) {
		const categories = pointsOf(first(each, 'c:cat') ?? first(each, 'c:xVal') ?? nothing);
		for (const [index, value] of pointsOf(first(each, 'c:val') ?? first(each, 'c:yVal') ?? nothing)) {
			const row = rows.get(index) ?? [categories.get(index) ?? String(index + 1)];
			rows.set(index, row);
			while (row.length <= column) row.push('');
			row[column + 1] = value;
		}
	}
	if (rows.size === 0) return [];
	const names = series.map((each) => [...pointsOf(first(each, 'c:tx') ?? nothing).values()].join(' '));
	const title = first(first(chart, 'c:chart') ?? chart, 'c:title') ?? nothing;
	const name = findAll(title, (each) => each.name === 'a:t' || each.name === 'c:v')
		.map(textOf)
		.join('');
	const sorted = [...rows].toSorted(([one], [two]) => one - two).map(([, row]) => row);
	const table = toTable(['', ...names], sorted);
	return name.trim() === '' ? [table] : [name.replaceAll(/\s+/g, ' ').trim(), table];
}

/** The cached points of a category or value axis; of levels, the innermost comes first in the file and last in the text. */
function pointsOf(data: Element): Map<number, string> {
	const points = new Map<number, string>();
	for (const point of findAll(data, (each) => each.name === 'c:pt').slice(0, 10_000)) {
		const index = Number(point.attributes['idx'] ?? 0);
		const value = numberOr(textOf(first(point, 'c:v') ?? nothing).trim());
		const known = points.get(index);
		points.set(index, known === undefined ? value : `${value} ${known}`);
	}
	return points;
}

/** Binary fractions as people wrote them: `0.1`, not `0.10000000000000001`. */
function numberOr(text: string): string {
	return /^-?\d*\.\d{10,}$/.test(text) ? String(Number(Number(text).toPrecision(12))) : text;
}

/** The child that names the alternative most programs show. */
export function alternativeOf(element: Element): Element {
	const choices = children(element);
	return choices.find(({ name }) => name === 'mc:Choice') ?? choices[0] ?? nothing;
}

function hasMark(bytes: Uint8Array): boolean {
	return bytes[0] === 0xff && bytes[1] === 0xfe;
}

/** Some programs give the main namespace of spreadsheets a prefix. */
function withoutPrefix(xml: string): string {
	return /<x:(?:workbook|worksheet|sst|styleSheet|comments)[\s>]/.test(xml.slice(0, 2000))
		? xml.replaceAll(/<(\/?)x:/g, '<$1')
		: xml;
}

function resolvePart(folder: string, target: string): string {
	const parts = target.startsWith('/') ? [] : folder.split('/').slice(0, -1);
	for (const step of target.replaceAll('\\', '/').split('/')) {
		if (step === '..') parts.pop();
		else if (step !== '.' && step !== '') parts.push(step);
	}
	return parts.join('/');
}
