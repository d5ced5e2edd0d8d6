import { KnowhowError } from '../../core/error.ts';

/**
 * The text of bytes: UTF-8 or UTF-16 by byte order mark, UTF-16 by its zeros, else UTF-8 where valid, else what the file
 * declares (HTML, XML, `coding:` comments), else windows-1252 (which most mean by "Latin-1"). Throws `unreadable_file`
 * for what is no text.
 */
export function decode(bytes: Uint8Array, path: string): string {
	const text = decodeAny(bytes);
	if (text !== null) return text;
	throw new KnowhowError('unreadable_file', `${path} is not text.`, {
		hint: 'Give the file the extension of its real format, or leave it out with the ingest.ignore setting.',
	});
}

function decodeAny(bytes: Uint8Array): string | null {
	if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
	if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes);
	const wide = wideEncoding(bytes);
	if (wide !== null) return new TextDecoder(wide).decode(bytes);
	const text = decodeUtf8(bytes);
	// What is valid UTF-8 by chance has few characters above ASCII; C1 in it are bullets that some program misread.
	if (text !== null) return share(text, (char) => char < 128 && isControl(char)) <= 0.01 ? text : null;
	if (bytes.includes(0)) return null;
	const latin = decodeDeclared(bytes);
	return share(latin, isControl) <= 0.02 ? latin : null;
}

/** UTF-16 without a mark: every other byte of most text is zero, and no other byte is. */
function wideEncoding(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null {
	const length = Math.min(bytes.length, 4096) & ~1;
	const zeros = [0, 0];
	for (let at = 0; at < length; at++) if (bytes[at] === 0) zeros[at & 1] = (zeros[at & 1] ?? 0) + 1;
	const [even = 0, odd = 0] = zeros;
	if (bytes.length % 2 !== 0 || length < 8) return null;
	if (odd > length * 0.2 && even === 0) return 'utf-16le';
	return even > length * 0.2 && odd === 0 ? 'utf-16be' : null;
}

function decodeDeclared(bytes: Uint8Array): string {
	const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 2048)).toString('latin1');
	const declared =
		/<meta[^>]{0,200}charset\s*=\s*["']?([\w-]{1,40})/i.exec(head)?.[1] ??
		/^\s*<\?xml[^>]{0,100}encoding\s*=\s*["']([\w-]{1,40})/.exec(head)?.[1] ??
		/^.{0,100}\n?.{0,100}coding[:=]\s*([\w-]{1,40})/.exec(head)?.[1];
	try {
		return new TextDecoder(declared ?? 'windows-1252').decode(bytes);
	} catch {
		return new TextDecoder('windows-1252').decode(bytes);
	}
}

function decodeUtf8(bytes: Uint8Array): string | null {
	try {
		return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
	} catch {
		return null;
	}
}

/** Control characters that text does not have: C0 without white space and escape, delete, and C1. */
function isControl(char: number): boolean {
	return char < 9 || (char > 13 && char < 32 && char !== 27) || (char >= 127 && char < 160 && char !== 133);
}

/** How many of the first 64 Ki characters are so. */
function share(text: string, is: (char: number) => boolean): number {
	const length = Math.min(text.length, 65_536);
	let count = 0;
	for (let at = 0; at < length; at++) if (is(text.charCodeAt(at))) count++;
	return length === 0 ? 0 : count / length;
}
