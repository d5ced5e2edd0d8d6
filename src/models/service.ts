/** What every call to somebody's model service needs: a key that may be sent, waits between attempts, and its words. */
import { KnowhowError } from '../core/error.ts';

/** The longest wait that a server may ask for before the call gives up instead. */
export const longestWaitMs = 60_000;

/** The wait before the attempt after `tries` failed ones: doubles from half a second, spread by `random` (0 to 1). */
export function backoffMs(tries: number, random: () => number): number {
	return 500 * 2 ** tries * (0.5 + random() / 2);
}

/** `Retry-After` in milliseconds (a number of seconds or a date, RFC 9110 section 10.2.3), 0 without one. */
export function retryAfterMs(value: string | null | undefined, now: () => number): number {
	if (value === null || value === undefined) return 0;
	const seconds = Number(value);
	const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - now();
	return Number.isFinite(ms) ? Math.max(0, ms) : 0;
}

/** A key with a line break would be refused by `fetch` in an error that quotes it, so it is refused here, unquoted. */
export function checkedKey(key: string | undefined, { of, variable }: { of: string; variable: string }) {
	const trimmed = key?.trim();
	if (!trimmed || /^[\x21-\x7e]+$/.test(trimmed)) return trimmed || undefined;
	throw new KnowhowError('invalid_config', `The API key of ${of} holds characters that no key has.`, {
		hint: `Look at the environment variable ${variable}.`,
	});
}

/** What a server says about a refusal: short, on one line, without the key; empty when it says nothing. */
export function messageIn(body: string, key: string | undefined): string {
	const message = /"message"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(body)?.[1] ?? '';
	const clean = (key ? message.replaceAll(key, '…') : message)
		.replace(/\\[nrt]|\s+/g, ' ')
		.slice(0, 200)
		.trim();
	return clean.replace(/\.$/, '');
}

/** Whether a URL leads to this machine. */
export function isLoopback({ hostname }: URL): boolean {
	return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
