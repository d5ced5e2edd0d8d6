/** xorshift32 (Marsaglia 2003): the next state, 32 bits, never 0. Enough for resampling, not for secrets. */
export function nextState(state: number): number {
	let next = state;
	next ^= next << 13;
	next ^= next >>> 17;
	next ^= next << 5;
	return next;
}

/** A state that is not 0 and differs in many bits for seeds that differ in one (MurmurHash3's finaliser). */
export function stateOf(seed: number): number {
	let hash = (seed + 0x9e3779b9) | 0;
	hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
	hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
	return hash ^ (hash >>> 16) || 1;
}
