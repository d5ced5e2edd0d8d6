import { useSyncExternalStore } from 'react';

/** A value that outlives the page that shows it, until the tab is closed. Change it by replacing it. */
export class Held<T> {
	#value: T;
	readonly #listeners = new Set<() => void>();

	constructor(value: T) {
		this.#value = value;
	}

	readonly get = (): T => this.#value;

	readonly subscribe = (listener: () => void): (() => void) => {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	};

	change(next: (value: T) => T): void {
		this.#value = next(this.#value);
		for (const listener of this.#listeners) listener();
	}
}

export function useHeld<T>(held: Held<T>): T {
	return useSyncExternalStore(held.subscribe, held.get);
}
