import { crc32, deflateRawSync } from 'node:zlib';

/** One entry to write, and what its headers claim when that is not the truth. */
export type ZipEntry = {
	readonly name: string;
	readonly content: Uint8Array | string;
	/** The size that its headers declare. */
	readonly declared?: number;
	readonly crc?: number;
	/** General purpose flags; 1 is "encrypted". */
	readonly flags?: number;
	readonly method?: 0 | 8 | 99;
	/** Share the data of the entry before, as overlapping bombs do. */
	readonly overlaps?: boolean;
	/** Write sizes and place in a zip64 field. */
	readonly zip64?: boolean;
};

/** A ZIP archive as honest or as hostile as its entries say; `count` is the number of entries that its end declares. */
export function makeZip(entries: readonly ZipEntry[], { count = entries.length, zip64 = false } = {}): Buffer {
	const parts: Buffer[] = [];
	const directory: Buffer[] = [];
	let at = 0;
	let last = { offset: 0, packed: Buffer.alloc(0) };
	for (const entry of entries) {
		const content = Buffer.from(entry.content);
		const { method = 8, flags = 0x800 } = entry;
		if (entry.overlaps !== true) last = { offset: at, packed: method === 0 ? content : deflateRawSync(content) };
		const name = Buffer.from(entry.name);
		const fields = Buffer.alloc(22);
		fields.writeUInt16LE(flags, 0);
		fields.writeUInt16LE(method, 2);
		fields.writeUInt32LE(entry.crc ?? crc32(content), 8);
		fields.writeUInt32LE(entry.zip64 ? 0xffffffff : last.packed.length, 12);
		fields.writeUInt32LE(entry.zip64 ? 0xffffffff : (entry.declared ?? content.length), 16);
		fields.writeUInt16LE(name.length, 20);
		if (entry.overlaps !== true) {
			const header = Buffer.concat([Buffer.from('PK\x03\x04\x14\0', 'latin1'), fields, Buffer.alloc(2), name]);
			parts.push(header, last.packed);
			at += header.length + last.packed.length;
		}
		const extra = entry.zip64
			? extra64(entry.declared ?? content.length, last.packed.length, last.offset)
			: Buffer.alloc(0);
		const rest = Buffer.alloc(16);
		rest.writeUInt16LE(extra.length, 0);
		rest.writeUInt32LE(entry.zip64 ? 0xffffffff : last.offset, 12);
		directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\0\x14\0', 'latin1'), fields, rest, name, extra]));
	}
	const central = Buffer.concat(directory);
	return Buffer.concat([...parts, central, endOf(at, central.length, count, zip64)]);
}

function extra64(unpacked: number, packed: number, offset: number): Buffer {
	const extra = Buffer.alloc(28);
	extra.writeUInt16LE(1, 0);
	extra.writeUInt16LE(24, 2);
	for (const [index, value] of [unpacked, packed, offset].entries())
		extra.writeBigUInt64LE(BigInt(value), 4 + index * 8);
	return extra;
}

function endOf(offset: number, size: number, count: number, zip64: boolean): Buffer {
	const end = Buffer.alloc(22);
	end.write('PK\x05\x06', 'latin1');
	end.writeUInt16LE(zip64 ? 0xffff : count, 8);
	end.writeUInt16LE(zip64 ? 0xffff : count, 10);
	end.writeUInt32LE(zip64 ? 0xffffffff : size, 12);
	end.writeUInt32LE(zip64 ? 0xffffffff : offset, 16);
	if (!zip64) return end;
	const record = Buffer.alloc(56);
	record.write('PK\x06\x06', 'latin1');
	record.writeBigUInt64LE(44n, 4);
	for (const [index, value] of [count, count, size, offset].entries())
		record.writeBigUInt64LE(BigInt(value), 24 + index * 8);
	const locator = Buffer.alloc(20);
	locator.write('PK\x06\x07', 'latin1');
	locator.writeBigUInt64LE(BigInt(offset + size), 8);
	locator.writeUInt32LE(1, 16);
	return Buffer.concat([record, locator, end]);
}
