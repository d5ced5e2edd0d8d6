import { findAll, first, type Element } from './markup.ts';

/** Where a paragraph stands in its list. */
export type ListItem = {
	/** From 0. */
	readonly level: number;
	readonly isBullet: boolean;
	readonly number: number;
	/** As Word shows it, for instance `2.1` or `b)`. */
	readonly label: string;
};

export interface Numbering {
	/** Counts the paragraph with these numbering properties (its own, and those of its style); null when it is in no list. */
	next(own: Element | undefined, ofStyle: Element | undefined): ListItem | null;
}

type Level = { readonly format: string; readonly text: string; readonly start: number };
type List = {
	readonly abstractId: string;
	readonly levels: ReadonlyMap<number, Level>;
	readonly restarts: ReadonlyMap<number, number>;
};

/** Counts list items as Word does: all lists of one definition go on counting, unless one says where it starts. */
export function createNumbering(root: Element | undefined): Numbering {
	const lists = root === undefined ? new Map<string, List>() : listsOf(root);
	const counters = new Map<string, number[]>();
	const begun = new Set<string>();
	return {
		next: (own, ofStyle) => {
			const id = own === undefined ? undefined : (valueOf(own, 'w:numId') ?? (ofStyle && valueOf(ofStyle, 'w:numId')));
			const list = id === undefined ? undefined : lists.get(id);
			if (own === undefined || id === undefined || list === undefined) return null;
			const level = Number(valueOf(own, 'w:ilvl') ?? 0);
			const counter = counters.get(list.abstractId) ?? [];
			counters.set(list.abstractId, counter);
			if (!begun.has(id)) {
				begun.add(id);
				for (const [restarted, start] of list.restarts) counter[restarted] = start - 1;
			}
			counter.length = Math.min(counter.length, level + 1);
			const definition = list.levels.get(level) ?? { format: 'bullet', text: '', start: 1 };
			counter[level] = (counter[level] ?? definition.start - 1) + 1;
			return {
				level,
				isBullet: definition.format === 'bullet' || definition.format === 'none',
				number: counter[level] ?? 1,
				label: labelOf(definition, list, counter),
			};
		},
	};
}

function listsOf(root: Element): Map<string, List> {
	const abstracts = new Map(
		findAll(root, (each) => each.name === 'w:abstractNum').map((each) => [
			each.attributes['w:abstractNumId'] ?? '',
			each,
		]),
	);
	const lists = new Map<string, List>();
	for (const num of findAll(root, (each) => each.name === 'w:num')) {
		const abstractId = valueOf(num, 'w:abstractNumId') ?? '';
		const restarts = findAll(num, (each) => each.name === 'w:lvlOverride').flatMap((override) => {
			const start = valueOf(override, 'w:startOverride');
			return start === undefined ? [] : [[Number(override.attributes['w:ilvl'] ?? 0), Number(start)] as const];
		});
		const abstract = abstracts.get(abstractId);
		const levels = new Map(
			abstract === undefined ? [] : findAll(abstract, (each) => each.name === 'w:lvl').map(levelOf),
		);
		lists.set(num.attributes['w:numId'] ?? '', { abstractId, levels, restarts: new Map(restarts) });
	}
	return lists;
}

function levelOf(element: Element): [number, Level] {
	const level = {
		format: valueOf(element, 'w:numFmt') ?? 'decimal',
		text: valueOf(element, 'w:lvlText') ?? '',
		start: Number(valueOf(element, 'w:start') ?? 1),
	};
	return [Number(element.attributes['w:ilvl'] ?? 0), level];
}

function labelOf(definition: Level, list: List, counter: readonly (number | undefined)[]): string {
	return definition.text.replaceAll(/%(\d)/g, (_, digit: string) => {
		const level = Number(digit) - 1;
		return formatted(counter[level] ?? list.levels.get(level)?.start ?? 1, list.levels.get(level)?.format ?? 'decimal');
	});
}

function formatted(number: number, format: string): string {
	if (format === 'lowerLetter' || format === 'upperLetter') {
		const letter = String.fromCharCode(97 + ((number - 1) % 26)).repeat(Math.ceil(number / 26));
		return format === 'lowerLetter' ? letter : letter.toUpperCase();
	}
	if (format === 'lowerRoman' || format === 'upperRoman') {
		return format === 'lowerRoman' ? roman(number).toLowerCase() : roman(number);
	}
	return String(number);
}

function roman(number: number): string {
	let rest = number;
	let text = '';
	for (const [value, sign] of numerals) for (; rest >= value; rest -= value) text += sign;
	return text;
}

const numerals = [
	[1000, 'M'],
	[900, 'CM'],
	[500, 'D'],
	[400, 'CD'],
	[100, 'C'],
	[90, 'XC'],
	[50, 'L'],
	[40, 'XL'],
	[10, 'X'],
	[9, 'IX'],
	[5, 'V'],
	[4, 'IV'],
	[1, 'I'],
] as const;

function valueOf(element: Element, name: string): string | undefined {
	return first(element, name)?.attributes['w:val'];
}
