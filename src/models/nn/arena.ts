import kernelBytes from './kernels.wasm.ts';

/** The exports of kernels.wat; pointers and strides in bytes. */
type Exports = {
	multiply(
		a: number,
		byRow: number,
		byInner: number,
		b: number,
		c: number,
		rows: number,
		columns: number,
		inner: number,
		add: number,
	): void;
	gather(ids: number, weights: number, count: number, table: number, bytes: number, out: number): void;
	scatter(ids: number, weights: number, count: number, table: number, bytes: number, row: number): void;
	adamw(
		w: number,
		g: number,
		m: number,
		v: number,
		bytes: number,
		rate: number,
		beta1: number,
		beta2: number,
		mean: number,
		variance: number,
		epsilon: number,
		decay: number,
	): void;
	adagradRows(
		ids: number,
		count: number,
		table: number,
		gradient: number,
		sums: number,
		bytes: number,
		rate: number,
	): void;
};

let compiled: WebAssembly.Module | undefined;

/**
 * Memory of a fixed size that the kernels work on; arrays are views of it, zero at first, and go with it. Rows of matrices and
 * tables have `padded(width)` floats, the rest of a row being 0.
 */
export class Arena {
	readonly kernels: Exports;
	readonly #buffer: ArrayBuffer;
	#top = 64;

	/** `floats` is the most that all arrays hold together, 4 bytes each; up to 2^30. */
	constructor(floats: number) {
		const pages = Math.ceil((floats * 4 + 64 * 64) / 65_536) + 1;
		const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
		compiled ??= new WebAssembly.Module(Buffer.from(kernelBytes, 'base64'));
		this.kernels = new WebAssembly.Instance(compiled, { env: { memory } }).exports as unknown as Exports;
		this.#buffer = memory.buffer;
	}

	floats(length: number): Float32Array<ArrayBuffer> {
		return new Float32Array(this.#buffer, this.#take(length), length);
	}

	integers(length: number): Uint32Array<ArrayBuffer> {
		return new Uint32Array(this.#buffer, this.#take(length), length);
	}

	#take(length: number): number {
		const at = this.#top;
		this.#top += Math.ceil((length * 4) / 64) * 64;
		if (this.#top > this.#buffer.byteLength) throw new RangeError(`The arena has no room for ${length} more floats.`);
		return at;
	}
}

/** The length of a row that holds `width` floats: the next multiple of 8. */
export function padded(width: number): number {
	return Math.ceil(width / 8) * 8;
}
