/** Fitting of linear models by full-batch Adam (Kingma & Ba 2015): deterministic, the same data give the same weights. */

/** Candidates of one question: a row of features each, and which of them are right. */
export type Group = {
	readonly rows: readonly (readonly number[])[];
	readonly gold: readonly boolean[];
	readonly weight: number;
};

/** One labelled row. */
export type Labelled = { readonly row: readonly number[]; readonly label: boolean; readonly weight: number };

export type FitOptions = { readonly steps: number; readonly rate: number; readonly l2: number };

/**
 * Weights that rank the right rows of each group first: softmax over the group's scores, loss −log of the probability that falls on
 * right rows. Groups with no right row or only right ones teach nothing and are left out.
 */
export function fitRanker(groups: readonly Group[], options: FitOptions): number[] {
	const useful = groups.filter(({ gold }) => gold.includes(true) && gold.includes(false));
	const size = useful[0]?.rows[0]?.length ?? 0;
	const total = useful.reduce((sum, { weight }) => sum + weight, 0);
	return descend(size, options, (weights, gradient) => {
		for (const { rows, gold, weight } of useful) {
			const scores = rows.map((row) => dot(weights, row));
			const highest = Math.max(...scores);
			const shares = scores.map((score) => Math.exp(score - highest));
			const all = shares.reduce((sum, share) => sum + share, 0);
			const right = shares.reduce((sum, share, i) => sum + (gold[i] === true ? share : 0), 0);
			rows.forEach((row, i) => {
				const share = shares[i]! / all - (gold[i] === true ? shares[i]! / right : 0);
				add(gradient, row, (share * weight) / total);
			});
		}
		for (let k = 0; k < size; k++) gradient[k]! += options.l2 * weights[k]!;
	});
}

/** Logistic regression on features brought to mean 0 and deviation 1, so that shrinking treats them alike; weights are for the raw rows. */
export function fitStandardised(examples: readonly Labelled[], options: FitOptions): number[] {
	const size = examples[0]?.row.length ?? 0;
	const columns = [...Array(size).keys()];
	const mean = columns.map((k) => examples.reduce((sum, { row }) => sum + row[k]!, 0) / examples.length);
	const deviation = columns.map(
		(k) => Math.sqrt(examples.reduce((sum, { row }) => sum + (row[k]! - mean[k]!) ** 2, 0) / examples.length) || 1,
	);
	const scaled = examples.map((one) => ({
		...one,
		row: one.row.map((value, k) => (value - mean[k]!) / deviation[k]!),
	}));
	const fitted = fitLogistic(scaled, options);
	const weights = columns.map((k) => fitted[k]! / deviation[k]!);
	return [...weights, fitted[size]! - columns.reduce((sum, k) => sum + weights[k]! * mean[k]!, 0)];
}

/** Logistic regression; the last number is the bias, which is not shrunk. */
function fitLogistic(examples: readonly Labelled[], options: FitOptions): number[] {
	const size = examples[0]?.row.length ?? 0;
	const total = examples.reduce((sum, { weight }) => sum + weight, 0);
	return descend(size + 1, options, (weights, gradient) => {
		for (const { row, label, weight } of examples) {
			const odds = weights[size]! + dot(weights, row);
			const error = (1 / (1 + Math.exp(-odds)) - (label ? 1 : 0)) * (weight / total);
			add(gradient, row, error);
			gradient[size]! += error;
		}
		for (let k = 0; k < size; k++) gradient[k]! += options.l2 * weights[k]!;
	});
}

function descend(
	size: number,
	{ steps, rate }: FitOptions,
	addGradient: (weights: Float64Array, gradient: Float64Array) => void,
): number[] {
	const weights = new Float64Array(size);
	const mean = new Float64Array(size);
	const square = new Float64Array(size);
	for (let step = 1; step <= steps; step++) {
		const gradient = new Float64Array(size);
		addGradient(weights, gradient);
		for (let k = 0; k < size; k++) {
			mean[k] = 0.9 * mean[k]! + 0.1 * gradient[k]!;
			square[k] = 0.999 * square[k]! + 0.001 * gradient[k]! ** 2;
			const corrected = mean[k]! / (1 - 0.9 ** step);
			weights[k]! -= (rate * corrected) / (Math.sqrt(square[k]! / (1 - 0.999 ** step)) + 1e-8);
		}
	}
	return [...weights];
}

/** Σ weights · row over the row's length. */
export function dot(weights: ArrayLike<number>, row: readonly number[]): number {
	let sum = 0;
	for (let k = 0; k < row.length; k++) sum += weights[k]! * row[k]!;
	return sum;
}

function add(gradient: Float64Array, row: readonly number[], factor: number): void {
	if (factor === 0) return;
	for (let k = 0; k < row.length; k++) gradient[k]! += factor * row[k]!;
}
