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
const memory = 6;
const tolerance = 1e-5;
const leastGain = 1e-5;
const mostRounds = 200;

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
	const evaluate = (at: Float32Array): { value: number; gradient: Float32Array } => {
		table.rows.set(at);
		let value = 0;
		bags.forEach((bag, i) => {
			value += c * crossEntropy(score(bag), classes, gold[i]!, c);
			table.scatter(bag, scores);
			table.scatter(bias, scores);
		});
		const gradient = table.gradientOf(0, features + 1).slice();
		table.step(0);
		for (let i = 0; i < regularised; i++) {
			value += (at[i]! * at[i]!) / 2;
			gradient[i]! += at[i]!;
		}
		return { value, gradient };
	};
	table.rows.set(minimise(evaluate, new Float32Array(size), c * bags.length * tolerance));
	return (bag) => {
		const found = score(bag).subarray(0, classes);
		return found.indexOf(Math.max(...found));
	};
}

type Evaluate = (at: Float32Array) => { value: number; gradient: Float32Array };

/** L-BFGS with a backtracking line search; ends when no component of the gradient is larger than `enough`, or a round gains next to nothing. */
function minimise(evaluate: Evaluate, start: Float32Array, enough: number): Float32Array {
	let at = start;
	let { value, gradient } = evaluate(at);
	const steps: Step[] = [];
	for (let round = 0; round < mostRounds && largest(gradient) > enough; round++) {
		const direction = descent(gradient, steps);
		const slope = dot(gradient, direction);
		let size = 1;
		let next = moved(at, direction, size);
		let there = evaluate(next);
		while (there.value > value + 1e-4 * size * slope && size > 1e-6) {
			next = moved(at, direction, (size /= 2));
			there = evaluate(next);
		}
		if (size <= 1e-6) break;
		remember(steps, moved(next, at, -1), moved(there.gradient, gradient, -1));
		const gain = value - there.value;
		[at, value, gradient] = [next, there.value, there.gradient];
		if (gain < leastGain * value) break;
	}
	return at;
}

/** A difference of places, of gradients, and 1 / their product. */
type Step = { readonly s: Float32Array; readonly y: Float32Array; readonly rho: number };

/** The two loops of algorithm 7.4 in Nocedal & Wright (2006). */
function descent(gradient: Float32Array, steps: readonly Step[]): Float32Array {
	const direction = new Float32Array(gradient.length);
	add(direction, gradient, -1);
	const alphas: number[] = [];
	for (const { s, y, rho } of steps.toReversed()) {
		const alpha = rho * dot(s, direction);
		alphas.unshift(alpha);
		add(direction, y, -alpha);
	}
	const last = steps.at(-1);
	const scale = last === undefined ? 1 / Math.sqrt(dot(gradient, gradient)) : 1 / (last.rho * dot(last.y, last.y));
	for (let i = 0; i < direction.length; i++) direction[i]! *= scale;
	steps.forEach(({ s, y, rho }, i) => add(direction, s, alphas[i]! - rho * dot(y, direction)));
	return direction;
}

function remember(steps: Step[], s: Float32Array, y: Float32Array): void {
	const curvature = dot(s, y);
	if (curvature > 0) steps.push({ s, y, rho: 1 / curvature });
	if (steps.length > memory) steps.shift();
}

function largest(numbers: Float32Array): number {
	let most = 0;
	for (let i = 0; i < numbers.length; i++) most = Math.max(most, Math.abs(numbers[i]!));
	return most;
}

function moved(from: Float32Array, direction: Float32Array, factor: number): Float32Array {
	const to = from.slice();
	add(to, direction, factor);
	return to;
}

function dot(a: Float32Array, b: Float32Array): number {
	let sum = 0;
	for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
	return sum;
}

function add(to: Float32Array, from: Float32Array, factor: number): void {
	for (let i = 0; i < to.length; i++) to[i]! += factor * from[i]!;
}
