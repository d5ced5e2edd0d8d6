/** What a search reranks for one query: (candidates, parts) rows, and grades along them, 0 for what does not answer. */
export type RankedList = { readonly rows: readonly (readonly number[])[]; readonly grades: readonly number[] };

/** Two candidates of a list of which the first is better, and how much their order counts. */
export type GradedPair = { readonly better: number; readonly worse: number; readonly weight: number };

/**
 * All pairs of unequal grade. Their weights add up to 1, so that every query counts the same, and are proportional to what exchanging
 * the two would change in nDCG, as these weights rank the list now (LambdaRank; Burges 2010, section 4). Empty when no order is known.
 */
export function pairsOf({ rows, grades }: RankedList, weights: readonly number[]): GradedPair[] {
	const scores = rows.map((row) => dot(row, weights));
	const discounts: number[] = [];
	const order = [...rows.keys()].sort((a, b) => scores[b]! - scores[a]! || a - b);
	order.forEach((at, rank) => (discounts[at] = 1 / Math.log2(rank + 2)));
	const pairs = grades.flatMap((grade, better) =>
		grades.flatMap((other, worse) =>
			grade > other
				? { better, worse, weight: (grade - other) * Math.abs(discounts[better]! - discounts[worse]!) }
				: [],
		),
	);
	const sum = pairs.reduce((total, { weight }) => total + weight, 0);
	return pairs.map((pair) => ({ ...pair, weight: pair.weight / sum }));
}

/** What is minimised, and where it pulls back to. */
export type RerankerLoss = {
	readonly lists: readonly RankedList[];
	/** Along `lists`. */
	readonly pairs: readonly (readonly GradedPair[])[];
	/** Where training began. */
	readonly begin: readonly number[];
	/** How many queries the beginning counts as. */
	readonly pull: number;
};

/**
 * Pairwise logistic loss (RankNet; Burges et al. 2005) with an L2 pull to the beginning w₀, n queries, x the parts of a candidate:
 * (1/n) · Σ_queries Σ_pairs weight · log(1 + exp(−w · (x_better − x_worse))) + pull/(2n) · ‖w − w₀‖². Convex. `gradient` gets d/dw.
 *
 * Parts lie in 0…1 and the weights of a query's pairs add up to 1, so no query's slope is steeper than 1 in any weight. Hence no weight
 * of the minimum, or of any step of gradient descent towards it, is further than n / pull from where it began: few queries cannot swing it.
 */
export function rerankerLoss(
	{ lists, pairs, begin, pull }: RerankerLoss,
	weights: readonly number[],
	gradient: number[],
): number {
	const n = lists.length;
	let loss = 0;
	weights.forEach((weight, k) => {
		const away = weight - begin[k]!;
		loss += (pull / (2 * n)) * away ** 2;
		gradient[k] = (pull / n) * away;
	});
	lists.forEach(({ rows }, query) => {
		for (const { better, worse, weight } of pairs[query]!) {
			const [up, down] = [rows[better]!, rows[worse]!];
			const margin = dot(up, weights) - dot(down, weights);
			loss += (weight / n) * Math.log1p(Math.exp(-Math.abs(margin))) + (weight / n) * Math.max(0, -margin);
			const slope = -weight / n / (1 + Math.exp(margin));
			for (let k = 0; k < gradient.length; k++) gradient[k]! += slope * (up[k]! - down[k]!);
		}
	});
	return loss;
}

/** A step that cannot overshoot: 1 over the most that the slope can change, ¼ · ‖x_better − x_worse‖² + pull/n, in parts of 0…1. */
export function safeRate({ begin, pull, lists }: RerankerLoss): number {
	return 1 / (begin.length / 4 + pull / lists.length);
}

function dot(row: readonly number[], weights: readonly number[]): number {
	return row.reduce((sum, value, k) => sum + value * weights[k]!, 0);
}
