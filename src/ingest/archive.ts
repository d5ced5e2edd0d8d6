import { crc32, inflateRawSync } from 'node:zlib';
import { KnowhowError } from '../core/error.ts';

/** Wanted entries may unpack to this many bytes in all; more is a bomb, or nothing people read. */
export const maxUnpacked = 300e6;
/** More entries than any document has. */
const maxEntries = 20_000;
/** Deflate cannot pack better than 1,032 to 1; text beyond this size and ratio is made to be large, not to be read. */
const maxRatio = 250;
const ratioMatters = 10e6;

type Entry = {
	readonly name: string;
	readonly flags: number;
	readonly method: number;
	readonly crc: number;
	readonly packed: number;
	readonly unpacked: number;
	/** Where its local header begins. */
	readonly offset: number;
};

/**
 * The entries of a ZIP archive whose name `wanted` accepts, in order of the directory. Everything is checked before a
 * byte is unpacked, entries that nobody wants included: their number, names and places; then declared sizes and ratio
 * of the wanted ones; and while inflating no entry can grow beyond the size it declared. Archives inside an archive are
 * bytes like others, never opened. `path` is for messages. Throws `file_too_large` (bombs), `password_protected` and
 * `unreadable_file` (no archive, damaged, or built to deceive).
 *
 * The format: APPNOTE.TXT 6.3.10 of PKWARE, sections 4.3 and 4.5.3. Overlapping entries: D. Fifield, A better zip bomb,
 * WOOT 2019.
 */
export function readArchive(
	bytes: Uint8Array,
	wanted: (name: string) => boolean,
	path: string,
): Map<string, Uint8Array> {
	const archive = new Archive(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), path);
	return archive.read(wanted);
}

class Archive {
	readonly #bytes: Buffer;
	readonly #path: string;

	constructor(bytes: Buffer, path: string) {
		this.#bytes = bytes;
		this.#path = path;
	}

	read(wanted: (name: string) => boolean): Map<string, Uint8Array> {
		const { entries, directoryAt } = this.#directory();
		this.#checkPlaces(entries, directoryAt);
		if (entries.some(({ flags, method }) => (flags & 0x2041) !== 0 || method === 99)) {
			throw new KnowhowError('password_protected', `${this.#path} is encrypted.`, {
				hint: 'Save a copy without a password and ingest that.',
			});
		}
		const taken = entries.filter(({ name, unpacked }) => !(name.endsWith('/') && unpacked === 0) && wanted(name));
		this.#checkSizes(taken);
		return new Map(taken.map((entry) => [entry.name, this.#unpack(entry)]));
	}

	#directory(): { entries: Entry[]; directoryAt: number } {
		const { count, size, offset } = this.#end();
		if (count > maxEntries) {
			throw this.#tooLarge(`holds ${count} files`, 'Unpack it and ingest the files you need.');
		}
		const end = offset + size;
		if (end > this.#bytes.length) throw this.#damaged('its directory lies outside of it');
		const entries: Entry[] = [];
		const names = new Set<string>();
		let at = offset;
		while (entries.length < count) {
			if (at + 46 > end || this.#bytes.readUInt32LE(at) !== 0x02014b50) throw this.#damaged('its directory is broken');
			const lengths = [28, 30, 32].map((field) => this.#bytes.readUInt16LE(at + field)) as [number, number, number];
			const next = at + 46 + lengths[0] + lengths[1] + lengths[2];
			if (next > end) throw this.#damaged('its directory is broken');
			const entry = this.#entryAt(at, lengths[0], lengths[1]);
			if (names.has(entry.name)) throw this.#damaged(`it holds ${JSON.stringify(entry.name)} twice`);
			names.add(entry.name);
			entries.push(entry);
			at = next;
		}
		if (at !== end) throw this.#damaged('its directory is longer than it says');
		return { entries, directoryAt: offset };
	}

	/** The end-of-directory record, the one of zip64 where that is needed. */
	#end(): { count: number; size: number; offset: number } {
		const bytes = this.#bytes;
		// It is followed by a comment of at most 65,535 bytes.
		const lowest = Math.max(0, bytes.length - 22 - 65_535);
		let at = bytes.length - 22;
		while (
			at >= lowest &&
			!(bytes.readUInt32LE(at) === 0x06054b50 && at + 22 + bytes.readUInt16LE(at + 20) <= bytes.length)
		)
			at--;
		if (at < lowest) throw this.#damaged('its end is missing');
		const isSplit = bytes.readUInt16LE(at + 4) !== bytes.readUInt16LE(at + 6);
		if (isSplit) throw this.#damaged('it is one part of several');
		const end = {
			count: bytes.readUInt16LE(at + 10),
			size: bytes.readUInt32LE(at + 12),
			offset: bytes.readUInt32LE(at + 16),
		};
		if (end.count !== 0xffff && end.size !== 0xffffffff && end.offset !== 0xffffffff) return end;
		if (at < 20 || bytes.readUInt32LE(at - 20) !== 0x07064b50) return end;
		const record = this.#number64(at - 20 + 8);
		if (record + 56 > bytes.length || bytes.readUInt32LE(record) !== 0x06064b50)
			throw this.#damaged('its end is broken');
		return {
			count: this.#number64(record + 32),
			size: this.#number64(record + 40),
			offset: this.#number64(record + 48),
		};
	}

	#entryAt(at: number, nameLength: number, extraLength: number): Entry {
		const bytes = this.#bytes;
		const flags = bytes.readUInt16LE(at + 8);
		const extraAt = at + 46 + nameLength;
		// Sizes and place, in the order in which the zip64 field holds those that are all ones here.
		const [unpacked, packed, offset] = this.#numbers64(
			[bytes.readUInt32LE(at + 24), bytes.readUInt32LE(at + 20), bytes.readUInt32LE(at + 42)],
			extraAt,
			extraAt + extraLength,
		);
		const encoding = (flags & 0x800) === 0 ? 'latin1' : 'utf8';
		const name = this.#checkedName(bytes.toString(encoding, at + 46, extraAt));
		return {
			name,
			flags,
			method: bytes.readUInt16LE(at + 10),
			crc: bytes.readUInt32LE(at + 16),
			packed,
			unpacked,
			offset,
		};
	}

	#numbers64(values: [number, number, number], from: number, to: number): [number, number, number] {
		if (!values.includes(0xffffffff)) return values;
		for (let at = from; at + 4 <= to; at += 4 + this.#bytes.readUInt16LE(at + 2)) {
			if (this.#bytes.readUInt16LE(at) !== 1) continue;
			let next = at + 4;
			const end = Math.min(to, next + this.#bytes.readUInt16LE(at + 2));
			return values.map((value) => {
				if (value !== 0xffffffff) return value;
				if (next + 8 > end) throw this.#damaged('a size in its directory is missing');
				next += 8;
				return this.#number64(next - 8);
			}) as [number, number, number];
		}
		return values;
	}

	#number64(at: number): number {
		const value = this.#bytes.readBigUInt64LE(at);
		if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw this.#damaged('a size in its directory is absurd');
		return Number(value);
	}

	/** Names become paths in some program's hands; one that would leave the folder has no honest use. */
	#checkedName(written: string): string {
		const name = written.replaceAll('\\', '/');
		const isOutside = name.startsWith('/') || /^[a-z]:/i.test(name) || name.split('/').includes('..');
		if (isOutside || name.includes('\0')) {
			throw this.#damaged(`it holds a file that would lie outside of it (${JSON.stringify(written.slice(0, 100))})`);
		}
		return name;
	}

	/** Every entry lies between the start and the directory, and no two share a byte. */
	#checkPlaces(entries: readonly Entry[], directoryAt: number): void {
		let last = 0;
		for (const { offset, packed } of entries.toSorted((one, two) => one.offset - two.offset)) {
			if (offset < last) throw this.#damaged('its files overlap, as in an archive made to unpack without end');
			last = this.#dataAt(offset) + packed;
			if (last > directoryAt) throw this.#damaged('a file in it is cut off');
		}
	}

