/** Something that was scored; a document whose chunks were scored counts once, with its best one. */
export type Scored = { readonly id: string; readonly score: number };

/**
 * Ids in the order in which trec_eval reads a run: larger scores first, scores compared as 32-bit floats, and among equal ones the
 * id that comes *last* by its UTF-8 bytes goes first. So the order in which documents were stored cannot flatter a system. Each id
 * once, as the metrics of this folder expect.
 */
export function rankByScore(scored: readonly Scored[]): string[] {
	const ordered = scored
		.map(({ id, score }) => ({ id, score: Math.fround(score) }))
		.sort((a, b) => (a.score === b.score ? byteOrder(b.id, a.id) : b.score - a.score));
	return [...new Set(ordered.map(({ id }) => id))];
}

function byteOrder(a: string, b: string): number {
	return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
