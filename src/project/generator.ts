import type { Config } from '../core/config.ts';
import type { Generator } from '../core/generator.ts';
import type { LanguageModel } from '../models/language-model.ts';
import type { Environment } from './config.ts';

/** The name of having no language model: answers are made of sentences of the documents. */
export const extractive = 'extractive';

export type ModelSettings = Pick<Config, 'model' | 'modelContextTokens' | 'modelKeyVariable' | 'modelTimeoutSeconds'>;

/**
 * The language model of a project: the one that the program gave, else the configured one; null when there is none. Sends
 * nothing. Throws `invalid_argument` (no such model), `invalid_config` (no key), `not_found` (a package or file is missing).
 */
export async function createProjectGenerator(
	settings: ModelSettings,
	{
		env,
		model,
		fetch,
	}: { env: Environment; model?: LanguageModel | Generator | undefined; fetch?: typeof globalThis.fetch },
): Promise<Generator | null> {
	const { modelContextTokens: contextTokens, modelTimeoutSeconds } = settings;
	const timeoutMs = modelTimeoutSeconds * 1000;
	if (model !== undefined) {
		if ('generate' in model) return model;
		const { createGenerator } = await import('../models/language-model.ts');
		return createGenerator(model, { contextTokens, timeoutMs });
	}
	if (settings.model === null || settings.model === extractive) return null;
	const { openGenerator } = await import('../models/open-generator.ts');
	return await openGenerator(settings.model, {
		env,
		contextTokens,
		timeoutMs,
		keyVariable: settings.modelKeyVariable,
		...(fetch ? { fetch } : {}),
	});
}
