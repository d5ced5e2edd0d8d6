/** What could not be removed is tried again after so long. */
const retryMs = 60_000;

/** The moment at which the next thing expires, as far as this process has seen; milliseconds since the epoch. */
export class Due {
	/** Nobody has looked yet. */
	#at = -Infinity;

	get at(): number {
		return this.#at;
	}

	/** To be told of each moment of expiry that is set or read. */
	note(at: number): void {
		this.#at = Math.min(this.#at, at);
	}

	noteFailure(now: number): void {
		this.note(now + retryMs);
	}

	/** Whoever looks at everything begins with this, and notes what it sees. */
	clear(): void {
		this.#at = Infinity;
	}
}
