import { cutAt, countTokens } from '../text/tokens.ts';
import { disarm, disarmLine } from './disarm.ts';
import type { Evidence } from './units.ts';

/** A hit as a model reads it. */
export type Passage = {
	/** What markers name it by, from 1. */
	readonly number: number;
	readonly evidence: Evidence;
	/** Source, title, date, page and headings, each on a line, disarmed. */
	readonly about: readonly string[];
	/** Disarmed. */
	readonly text: string;
	/** Up to here (offset in the document's text) the model reads it; the hit's end unless the budget cut it. */
	readonly end: number;
};

/** A passage that would be shorter (tokens) is left out. */
const leastTokens = 48;
/** What a line break and the mark before each line cost, beside what `countTokens` counts. */
const tokensPerLine = 1;

/**
 * The best hits that fit: at most `passages`, together at most `tokens`. The last one is cut where it does not fit whole; a hit
 * that does not fit never makes room for a worse one. Passages of one document stand together in its order, documents in
 * the order of their best hit, so that what belongs together is read together and the best comes first.
 */
export function pack(
	evidence: readonly Evidence[],
	{ passages, tokens }: { readonly passages: number; readonly tokens: number },
): Passage[] {
	const chosen: Omit<Passage, 'number'>[] = [];
	let left = tokens;
	for (const one of evidence.slice(0, passages)) {
		const about = aboutOf(one);
		const passage = fit(one, about, left - costOf(about.join('\n')));
		if (passage === null) break;
		chosen.push(passage);
		left -= costOf([...about, passage.text].join('\n'));
		if (passage.end < one.hit.end) break;
	}
	return inOrder(chosen).map((passage, i) => ({ ...passage, number: i + 1 }));
}

/** Tokens of a passage's lines in a prompt. */
function costOf(text: string): number {
	return countTokens(text) + tokensPerLine * (text.split('\n').length + 1);
}

function fit(evidence: Evidence, about: readonly string[], tokens: number): Omit<Passage, 'number'> | null {
	const { hit } = evidence;
	const whole = disarm(hit.text);
	if (costOf(whole) <= tokens) return { evidence, about, text: whole, end: hit.end };
	let budget = tokens;
	while (budget >= leastTokens) {
		const end = cutAt(hit.text, 0, hit.text.length, budget);
		const text = disarm(hit.text.slice(0, end));
		if (costOf(text) <= tokens) return { evidence, about, text: `${text.trimEnd()} …`, end: hit.start + end };
		budget = Math.floor(budget * 0.8);
	}
	return null;
}

function aboutOf({ hit, document }: Evidence): string[] {
	const headings = hit.headings.filter((heading) => heading !== document.title);
	return [
		`Source: ${disarmLine(document.source, 200)}`,
		`Title: ${disarmLine(document.title, 200)}`,
		...(document.date === null ? [] : [`Date: ${document.date}`]),
		...(hit.page === null ? [] : [`Page: ${hit.page}`]),
		...(headings.length === 0 ? [] : [`Section: ${disarmLine(headings.join(' > '), 300)}`]),
	];
}

function inOrder(chosen: readonly Omit<Passage, 'number'>[]): Omit<Passage, 'number'>[] {
	const byDocument = Map.groupBy(chosen, ({ evidence }) => evidence.document.id);
	return [...byDocument.values()].flatMap((group) => group.sort((a, b) => a.evidence.hit.start - b.evidence.hit.start));
}
