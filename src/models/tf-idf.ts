import type { Bag } from './nn/bag-table.ts';

/**
 * Texts as weighted bags of words, pairs of neighbouring words and pieces of words of 3 to 5 characters: (1 + ln tf) · idf with
 * idf = ln((1 + texts) / (1 + texts with it)) + 1, each of the three families at unit length (Salton & Buckley 1988; the defaults of
 * scikit-learn with `sublinear_tf`). Features that no text of the fit had are left out.
 */
export class TfIdf {
	/** In order of their ids. */
	readonly features: readonly string[];
	readonly idf: Float32Array;
	readonly #ids: ReadonlyMap<string, number>;

	constructor(features: readonly string[], idf: Float32Array) {
		this.features = features;
		this.idf = idf;
		this.#ids = new Map(features.map((feature, id) => [feature, id]));
	}

	static fit(texts: readonly string[]): TfIdf {
		const counts = new Map<string, number>();
		for (const text of texts) {
			for (const feature of new Set(featuresOf(text))) counts.set(feature, (counts.get(feature) ?? 0) + 1);
		}
		const idf = Float32Array.from(counts.values(), (count) => Math.log((1 + texts.length) / (1 + count)) + 1);
		return new TfIdf([...counts.keys()], idf);
	}

	bag(text: string): Bag {
		const counts = new Map<number, number>();
		for (const feature of featuresOf(text)) {
			const id = this.#ids.get(feature);
			if (id !== undefined) counts.set(id, (counts.get(id) ?? 0) + 1);
		}
		const ids = Uint32Array.from(counts.keys());
		const weights = Float32Array.from(counts, ([id, count]) => (1 + Math.log(count)) * this.idf[id]!);
		const squares = new Map<string, number>();
		const family = (id: number): string => this.features[id]![0]!;
		ids.forEach((id, i) => squares.set(family(id), (squares.get(family(id)) ?? 0) + weights[i]! ** 2));
		ids.forEach((id, i) => (weights[i]! /= Math.sqrt(squares.get(family(id))!)));
		return { ids, weights };
	}
}

/** With repetitions; the first character names the family. No feature holds a line break. */
function featuresOf(text: string): string[] {
	const words = text.toLowerCase().match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
	const features = words.map((word) => `w${word}`);
	for (let i = 0; i <= words.length; i++) features.push(`p${words[i - 1] ?? '^'} ${words[i] ?? '$'}`);
	for (const word of words) {
		const marked = ` ${word} `;
		for (let length = 3; length <= 5; length++) {
			for (let i = 0; i + length <= marked.length; i++) features.push(`c${marked.slice(i, i + length)}`);
		}
	}
	return features;
}
