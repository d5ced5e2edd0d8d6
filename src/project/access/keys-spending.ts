import type { Records } from '../../core/store.ts';
import { changeRecord, readRecord } from '../records.ts';

/** What a key cost on a day: `<key>:<day>`. */
const kind = 'key-spending';

const dayMs = 24 * 60 * 60 * 1000;

/** What the answers of language models cost, by key and day (UTC), in US dollars. */
export class KeysSpending {
	readonly #records: Records;
	readonly #now: () => number;

	constructor(records: Records, now: () => number) {
		this.#records = records;
		this.#now = now;
	}

	async add(key: string, usd: number): Promise<void> {
		if (!(usd > 0)) return;
		await changeRecord<{ usd: number }>(this.#records, { kind, id: this.#today(key) }, (spent) => ({
			usd: (spent?.usd ?? 0) + usd,
		}));
	}

	/** US dollars since midnight. */
	async today(key: string): Promise<number> {
		const stored = await readRecord<{ usd: number }>(this.#records, kind, this.#today(key));
		return stored?.usd ?? 0;
	}

	/** Whole seconds until the next day begins. */
	untilTomorrow(): number {
		return Math.ceil((dayMs - (this.#now() % dayMs)) / 1000);
	}

	#today(key: string): string {
		return `${key}:${new Date(this.#now()).toISOString().slice(0, 10)}`;
	}
}
