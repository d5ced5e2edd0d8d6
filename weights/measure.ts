import type { Answer } from '../src/core/answer.ts';
import { configSchema } from '../src/core/config.ts';
import { ask } from '../src/ask/ask.ts';
import type { Example } from './examples.ts';

const { ask: settings } = configSchema.parse({});

/** Area under the ROC curve: the chance that a random positive scores above a random negative, ties counting half. */
export function auroc(scored: readonly { readonly score: number; readonly label: boolean }[]): number {
	const order = [...scored].sort((a, b) => a.score - b.score);
	let ranks = 0;
	let positives = 0;
	for (let from = 0; from < order.length;) {
		let to = from;
		while (to < order.length && order[to]!.score === order[from]!.score) to++;
		const inTie = order.slice(from, to).filter(({ label }) => label).length;
		ranks += (inTie * (from + to + 1)) / 2;
		positives += inTie;
		from = to;
	}
	return (ranks - (positives * (positives + 1)) / 2) / (positives * (order.length - positives));
}

/** SQuAD's normalisation: lower case, no punctuation, no articles, single spaces. */
export function normalise(text: string): string {
	return text
		.toLowerCase()
		.replaceAll(/[\p{P}\p{S}]/gu, '')
		.replaceAll(/\b(?:a|an|the)\b/g, ' ')
		.replaceAll(/\s+/g, ' ')
		.trim();
}

/** Whether one of the answers stands in a text, both normalised. */
export function contains(text: string, answers: readonly string[]): boolean {
	const normalised = normalise(text);
	return answers.some((answer) => normalised.includes(normalise(answer)));
}

/** What `ask` answers from an example's evidence; `threshold` null takes the shipped one. */
export async function answerOf(example: Example, threshold: number | null): Promise<Answer> {
	const { question, evidence, terms } = example;
	const events = ask(question, {
		search: async () => ({ hits: evidence.map(({ hit }) => hit), terms }),
		document: async (id) => evidence.find(({ document }) => document.id === id)?.document ?? null,
		settings: { ...settings, hits: Math.max(1, evidence.length), ...(threshold === null ? {} : { threshold }) },
		system: 'extractive@1',
		now: () => 0,
		interaction: example.id,
	});
	for await (const event of events) if (event.type === 'answer-end') return event.answer;
	throw new Error(`no answer-end for ${example.id}`);
}

export function share(items: readonly unknown[], of: (index: number) => boolean): number {
	return items.length === 0 ? 0 : items.filter((_, i) => of(i)).length / items.length;
}
