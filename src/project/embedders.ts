import type { Config } from '../core/config.ts';
import type { Embedder } from '../core/embedder.ts';
import { KnowhowError } from '../core/error.ts';
import type { Store } from '../core/store.ts';
import type { RetrieverBase } from '../models/retriever.ts';
import type { Environment } from './config.ts';
import { createEmbedder, embedderName, readTable } from './embedder.ts';
import { ServingPointer } from './trained/promotions.ts';

/** An embedder, and the share of the vector leg that suits it; null: what its space suggests. */
export type ServingEmbedder = { readonly embedder: Embedder; readonly vectorWeight: number | null };

export type EmbeddersParts = {
	readonly folder: string;
	readonly config: Config;
	readonly env: Environment;
	readonly store: Store;
	/** From the program: stands in for the configured one. */
	readonly given: Embedder | null;
};

/** The embedders of an open project: the configured one, and the retriever that was promoted over it, by any process. */
export class Embedders {
	readonly #parts: EmbeddersParts;
	readonly #promoted: ServingPointer;
	#base: Promise<Embedder | null> | null = null;
	#opened: { readonly id: string; readonly serving: Promise<ServingEmbedder | null> } | null = null;

	constructor(parts: EmbeddersParts) {
		this.#parts = parts;
		this.#promoted = new ServingPointer(parts.store, 'retriever');
	}

	/** Whether the settings or the program name one. */
	get isConfigured(): boolean {
		return (this.#parts.given ?? this.#parts.config.embedder) !== null;
	}

	/** The configured one; null when none is. Asked for once; again after a failure. Throws as `createEmbedder` does. */
	async base(signal?: AbortSignal): Promise<Embedder | null> {
		const { given, config, env, store } = this.#parts;
		if (given) return given;
		this.#base ??= createEmbedder(config.embedder, { corpus: store.corpus, env, signal });
		try {
			return await this.#base;
		} catch (error) {
			this.#base = null;
			throw error;
		}
	}

	/** The configured one with its table of tokens, for training. Throws `no_embedder`. */
	async trainable(signal?: AbortSignal): Promise<RetrieverBase> {
		const embedder = await this.base(signal);
		if (embedder === null) throw withoutEmbedder();
		return await this.#withTable(embedder);
	}

	/** What searches use now: the promoted retriever, else the configured embedder. One that was trained on another embedder, or whose folder is gone, rests. */
	async serving(signal?: AbortSignal): Promise<ServingEmbedder | null> {
		const base = await this.base(signal);
		if (base === null) return null;
		const id = await this.#promoted.id();
		if (id !== null && this.#opened?.id !== id) this.#opened = { id, serving: this.#open(id, base) };
		const retriever = id === null ? null : await this.#opened!.serving;
		return retriever ?? { embedder: base, vectorWeight: null };
	}

	/** As `serving`; while a collection still has, or has again, the vectors of the configured embedder, that one. */
	async servingFor(spaces: readonly (string | null)[], signal?: AbortSignal): Promise<ServingEmbedder | null> {
		const serving = await this.serving(signal);
		if (serving === null || spaces.includes(serving.embedder.space)) return serving;
		const base = (await this.base(signal))!;
		return spaces.includes(base.space) ? { embedder: base, vectorWeight: null } : serving;
	}

	/** Names what searches use, without opening the configured embedder; null: keywords only. */
	async name(): Promise<string | null> {
		const { given, config } = this.#parts;
		const configured = given?.id ?? embedderName(config.embedder);
		const id = configured === null ? null : await this.#promoted.id();
		return id === null ? configured : ((await this.serving())?.embedder.id ?? configured);
	}

	/**
	 * The one that a saved system names: what serves, the configured embedder, or a retriever of this project. Throws
	 * `embedder_mismatch` when it is none of these any more, and what opening it throws.
	 */
	async named(name: string, spaces: readonly (string | null)[], signal?: AbortSignal): Promise<ServingEmbedder | null> {
		const { given, config } = this.#parts;
		if (name === (await this.name())) return await this.servingFor(spaces, signal);
		if (name === (given?.id ?? embedderName(config.embedder))) {
			return { embedder: (await this.base(signal))!, vectorWeight: null };
		}
		try {
			return await this.retriever(name, signal);
		} catch (cause) {
			if (!(cause instanceof KnowhowError) || cause.code !== 'not_found') throw cause;
			throw new KnowhowError(
				'embedder_mismatch',
				`The system searches with the embedder "${name}", which is not here.`,
				{
					hint: 'Save it again with `knowhow systems save`, or configure that embedder.',
					cause,
				},
			);
		}
	}

	/** A retriever of this project over the configured embedder, whether promoted or not. Throws as `loadRetriever` does. */
	async retriever(id: string, signal?: AbortSignal): Promise<ServingEmbedder> {
		return await this.#load(id, await this.trainable(signal));
	}

	async #open(id: string, base: Embedder): Promise<ServingEmbedder | null> {
		try {
			return await this.#load(id, await this.#withTable(base));
		} catch (error) {
			this.#opened = null;
			if (error instanceof KnowhowError && ['embedder_mismatch', 'not_found'].includes(error.code)) return null;
			throw error;
		}
	}

	async #load(id: string, base: RetrieverBase): Promise<ServingEmbedder> {
		return await loadFrom(this.#parts.folder, id, base);
	}

	async #withTable(embedder: Embedder): Promise<RetrieverBase> {
		const { given, config } = this.#parts;
		return { embedder, table: given || config.embedder === null ? null : await readTable(config.embedder) };
	}
}

async function loadFrom(folder: string, id: string, base: RetrieverBase): Promise<ServingEmbedder> {
	const { loadRetriever } = await import('../models/retriever.ts');
	const { modelFolder } = await import('./trained/training.ts');
	return await loadRetriever(modelFolder(folder, id), base);
}

/** The configured embedder, or a retriever of the project over it, without a store; null when none is configured. */
export async function openEmbedder(
	settings: Config['embedder'],
	around: {
		/** The project's. */
		readonly folder: string;
		readonly env: Environment;
		readonly signal?: AbortSignal | undefined;
		/** The id of a trained retriever. */
		readonly model?: string | undefined;
	},
): Promise<ServingEmbedder | null> {
	const { folder, env, signal, model } = around;
	const embedder = await createEmbedder(settings, { corpus: null, env, signal });
	if (model === undefined) return embedder && { embedder, vectorWeight: null };
	if (embedder === null || settings === null) throw withoutEmbedder();
	return await loadFrom(folder, model, { embedder, table: await readTable(settings) });
}

function withoutEmbedder(): KnowhowError {
	return new KnowhowError('no_embedder', 'There is no embedder to train or to adapt: none is configured.', {
		hint: 'Remove `"embedder": null` from knowhow.json.',
	});
}
