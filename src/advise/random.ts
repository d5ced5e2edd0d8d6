import { nextState, stateOf } from '../evaluate/statistics/random.ts';

/** Numbers from 0 to below 1, the same for the same seed. */
export function createRandom(seed: number): () => number {
	let state = stateOf(seed);
	return () => {
		state = nextState(state);
		return (state >>> 0) / 2 ** 32;
	};
}
