import { readFileSync } from 'node:fs';

/** For embedders that nothing was learned for. */
const unknownEmbedder = 0.3;

let shipped: Readonly<Record<string, number>> | undefined;

/**
 * The share of the vector leg in weighted fusion, 0 to 1, that suits an embedder's space: learned for those of the built-in embedder
 * (`weights/fusion.json`, made by `node weights/train-fusion.ts`), 0.3 for others. A space that was tuned from another (`SPACE~HASH`)
 * has that one's.
 */
export function vectorWeightOf(space: string | null): number {
	shipped ??= JSON.parse(readFileSync(new URL('../../weights/fusion.json', import.meta.url), 'utf8')) as typeof shipped;
	return (space === null ? undefined : shipped![space.split('~')[0]!]) ?? unknownEmbedder;
}
