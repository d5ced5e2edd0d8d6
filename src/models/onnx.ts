import { readFile, stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { z } from 'zod';
import type { Embedder } from '../core/embedder.ts';
import { KnowhowError } from '../core/error.ts';
import type { Reranker } from '../core/reranker.ts';
import { probeText, spaceOf } from './fingerprint.ts';
import { importLocal, transformersPackage } from './local-package.ts';

export type OnnxOptions = {
	/** For people, reports and the name of the vector space; the folder's name when absent. */
	readonly model?: string | undefined;
	/** Spaces in which vectors exist already: a model whose probe matches one of them gets that space's name. */
	readonly knownSpaces?: readonly string[] | undefined;
	/** Imports @huggingface/transformers; for programs that keep it elsewhere. */
	readonly load?: (() => Promise<unknown>) | undefined;
};

/** On a processor long batches are slower than short ones of equal length: padding costs as much as words. */
const batchSize = 8;

/**
 * An embedder from a folder in the layout of transformers.js (`config.json`, `tokenizer.json`, `tokenizer_config.json`,
 * `onnx/model.onnx` or `onnx/model_quantized.onnx`). Pooling and prefixes are read from the files of sentence-transformers
 * where they lie beside it; the mean of all tokens otherwise. Nothing is fetched. Throws `not_found`, `unreadable_file`.
 */
export async function openOnnxEmbedder(folder: string, options: OnnxOptions = {}): Promise<Embedder & AsyncDisposable> {
	const path = resolve(folder);
	const dtype = await dtypeOf(path);
	const { pooling, prefixes } = await readSentenceTransformers(path);
	const transformers = await transformersOf(options);
	const extract = await opening(
		path,
		async () => await transformers.pipeline('feature-extraction', path, settingsOf(dtype)),
	);

	const embedBatch = async (texts: readonly string[]): Promise<Float32Array[]> => {
		const { data, dims } = await extract(texts, { pooling, normalize: true });
		const width = dims[1] as number;
		return texts.map((_, at) => data.slice(at * width, (at + 1) * width));
	};
	const embed: Embedder['embed'] = async (texts, kind, signal) => {
		const prefixed = texts.map((text) => prefixes[kind] + text);
		return await inBatches(prefixed, (text) => text.length, embedBatch, signal);
	};
	const model = options.model ?? basename(path);
	const [probe] = await embedBatch([probeText]);
	return {
		id: model,
		space: spaceOf(model, probe as Float32Array, options.knownSpaces),
		dimensions: (probe as Float32Array).length,
		embed,
		[Symbol.asyncDispose]: async () => await extract.dispose(),
	};
}

/**
 * A cross-encoder from such a folder: a model for sequence classification whose first class means “relevant”. Nothing is
 * fetched. Throws `not_found`, `unreadable_file`.
 */
export async function openOnnxReranker(folder: string, options: OnnxOptions = {}): Promise<Reranker & AsyncDisposable> {
	const path = resolve(folder);
	const settings = settingsOf(await dtypeOf(path));
	const { AutoTokenizer, AutoModelForSequenceClassification } = await transformersOf(options);
	const [tokenize, classify] = await opening(path, async () => [
		await AutoTokenizer.from_pretrained(path, settings),
		await AutoModelForSequenceClassification.from_pretrained(path, settings),
	]);
	const scoreBatch = async (query: string, passages: readonly string[]): Promise<number[]> => {
		const pairs = { text_pair: passages, padding: true, truncation: true };
		const { logits } = await classify(
			tokenize(
				passages.map(() => query),
				pairs,
			),
		);
		const classes = logits.dims[1] ?? 1;
		return passages.map((_, at) => logits.data[at * classes] as number);
	};
	return {
		id: options.model ?? basename(path),
		score: async (query, passages, signal) =>
			await inBatches(
				passages,
				(text) => text.length,
				async (batch) => await scoreBatch(query, batch),
				signal,
			),
		[Symbol.asyncDispose]: async () => void (await classify.dispose()),
	};
}

/** Runs equal lengths together and gives the results in the order of `items`. */
async function inBatches<Item, Result>(
	items: readonly Item[],
	lengthOf: (item: Item) => number,
	run: (batch: readonly Item[]) => Promise<readonly Result[]>,
	signal: AbortSignal | undefined,
): Promise<Result[]> {
	const order = items.map((_, at) => at).sort((a, b) => lengthOf(items[a] as Item) - lengthOf(items[b] as Item));
	const results = Array.from<Result>({ length: items.length });
	for (let at = 0; at < order.length; at += batchSize) {
		if (signal?.aborted) throw new KnowhowError('cancelled', 'The local model was stopped.');
		const slots = order.slice(at, at + batchSize);
		const batch = await run(slots.map((slot) => items[slot] as Item));
		for (const [index, slot] of slots.entries()) results[slot] = batch[index] as Result;
	}
	return results;
}

async function transformersOf({ load }: OnnxOptions): Promise<Transformers> {
	return (await (load ?? (async () => await importLocal(transformersPackage)))()) as Transformers;
}

async function opening<T>(path: string, open: () => Promise<T>): Promise<T> {
	try {
		return await open();
	} catch (cause) {
		throw new KnowhowError('unreadable_file', `The model in ${path} cannot be run.`, {
			cause,
			hint: 'The folder needs config.json, tokenizer.json, tokenizer_config.json and onnx/model.onnx, as transformers.js has them.',
		});
	}
}

type Dtype = 'q8' | 'fp32';

async function dtypeOf(path: string): Promise<Dtype> {
	for (const [file, dtype] of [['model_quantized.onnx', 'q8'] as const, ['model.onnx', 'fp32'] as const]) {
		if ((await stat(join(path, 'onnx', file)).catch(() => null))?.isFile()) return dtype;
	}
	throw new KnowhowError('not_found', `There is no ONNX model in ${path}.`, {
		hint: 'It should lie there as onnx/model_quantized.onnx or onnx/model.onnx.',
	});
}

function settingsOf(dtype: Dtype): Settings {
	const threads = Math.max(1, availableParallelism() - 1);
	return {
		dtype,
		device: 'cpu',
		local_files_only: true,
		session_options: { intraOpNumThreads: threads, interOpNumThreads: 1 },
	};
}

const poolingSchema = z.object({ pooling_mode_cls_token: z.boolean().default(false) });
const promptsSchema = z.object({ prompts: z.record(z.string(), z.string()).default({}) });

type Reading = {
	readonly pooling: 'mean' | 'cls';
	readonly prefixes: { readonly query: string; readonly passage: string };
};

/** What sentence-transformers keeps beside a model: how tokens become one vector, and what goes before a text. */
async function readSentenceTransformers(path: string): Promise<Reading> {
	const pooling = await readJson(join(path, '1_Pooling', 'config.json'), poolingSchema);
	const { prompts = {} } = (await readJson(join(path, 'config_sentence_transformers.json'), promptsSchema)) ?? {};
	return {
		pooling: pooling?.pooling_mode_cls_token ? 'cls' : 'mean',
		prefixes: { query: prompts['query'] ?? '', passage: prompts['passage'] ?? prompts['document'] ?? '' },
	};
}

async function readJson<T>(path: string, schema: z.ZodType<T>): Promise<T | null> {
	const text = await readFile(path, 'utf8').catch(() => null);
	if (text === null) return null;
	try {
		return schema.parse(JSON.parse(text));
	} catch (cause) {
		throw new KnowhowError('unreadable_file', `${path} is not in the form of sentence-transformers.`, { cause });
	}
}

/** What is used of @huggingface/transformers 4. Its own types would make every installation carry the package. */
type Transformers = {
	pipeline(task: 'feature-extraction', path: string, settings: Settings): Promise<Extractor>;
	readonly AutoTokenizer: { from_pretrained(path: string, settings: Settings): Promise<Tokenize> };
	readonly AutoModelForSequenceClassification: { from_pretrained(path: string, settings: Settings): Promise<Classify> };
};

type Settings = {
	readonly dtype: Dtype;
	readonly device: 'cpu';
	readonly local_files_only: true;
	readonly session_options: { readonly intraOpNumThreads: number; readonly interOpNumThreads: number };
};

/** Row by row. */
type Tensor = { readonly data: Float32Array; readonly dims: readonly number[] };
type Extractor = {
	(texts: readonly string[], options: { pooling: Reading['pooling']; normalize: boolean }): Promise<Tensor>;
	dispose(): Promise<void>;
};
type Tokenize = (texts: readonly string[], options: object) => object;
type Classify = { (inputs: object): Promise<{ readonly logits: Tensor }>; dispose(): Promise<unknown> };
