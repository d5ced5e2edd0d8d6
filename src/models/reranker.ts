import { z } from 'zod';
import { type Artifact, readArtifact, weightOf } from './artifact.ts';
import { toFloats } from './safetensors.ts';

export const rerankerKind = 'reranker';

const settingsSchema = z.object({
	/** The vector space of the searches that it learned from; null: keywords only. */
	space: z.string().nullable(),
	bias: z.number(),
	/** Names of the parts of a score, along the weights. */
	parts: z.array(z.string()),
});

/** A linear reranker as it is stored. */
export type StoredReranker = {
	readonly space: string | null;
	readonly bias: number;
	/** By part of the score. */
	readonly weights: Readonly<Record<string, number>>;
};

/** Throws `not_found`, `unreadable_file`, and `invalid_argument` for a model of another kind. */
export async function readReranker(folder: string): Promise<StoredReranker> {
	const artifact: Artifact = await readArtifact(folder, rerankerKind);
	const { space, bias, parts } = settingsSchema.parse(artifact.manifest.settings);
	const numbers = toFloats(weightOf(artifact, 'weights', 'F32'));
	return { space, bias, weights: Object.fromEntries(parts.map((part, k) => [part, numbers[k]!])) };
}
