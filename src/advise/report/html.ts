import { escape } from '../../evaluate/report/markup.ts';
import { page } from '../../evaluate/report/page.ts';
import type { Block, Row } from './blocks.ts';
import { svgStyle } from './svg.ts';

/** Blocks as one HTML page that refers to nothing outside itself; follows the reader's light or dark setting and prints. */
export function toHtml(title: string, blocks: readonly Block[]): string {
	const body = `<p class="quiet">${escape(title)}</p>\n${blocks.map(blockHtml).join('\n')}`;
	return page(title, body, svgStyle + pageStyle);
}

function blockHtml(block: Block, index: number): string {
	switch (block.kind) {
		case 'heading':
			return index === 0 ? `<h1>${inline(block.text)}</h1>` : `<h2>${inline(block.text)}</h2>`;
		case 'text':
			return `<p>${inline(block.text)}</p>`;
		case 'list':
			return `<ul>${block.items.map((item) => `<li>${inline(item)}</li>`).join('')}</ul>`;
		case 'command':
			return `<pre><code>${escape(block.command)}</code></pre>`;
		case 'figure':
			return `<figure><div class="scroll">${block.svg}</div><figcaption>${inline(block.caption)}</figcaption></figure>`;
		default:
			return `<div class="scroll"><table><thead>${tableRow({ cells: block.head }, 'th')}</thead><tbody>${block.rows.map((row) => tableRow(row, 'td')).join('')}</tbody></table></div>`;
	}
}

function tableRow({ cells, isLit }: Row, tag: 'th' | 'td'): string {
	return `<tr${isLit ? ' class="lit"' : ''}>${cells.map((cell) => `<${tag}>${inline(cell)}</${tag}>`).join('')}</tr>`;
}

/** Backticks become code; the basis of a measured or prior cell becomes a tag. Addresses stay text: the page loads and links nothing. */
function inline(text: string): string {
	return escape(text)
		.replace(/`([^`]+)`/g, '<code>$1</code>')
		.replace(/\((measured|prior)\)/g, '<span class="$1">$1</span>');
}

const pageStyle = `
h1 { margin-top: 4px; }
ul { padding-left: 20px; max-width: 76ch; } li { margin: 8px 0; }
code { font: .88em ui-monospace, monospace; background: var(--raised); padding: 1px 4px; border-radius: 4px; overflow-wrap: anywhere; }
pre { background: var(--raised); border: 1px solid var(--line); border-radius: 8px; padding: 12px 16px; overflow-x: auto; }
pre code { padding: 0; white-space: pre-wrap; }
th, td { text-align: left; white-space: normal; min-width: 48px; } th:first-child { font-weight: 600; }
.scroll + p, .scroll + .scroll { margin-top: 16px; }
tr.lit td { background: var(--raised); }
tr.lit td:first-child { font-weight: 600; box-shadow: inset 3px 0 var(--c0); padding-left: 8px; }
.measured, .prior { font-size: 11px; color: var(--quiet); border: 1px solid var(--line); border-radius: 8px; padding: 0 4px; white-space: nowrap; }
.measured { color: var(--good); border-color: var(--good); }
@media print { table { font-size: 11px; } }
`;
