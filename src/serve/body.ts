import { KnowhowError } from '../core/error.ts';

/** Levels of objects and lists in a body, and values in all of them. */
const mostLevels = 64;
const mostValues = 100_000;

const json = /^application\/(?:[\w.-]+\+)?json\b/i;

/**
 * The bytes of a body, of which no more than `most` are held. Throws `request_too_large`: of a body that does not say its length at
 * its end, since whoever is still sending would find the connection closed and no answer.
 */
async function readBytes(request: Request, most: number): Promise<Uint8Array<ArrayBuffer>> {
	const tooLarge = () =>
		new KnowhowError('request_too_large', `The request has more than ${Math.floor(most / 1e6)} MB.`);
	const said = request.headers.get('content-length');
	if (Number(said ?? 0) > most) throw tooLarge();
	// Node.js takes no more of a request than it says it has. In one piece it comes without a stream around it.
	if (said !== null) return new Uint8Array(await request.arrayBuffer());
	const parts: Uint8Array[] = [];
	let length = 0;
	for await (const part of request.body ?? []) {
		length += part.byteLength;
		if (length <= most) parts.push(part);
		else parts.length = 0;
	}
	if (length > most) throw tooLarge();
	return new Uint8Array(Buffer.concat(parts));
}

/** The value of a JSON body; an empty one is `{}`. Throws `unsupported_media_type`, `invalid_argument`, `request_too_large`. */
export async function readJson(request: Request, most: number): Promise<unknown> {
	const bytes = await readBytes(request, most);
	if (bytes.byteLength === 0) return {};
	if (!json.test(request.headers.get('content-type') ?? '')) throw wrongType('application/json');
	demandSmall(bytes);
	return parsed(bytes);
}

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const opening = new Set([0x5b, 0x7b]);
const closing = new Set([0x5d, 0x7d]);

/**
 * Counts before anything is made of the bytes: making millions of values takes seconds, and what is nested a thousandfold would
 * exhaust the stack of whatever descends into it. Throws `invalid_argument`.
 */
function demandSmall(bytes: Uint8Array): void {
	let level = 0;
	let values = 1;
	for (let i = 0; i < bytes.length; i++) {
		const byte = bytes[i]!;
		if (byte === quote) i = endOfString(bytes, i);
		else if (byte === comma) values++;
		else if (opening.has(byte)) level++;
		else if (closing.has(byte)) level--;
		if (level > mostLevels) throw new KnowhowError('invalid_argument', `The body has more than ${mostLevels} levels.`);
		if (values > mostValues) throw new KnowhowError('invalid_argument', `The body has more than ${mostValues} values.`);
	}
}

/** Where the string that begins at `start` has its closing quote. */
function endOfString(bytes: Uint8Array, start: number): number {
	for (let end = bytes.indexOf(quote, start + 1); end >= 0; end = bytes.indexOf(quote, end + 1)) {
		let escapes = 0;
		while (bytes[end - 1 - escapes] === backslash) escapes++;
		if (escapes % 2 === 0) return end;
	}
	return bytes.length;
}

function parsed(bytes: Uint8Array): unknown {
	try {
		return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
	} catch {
		throw new KnowhowError('invalid_argument', 'The body of the request is not JSON.');
	}
}

/** The fields of a form, files among them; of fields with one name the last. Throws as `readJson`. */
export async function readForm(request: Request, most: number): Promise<Record<string, unknown>> {
	const type = request.headers.get('content-type') ?? '';
	if (!/^multipart\/form-data\b/i.test(type)) throw wrongType('multipart/form-data');
	const bytes = await readBytes(request, most);
	try {
		const form = await new Response(bytes, { headers: { 'content-type': type } }).formData();
		return Object.fromEntries(form);
	} catch {
		throw new KnowhowError('invalid_argument', 'The body of the request is not a form.');
	}
}

function wrongType(wanted: string): KnowhowError {
	return new KnowhowError('unsupported_media_type', `The content-type must be ${wanted}.`);
}
