import { softmax } from '../models/nn/softmax.ts';

/** By what the scores of the two halves of a router are multiplied before they are added: temperatures, inverted. */
export type Mix = { readonly wide: number; readonly deep: number };

/** Held-out scores, (examples, classes) each, and the right classes. */
export type HeldOut = {
	readonly classes: number;
	readonly wide: Float32Array;
	readonly deep: Float32Array;
	readonly labels: readonly number[];
};

/**
 * The mix with the least cross entropy on held-out scores: temperature scaling (Guo et al. 2017) with a temperature for each
 * half. The loss is convex in both factors; Newton's method, which never goes uphill, stops at 0 and leaves it when that pays.
 */
export function fitMix(heldOut: HeldOut): Mix {
	let mix = { wide: 0.5, deep: 0.5 };
	let here = mixLoss(heldOut, mix);
	for (let round = 0; round < 50; round++) {
		const step = newtonStep(mix, here);
		let size = Math.min(1, room(mix.wide, step.wide), room(mix.deep, step.deep));
		let next = moved(mix, step, size);
		let there = mixLoss(heldOut, next);
		for (; there.loss > here.loss && size > 1e-6; size /= 2) {
			next = moved(mix, step, size / 2);
			there = mixLoss(heldOut, next);
		}
		if (here.loss - there.loss < 1e-9) break;
		[mix, here] = [next, there];
	}
	return mix;
}

/** Downhill; a factor that is 0 and would fall stays, and the other goes alone. */
function newtonStep(mix: Mix, { gradient, hessian }: MixLoss): Mix {
	const [a, b, c] = [hessian[0] + 1e-9, hessian[1], hessian[2] + 1e-9];
	const determinant = a * c - b * b;
	const wide = (b * gradient[1] - c * gradient[0]) / determinant;
	const deep = (b * gradient[0] - a * gradient[1]) / determinant;
	if (mix.wide === 0 && wide < 0) return { wide: 0, deep: -gradient[1] / c };
	if (mix.deep === 0 && deep < 0) return { wide: -gradient[0] / a, deep: 0 };
	return { wide, deep };
}

/** How many steps fit before 0. */
function room(from: number, step: number): number {
	return step < 0 ? -from / step : Infinity;
}

function moved(mix: Mix, step: Mix, size: number): Mix {
	return { wide: Math.max(0, mix.wide + size * step.wide), deep: Math.max(0, mix.deep + size * step.deep) };
}

type MixLoss = {
	readonly loss: number;
	readonly gradient: readonly [number, number];
	/** wide·wide, wide·deep, deep·deep */
	readonly hessian: readonly [number, number, number];
};

/** Mean cross entropy; its derivatives are means and covariances of the scores under the predicted distribution. */
function mixLoss({ classes, wide, deep, labels }: HeldOut, mix: Mix): MixLoss {
	const scores = new Float32Array(classes);
	let [loss, gWide, gDeep, ww, wd, dd] = [0, 0, 0, 0, 0, 0];
	labels.forEach((label, i) => {
		const at = i * classes;
		for (let c = 0; c < classes; c++) scores[c] = mix.wide * wide[at + c]! + mix.deep * deep[at + c]!;
		const right = scores[label]!;
		loss += softmax(scores, classes) - right;
		let [mw, md, sww, swd, sdd] = [0, 0, 0, 0, 0];
		for (let c = 0; c < classes; c++) {
			const [p, w, d] = [scores[c]!, wide[at + c]!, deep[at + c]!];
			mw += p * w;
			md += p * d;
			sww += p * w * w;
			swd += p * w * d;
			sdd += p * d * d;
		}
		gWide += mw - wide[at + label]!;
		gDeep += md - deep[at + label]!;
		ww += sww - mw * mw;
		wd += swd - mw * md;
		dd += sdd - md * md;
	});
	const n = labels.length;
	return { loss: loss / n, gradient: [gWide / n, gDeep / n], hessian: [ww / n, wd / n, dd / n] };
}

/** A prediction: how sure, and whether right. */
export type Judged = { readonly probability: number; readonly isRight: boolean };

/**
 * Expected calibration error (Naeini et al. 2015): the mean distance between probability and share of right answers over 15 bins of
 * equal width, weighed by how many fall in each. 0 to 1.
 */
export function calibrationError(judged: readonly Judged[], bins = 15): number {
	const sums = Array.from({ length: bins }, () => ({ probability: 0, right: 0 }));
	for (const { probability, isRight } of judged) {
		const bin = sums[Math.min(bins - 1, Math.floor(probability * bins))]!;
		bin.probability += probability;
		bin.right += isRight ? 1 : 0;
	}
	return sums.reduce((sum, bin) => sum + Math.abs(bin.probability - bin.right), 0) / judged.length;
}

/** The score that a share `accepted` of the given ones reach or exceed. */
export function thresholdAccepting(scores: readonly number[], accepted: number): number {
	const sorted = scores.toSorted((a, b) => a - b);
	return sorted[Math.floor((1 - accepted) * sorted.length)]!;
}
