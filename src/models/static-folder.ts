import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { KnowhowError } from '../core/error.ts';
import { parseSafetensors, type Tensor, toFloats } from './safetensors.ts';
import { parseTokenizer } from './tokenizer-file.ts';
import { type BertOptions, uncased } from './wordpiece.ts';

/** What a folder of a static embedding model holds: a vector for each token of a vocabulary. */
export type StaticModel = {
	/** For people: a name, and the beginning of `hash`. */
	readonly id: string;
	/** SHA-256 (hex) of what decides the vectors: the table and how text is cut. */
	readonly hash: string;
	readonly vocabulary: readonly string[];
	readonly bert: BertOptions;
	readonly dimensions: number;
	/** (tokens, dimensions), row by row. */
	readonly numbers: Int8Array | Float32Array;
	/** What each token's row is multiplied by; 0: the token does not count. */
	readonly weights: Float32Array;
};

const manifestSchema = z.object({
	kind: z.literal('static-embedder'),
	format: z.literal(1),
	dimensions: z.int().min(1),
	files: z.record(z.string(), z.string()),
});
const modulesSchema = z.array(z.object({ path: z.string(), type: z.string() })).min(1);

/**
 * Reads a static embedding model in one of three layouts, told apart by a file that only one has: Knowhow's own
 * (`manifest.json`), sentence-transformers' `StaticEmbedding` (`modules.json`) or Model2Vec's (`config.json`).
 * `name` is what people call it; the folder's name when absent. Throws `not_found`, `unreadable_file` and `unsupported_format`.
 */
export async function readStaticModel(folder: string, name = basename(folder)): Promise<StaticModel> {
	const manifest = await readJson(join(folder, 'manifest.json'));
	const modules = manifest === null ? await readJson(join(folder, 'modules.json')) : null;
	const config = manifest === null && modules === null ? await readJson(join(folder, 'config.json')) : null;
	if (manifest !== null) return await readOwn(folder, name, manifest);
	if (modules !== null) return await readSentenceTransformers(folder, name, modules);
	if (config !== null) return await readModel2Vec(folder, name);
	throw new KnowhowError('not_found', `There is no static embedding model in ${folder}.`, {
		hint: 'A folder of Model2Vec has config.json, one of sentence-transformers modules.json.',
	});
}

/** int8 rows with a scale each; unknown tokens do not count. What the manifest says of its files must hold. */
async function readOwn(folder: string, name: string, json: Json): Promise<StaticModel> {
	const manifest = manifestSchema.safeParse(json.value);
	if (!manifest.success) throw broken(json.path, 'is not one of this version of Knowhow', manifest.error);
	const { dimensions, files } = manifest.data;
	const table = await readPart(folder, 'model.safetensors');
	const vocab = await readPart(folder, 'vocab.txt');
	for (const { path, hash } of [table, vocab]) {
		if (files[basename(path)] !== hash) throw broken(path, 'is not the file that manifest.json describes');
	}
	const tensors = parseSafetensors(table.bytes, table.path);
	const embeddings = tensorOf(tensors, 'embeddings', table.path);
	const vocabulary = vocab.bytes.toString().replace(/\n$/, '').split('\n');
	const weights = toFloats(tensorOf(tensors, 'scales', table.path));
	if (embeddings.shape[1] !== dimensions)
		throw broken(table.path, `has not the ${dimensions} dimensions of manifest.json`);
	return model(name, [table, vocab], { vocabulary, bert: uncased, embeddings, weights });
}

/** Rows of floats, or of int8 with one scale for all, which a unit vector does not need. Unknown tokens do not count. */
async function readModel2Vec(folder: string, name: string): Promise<StaticModel> {
	const table = await readPart(folder, 'model.safetensors');
	const tokenizer = await readPart(folder, 'tokenizer.json');
	const { vocabulary, bert } = parseTokenizer(tokenizer.bytes.toString(), tokenizer.path);
	const tensors = parseSafetensors(table.bytes, table.path);
	const embeddings = tensorOf(tensors, 'embeddings', table.path);
	const mapping = tensors.get('mapping');
	const weights = tensors.get('weights');
	return model(name, [table, tokenizer], {
		vocabulary,
		bert,
		embeddings: mapping === undefined ? embeddings : mapped(embeddings, toFloats(mapping), table.path),
		weights: weights === undefined ? new Float32Array(vocabulary.length).fill(1) : toFloats(weights),
	});
}

