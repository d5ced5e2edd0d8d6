/** Makes ONNX models small enough to check by hand: every token has a row of a table, and nothing else happens to it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const words = [
	'[PAD]',
	'[UNK]',
	'[CLS]',
	'[SEP]',
	'refund',
	'window',
	'thirty',
	'days',
	'invoice',
	'late',
	'fee',
	'blue',
];

export const vocabulary: ReadonlyMap<string, number> = new Map(words.map((word, id) => [word, id]));

/** The tokens of a text as the model's tokenizer cuts it: words, unknown ones as `[UNK]`. */
export function tokensOf(text: string): number[] {
	return text.split(' ').map((word) => vocabulary.get(word) ?? 1);
}

/** An embedder without layers: a text's vector is the mean of the rows of its tokens, `[CLS]` and `[SEP]` included. */
export function writeTinyEmbedder(folder: string, rows: readonly (readonly number[])[]): void {
	const width = rows[0]?.length ?? 0;
	const graph = [
		node('Gather', ['table', 'input_ids'], 'last_hidden_state'),
		text(2, 'embedder'),
		floats('table', [rows.length, width], rows.flat()),
		...inputs,
		port(12, 'last_hidden_state', 1, ['batch', 'sequence', width]),
	];
	write(folder, graph, { architectures: ['BertModel'] });
}

/** A cross-encoder that adds up the weights of all tokens of query and passage. */
export function writeTinyReranker(folder: string, weights: readonly number[]): void {
	const graph = [
		node('Gather', ['table', 'input_ids'], 'gathered'),
		node('ReduceSum', ['gathered', 'axis'], 'logits', [attribute('keepdims', 0)]),
		text(2, 'reranker'),
		floats('table', [weights.length, 1], weights),
		integers('axis', [1]),
		...inputs,
		port(12, 'logits', 1, ['batch', 1]),
	];
	write(folder, graph, { architectures: ['BertForSequenceClassification'], id2label: { 0: 'relevant' } });
}

function write(folder: string, graph: readonly Buffer[], config: object): void {
	mkdirSync(join(folder, 'onnx'), { recursive: true });
	const model = [number(1, 9), text(2, 'knowhow-tests'), bytes(7, ...graph), bytes(8, text(1, ''), number(2, 20))];
	writeFileSync(join(folder, 'onnx', 'model.onnx'), Buffer.concat(model));
	const shape = { hidden_size: 4, num_hidden_layers: 1, num_attention_heads: 1, intermediate_size: 4 };
	writeJson(folder, 'config.json', { model_type: 'bert', vocab_size: words.length, ...shape, ...config });
	const names = { pad_token: '[PAD]', unk_token: '[UNK]', cls_token: '[CLS]', sep_token: '[SEP]' };
	writeJson(folder, 'tokenizer_config.json', { tokenizer_class: 'BertTokenizer', model_max_length: 64, ...names });
	writeJson(folder, 'tokenizer.json', tokenizer);
}

function writeJson(folder: string, name: string, value: object): void {
	writeFileSync(join(folder, name), JSON.stringify(value));
}

const special = ['[PAD]', '[UNK]', '[CLS]', '[SEP]'].map((content, id) => ({
	id,
	content,
	special: true,
	single_word: false,
	lstrip: false,
	rstrip: false,
	normalized: false,
}));

const tokenizer = {
	version: '1.0',
	truncation: null,
	padding: null,
	added_tokens: special,
	normalizer: null,
	pre_tokenizer: { type: 'WhitespaceSplit' },
	post_processor: {
		type: 'TemplateProcessing',
		single: [piece('[CLS]'), sequence('A'), piece('[SEP]')],
		pair: [piece('[CLS]'), sequence('A'), piece('[SEP]'), sequence('B'), piece('[SEP]')],
		special_tokens: {
			'[CLS]': { id: '[CLS]', ids: [2], tokens: ['[CLS]'] },
			'[SEP]': { id: '[SEP]', ids: [3], tokens: ['[SEP]'] },
		},
	},
	decoder: null,
	model: {
		type: 'WordPiece',
		unk_token: '[UNK]',
		continuing_subword_prefix: '##',
		max_input_chars_per_word: 100,
		vocab: Object.fromEntries(vocabulary),
	},
};

function piece(id: string): object {
	return { SpecialToken: { id, type_id: 0 } };
}

function sequence(id: 'A' | 'B'): object {
	return { Sequence: { id, type_id: 0 } };
}

/**
 * The few messages of onnx.proto that are needed, in the wire format of Protocol Buffers: field numbers of ModelProto,
 * GraphProto, NodeProto, TensorProto, AttributeProto and ValueInfoProto.
 */
const [floatType, integerType] = [1, 7];

const inputs = ['input_ids', 'attention_mask', 'token_type_ids'].map((name) =>
	port(11, name, integerType, ['batch', 'sequence']),
);

function node(operation: string, from: readonly string[], to: string, attributes: readonly Buffer[] = []): Buffer {
	return bytes(1, ...from.map((name) => text(1, name)), text(2, to), text(4, operation), ...attributes);
}

function attribute(name: string, value: number): Buffer {
	return bytes(5, text(1, name), number(3, value), number(20, 2));
}

function floats(name: string, dims: readonly number[], values: readonly number[]): Buffer {
	return tensor(name, dims, floatType, Buffer.from(Float32Array.from(values).buffer));
}

function integers(name: string, values: readonly number[]): Buffer {
	return tensor(name, [values.length], integerType, Buffer.from(BigInt64Array.from(values, BigInt).buffer));
}

function tensor(name: string, dims: readonly number[], type: number, raw: Buffer): Buffer {
	return bytes(5, ...dims.map((dim) => number(1, dim)), number(2, type), text(8, name), bytes(9, raw));
}

function port(field: number, name: string, type: number, dims: readonly (string | number)[]): Buffer {
	const shape = dims.map((dim) => bytes(1, typeof dim === 'string' ? text(2, dim) : number(1, dim)));
	return bytes(field, text(1, name), bytes(2, bytes(1, number(1, type), bytes(2, ...shape))));
}

function number(field: number, value: number): Buffer {
	return Buffer.concat([varint(field << 3), varint(value)]);
}

function text(field: number, value: string): Buffer {
	return bytes(field, Buffer.from(value));
}

function bytes(field: number, ...parts: readonly Buffer[]): Buffer {
	const content = Buffer.concat(parts);
	return Buffer.concat([varint((field << 3) | 2), varint(content.length), content]);
}

function varint(value: number): Buffer {
	const digits: number[] = [];
	for (let rest = value; ; rest = Math.floor(rest / 128)) {
		if (rest < 128) return Buffer.from([...digits, rest]);
		digits.push((rest % 128) | 128);
	}
}
