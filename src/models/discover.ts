import { isInstalled, type LocalPackage, llamaPackage, transformersPackage } from './local-package.ts';
import { providers } from './model-spec.ts';

/** A language model within reach, which nothing uses until it is named. */
export type Reachable = {
	/** What was seen: the name of a variable (never its value), or a server with the models it has. */
	readonly seen: string;
	/** What selects it, for `--model` and the setting `model`. */
	readonly spec: string;
};

/** Programs that serve models on this machine, at the ports they choose themselves. */
const localServers = [
	{ name: 'Ollama', url: 'http://127.0.0.1:11434/v1' },
	{ name: 'LM Studio', url: 'http://127.0.0.1:1234/v1' },
	{ name: 'llama.cpp', url: 'http://127.0.0.1:8080/v1' },
] as const;

export type DiscoverOptions = {
	readonly env: Readonly<Record<string, string | undefined>>;
	readonly fetch?: typeof fetch | undefined;
	/** Milliseconds that a server on this machine gets to answer; 500 when absent. */
	readonly timeoutMs?: number | undefined;
	readonly signal?: AbortSignal | undefined;
};

/**
 * Looks for language models: keys in the environment, and servers on this machine, which are asked for the names of their
 * models and nothing else. No other address is contacted.
 */
export async function discoverModels(options: DiscoverOptions): Promise<Reachable[]> {
	const keys = providers
		.filter(({ keyVariable }) => (options.env[keyVariable] ?? '').trim() !== '')
		.map(({ name, keyVariable, example }) => ({ seen: `${keyVariable} is set`, spec: `${name}/${example}` }));
	const servers = await Promise.all(localServers.map((server) => askServer(server, options)));
	return [...keys, ...servers.filter((server) => server !== null)];
}

async function askServer(
	{ name, url }: { name: string; url: string },
	{ fetch: send = fetch, timeoutMs = 500, signal }: DiscoverOptions,
): Promise<Reachable | null> {
	try {
		const timeout = AbortSignal.timeout(timeoutMs);
		const response = await send(`${url}/models`, {
			redirect: 'error',
			signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
		});
		const { data } = (await response.json()) as { data: { id: string }[] };
		const models = data.map(({ id }) => id).filter((id) => !/embed/i.test(id));
		const shown = models.slice(0, 5).join(', ') + (models.length > 5 ? ` and ${models.length - 5} more` : '');
		const [first] = models;
		if (first === undefined) return { seen: `${name} runs here and has no language model yet`, spec: `${url}#MODEL` };
		return { seen: `${name} runs here with ${shown}`, spec: `${url}#${first}` };
	} catch {
		// Nothing there, or something else is: both mean that there is no model to name.
		return null;
	}
}

/** The packages that run model files on this machine, with the line that installs each. */
export function localPackages(): (LocalPackage & { readonly isInstalled: boolean })[] {
	return [llamaPackage, transformersPackage].map((found) => ({ ...found, isInstalled: isInstalled(found) }));
}
