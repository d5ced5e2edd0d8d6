import { Arena } from '../src/models/nn/arena.ts';
import { BagTable, type Bag } from '../src/models/nn/bag-table.ts';
import { crossEntropy } from '../src/models/nn/softmax.ts';
import { stratifiedFolds } from '../src/train/folds.ts';

/**
 * What a router is measured beside: scikit-learn's `TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)` and
 * `LogisticRegression(C=…)`, C chosen by cross-validation on the training data. Written here anew; docs/train.md has the comparison with
 * scikit-learn itself.
 */
export type Labelled = { readonly text: string; readonly label: string };

export type Baseline = { readonly c: number; readonly predict: (text: string) => string };

/** L-BFGS (Liu & Nocedal 1989): remembered steps, and when to stop. */
const memory = 10;
const tolerance = 1e-5;
const mostRounds = 300;

export function trainBaseline(
	examples: readonly Labelled[],
	{ candidates, folds }: { readonly candidates: readonly number[]; readonly folds: number },
): Baseline {
	const labels = [...new Set(examples.map(({ label }) => label))].sort();
	const gold = examples.map(({ label }) => labels.indexOf(label));
	const fold = stratifiedFolds(gold, folds, 1);
	const rights = candidates.map(() => 0);
	for (let held = 0; held < folds; held++) {
		const part = examples.filter((_, i) => fold[i] !== held);
		const tfIdf = fitTfIdf(part.map(({ text }) => text));
		const dev = examples.filter((_, i) => fold[i] === held).map(({ text, label }) => ({ bag: tfIdf.bag(text), label }));
		const bags = part.map(({ text }) => tfIdf.bag(text));
		const partGold = gold.filter((_, i) => fold[i] !== held);
		candidates.forEach((c, k) => {
			const predict = fitLogistic(bags, partGold, { classes: labels.length, features: tfIdf.size, c });
			rights[k]! += dev.filter(({ bag, label }) => labels[predict(bag)] === label).length;
		});
	}
	const c = candidates[rights.indexOf(Math.max(...rights))]!;
	const tfIdf = fitTfIdf(examples.map(({ text }) => text));
	const bags = examples.map(({ text }) => tfIdf.bag(text));
	const predict = fitLogistic(bags, gold, { classes: labels.length, features: tfIdf.size, c });
	return { c, predict: (text) => labels[predict(tfIdf.bag(text))]! };
}

type Fitted = { readonly size: number; readonly bag: (text: string) => Bag };

/** Words of two letters or more and their pairs; (1 + ln tf) · (ln((1 + n) / (1 + df)) + 1), the whole vector at unit length. */
function fitTfIdf(texts: readonly string[]): Fitted {
	const counts = new Map<string, number>();
	for (const text of texts) for (const term of new Set(terms(text))) counts.set(term, (counts.get(term) ?? 0) + 1);
	const ids = new Map([...counts.keys()].map((term, id) => [term, id]));
	const idf = Float64Array.from(counts.values(), (count) => Math.log((1 + texts.length) / (1 + count)) + 1);
	const bag = (text: string): Bag => {
		const found = new Map<number, number>();
		for (const term of terms(text)) {
			const id = ids.get(term);
			if (id !== undefined) found.set(id, (found.get(id) ?? 0) + 1);
		}
		const values = [...found].map(([id, count]) => (1 + Math.log(count)) * idf[id]!);
		const norm = Math.hypot(...values) || 1;
		return { ids: Uint32Array.from(found.keys()), weights: Float32Array.from(values, (value) => value / norm) };
	};
	return { size: ids.size, bag };
}

function terms(text: string): string[] {
	const words = text.toLowerCase().match(/[\p{L}\p{N}_]{2,}/gu) ?? [];
	return [...words, ...words.slice(1).map((word, i) => `${words[i]} ${word}`)];
}

type Problem = { readonly classes: number; readonly features: number; readonly c: number };

