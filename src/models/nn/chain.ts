/** Which tags a sentence may have, and how well they follow each other. */
export type Chain = {
	/** Tags in all; the row `tags` of the transitions holds what a sentence may begin with. */
	readonly tags: number;
	/** (tags + 1, tags): the score of the second tag after the first; -Infinity where it may not follow. */
	readonly transitions: Float32Array;
};

/** A linear chain over `length` tokens: what a token says for each tag, (length, stride), of which the tags in `active` take part. */
export type Lattice = {
	readonly length: number;
	readonly stride: number;
	readonly scores: Float32Array;
	readonly active: readonly number[];
};

/**
 * The negative log-likelihood of a tagging under a linear-chain conditional random field (Lafferty, McCallum & Pereira 2001):
 * log Z − score(gold), by forward–backward with scaling. Writes d loss / d score over `lattice.scores` and adds d loss /
 * d transition to `gradient`, (tags + 1, tags).
 */
export function chainLoss(chain: Chain, lattice: Lattice, gold: ArrayLike<number>, gradient: Float32Array): number {
	const { length, stride, scores, active } = lattice;
	const { tags } = chain;
	const n = active.length;
	const goldScore = taggingScore(chain, lattice, gold);
	const follow = exponentials(chain, active);
	const emit = new Float64Array(length * n);
	const alpha = new Float64Array(length * n);
	const scale = new Float64Array(length);
	let logZ = 0;
	for (let t = 0; t < length; t++) {
		let most = -Infinity;
		for (let y = 0; y < n; y++) most = Math.max(most, scores[t * stride + active[y]!]!);
		logZ += most;
		for (let y = 0; y < n; y++) emit[t * n + y] = Math.exp(scores[t * stride + active[y]!]! - most);
		let sum = 0;
		for (let y = 0; y < n; y++) {
			let before = 0;
			if (t === 0) before = follow[n * n + y]!;
			else for (let x = 0; x < n; x++) before += alpha[(t - 1) * n + x]! * follow[x * n + y]!;
			sum += alpha[t * n + y] = before * emit[t * n + y]!;
		}
		scale[t] = sum;
		logZ += Math.log(sum);
		for (let y = 0; y < n; y++) alpha[t * n + y]! /= sum;
	}
	// beta[y]: what follows token t given tag y, scaled so that alpha · beta sums to 1.
	let beta = new Float64Array(n).fill(1);
	for (let t = length - 1; t >= 0; t--) {
		for (let y = 0; y < n; y++) {
			scores[t * stride + active[y]!] = alpha[t * n + y]! * beta[y]! - (gold[t] === active[y] ? 1 : 0);
		}
		const next = new Float64Array(n);
		for (let y = 0; y < n; y++) {
			const ahead = (emit[t * n + y]! * beta[y]!) / scale[t]!;
			if (t === 0) {
				gradient[tags * tags + active[y]!]! += follow[n * n + y]! * ahead;
				continue;
			}
			for (let x = 0; x < n; x++) {
				const through = follow[x * n + y]! * ahead;
				next[x]! += through;
				gradient[active[x]! * tags + active[y]!]! += alpha[(t - 1) * n + x]! * through;
			}
		}
		gradient[(t === 0 ? tags : gold[t - 1]!) * tags + gold[t]!]! -= 1;
		beta = next;
	}
	return logZ - goldScore;
}

/** The best tagging (Viterbi 1967). */
export function bestTagging({ tags, transitions }: Chain, { length, stride, scores, active }: Lattice): number[] {
	const n = active.length;
	const best = new Float64Array(length * n);
	const from = new Int32Array(length * n);
	for (let t = 0; t < length; t++) {
		for (let y = 0; y < n; y++) {
			let most = -Infinity;
			for (let x = 0; x < (t === 0 ? 1 : n); x++) {
				const row = t === 0 ? tags : active[x]!;
				const value = (t === 0 ? 0 : best[(t - 1) * n + x]!) + transitions[row * tags + active[y]!]!;
				if (value > most) {
					most = value;
					from[t * n + y] = x;
				}
			}
			best[t * n + y] = most + scores[t * stride + active[y]!]!;
		}
	}
	let y = 0;
	for (let x = 1; x < n; x++) if (best[(length - 1) * n + x]! > best[(length - 1) * n + y]!) y = x;
	const found: number[] = [];
	for (let t = length - 1; t >= 0; t--) {
		found.push(active[y]!);
		y = from[t * n + y]!;
	}
	return found.reverse();
}

function taggingScore(
	{ tags, transitions }: Chain,
	{ length, stride, scores }: Lattice,
	gold: ArrayLike<number>,
): number {
	let score = 0;
	for (let t = 0; t < length; t++) {
		score += scores[t * stride + gold[t]!]! + transitions[(t === 0 ? tags : gold[t - 1]!) * tags + gold[t]!]!;
	}
	return score;
}

/** exp(transition) among the active tags, (n + 1, n); the last row is the beginning. */
function exponentials({ tags, transitions }: Chain, active: readonly number[]): Float64Array {
	const n = active.length;
	const follow = new Float64Array((n + 1) * n);
	for (let x = 0; x <= n; x++) {
		const row = x === n ? tags : active[x]!;
		for (let y = 0; y < n; y++) follow[x * n + y] = Math.exp(transitions[row * tags + active[y]!]!);
	}
	return follow;
}
