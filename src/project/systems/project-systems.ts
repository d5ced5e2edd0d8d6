import { bothFilters } from '../../core/filter.ts';
import type { Router } from '../../core/router.ts';
import type { HouseExample, System } from '../../core/system.ts';
import type { SearchedCollection } from '../../search/searchers.ts';
import type { EvaluateParts } from './evaluate.ts';
import type { AskOptions } from '../knowhow.ts';
import type { FindOptions } from './open-system.ts';
import type { Parts } from '../parts.ts';
import { reachedDocument } from '../access/reach.ts';
import { find, openSearchers, type SearchingParts } from '../searching.ts';
import type { NamedSpec, SystemSettings } from './systems.ts';
import { timedId } from '../timed-id.ts';

/** What the systems of an open project are made with. */
export type ProjectSystemsParts = SearchingParts &
	Pick<Parts, 'folder' | 'generators' | 'routers' | 'isModelGiven' | 'now' | 'random'>;

/** For whom a system is opened, and when it was asked (milliseconds since the epoch); null: whenever it is asked. */
type Asker = {
	readonly searchers: readonly SearchedCollection[];
	readonly options: Omit<AskOptions, 'access' | 'signal'>;
	readonly at: number | null;
	readonly examples?: readonly HouseExample[];
};

/** What the settings say about answering now. */
export async function systemSettings(
	{ config, generators, embedders, rerankers, isModelGiven }: ProjectSystemsParts,
	examples: readonly HouseExample[] = [],
): Promise<SystemSettings> {
	return {
		config,
		generator: (await generators.configured())?.id ?? null,
		embedder: await embedders.name(),
		reranker: await rerankers.name(),
		examples,
		isModelGiven,
	};
}

/** What a name or `name@version` stands for now. Throws `not_found`, `invalid_argument`. */
export async function projectSystem(
	parts: ProjectSystemsParts,
	name: string,
	examples?: readonly HouseExample[],
): Promise<NamedSpec> {
	const { resolveSystem } = await import('./systems.ts');
	return await resolveSystem(parts.store.records, name, await systemSettings(parts, examples));
}

/** A system for one asker: it searches what these options allow. Throws `not_found`, `invalid_argument`. */
export async function openProjectSystem(parts: ProjectSystemsParts, wanted: string, asker: Asker): Promise<System> {
	const { resolveSystem } = await import('./systems.ts');
	const { openSystem } = await import('./open-system.ts');
	const { store, generators, now, random } = parts;
	const settings = await systemSettings(parts, asker.examples);
	const resolve = (reference: string) => resolveSystem(store.records, reference, settings);
	return await openSystem(await resolve(wanted), {
		find: (query, options) => findFor(parts, asker, query, options),
		document: (id, access) => reachedDocument(parts, id, access),
		generator: (id) => generators.named(id),
		router: (id) => openRouter(parts, id),
		resolve,
		now,
		interaction: () => asker.options.interaction ?? timedId('int', asker.at ?? now(), random),
	});
}

/** What an evaluation works with: systems that search these collections (that of the settings without names) for the project's owner. */
export async function evaluateParts(
	parts: ProjectSystemsParts,
	names: readonly string[] | undefined,
): Promise<EvaluateParts> {
	const { records, corpus } = parts.store;
	const searchers = await openSearchers(parts, names);
	return {
		records,
		corpus,
		collections: searchers.map(({ collection }) => collection.name),
		resolve: (name, examples) => projectSystem(parts, name, examples),
		open: (name, examples) => openProjectSystem(parts, name, { searchers, options: {}, at: null, examples }),
		now: parts.now,
	};
}

async function findFor(
	parts: ProjectSystemsParts,
	{ searchers, options }: Asker,
	query: string,
	{ settings, embedder, reranker, filter: own, ...asked }: FindOptions,
) {
	const filter = bothFilters(own, options.filter ?? null);
	const found = await find(parts, {
		query,
		searchers,
		options: { ...settings, ...options, ...asked, filter },
		embedder,
		reranker,
	});
	for (const warning of found.warnings) options.onWarning?.(warning);
	return found;
}

/** One that the program gave, or one that was trained here. */
async function openRouter({ routers, folder }: ProjectSystemsParts, id: string): Promise<Router> {
	const router = routers.find((candidate) => candidate.id === id);
	if (router) return router;
	const { openRouter: openTrained } = await import('../trained/classify.ts');
	return await openTrained(folder, id);
}