/** Minimises |w|²/2 + C Σ cross entropy; the intercepts are not regularised. Returns the best class of a bag. */
function fitLogistic(
	bags: readonly Bag[],
	gold: readonly number[],
	{ classes, features, c }: Problem,
): (bag: Bag) => number {
	const arena = new Arena(BagTable.floats(features + 1, classes) + 1024);
	const table = new BagTable(arena, features + 1, classes);
	const scores = arena.floats(table.stride);
	const bias: Bag = { ids: Uint32Array.of(features), weights: Float32Array.of(1) };
	const size = table.rows.length;
	const regularised = features * table.stride;
	const score = (bag: Bag): Float32Array => {
		scores.fill(0);
		table.gather(bag, scores);
		table.gather(bias, scores);
		return scores;
	};
	const evaluate = (at: Float64Array): { value: number; gradient: Float64Array } => {
		table.rows.set(at);
		let value = 0;
		bags.forEach((bag, i) => {
			value += c * crossEntropy(score(bag), classes, gold[i]!, c);
			table.scatter(bag, scores);
			table.scatter(bias, scores);
		});
		const gradient = Float64Array.from(table.gradientOf(0, features + 1));
		table.step(0);
		for (let i = 0; i < regularised; i++) {
			value += (at[i]! * at[i]!) / 2;
			gradient[i]! += at[i]!;
		}
		return { value, gradient };
	};
	table.rows.set(minimise(evaluate, new Float64Array(size), c * bags.length * tolerance));
	return (bag) => {
		const found = score(bag).subarray(0, classes);
		return found.indexOf(Math.max(...found));
	};
}

type Evaluate = (at: Float64Array) => { value: number; gradient: Float64Array };

/** L-BFGS with a backtracking line search; ends when no component of the gradient is larger than `enough`. */
function minimise(evaluate: Evaluate, start: Float64Array, enough: number): Float64Array {
	let at = start;
	let { value, gradient } = evaluate(at);
	const steps: { s: Float64Array; y: Float64Array; rho: number }[] = [];
	for (let round = 0; round < mostRounds; round++) {
		if (gradient.every((slope) => Math.abs(slope) <= enough)) break;
		const direction = gradient.map((slope) => -slope);
		const alphas: number[] = [];
		for (const { s, y, rho } of steps.toReversed()) {
			const alpha = rho * dot(s, direction);
			alphas.push(alpha);
			add(direction, y, -alpha);
		}
		const last = steps.at(-1);
		const scale =
			last === undefined ? 1 / Math.max(1, Math.sqrt(dot(gradient, gradient))) : 1 / (last.rho * dot(last.y, last.y));
		for (let i = 0; i < direction.length; i++) direction[i]! *= scale;
		steps.forEach(({ s, y, rho }, i) => add(direction, s, alphas[steps.length - 1 - i]! - rho * dot(y, direction)));
		const slope = dot(gradient, direction);
		let size = 1;
		let next = at.slice();
		add(next, direction, size);
		let there = evaluate(next);
		while (there.value > value + 1e-4 * size * slope && size > 1e-6) {
			size /= 2;
			next = at.slice();
			add(next, direction, size);
			there = evaluate(next);
		}
		if (size <= 1e-6) break;
		const s = next.map((x, i) => x - at[i]!);
		const y = there.gradient.map((x, i) => x - gradient[i]!);
		const curvature = dot(s, y);
		if (curvature > 1e-12) steps.push({ s, y, rho: 1 / curvature });
		if (steps.length > memory) steps.shift();
		const gain = value - there.value;
		[at, value, gradient] = [next, there.value, there.gradient];
		if (gain < 1e-7 * Math.abs(value)) break;
	}
	return at;
}

function dot(a: Float64Array, b: Float64Array): number {
	let sum = 0;
	for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
	return sum;
}

function add(to: Float64Array, from: Float64Array, factor: number): void {
	for (let i = 0; i < to.length; i++) to[i]! += factor * from[i]!;
}
