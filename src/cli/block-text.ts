import type { Block, Row } from '../advise/report/blocks.ts';
import { type Style, table, wrap } from './style.ts';

const width = 100;

/** Blocks of a report for a terminal; a table too wide for it becomes one paragraph a row. */
export function blocksText(blocks: readonly Block[], style: Style): string {
	return blocks.map((block) => blockText(block, style)).join('\n\n');
}

function blockText(block: Block, style: Style): string {
	switch (block.kind) {
		case 'heading':
			return style.bold(block.text);
		case 'text':
			return wrap(plain(block.text), width);
		case 'list':
			return block.items.map((item) => `• ${wrap(plain(item), width, '  ').trimStart()}`).join('\n');
		case 'command':
			return `  ${style.cyan(block.command)}`;
		case 'figure':
			return block.caption;
		default:
			return tableText(block.head, block.rows, style);
	}
}

function tableText(head: readonly string[], rows: readonly Row[], style: Style): string {
	const cells = rows.map((row) =>
		row.cells.map((cell, column) => (column === 0 && row.isLit ? `» ${plain(cell)}` : plain(cell))),
	);
	const text = table([head, ...cells]);
	if (text.split('\n').every((line) => line.length <= width)) return text;
	return cells.map((row) => recordText(head, row, style)).join('\n');
}

/** The first cell as a name, the others below it, each with its column's name. */
function recordText(head: readonly string[], [first = '', ...rest]: readonly string[], style: Style): string {
	const lines = rest.map((cell, index) => (cell === '' ? '' : wrap(`${head[index + 1]}: ${cell}`, width, '  ')));
	return [style.bold(first), ...lines.filter((line) => line !== '')].join('\n');
}

function plain(text: string): string {
	return text.replaceAll('`', '');
}
