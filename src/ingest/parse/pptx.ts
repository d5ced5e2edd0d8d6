import { toTable } from '../../text/blocks.ts';
import { children, findAll, first, nothing, textOf, type Element } from './markup.ts';
import { alternativeOf, chartBlocks, corePropertiesOf, mainPart, openPackage, type Package } from './ooxml.ts';
import { clean, type ParsedBody } from './parse.ts';

/**
 * Slides as sections in the order they are shown, each a page: its title (else `Slide 3`) as heading, then text, lists,
 * tables, diagrams and the numbers of charts in the order of the file, then the speaker's notes. Footers, dates and
 * slide numbers, comments, hidden shapes and hidden slides are dropped; the attribute `hiddenSlides` counts the last.
 */
export function parsePptx(bytes: Uint8Array, path: string): ParsedBody {
	const opened = openPackage(bytes, (name) => !/\/(?:slideLayouts|slideMasters|theme)\//.test(name), path);
	const main = mainPart(opened);
	const related = opened.related(main);
	const order = findAll(opened.xml(main), (each) => each.name === 'p:sldId');
	const pages: number[] = [];
	let text = '';
	let hiddenSlides = 0;
	for (const [index, { attributes }] of order.entries()) {
		const part = related.get(attributes['r:id'] ?? '')?.part ?? '';
		const slide = opened.xml(part);
		const isHidden = first(slide, 'p:sld')?.attributes['show'] === '0';
		if (isHidden) hiddenSlides++;
		else if (text !== '') text += '\n\n';
		pages.push(text.length);
		if (!isHidden) text += clean(slideText(opened, part, slide, index + 1));
	}
	const core = corePropertiesOf(opened.xml('docProps/core.xml'));
	return {
		...core,
		text,
		title: titleOf(text) ?? core.title,
		attributes: hiddenSlides === 0 ? core.attributes : { ...core.attributes, hiddenSlides },
		pages,
	};
}

/** The first slide's title says what is shown; the property often says what the file was copied from. */
function titleOf(text: string): string | null {
	return /^# (?!Slide \d+\n)(.+)/.exec(text)?.[1] ?? null;
}

function slideText(opened: Package, part: string, slide: Element, number: number): string {
	const shapes = shapesOf(first(slide, 'p:spTree') ?? nothing);
	const title = shapes.find((shape) => /^(?:title|ctrTitle)$/.test(placeholderOf(shape) ?? ''));
	const heading = title === undefined ? '' : oneLine(paragraphsOf(title).map(inline).join(' '));
	const related = opened.related(part);
	const blocks = [
		`# ${heading === '' ? `Slide ${number}` : heading}`,
		...shapes.filter((shape) => shape !== title).flatMap((shape) => shapeBlocks(opened, shape, related)),
	];
	const notes = [...related.values()].find(({ kind }) => kind === 'notesSlide');
	if (notes !== undefined) blocks.push(...notesBlocks(opened.xml(notes.part)));
	return blocks.join('\n\n');
}

function notesBlocks(notes: Element): string[] {
	const bodies = shapesOf(first(notes, 'p:spTree') ?? nothing).filter((shape) => placeholderOf(shape) === 'body');
	const blocks = bodies.flatMap((shape) => textBlocks(paragraphsOf(shape), () => false));
	if (blocks.length === 1) return [`Notes: ${blocks[0]}`];
	return blocks.length === 0 ? [] : ['Notes:', ...blocks];
}

/** Shapes that are shown, those of groups included, in the order of the file, which is the order they are read out in. */
function shapesOf(tree: Element): Element[] {
	return children(tree).flatMap((child) => {
		if (child.name === 'mc:AlternateContent') return shapesOf(alternativeOf(child));
		if (child.name === 'p:grpSp') return isShown(child) ? shapesOf(child) : [];
		return (child.name === 'p:sp' || child.name === 'p:graphicFrame') && isShown(child) ? [child] : [];
	});
}

/** A shape's own properties come first in it; those of shapes inside a group are further down. */
function isShown(shape: Element): boolean {
	return first(children(shape)[0] ?? nothing, 'p:cNvPr')?.attributes['hidden'] !== '1';
}

/** What a placeholder is for; `obj` where it does not say, undefined for shapes that are none. */
function placeholderOf(shape: Element): string | undefined {
	const placeholder = first(children(shape)[0] ?? nothing, 'p:ph');
	return placeholder === undefined ? undefined : (placeholder.attributes['type'] ?? 'obj');
}

function shapeBlocks(opened: Package, shape: Element, related: ReturnType<Package['related']>): string[] {
	const placeholder = placeholderOf(shape);
	if (/^(?:dt|ftr|hdr|sldNum)$/.test(placeholder ?? '')) return [];
	const table = first(shape, 'a:tbl');
	if (table !== undefined) return tableBlocks(table);
	const chart = first(shape, 'c:chart');
	if (chart !== undefined) return chartBlocks(opened.xml(related.get(chart.attributes['r:id'] ?? '')?.part ?? ''));
	const diagram = first(shape, 'dgm:relIds');
	if (diagram !== undefined)
		return diagramBlocks(opened.xml(related.get(diagram.attributes['r:dm'] ?? '')?.part ?? ''));
	const isBody = placeholder === 'obj' || placeholder === 'body';
	return textBlocks(paragraphsOf(shape), (properties) => isBody && first(properties, 'a:buNone') === undefined);
}

function paragraphsOf(shape: Element): Element[] {
	return findAll(shape, (each) => each.name === 'a:p');
}

/**
 * Paragraphs as text and lists. What has a bullet is said by the paragraph, else by the layout of the slide; that is
 * guessed: `hasBullet` tells whether a paragraph without a word on it has one, and a lone paragraph has none.
 */
function textBlocks(paragraphs: readonly Element[], hasBullet: (properties: Element) => boolean): string[] {
	const blocks: string[] = [];
	const numbers: number[] = [];
	const written = paragraphs.filter((paragraph) => inline(paragraph) !== '');
	let isInList = false;
	for (const paragraph of written) {
		const text = inline(paragraph);
		const properties = children(paragraph).find(({ name }) => name === 'a:pPr') ?? nothing;
		const level = Math.min(Number(properties.attributes['lvl'] ?? 0) || 0, 8);
		const number = first(properties, 'a:buAutoNum');
		const isItem =
			number !== undefined ||
			first(properties, 'a:buChar') !== undefined ||
			(written.length > 1 && hasBullet(properties)) ||
			(level > 0 && first(properties, 'a:buNone') === undefined);
		if (!isItem) {
			blocks.push(text);
			isInList = false;
			continue;
		}
		numbers.length = Math.min(numbers.length, number === undefined ? level : level + 1);
		if (number !== undefined) numbers[level] = (numbers[level] ?? Number(number.attributes['startAt'] ?? 1) - 1) + 1;
		const indent = '   '.repeat(level);
		const marker = number === undefined ? '- ' : `${numbers[level]}. `;
		const item = indent + marker + text.replaceAll('\n', `\n${indent}${' '.repeat(marker.length)}`);
		if (isInList) blocks.push(`${blocks.pop()}\n${item}`);
		else blocks.push(item);
		isInList = true;
	}
	return blocks;
}

/** The text of a paragraph with its line breaks; fields other than the slide's number are text. */
function inline(paragraph: Element): string {
	const text = (element: Element): string =>
		children(element)
			.map((child) => {
				if (child.name === 'a:t' || child.name === 'm:t') return textOf(child);
				if (child.name === 'a:br') return '\n';
				if (child.name === 'mc:AlternateContent') return text(alternativeOf(child));
				if (child.name === 'a:fld' && child.attributes['type'] === 'slidenum') return '';
				return /^(?:a:pPr|a:rPr|a:endParaRPr)$/.test(child.name) ? '' : text(child);
			})
			.join('');
	return text(paragraph)
		.replaceAll(/[\v\f]/g, '\n')
		.replaceAll(/[^\S\n]+/g, ' ')
		.replaceAll(/ ?\n[\n ]*/g, '\n')
		.trim();
}

/** A cell merged downwards is repeated in each row, so that every row says what it is about. */
function tableBlocks(table: Element): string[] {
	const grid: string[][] = [];
	for (const row of findAll(table, (each) => each.name === 'a:tr')) {
		const above = grid.at(-1) ?? [];
		grid.push(
			findAll(row, (each) => each.name === 'a:tc').map((cell, column) => {
				if (cell.attributes['vMerge'] === '1') return above[column] ?? '';
				return cell.attributes['hMerge'] === '1' ? '' : paragraphsOf(cell).map(inline).join(' ').trim();
			}),
		);
	}
	const filled = grid.filter((row) => row.some((cell) => cell !== ''));
	if (filled.length === 0) return [];
	return filled.some((row) => row.length > 1)
		? [toTable(filled[0] ?? [], filled.slice(1))]
		: filled.map((row) => row[0] ?? '');
}

/** The texts of a diagram (SmartArt), without the arrangement. */
function diagramBlocks(data: Element): string[] {
	const points = findAll(data, (each) => each.name === 'dgm:pt' && each.attributes['type'] !== 'pres');
	const items = points.map((point) => oneLine(paragraphsOf(point).map(inline).join(' '))).filter((text) => text !== '');
	return items.length === 0 ? [] : [items.map((item) => `- ${item}`).join('\n')];
}

function oneLine(text: string): string {
	return text.replaceAll(/\s+/g, ' ').trim();
}
