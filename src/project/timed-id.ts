/** Crockford's base 32: no i, l, o, u. Its order is that of its characters. */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const timeLength = 10; // 50 bits of milliseconds
const randomLength = 16; // 80 bits

/** An id that sorts by time: the prefix, `_`, ten characters of time, sixteen random ones. `random` yields that many bytes. */
export function timedId(prefix: string, at: number, random: (bytes: number) => Uint8Array): string {
	const noise = Array.from(random(randomLength), (byte) => alphabet[byte & 31]).join('');
	return `${timeBound(prefix, at)}${noise}`;
}

/** What every id of this millisecond begins with: smaller than all of them, larger than all before. */
export function timeBound(prefix: string, at: number): string {
	let time = '';
	for (let rest = Math.max(0, Math.floor(at)); time.length < timeLength; rest = Math.floor(rest / 32)) {
		time = alphabet[rest % 32] + time;
	}
	return `${prefix}_${time}`;
}
