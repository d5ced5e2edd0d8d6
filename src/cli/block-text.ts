import type { Block, Row } from '../advise/report/blocks.ts';
import { type Style, table, wrap } from './style.ts';

type Look = { readonly style: Style; /** Characters a line. */ readonly width: number };

/** Blocks of a report for a terminal; a table too wide for it becomes one paragraph a row. */
export function blocksText(blocks: readonly Block[], look: Look): string {
	return blocks.map((block) => blockText(block, look)).join('\n\n');
}

function blockText(block: Block, { style, width }: Look): string {
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
			return tableText(block.head, block.rows, { style, width });
	}
}

function tableText(head: readonly string[], rows: readonly Row[], { style, width }: Look): string {
	const cells = rows.map((row) =>
		row.cells.map((cell, column) => (column === 0 && row.isLit ? `» ${plain(cell)}` : plain(cell))),
	);
	const text = table([head, ...cells]);
	if (text.split('\n').every((line) => line.length <= width)) return text;
	return cells.map((row) => recordText(head, row, { style, width })).join('\n');
}

/** The first cell as a name, the others below it, each with its column's name. */
function recordText(head: readonly string[], [first = '', ...rest]: readonly string[], { style, width }: Look): string {
	const lines = rest.map((cell, index) => (cell === '' ? '' : wrap(`${head[index + 1]}: ${cell}`, width, '  ')));
	return [style.bold(first), ...lines.filter((line) => line !== '')].join('\n');
}

function plain(text: string): string {
	return text.replaceAll('`', '');
}
