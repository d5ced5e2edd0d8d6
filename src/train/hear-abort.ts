import { setImmediate } from 'node:timers/promises';
import { KnowhowError } from '../core/error.ts';

/** Lets the caller's abort be heard, as computing alone does not. A trainer calls it after every event. Throws `cancelled`. */
export async function hearAbort(signal: AbortSignal | undefined): Promise<void> {
	await setImmediate();
	if (signal?.aborted) throw new KnowhowError('cancelled', 'The training was cancelled.');
}
