import type * as Anthropic from '@ai-sdk/anthropic';
import { KnowhowError } from '../core/error.ts';
import type { Generator } from '../core/generator.ts';
import { contextTokensOf } from './context-sizes.ts';
import { type GeneratorOptions, type LanguageModel, createGenerator } from './language-model.ts';
import { type ModelSpec, parseModelSpec, shownUrl } from './model-spec.ts';
import { checkedKey, isLoopback } from './service.ts';

/** What was tested; `package.json` names it as an optional peer, and a test keeps the two equal. */
export const anthropicVersion = '4.0.105';

export type OpenGeneratorOptions = Omit<GeneratorOptions, 'id' | 'key'> & {
	/** Where keys are looked up, each by the one name that belongs to the provider. */
	readonly env: Readonly<Record<string, string | undefined>>;
	/** For a server named by its URL: the variable with its key. None is sent without it. */
	readonly keyVariable?: string | null | undefined;
	readonly fetch?: typeof fetch | undefined;
};

/**
 * The generator that `--model` names. Sends nothing yet; later every request goes to the named provider or server and
 * nowhere else. Throws `invalid_argument`, `invalid_config` (no key) and `not_found` (a package or file is missing).
 */
export async function openGenerator(spec: string, options: OpenGeneratorOptions): Promise<Generator> {
	const parsed = parseModelSpec(spec);
	if (parsed.kind === 'gguf') {
		const { openGgufGenerator } = await import('./gguf.ts');
		return await openGgufGenerator(parsed.path, options);
	}
	const { fetch: _, env: __, ...rest } = options;
	if (parsed.kind === 'server') {
		const keyVariable = options.keyVariable ?? null;
		const key = keyVariable === null ? undefined : requiredKey(spec, keyVariable, options.env);
		const model = await createCompatible(parsed, key, options);
		const isLocal = parsed.url.protocol === 'http:' || isLoopback(parsed.url);
		const contextTokens = options.contextTokens ?? contextTokensOf(parsed.model, { isLocal });
		return createGenerator(model, {
			...rest,
			id: `${shownUrl(parsed.url)}#${parsed.model}`,
			contextTokens,
			keyVariable,
			key,
		});
	}
	const { provider } = parsed;
	const key = requiredKey(spec, provider.keyVariable, options.env);
	const model = provider.package
		? await createAnthropicModel(parsed, key, options)
		: await createCompatible(parsed, key, options);
	return createGenerator(model, { ...rest, id: spec, keyVariable: provider.keyVariable, key });
}

function requiredKey(spec: string, variable: string, env: OpenGeneratorOptions['env']): string {
	const key = checkedKey(env[variable], { of: 'the language model', variable });
	if (key !== undefined) return key;
	throw new KnowhowError('invalid_config', `The language model ${spec.split('?')[0]} needs a key, and there is none.`, {
		hint: `Set the environment variable ${variable}.`,
	});
}

type Compatible = Exclude<ModelSpec, { kind: 'gguf' }>;

async function createCompatible(
	spec: Compatible,
	key: string | undefined,
	{ fetch }: OpenGeneratorOptions,
): Promise<LanguageModel> {
	const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible');
	const url = spec.kind === 'server' ? spec.url : new URL(spec.provider.url);
	const name = spec.kind === 'server' ? 'server' : spec.provider.name;
	const provider = createOpenAICompatible({
		name,
		baseURL: shownUrl(url),
		...(key === undefined ? {} : { apiKey: key }),
		...(url.search === '' ? {} : { queryParams: Object.fromEntries(url.searchParams) }),
		// Mistral tells the usage unasked and refuses the question.
		includeUsage: name !== 'mistral',
		fetch: onlyTo(url, fetch),
		transformRequestBody: name === 'openai' ? withCompletionTokens : (body) => body,
	});
	return provider.chatModel(spec.model);
}

/** OpenAI's thinking models refuse `max_tokens`; all of its chat models take the new name. */
function withCompletionTokens({ max_tokens, ...body }: Record<string, unknown>): Record<string, unknown> {
	return { ...body, max_completion_tokens: max_tokens };
}

async function createAnthropicModel(
	{ model, provider }: Extract<ModelSpec, { kind: 'hosted' }>,
	key: string,
	{ fetch }: OpenGeneratorOptions,
): Promise<LanguageModel> {
	const { createAnthropic } = await importAnthropic();
	// The address is given, because the package would take another one from the environment.
	const anthropic = createAnthropic({
		baseURL: provider.url,
		apiKey: key,
		fetch: onlyTo(new URL(provider.url), fetch),
	});
	return anthropic(model);
}

async function importAnthropic(): Promise<typeof Anthropic> {
	try {
		return await import('@ai-sdk/anthropic');
	} catch (cause) {
		if ((cause as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw cause;
		throw new KnowhowError('not_found', 'Models of Anthropic need the package @ai-sdk/anthropic.', {
			hint: `npm install @ai-sdk/anthropic@${anthropicVersion}, or reach them as openrouter/anthropic/MODEL.`,
		});
	}
}

/** Requests to this origin and no other, whatever a package or a redirect would do. */
function onlyTo({ origin }: URL, send: typeof fetch | undefined): typeof fetch {
	return async (input, init) => {
		const url = new URL(input instanceof Request ? input.url : input);
		if (url.origin !== origin) throw new Error(`Refused to call ${url.origin}: the model is at ${origin}.`);
		return await (send ?? globalThis.fetch)(input, { ...init, redirect: 'error' });
	};
}
