import type { Weight } from '../core/trainer.ts';
import { type Artifact, weightOf } from './artifact.ts';
import { type QuantisedRows, quantiseRows } from './quantised-rows.ts';
import { toFloats } from './safetensors.ts';

/** Rows as an artifact keeps them: `name`, int8, and `name.scales`. Of each row of `stride` floats the first `width` count. */
export function packRows(
	name: string,
	rows: Float32Array,
	{ stride, width }: { readonly stride: number; readonly width: number },
): Readonly<Record<string, Weight>> {
	const { numbers, scales } = quantiseRows(rows, stride, width);
	return {
		[name]: { shape: [scales.length, width], numbers },
		[`${name}.scales`]: { shape: [scales.length], numbers: scales },
	};
}

/** The rows that `packRows` kept. Throws `unreadable_file` when they are missing. */
export function unpackRows(artifact: Artifact, name: string): QuantisedRows {
	const { bytes, shape } = weightOf(artifact, name, 'I8');
	const numbers = new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length);
	return { width: shape[1]!, numbers, scales: toFloats(weightOf(artifact, `${name}.scales`, 'F32')) };
}
