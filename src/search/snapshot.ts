import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import type { DocumentSummary } from '../core/document.ts';
import type { IndexState } from './memory-index.ts';
import { VectorTable } from './vector-table.ts';

/** Grows when the layout or the terms that the tokeniser makes change; another number means: rebuild. */
const formatVersion = 2;
const magic = 'KNOWHOW1';
const alignment = 8;
/** Of one read call, in bytes. */
const largestRead = 2 ** 30;

/** An index as of a sequence of its collection, in a vector space (null: none). */
export type Snapshot = {
	readonly collection: string;
	/** Of the store: a snapshot of another epoch is void. */
	readonly epoch: string;
	readonly sequence: number;
	readonly space: string | null;
	readonly state: IndexState;
};

type Header = {
	formatVersion: number;
	collection: string;
	epoch: string;
	sequence: number;
	space: string | null;
	dimensions: number | null;
	documents: DocumentSummary[];
	/** Byte length and CRC-32 of each section, in order. */
	sections: { bytes: number; crc: number }[];
};

/**
 * Layout: 8 bytes magic · u32 header length · u32 header CRC-32 · header JSON · sections, each padded to 8 bytes.
 * Written beside the target, synced and renamed: a reader sees the old file or the new one, whole.
 */
export async function writeSnapshot(path: string, snapshot: Snapshot): Promise<void> {
	const { state } = snapshot;
	const sections = sectionsOf(state).map(asBytes);
	const header: Header = {
		formatVersion,
		collection: snapshot.collection,
		epoch: snapshot.epoch,
		sequence: snapshot.sequence,
		space: snapshot.space,
		dimensions: state.vectors?.dimensions ?? null,
		documents: [...state.documents],
		sections: sections.map((bytes) => ({ bytes: bytes.length, crc: crc32(bytes) })),
	};
	const json = Buffer.from(JSON.stringify(header));
	const prefix = Buffer.alloc(16);
	prefix.write(magic, 'latin1');
	prefix.writeUInt32LE(json.length, 8);
	prefix.writeUInt32LE(crc32(json), 12);
	const temporary = `${path}.${process.pid}.tmp`;
	const file = await open(temporary, 'w');
	try {
		for (const bytes of [prefix, json, ...sections]) {
			await file.appendFile(bytes);
			const padding = pad(bytes.length) - bytes.length;
			if (padding > 0) await file.appendFile(Buffer.alloc(padding));
		}
		await file.sync();
	} catch (error) {
		await file.close();
		await rm(temporary, { force: true });
		throw error;
	}
	await file.close();
	await rename(temporary, path);
}

/** The snapshot at `path`, or null when it is missing, torn, of another format, collection or epoch: then rebuild. */
export async function readSnapshot(
	path: string,
	{ collection, epoch }: { readonly collection: string; readonly epoch: string },
): Promise<Snapshot | null> {
	let file: FileHandle;
	try {
		file = await open(path);
	} catch {
		return null;
	}
	try {
		const found = await readHeader(file);
		if (found === null || found.header.collection !== collection || found.header.epoch !== epoch) return null;
		const state = await readState(file, found.header, found.end);
		const { sequence, space } = found.header;
		return state === null ? null : { collection, epoch, sequence, space, state };
	} finally {
		await file.close();
	}
}

/** With the offset at which the sections begin. */
async function readHeader(file: FileHandle): Promise<{ header: Header; end: number } | null> {
	const prefix = Buffer.alloc(16);
	if (!(await fill(prefix, file, 0)) || prefix.toString('latin1', 0, 8) !== magic) return null;
	const length = prefix.readUInt32LE(8);
	if (length > (await file.stat()).size) return null;
	const json = Buffer.alloc(length);
	if (!(await fill(json, file, 16)) || crc32(json) !== prefix.readUInt32LE(12)) return null;
	const header = JSON.parse(json.toString()) as Header;
	return header.formatVersion === formatVersion ? { header, end: 16 + pad(length) } : null;
}

/** Reads every section to where it stays: vectors straight into the table's memory. Null when one is cut or flipped. */
async function readState(file: FileHandle, header: Header, begin: number): Promise<IndexState | null> {
	const bytesOf = header.sections.map(({ bytes }) => bytes);
	const allocate = <T>(type: TypedArray<T>, section: number): T => {
		const length = bytesOf[section]! / type.BYTES_PER_ELEMENT;
		return new type(new ArrayBuffer(bytesOf[section]!), 0, length);
	};
	const rows = allocate(Float64Array, 6);
	const state: IndexState = {
		postings: {
			termBytes: Buffer.alloc(bytesOf[0]!),
			termOffsets: allocate(Uint32Array, 1),
			numbers: allocate(Uint32Array, 2),
			offsets: allocate(Uint32Array, 3),
			slots: allocate(Uint32Array, 4),
			frequencies: allocate(Uint8Array, 5),
		},
		rows,
		owners: allocate(Uint32Array, 7),
		lengths: allocate(Uint32Array, 8),
		digests: { ends: allocate(Uint32Array, 9), bytes: allocate(Uint8Array, 10) },
		documents: header.documents,
		vectors: header.dimensions === null ? null : VectorTable.ofSize(header.dimensions, rows.length),
	};
	let at = begin;
	for (const [i, section] of sectionsOf(state).entries()) {
		const bytes = asBytes(section);
		if (!(await fill(bytes, file, at)) || crc32(bytes) !== header.sections[i]!.crc) return null;
		at += pad(bytes.length);
	}
	return state;
}

type TypedArray<T> = {
	new (buffer: ArrayBuffer, offset: number, length: number): T;
	readonly BYTES_PER_ELEMENT: number;
};

/** Fills `bytes` from a file; false when it ends before. */
async function fill(bytes: Buffer, file: FileHandle, position: number): Promise<boolean> {
	for (let done = 0; done < bytes.length;) {
		const { bytesRead } = await file.read(bytes, done, Math.min(bytes.length - done, largestRead), position + done);
		if (bytesRead === 0) return false;
		done += bytesRead;
	}
	return true;
}

function sectionsOf(state: IndexState): ArrayBufferView[] {
	const { postings, digests } = state;
	const vectors = state.vectors?.sections();
	return [
		postings.termBytes,
		postings.termOffsets,
		postings.numbers,
		postings.offsets,
		postings.slots,
		postings.frequencies,
		state.rows,
		state.owners,
		state.lengths,
		digests.ends,
		digests.bytes,
		...(vectors === undefined ? [] : [vectors.present, vectors.scales, vectors.signs, vectors.codes]),
	];
}

function asBytes(view: ArrayBufferView): Buffer {
	return Buffer.from(view.buffer as ArrayBuffer, view.byteOffset, view.byteLength);
}

function pad(length: number): number {
	return Math.ceil(length / alignment) * alignment;
}
