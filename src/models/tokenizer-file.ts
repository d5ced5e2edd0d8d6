import { z } from 'zod';
import { KnowhowError } from '../core/error.ts';
import { type BertOptions, uncased } from './wordpiece.ts';

const fileSchema = z.object({
	normalizer: z.looseObject({ type: z.string() }).nullish(),
	pre_tokenizer: z.looseObject({ type: z.string() }).nullish(),
	model: z.looseObject({ type: z.string().optional() }),
});
const normalizerSchema = z.object({
	type: z.literal('BertNormalizer'),
	clean_text: z.boolean().default(true),
	handle_chinese_chars: z.boolean().default(true),
	/** Null: as `lowercase`. */
	strip_accents: z.boolean().nullish(),
	lowercase: z.boolean().default(true),
});
const modelSchema = z.object({
	type: z.literal('WordPiece').default('WordPiece'),
	unk_token: z.literal('[UNK]').default('[UNK]'),
	continuing_subword_prefix: z.literal('##').default('##'),
	max_input_chars_per_word: z.literal(100).default(100),
	vocab: z.record(z.string(), z.int().min(0)),
});

/**
 * The vocabulary of a `tokenizer.json` (Hugging Face tokenizers) and how it prepares text. Only BERT's tokeniser is known;
 * `path` is for messages.
 * Throws `unreadable_file`, and `unsupported_format` for another one.
 */
export function parseTokenizer(text: string, path: string): { vocabulary: string[]; bert: BertOptions } {
	const file = fileSchema.safeParse(parseJson(text, path));
	if (!file.success) throw unreadable(path, file.error);
	const { normalizer, pre_tokenizer: splitter, model } = file.data;
	const isBert = normalizer?.type === 'BertNormalizer' && splitter?.type === 'BertPreTokenizer';
	if ((model.type ?? 'WordPiece') !== 'WordPiece' || !isBert) {
		throw unsupported(path, [model.type, normalizer?.type, splitter?.type].map((type) => type ?? 'none').join(', '));
	}
	const parsed = modelSchema.safeParse(model);
	const prepared = normalizerSchema.safeParse(normalizer);
	if (!parsed.success || !prepared.success) throw unsupported(path, String(parsed.error ?? prepared.error));
	const { clean_text: cleans, handle_chinese_chars: splitsChinese, lowercase: lowers, strip_accents } = prepared.data;
	return {
		vocabulary: inOrder(path, parsed.data.vocab),
		bert: { cleans, splitsChinese, lowers, stripsAccents: strip_accents ?? lowers },
	};
}

/** Such a file for a vocabulary, as `parseTokenizer` and the Python library read it. */
export function tokenizerJson(vocabulary: readonly string[], bert: BertOptions = uncased): object {
	return {
		version: '1.0',
		truncation: null,
		padding: null,
		added_tokens: [],
		normalizer: {
			type: 'BertNormalizer',
			clean_text: bert.cleans,
			handle_chinese_chars: bert.splitsChinese,
			strip_accents: bert.stripsAccents,
			lowercase: bert.lowers,
		},
		pre_tokenizer: { type: 'BertPreTokenizer' },
		post_processor: null,
		decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
		model: {
			type: 'WordPiece',
			unk_token: '[UNK]',
			continuing_subword_prefix: '##',
			max_input_chars_per_word: 100,
			vocab: Object.fromEntries(vocabulary.map((piece, id) => [piece, id])),
		},
	};
}

/** Ids must be 0, 1, 2, … */
function inOrder(path: string, vocab: Readonly<Record<string, number>>): string[] {
	const vocabulary: string[] = [];
	for (const [piece, id] of Object.entries(vocab)) vocabulary[id] = piece;
	const size = Object.keys(vocab).length;
	if (vocabulary.length !== size) throw unreadable(path, new Error(`${size} pieces, last id ${vocabulary.length - 1}`));
	return vocabulary;
}

function parseJson(text: string, path: string): unknown {
	try {
		return JSON.parse(text);
	} catch (cause) {
		throw unreadable(path, cause);
	}
}

function unreadable(path: string, cause: unknown): KnowhowError {
	return new KnowhowError('unreadable_file', `${path} is not a tokenizer.json that can be read.`, { cause });
}

function unsupported(path: string, found: string): KnowhowError {
	return new KnowhowError('unsupported_format', `${path} is not BERT’s tokeniser (found: ${found}).`, {
		hint: 'Static embeddings run with WordPiece tokenizers (BertNormalizer, BertPreTokenizer). Serve others by a server or as ONNX.',
	});
}
