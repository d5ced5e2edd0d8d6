const minuteMs = 60_000;

type Bucket = { tokens: number; at: number };

/**
 * Requests a minute, by key, in the memory of this process: a bucket that holds a minute's requests and fills evenly
 * (Turner 1986, "New directions in communications", the leaky bucket).
 */
export class RequestRate {
	readonly #now: () => number;
	readonly #buckets = new Map<string, Bucket>();

	/** `now` in milliseconds. */
	constructor(now: () => number) {
		this.#now = now;
	}

	/** Takes one request; 0 when there was one, else the whole seconds until there is. */
	take(key: string, perMinute: number): number {
		const now = this.#now();
		const { tokens: left, at } = this.#buckets.get(key) ?? { tokens: perMinute, at: now };
		const tokens = Math.min(perMinute, left + (Math.max(0, now - at) * perMinute) / minuteMs);
		const isLeft = tokens >= 1;
		this.#buckets.set(key, { tokens: isLeft ? tokens - 1 : tokens, at: now });
		return isLeft ? 0 : Math.ceil(((1 - tokens) * minuteMs) / perMinute / 1000);
	}
}
