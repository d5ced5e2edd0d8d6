import { escape } from '../../evaluate/report/markup.ts';
import { style } from '../../evaluate/report/style.ts';

/** Pieces of SVG text. Colours are classes of the page's style. */

/** An element; attributes that are undefined are left out, numbers are rounded to a tenth of a pixel. */
export function element(
	name: string,
	attributes: Readonly<Record<string, string | number | undefined>>,
	content = '',
): string {
	const list = Object.entries(attributes)
		.filter(([, value]) => value !== undefined)
		.map(([key, value]) => ` ${key}="${typeof value === 'number' ? round(value) : escape(value as string)}"`);
	return `<${name}${list.join('')}>${content}</${name}>`;
}

export function textAt(
	x: number,
	y: number,
	text: string,
	attributes: Readonly<Record<string, string | number>> = {},
): string {
	return element('text', { x, y, ...attributes }, escape(text));
}

export function drawing(width: number, height: number, label: string, content: string): string {
	const attributes = {
		xmlns: 'http://www.w3.org/2000/svg',
		viewBox: `0 0 ${width} ${height}`,
		role: 'img',
		'aria-label': label,
	};
	return element('svg', attributes, content);
}

/** An SVG that carries its own colours, for a file of its own. */
export function standalone(svg: string): string {
	return svg.replace('>', `><style>${style}${svgStyle}</style>`);
}

export function round(value: number): number {
	return Math.round(value * 10) / 10;
}

/** Beside the style of evaluation reports, whose colours it uses. */
export const svgStyle = `
figure svg { display: block; min-width: 640px; width: 100%; height: auto; font-size: 13px; fill: var(--ink); }
svg .quiet { fill: var(--quiet); } svg .small { font-size: 11px; } svg .strong { font-weight: 600; }
svg .end { text-anchor: end; } svg .middle { text-anchor: middle; }
svg .grid { fill: none; } svg .mark { stroke: var(--quiet); stroke-dasharray: 4 4; fill: none; }
svg .box { fill: var(--raised); stroke: var(--line); } svg .edge { stroke: var(--quiet); fill: none; stroke-width: 1.2; }
svg .unlit { opacity: .55; } svg .lit .box { stroke: var(--c0); stroke-width: 2.5; fill: var(--page); }
svg .edge.lit { stroke: var(--c0); stroke-width: 3; }
svg .lit.leaf .box { fill: var(--c0); } svg .lit.leaf text { fill: var(--page); font-weight: 600; }
svg .yours { stroke: var(--ink); stroke-width: 2; }
svg .halo { paint-order: stroke; stroke: var(--page); stroke-width: 4px; stroke-linejoin: round; }
svg .base { --own: var(--c5); } svg .few-shot { --own: var(--c1); } svg .rag { --own: var(--c0); }
svg .tuned { --own: var(--c3); } svg .both { --own: var(--c2); }
svg .line { fill: none; stroke: var(--own); stroke-width: 2.2; } svg .area { fill: var(--own); opacity: .11; stroke: none; }
svg text.approach { fill: var(--own); } svg .bar { fill: var(--own, var(--quiet)); opacity: 1; stroke: none; }
@media print { figure svg { min-width: 0; } }
`;
