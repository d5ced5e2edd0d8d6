import { KnowhowError } from '../core/error.ts';
import type { Store } from '../core/store.ts';
import { featureNames } from '../search/features.ts';
import type { LearnedWeights } from '../search/rerank.ts';
import { ServingPointer } from './trained/promotions.ts';

/** The trained rerankers of a project: the one that was promoted, by any process, and those that systems name. */
export class Rerankers {
	/** The project's. */
	readonly #folder: string;
	readonly #promoted: ServingPointer;
	/** By id: a model never changes. */
	readonly #loaded = new Map<string, Promise<LearnedWeights>>();

	constructor(folder: string, store: Pick<Store, 'corpus' | 'records'>) {
		this.#folder = folder;
		this.#promoted = new ServingPointer(store, 'reranker');
	}

	/** Null: the shipped one, since none was promoted, or that one's folder is gone or of another version of Knowhow. */
	async serving(): Promise<LearnedWeights | null> {
		const id = await this.name();
		return id === null ? null : await this.load(id);
	}

	/** The id of the one that serves; null as in `serving`. */
	async name(): Promise<string | null> {
		const id = await this.#promoted.id();
		if (id === null) return null;
		try {
			await this.load(id);
			return id;
		} catch (error) {
			if (error instanceof KnowhowError && ['invalid_argument', 'not_found'].includes(error.code)) return null;
			throw error;
		}
	}

	/** A reranker of this project, promoted or not. Throws `not_found`, `unreadable_file`, `invalid_argument` for one of another version. */
	async load(id: string): Promise<LearnedWeights> {
		const loading = this.#loaded.get(id) ?? this.#read(id);
		this.#loaded.set(id, loading);
		try {
			return await loading;
		} catch (error) {
			this.#loaded.delete(id);
			throw error;
		}
	}

	async #read(id: string): Promise<LearnedWeights> {
		const { readReranker } = await import('../models/reranker.ts');
		const { modelFolder } = await import('./trained/training.ts');
		const { space, bias, weights } = await readReranker(modelFolder(this.#folder, id));
		if (Object.keys(weights).join() === featureNames.join()) {
			return { space, weights: { bias, weights } };
		}
		throw new KnowhowError('invalid_argument', `${id} weighs other parts of a score than this version of Knowhow.`, {
			hint: 'Train it again.',
		});
	}
}
