import type { Labelled } from './accuracy.ts';
import { mean } from './mean.ts';

/** Precision is null for a label that was never given, recall for one that was never right. */
export type LabelScore = {
	readonly label: string;
	readonly precision: number | null;
	readonly recall: number | null;
	readonly f1: number;
	/** How often it was right. */
	readonly support: number;
};

/** Every label that was given or right, in order of the alphabet. F1 = 2 · both / (given + right). */
export function perLabel(labelled: readonly Labelled[]): LabelScore[] {
	const counts = new Map<string, { given: number; right: number; both: number }>();
	const of = (label: string): { given: number; right: number; both: number } => {
		const found = counts.get(label) ?? { given: 0, right: 0, both: 0 };
		counts.set(label, found);
		return found;
	};
	for (const { label, gold } of labelled) {
		of(label).given++;
		of(gold).right++;
		if (label === gold) of(label).both++;
	}
	return [...counts]
		.sort(([a], [b]) => (a < b ? -1 : 1))
		.map(([label, { given, right, both }]) => ({
			label,
			precision: given === 0 ? null : both / given,
			recall: right === 0 ? null : both / right,
			f1: (2 * both) / (given + right),
			support: right,
		}));
}

/** The mean F1 of the labels that were given or right, each counting the same (scikit-learn's `f1_score(average='macro')`); null for none. */
export function macroF1(labelled: readonly Labelled[]): number | null {
	return mean(perLabel(labelled).map(({ f1 }) => f1));
}
