import gatherBytes from './gather.wasm.ts';

type Add = (
	rows: number,
	stride: number,
	weights: number,
	ids: number,
	count: number,
	width: number,
	out: number,
) => void;
type Gather = { readonly addBytes: Add; readonly addFloats: Add };

/** Rows are padded to a multiple of this many numbers. */
const block = 32;
/** Ids that one call of the kernel reads. */
const mostIds = 4096;
const page = 65_536;

let compiled: WebAssembly.Module | undefined;

/** A table of token vectors in WASM memory, int8 or float32, with a weight for each row. */
export class TokenTable {
	readonly #add: Add;
	readonly #at: Layout;
	readonly #ids: Uint32Array;
	readonly #out: Float32Array;

	/** `numbers` has `rows * dimensions` numbers, `weights` one a row. */
	constructor(numbers: Int8Array | Float32Array, weights: Float32Array, dimensions: number) {
		const isFloat = numbers instanceof Float32Array;
		const rows = weights.length;
		this.#at = layoutOf({ rows, dimensions, isFloat });
		const { width, outAt, weightsAt, rowsAt, end } = this.#at;
		const pages = Math.ceil(end / page);
		const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
		new Float32Array(memory.buffer, weightsAt, rows).set(weights);
		const table = new (isFloat ? Float32Array : Int8Array)(memory.buffer, rowsAt, rows * width);
		if (width === dimensions) table.set(numbers);
		else for (let row = 0; row < rows; row++) table.set(rowOf(numbers, row, dimensions), row * width);
		compiled ??= new WebAssembly.Module(Buffer.from(gatherBytes, 'base64'));
		const gather = new WebAssembly.Instance(compiled, { env: { memory } }).exports as Gather;
		this.#add = isFloat ? gather.addFloats : gather.addBytes;
		this.#ids = new Uint32Array(memory.buffer, 0, mostIds);
		this.#out = new Float32Array(memory.buffer, outAt, width);
	}

	/** Writes the weighted sum of the rows to `out`, whose length says how many of the first dimensions are wanted. */
	sum(ids: Int32Array, out: Float32Array): void {
		const { rowsAt, weightsAt, stride, outAt } = this.#at;
		const width = Math.ceil(out.length / block) * block;
		this.#out.fill(0);
		for (let from = 0; from < ids.length; from += mostIds) {
			const some = ids.subarray(from, from + mostIds);
			this.#ids.set(some);
			this.#add(rowsAt, stride, weightsAt, 0, some.length, width, outAt);
		}
		for (let i = 0; i < out.length; i++) out[i] = this.#out[i]!;
	}
}

/** Where things lie, in bytes: ids first, then the sum, the weights, the rows. */
type Layout = {
	/** Numbers and bytes of a row. */
	readonly width: number;
	readonly stride: number;
	readonly outAt: number;
	readonly weightsAt: number;
	readonly rowsAt: number;
	readonly end: number;
};

function layoutOf({ rows, dimensions, isFloat }: { rows: number; dimensions: number; isFloat: boolean }): Layout {
	const width = Math.ceil(dimensions / block) * block;
	const stride = width * (isFloat ? 4 : 1);
	const outAt = mostIds * 4;
	const weightsAt = outAt + width * 4;
	// A row begins where a line of the processor's cache does.
	const rowsAt = Math.ceil((weightsAt + rows * 4) / 64) * 64;
	return { width, stride, outAt, weightsAt, rowsAt, end: rowsAt + rows * stride };
}

function rowOf<T extends Int8Array | Float32Array>(numbers: T, row: number, dimensions: number): T {
	return numbers.subarray(row * dimensions, (row + 1) * dimensions) as T;
}
