/** Names remembered at once; more of them are forgotten together. */
const most = 1_000;

/** What was read from the store, by name: true until anybody commits anything, in any process. */
export class Remembered<T> {
	readonly #pulse: () => number;
	readonly #read: (name: string) => Promise<T>;
	readonly #known = new Map<string, T>();
	#seen: number | null = null;

	/** `pulse` is that of the corpus. */
	constructor(pulse: () => number, read: (name: string) => Promise<T>) {
		this.#pulse = pulse;
		this.#read = read;
	}

	/** As of the last commit before this call, or a later one. */
	async get(name: string): Promise<T> {
		const pulse = this.#pulse();
		if (pulse !== this.#seen || this.#known.size > most) this.#known.clear();
		this.#seen = pulse;
		const known = this.#known.get(name);
		if (known !== undefined) return known;
		const found = await this.#read(name);
		// A commit while it was read may have made it older than what is remembered now.
		if (this.#seen === pulse) this.#known.set(name, found);
		return found;
	}
}
