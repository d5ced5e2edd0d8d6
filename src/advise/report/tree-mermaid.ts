import { isVerdict } from '../decide.ts';
import { rules, verdicts } from '../rules.ts';
import type { Advice } from '../advise.ts';

/** The decision tree as a Mermaid flowchart; with an advice its path is lit. */
export function treeMermaid(path: Advice['path'] = []): string {
	const lit = new Map(path.map(({ rule, answer }) => [rule, answer]));
	const edges = rules.flatMap((rule) =>
		(['yes', 'no'] as const).map((answer) => ({ rule: rule.id, answer, to: rule[answer].to })),
	);
	const litEdges = edges.flatMap(({ rule, answer }, index) => (lit.get(rule) === answer ? [index] : []));
	const litVerdict = edges.find(({ rule, answer, to }) => lit.get(rule) === answer && isVerdict(to))?.to;
	return [
		'flowchart TD',
		...rules.map(({ id, question }) => `  ${id}{"${question}"}${lit.has(id) ? ':::lit' : ''}`),
		...verdicts.map((verdict) => `  ${verdict}(["${verdict}"])${verdict === litVerdict ? ':::lit' : ''}`),
		...edges.map(({ rule, answer, to }) => `  ${rule} -->|${answer}| ${to}`),
		'  classDef lit stroke-width:3px,stroke:#0072b2',
		...(litEdges.length === 0 ? [] : [`  linkStyle ${litEdges.join(',')} stroke-width:3px,stroke:#0072b2`]),
	].join('\n');
}
