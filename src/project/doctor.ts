import { join } from 'node:path';
import { KnowhowError } from '../core/error.ts';
import { type Environment, type LoadedConfig, loadConfig } from './config.ts';
import { createEmbedder } from './embedder.ts';
import { dataFolder, isProject } from './folder.ts';
import { createProjectGenerator } from './generator.ts';

export type Finding = {
	readonly name: string;
	readonly state: 'ok' | 'warning' | 'failed';
	readonly message: string;
	/** What to do next. */
	readonly hint: string | null;
};

type Surroundings = { readonly env: Environment; readonly signal?: AbortSignal | undefined };

/** Looks at everything a project needs, one finding each; changes nothing. */
export async function examine(folder: string, { env, signal }: Surroundings): Promise<Finding[]> {
	const findings: Finding[] = [
		ok('Node.js', process.version),
		ok('SQLite', process.versions['sqlite'] ?? 'unknown version'),
	];
	const loaded = await loadConfig(folder, { env }).catch((error: unknown) => error);
	if (!isLoaded(loaded)) return [...findings, failed('settings', loaded)];
	const changed = loaded.settings.filter(({ origin }) => origin.from !== 'default').length;
	findings.push(ok('settings', changed === 0 ? 'all defaults' : `${changed} set, the others are defaults`));
	if (await isProject(folder)) findings.push(...(await examineStore(folder)));
	else findings.push(warning('project', `none in ${folder} or above`, 'Begin one with `knowhow ingest ./docs`.'));
	findings.push(await examineEmbedder(loaded, { env, signal }), await examineModel(loaded, { env, signal }));
	findings.push(...(await examineReach({ env, signal })));
	return findings;
}

async function examineStore(folder: string): Promise<Finding[]> {
	const { openStore } = await import('../store/store.ts');
	const { Searcher } = await import('../search/searcher.ts');
	const data = join(folder, dataFolder);
	try {
		await using store = await openStore(data, { readOnly: true });
		const problems = await store.check();
		const findings = problems.map(
			({ what, hint }) => ({ name: 'database', state: 'failed', message: what, hint }) as const,
		);
		const database = findings.length > 0 ? findings : [ok('database', 'sound')];
		const indexes = (await store.corpus.collections()).map(async ({ name, documents, chunks, space }) => {
			await Searcher.open(store.corpus, name, join(data, 'index'));
			const legs = space === null ? 'keywords' : 'keywords and vectors';
			return ok(`index of "${name}"`, `${documents} documents, ${chunks} chunks, ${legs}`);
		});
		return [ok('project', folder), ...database, ...(await Promise.all(indexes))];
	} catch (error) {
		return [failed('database', error)];
	}
}

async function examineEmbedder({ config }: LoadedConfig, { env, signal }: Surroundings): Promise<Finding> {
	try {
		const embedder = await createEmbedder(config.embedder, { corpus: null, env, signal });
		if (embedder) return ok('embedder', `${embedder.id} answers with ${embedder.dimensions} dimensions`);
		return ok('embedder', 'none configured: searches use keywords');
	} catch (error) {
		return failed('embedder', error);
	}
}

/** Whether it could be called. It is not: that may cost money. */
async function examineModel({ config }: LoadedConfig, { env }: Surroundings): Promise<Finding> {
	const name = 'language model';
	try {
		const generator = await createProjectGenerator(config, { env });
		if (!generator) return ok(name, 'none configured: answers are sentences of the documents');
		if (Symbol.asyncDispose in generator) await (generator as AsyncDisposable)[Symbol.asyncDispose]();
		return ok(name, `${generator.id}, reads ${generator.contextTokens} tokens (not called)`);
	} catch (error) {
		return failed(name, error);
	}
}

/** What could be used, and is not until somebody names it. */
async function examineReach(surroundings: Surroundings): Promise<Finding[]> {
	const { discoverModels, localPackages } = await import('../models/discover.ts');
	const models = (await discoverModels(surroundings)).map(({ seen, spec }): Finding => {
		return { ...ok('in reach', seen), hint: `To use it: --model ${spec}, or the setting "model".` };
	});
	const packages = localPackages().map(({ name, runs, install, isInstalled }): Finding => {
		if (isInstalled) return ok(name, `installed: runs ${runs}`);
		return { ...ok(name, `not installed: only needed to run ${runs} here`), hint: install };
	});
	return [...models, ...packages];
}

function isLoaded(loaded: unknown): loaded is LoadedConfig {
	return typeof loaded === 'object' && loaded !== null && 'settings' in loaded;
}

function ok(name: string, message: string): Finding {
	return { name, state: 'ok', message, hint: null };
}

function warning(name: string, message: string, hint: string): Finding {
	return { name, state: 'warning', message, hint };
}

function failed(name: string, error: unknown): Finding {
	const known = error instanceof KnowhowError ? error : null;
	if (!known && !(error instanceof Error)) throw error;
	return { name, state: 'failed', message: (error as Error).message, hint: known?.hint ?? null };
}
