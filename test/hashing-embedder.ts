import type { Embedder } from '../src/core/embedder.ts';

/**
 * A deterministic embedder for tests: each word adds ±1 to the dimension its hash picks (Weinberger et al. 2009,
 * "Feature hashing"), so texts that share words are close and nothing has to be trained or fetched.
 */
export function hashingEmbedder(dimensions = 256): Embedder {
	return {
		id: `hashing-${dimensions}`,
		space: `hashing-${dimensions}`,
		dimensions,
		embed: async (texts, _kind, signal) => {
			signal?.throwIfAborted();
			return texts.map((text) => hashedVector(text, dimensions));
		},
	};
}

function hashedVector(text: string, dimensions: number): Float32Array {
	const vector = new Float32Array(dimensions);
	for (const [word] of text.toLowerCase().matchAll(/[\p{L}\p{N}]+/gu)) {
		const hash = fnv1a(word);
		const dimension = (hash >>> 1) % dimensions;
		vector[dimension] = (vector[dimension] ?? 0) + (hash & 1 ? 1 : -1);
	}
	const length = Math.hypot(...vector);
	if (length === 0) vector[0] = 1;
	return length === 0 ? vector : vector.map((value) => value / length);
}

/** 32-bit FNV-1a over UTF-16 units. */
function fnv1a(word: string): number {
	let hash = 0x811c9dc5;
	for (let at = 0; at < word.length; at++) hash = Math.imul(hash ^ word.charCodeAt(at), 0x01000193);
	return hash >>> 0;
}
