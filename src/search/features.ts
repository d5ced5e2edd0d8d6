import { posix } from 'node:path';
import type { Chunk, DocumentSummary } from '../core/document.ts';
import { stemmer } from '../text/stem.ts';
import { terms as forEachTerm } from '../text/words.ts';
import type { WeightedTerm } from './memory-index.ts';

/** The parts that the linear reranker weighs, each 0 to 1 unless said otherwise. */
export type Features = {
	/** The score of fusion: keyword and vector legs, brought to 0…1 among the candidates. */
	readonly fused: number;
	/** Cosine of query and passage, no less than 0; 0 when the vector leg did not run. Fusion knows only how it compares with the other candidates. */
	readonly vector: number;
	/** BM25 relative to the most that these terms could score (Σ idf). */
	readonly saturation: number;
	/** idf-weighted share of the query's terms that occur in text or headings. */
	readonly coverage: number;
	/** idf-weighted share that occurs in title, file name and headings. */
	readonly title: number;
	/** Share of neighbouring query terms that stand within 3 words of each other in the passage, in order. */
	readonly proximity: number;
	/** The largest idf-weighted share that occurs within 20 words of each other. */
	readonly window: number;
	/** Share of the query's identifiers found to the letter; 0 when it has none. */
	readonly identifier: number;
};

export const featureNames = [
	'fused',
	'vector',
	'saturation',
	'coverage',
	'title',
	'proximity',
	'window',
	'identifier',
] as const;

/** Words in a window: about one sentence. */
const windowWords = 20;
/** Words apart at which two terms still count as near. */
const near = 3;

/** What the reranker sees of one candidate. `scores`: of fusion, its BM25 and its cosine (null when that leg did not run). */
export function features(
	terms: readonly WeightedTerm[],
	chunk: Pick<Chunk, 'headings' | 'text'>,
	document: Pick<DocumentSummary, 'title' | 'source' | 'language'>,
	scores: { readonly fused: number; readonly keyword: number | null; readonly vector: number | null },
): Features {
	const { language } = document;
	const weight = terms.reduce((sum, term) => sum + term.idf, 0) || 1;
	const inTitle = positionsOf(terms, [nameOf(document), ...chunk.headings].join('\n'), language);
	const inText = positionsOf(terms, chunk.text, language);
	const share = (found: (i: number) => boolean): number =>
		terms.reduce((sum, term, i) => sum + (found(i) ? term.idf : 0), 0) / weight;
	const identifiers = terms.flatMap((term, i) => (term.identifier ? [i] : []));
	return {
		fused: scores.fused,
		vector: Math.max(0, scores.vector ?? 0),
		saturation: (scores.keyword ?? 0) / weight,
		coverage: share((i) => inText[i]!.length > 0 || inTitle[i]!.length > 0),
		title: share((i) => inTitle[i]!.length > 0),
		proximity: proximity(inText),
		window: densest(terms, inText) / weight,
		identifier:
			identifiers.length === 0
				? 0
				: identifiers.filter((i) => inText[i]!.length > 0 || inTitle[i]!.length > 0).length / identifiers.length,
	};
}

/** A document's title and, since a title may say less (`2023 Q2 AMZN.pdf`), its file's name. */
function nameOf({ title, source }: Pick<DocumentSummary, 'title' | 'source'>): string {
	return `${title}\n${posix.basename(source, posix.extname(source))}`;
}

/** For each term the positions (in words) at which one of its variants stands. */
function positionsOf(terms: readonly WeightedTerm[], text: string, language: string | null): number[][] {
	const positions: number[][] = terms.map(() => []);
	const wanted = new Map<string, number[]>();
	terms.forEach((term, i) => {
		for (const variant of term.variants) wanted.set(variant, [...(wanted.get(variant) ?? []), i]);
	});
	forEachTerm(text, stemmer(language), (term, position) => {
		for (const i of wanted.get(term) ?? []) positions[i]!.push(position);
	});
	return positions;
}

/** The share of neighbouring terms of which the second stands at most 3 words after the first; 0 for fewer than two terms. */
export function proximity(positions: readonly (readonly number[])[]): number {
	if (positions.length < 2) return 0;
	let pairs = 0;
	for (let i = 0; i + 1 < positions.length; i++) {
		const next = positions[i + 1]!;
		if (positions[i]!.some((at) => next.some((then) => then > at && then - at <= near))) pairs++;
	}
	return pairs / (positions.length - 1);
}

/** The largest sum of idf over distinct terms within one window. */
function densest(terms: readonly WeightedTerm[], positions: readonly number[][]): number {
	const occurrences = positions.flatMap((list, i) => list.map((at) => ({ at, i }))).sort((a, b) => a.at - b.at);
	const inside = new Uint16Array(terms.length);
	let sum = 0;
	let best = 0;
	let first = 0;
	for (const { at, i } of occurrences) {
		if (inside[i]!++ === 0) sum += terms[i]!.idf;
		while (at - occurrences[first]!.at >= windowWords) {
			const gone = occurrences[first++]!.i;
			if (--inside[gone]! === 0) sum -= terms[gone]!.idf;
		}
		best = Math.max(best, sum);
	}
	return best;
}
