import { join } from 'node:path';
import type { Collection } from '../core/collection.ts';
import { KnowhowError } from '../core/error.ts';
import { isSameModel } from '../models/fingerprint.ts';
import { type Environment, type LoadedConfig, loadConfig } from './config.ts';
import { createEmbedder } from './embedder.ts';
import { dataFolder, isProject, snapshotsFolder } from './folder.ts';
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
	const embedder = await openEmbedder(loaded, { env, signal });
	if (await isProject(folder)) findings.push(...(await examineStore(folder, embedder.space)));
	else findings.push(warning('project', `none in ${folder} or above`, 'Begin one with `knowhow ingest ./docs`.'));
	findings.push(embedder.finding, await examineModel(loaded, { env, signal }));
	findings.push(...(await examineReach({ env, signal })));
	return findings;
}

/** `wanted`: the space of the configured embedder; null when there is none, or it does not answer. */
async function examineStore(folder: string, wanted: string | null): Promise<Finding[]> {
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
		const indexes = (await store.corpus.collections()).map(async (collection) => {
			await Searcher.open(store.corpus, collection.name, snapshotsFolder(folder));
			return examineIndex(collection, wanted);
		});
		return [ok('project', folder), ...database, ...(await Promise.all(indexes))];
	} catch (error) {
		return [failed('database', error)];
	}
}

function examineIndex({ name, documents, chunks, space }: Collection, wanted: string | null): Finding {
	const legs = space === null ? 'keywords' : 'keywords and vectors';
	const message = `${documents} documents, ${chunks} chunks, ${legs}`;
	const isCurrent = space !== null && wanted !== null && (space === wanted || isSameModel(space, wanted));
	if (wanted === null || chunks === 0 || isCurrent) return ok(`index of "${name}"`, message);
	const lack = space === null ? 'no vectors of the configured embedder' : 'the vectors are another embedder’s';
	return warning(`index of "${name}"`, `${message}; ${lack}`, 'Until `knowhow reindex` searches use keywords.');
}

async function openEmbedder(
	{ config }: LoadedConfig,
	{ env, signal }: Surroundings,
): Promise<{ finding: Finding; space: string | null }> {
	const name = 'embedder';
	try {
		const embedder = await createEmbedder(config.embedder, { corpus: null, env, signal });
		if (!embedder) return { finding: ok(name, 'none configured: searches use keywords'), space: null };
		const finding = ok(name, `${embedder.id} answers with ${embedder.dimensions} dimensions`);
		return { finding, space: embedder.space };
	} catch (error) {
		return { finding: failed(name, error), space: null };
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
