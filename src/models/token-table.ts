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

/** Vectors of tokens, row by row. What another thread needs to read them too. */
export type SharedTable = {
	readonly memory: WebAssembly.Memory;
	readonly module: WebAssembly.Module;
	readonly rows: number;
	readonly dimensions: number;
	readonly isFloat: boolean;
	/** How many threads have room of their own. */
	readonly threads: number;
};

let compiled: WebAssembly.Module | undefined;

/**
 * A table of token vectors in WASM memory, int8 or float32, with a weight for each row. The memory is shared: every thread that
 * gets `shared` adds up rows without a copy, in a room of its own (`thread`, from 0).
 */
export class TokenTable {
	readonly shared: SharedTable;
	readonly #add: Add;
	readonly #at: Layout;
	readonly #ids: Uint32Array;
	readonly #out: Float32Array;

	constructor(shared: SharedTable, thread: number) {
		this.shared = shared;
		const { memory, module, isFloat } = shared;
		const gather = new WebAssembly.Instance(module, { env: { memory } }).exports as Gather;
		this.#add = isFloat ? gather.addFloats : gather.addBytes;
		this.#at = layoutOf(shared);
		const room = thread * this.#at.room;
		this.#ids = new Uint32Array(memory.buffer, room, mostIds);
		this.#out = new Float32Array(memory.buffer, room + mostIds * 4, this.#at.width);
	}

	/** `numbers` has `rows * dimensions` numbers, `weights` one a row. */
	static of(
		numbers: Int8Array | Float32Array,
		weights: Float32Array,
		{ dimensions, threads }: { dimensions: number; threads: number },
	): TokenTable {
		const isFloat = numbers instanceof Float32Array;
		compiled ??= new WebAssembly.Module(Buffer.from(gatherBytes, 'base64'));
		const rows = weights.length;
		const size = { rows, dimensions, isFloat, threads };
		const { width, weightsAt, rowsAt, end } = layoutOf(size);
		const pages = Math.ceil(end / page);
		const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
		new Float32Array(memory.buffer, weightsAt, rows).set(weights);
		const table = new (isFloat ? Float32Array : Int8Array)(memory.buffer, rowsAt, rows * width);
		if (width === dimensions) table.set(numbers);
		else for (let row = 0; row < rows; row++) table.set(rowOf(numbers, row, dimensions), row * width);
		return new TokenTable({ memory, module: compiled, ...size }, 0);
	}

	/** Writes the weighted sum of the rows to `out`, whose length says how many of the first dimensions are wanted. */
	sum(ids: Int32Array, out: Float32Array): void {
		const { rowsAt, weightsAt, stride } = this.#at;
		const width = Math.ceil(out.length / block) * block;
		const { byteOffset: outAt } = this.#out;
		this.#out.fill(0);
		for (let from = 0; from < ids.length; from += mostIds) {
			const some = ids.subarray(from, from + mostIds);
			this.#ids.set(some);
			this.#add(rowsAt, stride, weightsAt, this.#ids.byteOffset, some.length, width, outAt);
		}
		for (let i = 0; i < out.length; i++) out[i] = this.#out[i]!;
	}
}

type Layout = {
	/** Numbers and bytes of a row. */
	readonly width: number;
	readonly stride: number;
	/** Bytes of a thread's room: ids, then the sum. */
	readonly room: number;
	readonly weightsAt: number;
	readonly rowsAt: number;
	readonly end: number;
};

function layoutOf({
	rows,
	dimensions,
	isFloat,
	threads,
}: Pick<SharedTable, 'rows' | 'dimensions' | 'isFloat' | 'threads'>): Layout {
	const width = Math.ceil(dimensions / block) * block;
	const stride = width * (isFloat ? 4 : 1);
	const room = mostIds * 4 + width * 4;
	const weightsAt = threads * room;
	// A row begins where a line of the processor's cache does.
	const rowsAt = Math.ceil((weightsAt + rows * 4) / 64) * 64;
	return { width, stride, room, weightsAt, rowsAt, end: rowsAt + rows * stride };
}

function rowOf<T extends Int8Array | Float32Array>(numbers: T, row: number, dimensions: number): T {
	return numbers.subarray(row * dimensions, (row + 1) * dimensions) as T;
}
