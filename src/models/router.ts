import { KnowhowError } from '../core/error.ts';
import type { Route, Router } from '../core/router.ts';
import type { Bag } from './nn/bag-table.ts';
import { softmax } from './nn/softmax.ts';
import { addRow, type QuantisedRows } from './quantised-rows.ts';

export type RouterParts = {
	readonly id: string;
	readonly labels: readonly string[];
	readonly features: (text: string) => Bag;
	readonly tokens: (text: string) => Bag;
	/** (features + 1, classes); the last row is the bias. */
	readonly wide: QuantisedRows;
	/** (tokens, dimensions) */
	readonly table: QuantisedRows;
	/** (dimensions + 1, classes); the last row is the bias. */
	readonly head: Float32Array;
	/** Length that the mean of token vectors is brought to. */
	readonly length: number;
	readonly mix: { readonly wide: number; readonly deep: number };
	/** Below this scope score a text is out of scope. */
	readonly threshold: number;
};

/** What a router thinks of a text. */
export type Judgement = {
	/** Of each label, in order; they sum to 1. */
	readonly probabilities: Float32Array;
	/** The label of the greatest, by its place. */
	readonly best: number;
	/** How well the text fits any of the classes; larger is better, comparable within one router. */
	readonly scope: number;
};

/**
 * A router in use: two linear models, over tf-idf features and over the mean of token vectors, mixed and calibrated. Its answers are a
 * function of the text alone.
 */
export class TextRouter implements Router {
	readonly id: string;
	readonly labels: readonly string[];
	readonly #parts: RouterParts;

	constructor(parts: RouterParts) {
		this.id = parts.id;
		this.labels = parts.labels;
		this.#parts = parts;
	}

	// oxlint-disable-next-line require-await
	async route(text: string, signal?: AbortSignal): Promise<Route> {
		if (signal?.aborted) throw new KnowhowError('cancelled', 'Routing was cancelled.');
		const { probabilities, best, scope } = this.judge(text);
		const outOfScope = scope < this.#parts.threshold;
		return { label: this.labels[best]!, probability: probabilities[best]!, outOfScope };
	}

	judge(text: string): Judgement {
		const { labels, mix } = this.#parts;
		const { wide, deep } = this.scores(text);
		const mixed = wide.map((score, c) => mix.wide * score + mix.deep * deep[c]!);
		return judgeScores(mixed, labels.length);
	}

	/** Of each class by each half, before mixing. */
	scores(text: string): { readonly wide: Float32Array; readonly deep: Float32Array } {
		const { features, tokens, wide, table, head, length } = this.#parts;
		const classes = this.labels.length;
		const wideScores = new Float32Array(classes);
		addRows(wide, features(text), wideScores);
		addRow(wide, wide.scales.length - 1, 1, wideScores);
		const mean = new Float32Array(table.width);
		addRows(table, tokens(text), mean);
		const norm = Math.sqrt(mean.reduce((sum, x) => sum + x * x, 0));
		const deepScores = head.slice(table.width * classes, (table.width + 1) * classes);
		const factor = norm > 0 ? length / norm : 0;
		for (let j = 0; j < table.width; j++) {
			const x = mean[j]! * factor;
			for (let c = 0; c < classes; c++) deepScores[c]! += x * head[j * classes + c]!;
		}
		return { wide: wideScores, deep: deepScores };
	}
}

/** Probabilities of mixed scores (overwritten), and how well any class fits: the log of the sum of the exponentials of the scores (Liu et al. 2020). */
export function judgeScores(scores: Float32Array, classes: number): Judgement {
	const energy = softmax(scores, classes);
	let best = 0;
	for (let c = 1; c < classes; c++) if (scores[c]! > scores[best]!) best = c;
	return { probabilities: scores, best, scope: energy };
}

function addRows(rows: QuantisedRows, { ids, weights }: Bag, out: Float32Array): void {
	for (let i = 0; i < ids.length; i++) addRow(rows, ids[i]!, weights[i]!, out);
}
