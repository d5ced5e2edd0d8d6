import { open } from 'node:fs/promises';
import { KnowhowError } from '../core/error.ts';

export type Dtype = keyof typeof bytesOf;

/** A tensor in row-major order; `bytes` are little-endian numbers. */
export type Tensor = { readonly dtype: Dtype; readonly shape: readonly number[]; readonly bytes: Uint8Array };

const bytesOf = { I8: 1, F16: 2, F32: 4, F64: 8, I32: 4, I64: 8 } as const;
/** As the format's reference implementation limits it. */
const longestHeader = 100_000_000;

/**
 * The tensors of a safetensors file (https://github.com/huggingface/safetensors#format): an 8-byte length, a JSON header with
 * dtype, shape and place of each, their bytes. Tensors of other dtypes than `Dtype` are left out; `path` is for messages. The
 * tensors are views of `file`. Throws `unreadable_file`.
 */
export function parseSafetensors(file: Buffer, path: string): Map<string, Tensor> {
	const length = file.length < 8 ? NaN : Number(file.readBigUInt64LE(0));
	if (!(length <= Math.min(longestHeader, file.length - 8))) throw broken(path, 'has no header');
	const header = parseHeader(path, file.toString('utf8', 8, 8 + length));
	const tensors = new Map<string, Tensor>();
	for (const [name, { dtype, shape, data_offsets }] of Object.entries(header)) {
		if (name === '__metadata__' || !isKnown(dtype)) continue;
		const [from = NaN, to = NaN] = data_offsets ?? [];
		const size = (shape ?? [NaN]).reduce((product, side) => product * side, bytesOf[dtype]);
		if (!(from >= 0 && to - from === size && to <= file.length - 8 - length)) {
			throw broken(path, `has an impossible tensor ${name}`);
		}
		tensors.set(name, { dtype, shape: shape!, bytes: file.subarray(8 + length + from, 8 + length + to) });
	}
	return tensors;
}

/** Writes tensors in the order given. */
export async function writeSafetensors(path: string, tensors: Readonly<Record<string, Tensor>>): Promise<void> {
	let end = 0;
	const entries = Object.entries(tensors).map(([name, { dtype, shape, bytes }]) => {
		const data_offsets = [end, (end += bytes.length)];
		return [name, { dtype, shape, data_offsets }] as const;
	});
	const header = JSON.stringify(Object.fromEntries(entries));
	// Padded with spaces, so that the numbers begin at a multiple of 8.
	const text = Buffer.from(header.padEnd(Math.ceil(Buffer.byteLength(header) / 8) * 8));
	const length = Buffer.alloc(8);
	length.writeBigUInt64LE(BigInt(text.length));
	await using file = await open(path, 'w');
	for (const part of [length, text, ...Object.values(tensors).map(({ bytes }) => bytes)]) await file.write(part);
	await file.sync();
}

/** The numbers of a tensor as floats; int64 beyond 2^53 loses digits. */
export function toFloats({ dtype, bytes }: Tensor): Float32Array {
	// A copy is aligned.
	const { buffer } = Uint8Array.from(bytes);
	return floats[dtype](buffer);
}

const floats: { readonly [Type in Tensor['dtype']]: (buffer: ArrayBuffer) => Float32Array } = {
	F32: (buffer) => new Float32Array(buffer),
	F16: (buffer) => Float32Array.from(new Uint16Array(buffer), halfToFloat),
	F64: (buffer) => Float32Array.from(new Float64Array(buffer)),
	I8: (buffer) => Float32Array.from(new Int8Array(buffer)),
	I32: (buffer) => Float32Array.from(new Int32Array(buffer)),
	I64: (buffer) => Float32Array.from(new BigInt64Array(buffer), Number),
};

/** IEEE 754 binary16: a sign, 5 bits of exponent (bias 15), 10 of fraction. */
function halfToFloat(bits: number): number {
	const sign = bits & 0x8000 ? -1 : 1;
	const exponent = (bits >> 10) & 31;
	const fraction = bits & 1023;
	if (exponent === 0) return sign * fraction * 2 ** -24;
	if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
	return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

type Header = Readonly<
	Record<
		string,
		{ readonly dtype?: string; readonly shape?: readonly number[]; readonly data_offsets?: readonly number[] }
	>
>;

function parseHeader(path: string, text: string): Header {
	try {
		const header: unknown = JSON.parse(text);
		if (typeof header === 'object' && header !== null) return header as Header;
	} catch (cause) {
		throw broken(path, 'has a header that is not JSON', cause);
	}
	throw broken(path, 'has a header that is not JSON');
}

function isKnown(dtype: string | undefined): dtype is Dtype {
	return dtype !== undefined && Object.hasOwn(bytesOf, dtype);
}

function broken(path: string, what: string, cause?: unknown): KnowhowError {
	return new KnowhowError('unreadable_file', `${path} ${what}: it is no whole safetensors file.`, {
		...(cause === undefined ? {} : { cause }),
		hint: 'Copy the folder of the model again.',
	});
}
