import { KnowhowError } from '../../core/error.ts';
import type { Manifest } from '../../models/artifact.ts';
import { weightsFor } from '../../search/rerank.ts';
import { judge, type PromoteOptions, type PromoteParts, type PromoteReport } from './promote.ts';
import { promoted, recordPromotion } from './promotions.ts';
import { legsOf } from './ranker.ts';

/**
 * Lets a trained reranker order the hits of every search of its kind (by the vectors that it learned with, or by keywords alone), when
 * the gate passes as for a retriever. Throws `not_found`, `invalid_argument` when there is nothing to measure, `conflict`, and
 * `embedder_mismatch` when the collection is searched otherwise by now.
 */
export async function promoteReranker(
	parts: PromoteParts,
	manifest: Manifest,
	options: PromoteOptions,
): Promise<PromoteReport> {
	const { records, rerankers, collection } = parts;
	const { id: model } = manifest;
	const replaced = await promoted(records, 'reranker');
	if (replaced === model) throw new KnowhowError('invalid_argument', `${model} serves already.`);
	const reranker = await rerankers.load(model);
	const legs = await legsOf(parts, collection);
	const space = legs.embedder?.space ?? null;
	if (reranker.space !== space) throw learnedElsewhere(model, reranker.space, space);
	const { verdict, sets } = await judge(parts, {
		manifest,
		candidate: { ...legs, weights: reranker.weights },
		current: { ...legs, weights: weightsFor(await rerankers.serving(), space) },
		servingSince: replaced ?? embedderSince(manifest, legs.embedder?.id ?? null),
		options,
	});
	const isPromoted = verdict.passes || options.force === true;
	const isForced = isPromoted && !verdict.passes;
	if (isPromoted) await recordPromotion(parts, { kind: 'reranker', model, replaced, verdict, isForced });
	return { kind: 'reranker', model, replaced, isPromoted, isForced, sets, verdict };
}

/** The embedder that searches use now and did not when a reranker learned; null: it is still the same. */
function embedderSince({ lineage }: Manifest, now: string | null): string | null {
	return (lineage['base'] as { readonly id: string | null }).id === now ? null : now;
}

function learnedElsewhere(model: string, learned: string | null, searched: string | null): KnowhowError {
	const named = (space: string | null): string => (space === null ? 'keywords alone' : `vectors of ${space}`);
	return new KnowhowError(
		'embedder_mismatch',
		`${model} learned from searches by ${named(learned)}, and the collection is searched by ${named(searched)}.`,
		{ hint: 'Train it again: `knowhow train reranker`.' },
	);
}
