/** Makes a language model of random weights as a GGUF file (version 3): two layers, a vocabulary of bytes, ChatML. */
import { writeFileSync } from 'node:fs';

const width = 64;
const layers = 2;
const heads = 4;
const keyHeads = 2;
const inner = 128;
export const contextTokens = 512;

const template =
	'{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}';

export function writeTinyLanguageModel(path: string): void {
	const names = [...byteNames(), '<|bos|>', '<|im_start|>', '<|im_end|>'];
	const [bos, , end] = [names.length - 3, names.length - 2, names.length - 1];
	const metadata: readonly Buffer[] = [
		entry('general.architecture', 'llama'),
		entry('general.name', 'tiny'),
		entry('llama.context_length', contextTokens),
		entry('llama.embedding_length', width),
		entry('llama.block_count', layers),
		entry('llama.feed_forward_length', inner),
		entry('llama.attention.head_count', heads),
		entry('llama.attention.head_count_kv', keyHeads),
		entry('llama.rope.dimension_count', width / heads),
		entry('llama.vocab_size', names.length),
		Buffer.concat([key('llama.attention.layer_norm_rms_epsilon'), int32(floatType), float(1e-5)]),
		entry('tokenizer.ggml.model', 'gpt2'),
		entry('tokenizer.ggml.pre', 'gpt-2'),
		list('tokenizer.ggml.tokens', stringType, names.map(string)),
		list(
			'tokenizer.ggml.token_type',
			signedType,
			names.map((_, id) => int32(id < 256 ? 1 : 3)),
		),
		list('tokenizer.ggml.merges', stringType, [string('t h')]),
		entry('tokenizer.ggml.bos_token_id', bos),
		entry('tokenizer.ggml.eos_token_id', end),
		entry('tokenizer.chat_template', template),
	];
	writeFileSync(path, toFile(metadata, tensorsOf(names.length)));
}

type Tensor = { readonly name: string; readonly dims: readonly number[]; readonly values: Float32Array };

function tensorsOf(vocabulary: number): Tensor[] {
	const random = randomFrom(1);
	const matrix = (name: string, ...dims: readonly [from: number, to: number]): Tensor => {
		const values = Float32Array.from({ length: dims[0] * dims[1] }, () => (random() - 0.5) * Math.sqrt(12 / dims[0]));
		return { name: `${name}.weight`, dims, values };
	};
	const norm = (name: string): Tensor => {
		return { name: `${name}.weight`, dims: [width], values: new Float32Array(width).fill(1) };
	};
	const keys = (width / heads) * keyHeads;
	const blocks = Array.from({ length: layers }, (_, layer) => `blk.${layer}.`).flatMap((block) => [
		norm(`${block}attn_norm`),
		matrix(`${block}attn_q`, width, width),
		matrix(`${block}attn_k`, width, keys),
		matrix(`${block}attn_v`, width, keys),
		matrix(`${block}attn_output`, width, width),
		norm(`${block}ffn_norm`),
		matrix(`${block}ffn_gate`, width, inner),
		matrix(`${block}ffn_up`, width, inner),
		matrix(`${block}ffn_down`, inner, width),
	]);
	return [matrix('token_embd', width, vocabulary), ...blocks, norm('output_norm'), matrix('output', width, vocabulary)];
}

const alignment = 32;

function toFile(metadata: readonly Buffer[], tensors: readonly Tensor[]): Buffer {
	let offset = 0;
	const infos = tensors.map(({ name, dims, values }) => {
		const info = Buffer.concat([string(name), int32(dims.length), ...dims.map(int64), int32(0), int64(offset)]);
		offset += padded(values.byteLength);
		return info;
	});
	const counts = [int64(tensors.length), int64(metadata.length)];
	const head = Buffer.concat([Buffer.from('GGUF'), int32(3), ...counts, ...metadata, ...infos]);
	const bodies = tensors.map(({ values }) => pad(Buffer.from(values.buffer)));
	return Buffer.concat([pad(head), ...bodies]);
}

function padded(length: number): number {
	return Math.ceil(length / alignment) * alignment;
}

function pad(content: Buffer): Buffer {
	return Buffer.concat([content, Buffer.alloc(padded(content.length) - content.length)]);
}

/** Numbers of the value types in the GGUF specification. */
const [unsignedType, signedType, floatType, stringType, arrayType] = [4, 5, 6, 8, 9];

function entry(name: string, value: string | number): Buffer {
	const isText = typeof value === 'string';
	return Buffer.concat([key(name), int32(isText ? stringType : unsignedType), isText ? string(value) : int32(value)]);
}

function list(name: string, type: number, values: readonly Buffer[]): Buffer {
	return Buffer.concat([key(name), int32(arrayType), int32(type), int64(values.length), ...values]);
}

const key = string;

function string(value: string): Buffer {
	const content = Buffer.from(value);
	return Buffer.concat([int64(content.length), content]);
}

function int32(value: number): Buffer {
	const content = Buffer.alloc(4);
	content.writeUInt32LE(value);
	return content;
}

function int64(value: number): Buffer {
	const content = Buffer.alloc(8);
	content.writeBigUInt64LE(BigInt(value));
	return content;
}

function float(value: number): Buffer {
	const content = Buffer.alloc(4);
	content.writeFloatLE(value);
	return content;
}

/** How GPT-2 writes the 256 bytes as printable characters: those that are stay, the others move above 255. */
function byteNames(): string[] {
	let next = 256;
	return Array.from({ length: 256 }, (_, byte) => {
		const isPrintable = (byte > 32 && byte < 127) || (byte > 160 && byte !== 173);
		return String.fromCodePoint(isPrintable ? byte : next++);
	});
}

/** 0 to 1, the same for the same seed (mulberry32). */
function randomFrom(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}
