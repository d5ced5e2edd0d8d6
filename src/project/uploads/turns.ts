/** Lets what concerns one name run one after the other, in the order in which it was asked for. */
export class Turns {
	/** The last one of each name; never rejected. */
	readonly #last = new Map<string, Promise<unknown>>();

	async take<T>(name: string, run: () => Promise<T>): Promise<T> {
		const turn = (this.#last.get(name) ?? Promise.resolve()).then(run);
		const ended = turn.catch(() => {});
		this.#last.set(name, ended);
		try {
			return await turn;
		} finally {
			if (this.#last.get(name) === ended) this.#last.delete(name);
		}
	}
}
