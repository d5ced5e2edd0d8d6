import { escape } from '../../evaluate/report/markup.ts';
import type { Advice } from '../advise.ts';
import { isVerdict } from '../decide.ts';
import { rules, type Rule } from '../rules.ts';
import { drawing, element, textAt } from './svg.ts';

/** Where each rule stands, and each way out of it that ends in a verdict: column, row. A test sees that all have a place. */
export const places: Readonly<Record<string, readonly [column: number, row: number]>> = {
	'works-already': [0, 0],
	'works-already yes': [1, 0],
	'closed-site': [0, 1],
	'facts-fit-weights': [1, 1],
	'facts-fit-weights yes': [2, 1],
	'ready-instead': [1, 2],
	'ready-instead yes': [2, 1.8],
	'ready-instead no': [2, 2.2],
	'weak-retrieval': [0, 3],
	'weak-retrieval yes': [1, 3],
	'needs-documents': [0, 4],
	'ready-for-behaviour': [1, 4],
	'ready-for-behaviour yes': [2, 3.8],
	'ready-for-behaviour no': [2, 4.2],
	'facts-change': [0, 5],
	'no-time-to-look-up': [1, 5],
	'ready-for-speed': [2, 5],
	'ready-for-speed yes': [3, 4.8],
	'ready-for-speed no': [3, 5.2],
	'behaviour-too': [0, 6],
	'behaviour-too no': [1, 6],
	'ready-for-both': [0, 7],
	'ready-for-both yes': [1, 6.8],
	'ready-for-both no': [1, 7.2],
};

const [pitchX, pitchY, boxWidth, boxHeight, leafWidth, leafHeight] = [270, 92, 214, 50, 104, 30];

type Box = { readonly x: number; readonly y: number; readonly width: number; readonly height: number };

/** The decision tree with the user's path lit. */
export function treeSvg(path: Advice['path'] = []): string {
	const lit = new Map(path.map(({ rule, answer }) => [rule, answer]));
	const edges = rules.flatMap((rule) =>
		(['yes', 'no'] as const).map((answer) => ({ rule, answer, isLit: lit.get(rule.id) === answer })),
	);
	const drawn = [...edges].sort((a, b) => Number(a.isLit) - Number(b.isLit));
	const content = [
		...drawn.map(({ rule, answer, isLit }) => edge(rule, answer, isLit)),
		...rules.map((rule) => question(rule, lit.has(rule.id), path.length > 0)),
		...edges
			.filter(({ rule, answer }) => isVerdict(rule[answer].to))
			.map(({ rule, answer, isLit }) => leaf(rule, answer, isLit, path.length > 0)),
	];
	return drawing(
		3 * pitchX + leafWidth + 4,
		7.2 * pitchY + boxHeight + 16,
		'The decision tree, your path lit',
		content.join(''),
	);
}

function question({ id, question: text, no, yes }: Rule, isLit: boolean, isPathShown: boolean): string {
	const box = boxOf(id, false);
	const lines = inTwoLines(text);
	const texts = lines.map((line, index) =>
		textAt(box.x + box.width / 2, box.y + box.height / 2 + 5 + (index - (lines.length - 1) / 2) * 16, line, {
			class: 'middle',
		}),
	);
	const title = element('title', {}, escape(`yes: ${yes.reason} no: ${no.reason}`));
	return element('g', { class: classOf('', isLit, isPathShown) }, title + rectangle(box, 6) + texts.join(''));
}

function leaf(rule: Rule, answer: 'yes' | 'no', isLit: boolean, isPathShown: boolean): string {
	const box = boxOf(`${rule.id} ${answer}`, true);
	const text = textAt(box.x + box.width / 2, box.y + 20, rule[answer].to, { class: 'middle' });
	return element('g', { class: classOf('leaf', isLit, isPathShown) }, rectangle(box, 15) + text);
}

function classOf(name: string, isLit: boolean, isPathShown: boolean): string {
	return [name, isLit ? 'lit' : isPathShown ? 'unlit' : ''].filter((part) => part !== '').join(' ');
}

function rectangle({ x, y, width, height }: Box, rx: number): string {
	return element('rect', { x, y, width, height, rx, class: 'box' });
}

function edge(rule: Rule, answer: 'yes' | 'no', isLit: boolean): string {
	const { to } = rule[answer];
	const isLeaf = isVerdict(to);
	const [from, target] = [boxOf(rule.id, false), boxOf(isLeaf ? `${rule.id} ${answer}` : to, isLeaf)];
	const [startX, startY] = [from.x + from.width, from.y + from.height / 2];
	const [bottomX, bottomY] = [from.x + from.width / 2, from.y + from.height];
	const targetY = target.y + target.height / 2;
	const kind = isLit ? 'edge lit' : 'edge';
	if (target.x > from.x) {
		const label = textAt(startX + 18, targetY - 5, answer, { class: 'quiet small' });
		return element('path', { d: `M${startX} ${startY}H${startX + 14}V${targetY}H${target.x}`, class: kind }) + label;
	}
	const topX = target.x + target.width / 2;
	const label = textAt(bottomX + 6, bottomY + 15, answer, { class: 'quiet small' });
	return (
		element('path', { d: `M${bottomX} ${bottomY}V${(bottomY + target.y) / 2}H${topX}V${target.y}`, class: kind }) +
		label
	);
}

function boxOf(place: string, isLeaf: boolean): Box {
	const [column, row] = places[place] as readonly [number, number];
	const [width, height] = isLeaf ? [leafWidth, leafHeight] : [boxWidth, boxHeight];
	return { x: 2 + column * pitchX, y: 8 + row * pitchY + (boxHeight - height) / 2, width, height };
}

/** Broken near the middle when it is longer than a box is wide. */
function inTwoLines(text: string): string[] {
	if (text.length <= 30) return [text];
	const middle = text.length / 2;
	const spaces = [...text.matchAll(/ /g)].map(({ index }) => index);
	const cut = spaces.reduce((best, space) => (Math.abs(space - middle) < Math.abs(best - middle) ? space : best), 0);
	return [text.slice(0, cut), text.slice(cut + 1)];
}
