import type { Example, Goal } from '../../core/dataset.ts';
import { countTokens } from '../../text/tokens.ts';
import { textsOf } from '../example.ts';
import type { ShapeFault } from '../formats/format.ts';
import { goalRules, teaches } from './goal-rules.ts';

/** What one example is made of: is everything there, does it say something, does it fit? */
export function structureFaults(
	example: Example,
	{ goal, maxTokens }: { readonly goal: Goal | null; readonly maxTokens: number },
): ShapeFault[] {
	const faults = emptyFaults(example);
	if (!teaches(example, goal)) {
		const needed =
			goal === null ? 'an answer, a passage or a label' : `for a ${goal}: ${goalRules[goal].needs.join(' or ')}`;
		faults.push({
			code: 'nothing-to-learn',
			message: `has no ${needed}`.replace('has no for', 'lacks what is needed for'),
		});
	}
	const tokens = exampleTokens(example);
	if (tokens > maxTokens) faults.push({ code: 'oversize', message: `has ${tokens} tokens, at most ${maxTokens} fit` });
	return [...faults, ...selfContradictions(example)];
}

/** Tokens of everything that an example says. */
export function exampleTokens(example: Example): number {
	return textsOf(example).reduce((sum, { text }) => sum + countTokens(text), 0);
}

function emptyFaults({ query, answer, rejected, label, earlier, steps, positives, negatives }: Example): ShapeFault[] {
	const faults: ShapeFault[] = [];
	if (isEmpty(query)) faults.push({ code: 'empty-query', message: 'the query is empty' });
	if (answer !== null && isEmpty(answer)) faults.push({ code: 'empty-answer', message: 'the answer is empty' });
	if (rejected !== null && isEmpty(rejected))
		faults.push({ code: 'empty-answer', message: 'the rejected answer is empty' });
	if (label !== null && isEmpty(label)) faults.push({ code: 'empty-label', message: 'the label is empty' });
	const turn = [...earlier, ...steps].find(({ content }) => isEmpty(content));
	if (turn) faults.push({ code: 'empty-turn', message: `a turn of "${turn.role}" is empty` });
	if ([...positives, ...negatives].some(({ text }) => isEmpty(text))) {
		faults.push({ code: 'empty-passage', message: 'a passage is empty' });
	}
	return faults;
}

/** Nothing but white space, signs that are not seen, and punctuation. */
function isEmpty(text: string): boolean {
	return !/[\p{L}\p{N}\p{S}]/u.test(text);
}

function selfContradictions({ query, answer, rejected, positives, negatives }: Example): ShapeFault[] {
	const faults: ShapeFault[] = [];
	if (answer !== null && rejected !== null && answer.trim() === rejected.trim()) {
		faults.push({ code: 'same-as-rejected', message: 'both answers are the same' });
	}
	if (answer !== null && answer.trim() !== '' && answer.trim() === query.trim()) {
		faults.push({ code: 'answer-is-query', message: 'the answer repeats the query' });
	}
	const right = new Set(positives.map(({ text }) => text.trim()));
	if (negatives.some(({ text }) => right.has(text.trim()))) {
		faults.push({ code: 'passage-both-ways', message: 'a passage is among the right and the wrong ones' });
	}
	return faults;
}
