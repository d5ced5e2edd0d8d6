import type { Arena } from './arena.ts';

export type ProductShape = {
	readonly rows: number;
	/** Of the result and of B; a multiple of 8. */
	readonly columns: number;
	readonly inner: number;
	/** A is stored (inner, rows) and read transposed. */
	readonly isTransposed?: boolean;
};

/** out = A B for row-major matrices of one arena: A (rows, inner), B (inner, columns), out (rows, columns). */
export function multiply(
	{ kernels }: Arena,
	a: Float32Array,
	b: Float32Array,
	out: Float32Array,
	{ rows, columns, inner, isTransposed = false }: ProductShape,
): void {
	const [byRow, byInner] = isTransposed ? [4, rows * 4] : [inner * 4, 4];
	kernels.multiply(a.byteOffset, byRow, byInner, b.byteOffset, out.byteOffset, rows, columns, inner, 0);
}

/** out (columns, rows) = A (rows, columns) transposed, in blocks that stay in the cache. */
export function transpose(a: Float32Array, out: Float32Array, rows: number, columns: number): void {
	const block = 16;
	for (let i0 = 0; i0 < rows; i0 += block) {
		for (let j0 = 0; j0 < columns; j0 += block) {
			const iEnd = Math.min(rows, i0 + block);
			const jEnd = Math.min(columns, j0 + block);
			for (let i = i0; i < iEnd; i++) for (let j = j0; j < jEnd; j++) out[j * rows + i] = a[i * columns + j]!;
		}
	}
}

/** Scales rows of `width` floats to unit length; writes to `scales` by what each was multiplied (0 for a row of zeros). */
export function normaliseRows(a: Float32Array, rows: number, width: number, scales: Float32Array): void {
	for (let i = 0; i < rows; i++) {
		let sum = 0;
		for (let j = i * width; j < (i + 1) * width; j++) sum += a[j]! * a[j]!;
		const scale = sum > 0 ? 1 / Math.sqrt(sum) : 0;
		scales[i] = scale;
		for (let j = i * width; j < (i + 1) * width; j++) a[j]! *= scale;
	}
}

/** Turns the gradient with respect to unit rows into that with respect to the rows before `normaliseRows`: (g − (g·u) u) · scale. */
export function normaliseBackward(
	gradient: Float32Array,
	units: Float32Array,
	rows: number,
	width: number,
	scales: Float32Array,
): void {
	for (let i = 0; i < rows; i++) {
		let dot = 0;
		for (let j = i * width; j < (i + 1) * width; j++) dot += gradient[j]! * units[j]!;
		const scale = scales[i]!;
		for (let j = i * width; j < (i + 1) * width; j++) gradient[j] = (gradient[j]! - dot * units[j]!) * scale;
	}
}
