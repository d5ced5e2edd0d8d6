import { KnowhowError } from '../../core/error.ts';
import type { Embedder } from '../../core/embedder.ts';
import type { Generator } from '../../core/generator.ts';
import type { Knowhow } from '../../project/knowhow.ts';

/** What answers: a system of the project, or its language model alone. */
export type Answering =
	| { readonly kind: 'system'; readonly system: string; readonly isSearching: boolean }
	| { readonly kind: 'generator'; readonly generator: Generator };

/**
 * What `model` of a request names. Of language models only the configured one: a name is never an address that is called.
 * Throws `model_not_found`, and `invalid_argument` for a system that the settings cannot make.
 */
export async function answeringModel(knowhow: Knowhow, model: string): Promise<Answering> {
	const generator = await knowhow.generator();
	if (generator?.id === model) return { kind: 'generator', generator };
	try {
		const { spec } = await knowhow.system(model);
		return { kind: 'system', system: model, isSearching: spec.kind !== 'plain' || spec.retrieval !== null };
	} catch (error) {
		if (error instanceof KnowhowError && error.code === 'not_found') throw unknownModel(model, error.hint);
		throw error;
	}
}

/** The embedder that `model` names: `default`, or the id of the configured one. Throws `model_not_found`, `no_embedder`. */
export async function embeddingModel(knowhow: Knowhow, model: string): Promise<Embedder> {
	const embedder = await knowhow.embedder();
	if (embedder !== null && (model === 'default' || model === embedder.id)) return embedder;
	if (embedder !== null || model !== 'default') {
		throw unknownModel(model, embedder === null ? undefined : `There are: default, ${embedder.id}.`);
	}
	throw new KnowhowError('no_embedder', 'The project has no embedder.', {
		hint: 'Name one in the setting "embedder".',
	});
}

export function unknownModel(model: string, hint?: string): KnowhowError {
	return new KnowhowError('model_not_found', `There is no model "${model}".`, {
		details: { param: 'model' },
		...(hint === undefined ? {} : { hint }),
	});
}
