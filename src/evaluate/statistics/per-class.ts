import { type CompareOptions, type Comparison, compareSystems, corrected, type Scores } from './compare.ts';
import { benjaminiHochberg } from './correction.ts';
import { type Interval, type Resampling, meanWithInterval } from './bootstrap.ts';

export type ClassScore = {
	readonly class: string;
	readonly questions: number;
	/** By system; null where no question of the class has a value. */
	readonly systems: ReadonlyMap<string, { readonly mean: number | null; readonly interval: Interval | null }>;
};

/** Each system's mean within each class of questions, classes in order of first appearance. `classes` has one a question. */
export function scoresByClass(
	classes: readonly string[],
	systems: ReadonlyMap<string, Scores>,
	options?: Resampling,
): ClassScore[] {
	return [...new Set(classes)].map((name) => ({
		class: name,
		questions: classes.filter((other) => other === name).length,
		systems: new Map(
			[...within(name, classes, systems)].map(([system, scores]) => {
				const { mean, interval } = meanWithInterval(scores, options);
				return [system, { mean, interval }];
			}),
		),
	}));
}

export type ClassComparison = Comparison & { readonly class: string };

/** Every pair of systems within every class; many looks at little data, so corrected together by `benjaminiHochberg` when nothing else is said. */
export function compareByClass(
	classes: readonly string[],
	systems: ReadonlyMap<string, Scores>,
	options: CompareOptions = {},
): ClassComparison[] {
	const comparisons = [...new Set(classes)].flatMap((name) =>
		compareSystems(within(name, classes, systems), options).map((comparison) => ({ ...comparison, class: name })),
	);
	return corrected(comparisons, options.correction ?? benjaminiHochberg);
}

function within(
	name: string,
	classes: readonly string[],
	systems: ReadonlyMap<string, Scores>,
): Map<string, (number | null)[]> {
	return new Map(
		[...systems].map(([system, scores]) => [
			system,
			classes.flatMap((own, i) => (own === name ? [scores[i] ?? null] : [])),
		]),
	);
}
