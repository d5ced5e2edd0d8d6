import type { Advice } from '../advise.ts';
import { requirements } from '../requirements.ts';
import type { Block } from './blocks.ts';
import { costByDay, costByVolume } from './cost-plot.ts';
import { toHtml } from './html.ts';
import { toMarkdown } from './markdown.ts';
import { publishedPlot } from './published-plot.ts';
import * as sections from './sections.ts';
import { standalone } from './svg.ts';
import { treeMermaid } from './tree-mermaid.ts';
import { treeSvg } from './tree-svg.ts';

const treeCaption = `The rules, your path lit. “Can it be tuned?” asks for ${requirements.map(({ label }) => label).join(', ')}.`;

const title = 'Retrieval, fine-tuning, or both?';

/** What can be written, by the ending of a file's name. */
export const reportFormats: Readonly<Record<string, (advice: Advice) => string>> = {
	'.md': adviceMarkdown,
	'.html': (advice) => toHtml(title, adviceBlocks(advice)),
	'.svg': ({ path }) => standalone(treeSvg(path)),
	'.mmd': ({ path }) => `${treeMermaid(path)}\n`,
	'.json': (advice) => `${JSON.stringify(advice, null, '\t')}\n`,
};

export function adviceMarkdown(advice: Advice): string {
	return toMarkdown(title, adviceBlocks(advice));
}

/** The advice for a terminal: without drawings and without what only fills an appendix. */
export function adviceDigest(advice: Advice): Block[] {
	return [
		...sections.verdictBlocks(advice),
		...sections.tableBlocks(advice),
		...sections.flipBlocks(advice),
		...sections.costBlocks(advice).slice(0, 3),
		...sections.breakEvenBlocks(advice),
		...sections.mistakeBlocks(advice),
		...sections.planBlocks(advice),
	];
}

function adviceBlocks(advice: Advice): Block[] {
	return [
		...sections.verdictBlocks(advice),
		{ kind: 'heading', text: 'The way to the verdict' },
		{ kind: 'figure', svg: treeSvg(advice.path), caption: treeCaption, mermaid: treeMermaid(advice.path) },
		...sections.flipBlocks(advice),
		...sections.mistakeBlocks(advice),
		...sections.planBlocks(advice),
		...sections.tableBlocks(advice),
		...sections.costBlocks(advice),
		figure(
			costByDay(advice),
			'Money spent over time. Lines: likely values; bands: nine draws in ten. The scale is logarithmic. Shaded upright: where articles say that tuning has paid.',
		),
		...sections.breakEvenBlocks(advice),
		figure(
			costByVolume(advice),
			'Money spent at each volume. Dashed: volumes from which articles say that tuning pays.',
		),
		...sections.publishedBlocks(advice),
		figure(
			publishedPlot(advice),
			'Grey: what is published, one bar a source. Black: your own number. None of the sources states its workload.',
		),
		...sections.situationBlocks(advice),
	];
}

function figure(svg: string, caption: string): Block {
	return { kind: 'figure', svg, caption, mermaid: null };
}
