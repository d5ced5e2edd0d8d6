import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Config } from '../core/config.ts';
import type { Router } from '../core/router.ts';
import type { Store } from '../core/store.ts';
import { CollectionAccess } from './access/collection-access.ts';
import type { Environment, Setting } from './config.ts';
import { Embedders } from './embedders.ts';
import { Generators } from './generators.ts';
import type { Log } from './interactions/interactions.ts';
import type { OpenOptions } from './knowhow.ts';
import { Rerankers } from './rerankers.ts';
import { SearchWorker } from '../search/search-worker.ts';
import { type Indexes, Searchers } from '../search/searchers.ts';
import { dataFolder, snapshotsFolder } from './folder.ts';

/** What `open` found and was given. */
export type Opened = {
	/** The project's folder, absolute. */
	readonly folder: string;
	readonly config: Config;
	readonly settings: readonly Setting[];
	readonly env: Environment;
	readonly store: Store;
	readonly options: OpenOptions;
};

/** What the verbs of an open project work with; each names those that it needs. */
export type Parts = {
	/** The project's folder, absolute. */
	readonly folder: string;
	readonly config: Config;
	readonly store: Store;
	readonly log: Log;
	readonly collectionAccess: CollectionAccess;
	readonly indexes: Indexes;
	readonly embedders: Embedders;
	readonly rerankers: Rerankers;
	readonly generators: Generators;
	/** From the program. */
	readonly routers: readonly Router[];
	/** The call named a language model: it writes in place of the one that a saved system names. */
	readonly isModelGiven: boolean;
	/** Milliseconds since the epoch. */
	readonly now: () => number;
	readonly random: (bytes: number) => Uint8Array;
};

/** Opens nothing: models and indexes are read when they are first needed. */
export function createParts({ folder, config, settings, env, store, options }: Opened): Parts {
	const { embedder = null, model, routers = [], now = Date.now, random = randomBytes } = options;
	const data = join(folder, dataFolder);
	const snapshots = snapshotsFolder(folder);
	const isModelNamed = settings.some(({ path, origin }) => path === 'model' && origin.from === 'call');
	return {
		folder,
		config,
		store,
		log: { records: store.records, settings: config.interactions, now },
		collectionAccess: new CollectionAccess(store),
		indexes:
			options.searchThread === true
				? new SearchWorker(store.corpus, { folder: data, snapshots })
				: new Searchers(store.corpus, snapshots),
		embedders: new Embedders({ folder, config, env, store, given: embedder }),
		rerankers: new Rerankers(folder, store),
		generators: new Generators(config, env, model),
		routers,
		isModelGiven: isModelNamed || model !== undefined,
		now,
		random,
	};
}