/** Unknown tokens count here as their row says, as they do in `StaticEmbedding`. */
async function readSentenceTransformers(folder: string, name: string, json: Json): Promise<StaticModel> {
	const modules = modulesSchema.safeParse(json.value);
	if (!modules.success) throw broken(json.path, 'is not in the form of sentence-transformers', modules.error);
	const [first, ...others] = modules.data.map(({ type, path }) => ({ type: type.split('.').at(-1), path }));
	const odd = first!.type === 'StaticEmbedding' ? others.find(({ type }) => type !== 'Normalize') : first;
	if (odd !== undefined) {
		throw new KnowhowError('unsupported_format', `${json.path} names the module ${odd.type}.`, {
			hint: 'Only StaticEmbedding is run here, with or without Normalize. Serve other models by a server or as ONNX.',
		});
	}
	const table = await readPart(join(folder, first!.path), 'model.safetensors');
	const tokenizer = await readPart(join(folder, first!.path), 'tokenizer.json');
	const { vocabulary, bert } = parseTokenizer(tokenizer.bytes.toString(), tokenizer.path);
	const embeddings = tensorOf(parseSafetensors(table.bytes, table.path), 'embedding.weight', table.path);
	const weights = new Float32Array(vocabulary.length).fill(1);
	return model(name, [table, tokenizer], { vocabulary, bert, embeddings, weights, countsUnknown: true });
}

type Read = Pick<StaticModel, 'vocabulary' | 'bert' | 'weights'> & {
	readonly embeddings: Tensor;
	readonly countsUnknown?: boolean;
};

function model(name: string, files: readonly [table: Part, words: Part], read: Read): StaticModel {
	const { vocabulary, bert, embeddings, weights } = read;
	const [rows, dimensions] = embeddings.shape as [number, number];
	if (embeddings.shape.length !== 2 || rows !== vocabulary.length || weights.length !== rows) {
		throw broken(files[0].path, `has ${rows} rows and ${weights.length} weights for ${vocabulary.length} tokens`);
	}
	const { bytes, dtype } = embeddings;
	const numbers = dtype === 'I8' ? new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length) : toFloats(embeddings);
	const unknown = vocabulary.indexOf('[UNK]');
	if (read.countsUnknown !== true && unknown >= 0) weights[unknown] = 0;
	const hash = createHash('sha256')
		.update(files.map((file) => file.hash).join(' '))
		.digest('hex');
	return { id: `${name}@${hash.slice(0, 8)}`, hash, vocabulary, bert, dimensions, numbers, weights };
}

/** The row of every token, where `mapping` says which tokens share one. */
function mapped({ dtype, shape, bytes }: Tensor, mapping: Float32Array, path: string): Tensor {
	const [rows, width] = shape as [number, number];
	const stride = bytes.length / rows;
	const all = new Uint8Array(mapping.length * stride);
	mapping.forEach((row, token) => {
		if (!(row >= 0 && row < rows)) throw broken(path, `maps token ${token} to row ${row} of ${rows}`);
		all.set(bytes.subarray(row * stride, (row + 1) * stride), token * stride);
	});
	return { dtype, shape: [mapping.length, width], bytes: all };
}

function tensorOf(tensors: ReadonlyMap<string, Tensor>, name: string, path: string): Tensor {
	const tensor = tensors.get(name);
	if (tensor === undefined) throw broken(path, `has no tensor named ${name}`);
	return tensor;
}

/** A file, and its SHA-256 as hex. */
type Part = { readonly path: string; readonly bytes: Buffer; readonly hash: string };

async function readPart(folder: string, name: string): Promise<Part> {
	const path = join(folder, name);
	try {
		const bytes = await readFile(path);
		return { path, bytes, hash: createHash('sha256').update(bytes).digest('hex') };
	} catch (cause) {
		throw broken(path, 'cannot be read', cause);
	}
}

type Json = { readonly path: string; readonly value: unknown };

/** Null when there is no such file. */
async function readJson(path: string): Promise<Json | null> {
	const text = await readFile(path, 'utf8').catch(() => null);
	if (text === null) return null;
	try {
		return { path, value: JSON.parse(text) };
	} catch (cause) {
		throw broken(path, 'is not JSON', cause);
	}
}

function broken(path: string, what: string, cause?: unknown): KnowhowError {
	return new KnowhowError('unreadable_file', `${path} ${what}.`, {
		...(cause === undefined ? {} : { cause }),
		hint: 'Copy the folder of the model again, or install Knowhow again if it is the built-in one.',
	});
}
