import { blocks, type Block } from '../text/blocks.ts';
import type { Evidence, Unit } from './units.ts';

/** One step of an ordered list: offsets into the document's text. */
export type Step = { readonly start: number; readonly end: number };

/**
 * The whole ordered list that a step belongs to, in order, as it stands in the document (a chunk may hold only a part of it).
 * A nested list belongs to the step above it. Steps that follow a heading or a paragraph begin a new list.
 */
export function listAround(unit: Unit, { document }: Evidence): Step[] {
	const all = blocks(document.text);
	const at = all.findIndex((block) => block.start <= unit.start && unit.start < block.end);
	if (at === -1 || all[at]!.kind !== 'step') return [];
	let from = at;
	while (from > 0 && continues(all[from]!, all[from - 1]!, document.text)) from--;
	let to = at;
	while (to + 1 < all.length && continues(all[to + 1]!, all[to]!, document.text)) to++;
	return join(all.slice(from, to + 1));
}

/** Whether a block goes on with the list that the block before it is in. */
function continues(block: Block, before: Block, text: string): boolean {
	if (block.kind === 'step' && (block.level ?? 1) === 1) {
		return isInList(before) && numberOf(block, text) !== 1;
	}
	return isInList(block) && isInList(before);
}

function isInList(block: Block): boolean {
	return block.kind === 'step' || (block.kind === 'bullet' && (block.level ?? 1) > 1) || block.kind === 'code';
}

function numberOf(block: Block, text: string): number {
	return Number.parseInt(text.slice(block.start, block.end), 10);
}

/** Outermost steps with everything below them. */
function join(list: readonly Block[]): Step[] {
	const steps: { start: number; end: number }[] = [];
	const outermost = Math.min(...list.filter(({ kind }) => kind === 'step').map(({ level }) => level ?? 1));
	for (const block of list) {
		if (block.kind === 'step' && (block.level ?? 1) === outermost) steps.push({ start: block.start, end: block.end });
		else if (steps.length > 0) steps.at(-1)!.end = Math.max(steps.at(-1)!.end, block.end);
	}
	return steps;
}
