import { KnowhowError } from '../core/error.ts';

/** A hosted provider that `--model NAME/MODEL` reaches. */
export type Provider = {
	readonly name: string;
	/** Every request goes below this address; nothing else is contacted. */
	readonly url: string;
	/** The environment variable that holds its key. */
	readonly keyVariable: string;
	/** Its own package where it has no good OpenAI-compatible API; null: the built-in client. */
	readonly package: string | null;
	/** A model that it served in 2026, for the lines that `init` and `doctor` print. */
	readonly example: string;
};

/** Addresses as the providers' own AI SDK packages have them; Google's is its documented OpenAI-compatible one. */
export const providers: readonly Provider[] = [
	{
		name: 'openai',
		url: 'https://api.openai.com/v1',
		keyVariable: 'OPENAI_API_KEY',
		package: null,
		example: 'gpt-5.6-luna',
	},
	{
		name: 'anthropic',
		url: 'https://api.anthropic.com/v1',
		keyVariable: 'ANTHROPIC_API_KEY',
		package: '@ai-sdk/anthropic',
		example: 'claude-haiku-4-5',
	},
	{
		name: 'google',
		url: 'https://generativelanguage.googleapis.com/v1beta/openai',
		keyVariable: 'GOOGLE_GENERATIVE_AI_API_KEY',
		package: null,
		example: 'gemini-3.5-flash',
	},
	{
		name: 'mistral',
		url: 'https://api.mistral.ai/v1',
		keyVariable: 'MISTRAL_API_KEY',
		package: null,
		example: 'mistral-small-latest',
	},
	{
		name: 'openrouter',
		url: 'https://openrouter.ai/api/v1',
		keyVariable: 'OPENROUTER_API_KEY',
		package: null,
		example: 'openai/gpt-5.6-luna',
	},
	{
		name: 'groq',
		url: 'https://api.groq.com/openai/v1',
		keyVariable: 'GROQ_API_KEY',
		package: null,
		example: 'openai/gpt-oss-20b',
	},
	{
		name: 'deepseek',
		url: 'https://api.deepseek.com/v1',
		keyVariable: 'DEEPSEEK_API_KEY',
		package: null,
		example: 'deepseek-chat',
	},
	{ name: 'xai', url: 'https://api.x.ai/v1', keyVariable: 'XAI_API_KEY', package: null, example: 'grok-4' },
];

/** What `--model` names. */
export type ModelSpec =
	| { readonly kind: 'hosted'; readonly provider: Provider; readonly model: string }
	| { readonly kind: 'server'; readonly url: URL; readonly model: string }
	| { readonly kind: 'gguf'; readonly path: string };

const forms =
	'A model is named like openai/gpt-5.6-luna, openrouter/VENDOR/MODEL, http://localhost:11434/v1#llama3.2 or gguf:/path/to/model.gguf.';

/** Reads what `--model` says. Throws `invalid_argument`. */
export function parseModelSpec(text: string): ModelSpec {
	if (/^https?:/i.test(text)) return parseServer(text);
	const path = /^gguf:(.+)$/.exec(text)?.[1];
	if (path !== undefined) return { kind: 'gguf', path };
	const [, name = '', model = ''] = /^([^/]+)\/(.+)$/.exec(text) ?? [];
	const provider = providers.find((candidate) => candidate.name === name);
	if (provider && model !== '') return { kind: 'hosted', provider, model };
	const known = providers.map((candidate) => candidate.name).join(', ');
	throw new KnowhowError('invalid_argument', `"${shown(text)}" names no model.`, {
		hint: `${forms} Providers: ${known}; any other by its URL.`,
	});
}

function parseServer(text: string): ModelSpec {
	const url = URL.parse(text);
	if (!url) throw new KnowhowError('invalid_argument', 'The URL of the model is not one.', { hint: forms });
	if (url.username || url.password) {
		throw new KnowhowError('invalid_argument', 'The URL of the model holds a user name or password.', {
			hint: 'Put the key into an environment variable, and its name into the setting modelKeyVariable.',
		});
	}
	const model = decodeURIComponent(url.hash.slice(1));
	url.hash = '';
	if (model === '') {
		throw new KnowhowError('invalid_argument', `${shownUrl(url)} names a server and no model.`, {
			hint: 'Put the model’s name behind a #: http://localhost:11434/v1#llama3.2.',
		});
	}
	return { kind: 'server', url, model };
}

/** A URL as messages and ids may show it: without the query, which may hold a key. */
export function shownUrl(url: URL): string {
	return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

/** Somebody may have pasted a key where a model belongs. */
function shown(text: string): string {
	return text.length > 40 ? `${text.slice(0, 6)}…` : text;
}
