/** Rows of int8 with a scale each: row i is `numbers[i * width …] * scales[i]`. */
export type QuantisedRows = { readonly width: number; readonly numbers: Int8Array; readonly scales: Float32Array };

/** The first `width` floats of each row of `stride`, scaled so that the largest of a row is ±127; off by at most half a step of it. */
export function quantiseRows(rows: Float32Array, stride: number, width: number): QuantisedRows {
	const count = rows.length / stride;
	const numbers = new Int8Array(count * width);
	const scales = new Float32Array(count);
	for (let row = 0; row < count; row++) {
		const values = rows.subarray(row * stride, row * stride + width);
		let largest = 0;
		for (let j = 0; j < width; j++) largest = Math.max(largest, Math.abs(values[j]!));
		if (largest === 0) continue;
		scales[row] = largest / 127;
		for (let j = 0; j < width; j++) numbers[row * width + j] = Math.round((values[j]! * 127) / largest);
	}
	return { width, numbers, scales };
}

/** out += weight · row */
export function addRow({ numbers, scales, width }: QuantisedRows, id: number, weight: number, out: Float32Array): void {
	const factor = scales[id]! * weight;
	const at = id * width;
	for (let j = 0; j < width; j++) out[j]! += factor * numbers[at + j]!;
}
