import { KnowhowError } from '../core/error.ts';
import type { Store } from '../core/store.ts';
import { featureNames } from '../search/features.ts';
import type { LearnedWeights } from '../search/rerank.ts';
import { ServingPointer } from './promotions.ts';

/** The reranker that was promoted, by any process. */
export class Rerankers {
	/** The project's. */
	readonly #folder: string;
	readonly #promoted: ServingPointer;
	#opened: { readonly id: string; readonly reranker: Promise<LearnedWeights | null> } | null = null;

	constructor(folder: string, store: Pick<Store, 'corpus' | 'records'>) {
		this.#folder = folder;
		this.#promoted = new ServingPointer(store, 'reranker');
	}

	/** Null: the shipped one, since none was promoted, or that one's folder is gone or of another version of Knowhow. */
	async serving(): Promise<LearnedWeights | null> {
		const id = await this.#promoted.id();
		if (id === null) return null;
		if (this.#opened?.id !== id) this.#opened = { id, reranker: this.#open(id) };
		return await this.#opened.reranker;
	}

	/** A reranker of this project, promoted or not. Throws `not_found`, `unreadable_file`, `invalid_argument` for one of another version. */
	async load(id: string): Promise<LearnedWeights> {
		const { readReranker } = await import('../models/reranker.ts');
		const { modelFolder } = await import('./training.ts');
		const { space, bias, weights } = await readReranker(modelFolder(this.#folder, id));
		if (Object.keys(weights).join() === featureNames.join()) {
			return { space, weights: { bias, weights } };
		}
		throw new KnowhowError('invalid_argument', `${id} weighs other parts of a score than this version of Knowhow.`, {
			hint: 'Train it again.',
		});
	}

	async #open(id: string): Promise<LearnedWeights | null> {
		try {
			return await this.load(id);
		} catch (error) {
			this.#opened = null;
			if (error instanceof KnowhowError && ['invalid_argument', 'not_found'].includes(error.code)) return null;
			throw error;
		}
	}
}