	#dataAt(offset: number): number {
		const bytes = this.#bytes;
		if (offset + 30 > bytes.length || bytes.readUInt32LE(offset) !== 0x04034b50) {
			throw this.#damaged('a file in it is not where its directory says');
		}
		return offset + 30 + bytes.readUInt16LE(offset + 26) + bytes.readUInt16LE(offset + 28);
	}

	#checkSizes(entries: readonly Entry[]): void {
		let unpacked = 0;
		for (const entry of entries) {
			unpacked += entry.unpacked;
			if (entry.unpacked > ratioMatters && entry.unpacked > entry.packed * maxRatio) {
				throw this.#tooLarge(`unpacks to ${Math.round(entry.unpacked / entry.packed)} times its size`);
			}
		}
		if (unpacked > maxUnpacked) throw this.#tooLarge(`unpacks to more than ${maxUnpacked / 1e6} MB`);
	}

	#unpack({ name, method, packed, unpacked, offset, crc }: Entry): Uint8Array {
		const at = this.#dataAt(offset);
		const data = this.#bytes.subarray(at, at + packed);
		if (method !== 0 && method !== 8) throw this.#damaged(`${JSON.stringify(name)} is packed in an unknown way`);
		const content = method === 0 ? data : this.#inflate(data, name, unpacked);
		if (content.length !== unpacked || crc32(content) !== crc)
			throw this.#damaged(`${JSON.stringify(name)} is damaged`);
		return content;
	}

	#inflate(data: Buffer, name: string, unpacked: number): Buffer {
		try {
			const chunkSize = Math.min(Math.max(unpacked, 64), 4 << 20);
			return inflateRawSync(data, { maxOutputLength: Math.max(unpacked, 1), chunkSize });
		} catch (error) {
			const isLarger = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
			if (isLarger) throw this.#tooLarge(`holds ${JSON.stringify(name)}, which unpacks to more than it declares`);
			throw this.#damaged(`${JSON.stringify(name)} is damaged`, error);
		}
	}

	#tooLarge(what: string, hint = 'Split the document. If you did not make it yourself, do not open it.'): KnowhowError {
		return new KnowhowError('file_too_large', `${this.#path} ${what}.`, { hint });
	}

	#damaged(what: string, cause?: unknown): KnowhowError {
		return new KnowhowError('unreadable_file', `${this.#path} is no sound archive: ${what}.`, {
			hint: 'Open the file in its own program and save it again.',
			...(cause === undefined ? {} : { cause }),
		});
	}
}
