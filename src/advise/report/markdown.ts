import type { Block } from './blocks.ts';

/** Blocks as Markdown; a figure is its Mermaid, or only its caption. */
export function toMarkdown(title: string, blocks: readonly Block[]): string {
	return `${[`# ${title}`, ...blocks.map(blockText)].join('\n\n')}\n`;
}

function blockText(block: Block): string {
	switch (block.kind) {
		case 'heading':
			return `## ${block.text}`;
		case 'text':
			return block.text;
		case 'list':
			return block.items.map((item) => `- ${item}`).join('\n');
		case 'command':
			return `    ${block.command}`;
		case 'figure':
			return block.mermaid === null
				? `*${block.caption}* (drawn in the HTML report)`
				: `\`\`\`mermaid\n${block.mermaid}\n\`\`\`\n\n*${block.caption}*`;
		default:
			return [block.head, block.head.map(() => '---'), ...block.rows.map(marked)].map(line).join('\n');
	}
}

function marked({ cells, isLit }: { readonly cells: readonly string[]; readonly isLit?: boolean }): readonly string[] {
	return isLit ? [`**${cells[0]}**`, ...cells.slice(1)] : cells;
}

function line(cells: readonly string[]): string {
	return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
