import type { Nodes, Table } from 'mdast';
import { Fragment, type ReactNode, useMemo } from 'react';
import { answerPieces, type Evidence as EvidenceOf } from './answer-pieces.ts';
import styles from './answer-text.module.css';
import { answerTree } from './answer-tree.ts';
import { CitationChip } from './citation-chip.tsx';
import type { Citation } from './turn.ts';

type Evidence = EvidenceOf<Citation>;
type Props = Evidence & { readonly text: string; readonly isVerbatim: boolean };

/** An answer with its markers as chips, each block in its own direction. Markdown is read, but nothing is loaded and no HTML is believed. */
export function AnswerText({ text, isVerbatim, ...evidence }: Props) {
	const tree = useMemo(() => answerTree(text, isVerbatim), [text, isVerbatim]);
	return (
		<div className={styles.text}>
			{tree.children.map((block) => (
				<div key={block.position?.start.offset} dir="auto">
					{show(block, evidence)}
				</div>
			))}
		</div>
	);
}

function show(node: Nodes, evidence: Evidence): ReactNode {
	const children = (): ReactNode => 'children' in node && each(node.children, evidence);
	switch (node.type) {
		case 'text':
			return <Pieces text={node.value} start={node.position?.start.offset ?? 0} {...evidence} />;
		case 'paragraph':
			return <p>{children()}</p>;
		case 'heading':
			return <h3>{children()}</h3>;
		case 'list':
			return node.ordered === true ? <ol start={node.start ?? 1}>{children()}</ol> : <ul>{children()}</ul>;
		case 'listItem':
			return <li>{children()}</li>;
		case 'blockquote':
			return <blockquote>{children()}</blockquote>;
		case 'emphasis':
			return <em>{children()}</em>;
		case 'strong':
			return <strong>{children()}</strong>;
		case 'inlineCode':
			return <code>{node.value}</code>;
		case 'code':
			return (
				<pre>
					<code>{node.value}</code>
				</pre>
			);
		case 'table':
			return <Rows table={node} evidence={evidence} />;
		case 'break':
			return <br />;
		case 'thematicBreak':
			return <hr />;
		case 'link':
			return /^https?:/i.test(node.url) ? (
				<a href={node.url} target="_blank" rel="noreferrer">
					{children()}
				</a>
			) : (
				children()
			);
		case 'image':
		case 'imageReference':
			return node.alt;
		case 'html':
			return node.value;
		default:
			return children();
	}
}

function each(nodes: readonly Nodes[], evidence: Evidence): ReactNode {
	return nodes.map((node) => <Fragment key={node.position?.start.offset}>{show(node, evidence)}</Fragment>);
}

function Pieces({ text, start, ...evidence }: Evidence & { readonly text: string; readonly start: number }) {
	return answerPieces(text, start, evidence).map(({ text, isUnsupported, marker }, i) => {
		if (marker !== null) return <CitationChip key={i} {...marker} />;
		return isUnsupported ? (
			<span key={i} className={styles.unsupported} title="No document supports this">
				{text}
			</span>
		) : (
			text
		);
	});
}

function Rows({ table, evidence }: { readonly table: Table; readonly evidence: Evidence }) {
	const [head, ...rows] = table.children;
	return (
		<div className={styles.table}>
			<table>
				<thead>
					<tr>
						{head?.children.map((cell, i) => (
							<th key={i} scope="col">
								{each(cell.children, evidence)}
							</th>
						))}
					</tr>
				</thead>
				<tbody>
					{rows.map((row, i) => (
						<tr key={i}>
							{row.children.map((cell, i) => (
								<td key={i}>{each(cell.children, evidence)}</td>
							))}
						</tr>
					))}
				</tbody>
			</table>
		</div>
	);
}
