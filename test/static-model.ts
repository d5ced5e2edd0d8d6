import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Tensor, writeSafetensors } from '../src/models/safetensors.ts';
import { tokenizerJson } from '../src/models/tokenizer-file.ts';

/** A tiny static embedding model: a vocabulary, and random rows that are the same in every run. */
export type TinyModel = {
	readonly vocabulary: readonly string[];
	readonly dimensions: number;
	/** (tokens, dimensions) */
	readonly codes: Int8Array;
	readonly scales: Float32Array;
};

export const tinyWords = ['[PAD]', '[UNK]', 'refund', 'window', 'days', '30', 'pay', '##ment', '##s', 'the', '.', 'ü'];

export function tinyModel(dimensions = 64, vocabulary: readonly string[] = tinyWords): TinyModel {
	let state = 7;
	const random = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
	return {
		vocabulary,
		dimensions,
		codes: Int8Array.from({ length: vocabulary.length * dimensions }, () => Math.floor(random() * 255) - 127),
		scales: Float32Array.from(vocabulary, () => 0.001 + random() / 100),
	};
}

/** (tokens, dimensions) as floats. */
export function floatRows({ codes, scales, dimensions }: TinyModel): Float32Array {
	return Float32Array.from(codes, (code, i) => code * scales[Math.floor(i / dimensions)]!);
}

/** Writes Knowhow's own layout. */
export async function writeOwn(folder: string, model: TinyModel): Promise<void> {
	const { vocabulary, dimensions, codes, scales } = model;
	await mkdir(folder, { recursive: true });
	const table = join(folder, 'model.safetensors');
	await writeSafetensors(table, {
		embeddings: { dtype: 'I8', shape: [vocabulary.length, dimensions], bytes: bytesOf(codes) },
		scales: { dtype: 'F32', shape: [vocabulary.length], bytes: bytesOf(scales) },
	});
	await writeFile(join(folder, 'vocab.txt'), vocabulary.map((word) => `${word}\n`).join(''));
	const files: Record<string, string> = {};
	for (const name of ['model.safetensors', 'vocab.txt']) files[name] = await sha256(join(folder, name));
	await writeFile(
		join(folder, 'manifest.json'),
		JSON.stringify({ kind: 'static-embedder', format: 1, dimensions, files }),
	);
}

/** Writes Model2Vec's layout with these tensors (`embeddings`, and where wanted `weights` and `mapping`). */
export async function writeModel2Vec(
	folder: string,
	vocabulary: readonly string[],
	tensors: Readonly<Record<string, Tensor>>,
): Promise<void> {
	await mkdir(folder, { recursive: true });
	await writeSafetensors(join(folder, 'model.safetensors'), tensors);
	await writeFile(join(folder, 'tokenizer.json'), JSON.stringify(tokenizerJson(vocabulary)));
	await writeFile(join(folder, 'config.json'), JSON.stringify({ model_type: 'model2vec', normalize: true }));
}

export function tensor(dtype: Tensor['dtype'], shape: readonly number[], numbers: NumberArray): Tensor {
	return { dtype, shape, bytes: bytesOf(numbers) };
}

type NumberArray = Int8Array | Uint16Array | Int32Array | Float32Array | Float64Array | BigInt64Array;

function bytesOf(numbers: NumberArray): Uint8Array {
	return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

async function sha256(path: string): Promise<string> {
	return createHash('sha256')
		.update(await readFile(path))
		.digest('hex');
}
