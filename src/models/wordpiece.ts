/** How BERT's tokeniser prepares text; the values of the “uncased” models are the default. */
export type BertOptions = {
	/** Drop control characters and what is not assigned. */
	readonly cleans: boolean;
	/** Set a Chinese character apart as a word of its own. */
	readonly splitsChinese: boolean;
	readonly stripsAccents: boolean;
	readonly lowers: boolean;
};

export const uncased: BertOptions = { cleans: true, splitsChinese: true, stripsAccents: true, lowers: true };

/** Longer words, counted in code points, are unknown. */
const longestWord = 100;
/** Longer runs without a space are not remembered: they hardly come twice. In UTF-16 units. */
const longestCached = 40;
const mostCached = 100_000;

const space = 1;
const punctuation = 2;
/** Of the ASCII characters; 0 is everything that can be part of a word. */
const kinds = Uint8Array.from({ length: 128 }, (_, code) => {
	if (code === 32 || code === 9 || code === 10 || code === 13) return space;
	return /[!-/:-@[-`{-~]/.test(String.fromCharCode(code)) ? punctuation : 0;
});

const notClean = /[\0\uFFFD]|(?![\t\n\r])[\p{Cc}\p{Cf}\p{Co}]/gu;
const chinese =
	/[\u4E00-\u9FFF\u3400-\u4DBF\u{20000}-\u{2A6DF}\u{2A700}-\u{2B73F}\u{2B740}-\u{2B81F}\u{2B920}-\u{2CEAF}\uF900-\uFAFF\u{2F800}-\u{2FA1F}]/gu;
const wordOrMark = /[!-/:-@[-`{-~\p{P}]|[^\p{White_Space}!-/:-@[-`{-~\p{P}]+/gu;

/**
 * BERT's tokeniser (Devlin et al. 2018): words and punctuation marks, each cut from its beginning into the longest pieces that
 * the vocabulary holds; a word that cannot be cut is one unknown piece. Adds no special tokens, and reads “[CLS]” in a text as
 * five characters, never as the token of that name.
 */
export class WordPiece {
	/** The id of `[UNK]`. */
	readonly unknown: number;
	readonly #options: BertOptions;
	/** Ids of pieces that begin a word, and of those (without their `##`) that continue one. */
	readonly #first = new Map<string, number>();
	readonly #next = new Map<string, number>();
	/** UTF-16 units of the longest piece. */
	#longest = 1;
	/** Ids by run of text between spaces and ASCII punctuation, as written. */
	readonly #cache = new Map<string, readonly number[]>();
	readonly #marks: Int32Array;
	#ids = new Int32Array(1024);
	#count = 0;

	/** `vocabulary[id]` is the piece with that id; of equal pieces the last counts. Needs `[UNK]`. */
	constructor(vocabulary: readonly string[], options: BertOptions = uncased) {
		this.#options = options;
		for (let id = 0; id < vocabulary.length; id++) {
			const piece = vocabulary[id]!;
			if (piece.length > this.#longest) this.#longest = piece.length;
			if (piece.startsWith('##')) this.#next.set(piece.slice(2), id);
			else this.#first.set(piece, id);
		}
		this.unknown = this.#first.get('[UNK]') ?? -1;
		this.#marks = Int32Array.from(kinds, (_, code) => this.#first.get(String.fromCharCode(code)) ?? this.unknown);
	}

	/** The ids of a text, in order. A view that the next call overwrites. */
	encode(text: string): Int32Array {
		this.#count = 0;
		let start = 0;
		for (let at = 0; at < text.length; at++) {
			const code = text.charCodeAt(at);
			if (code > 127) continue;
			const kind = kinds[code]!;
			if (kind === 0) continue;
			if (at > start) this.#addRun(text.slice(start, at));
			if (kind === punctuation) this.#add(this.#marks[code]!);
			start = at + 1;
		}
		if (start < text.length) this.#addRun(text.slice(start));
		return this.#ids.subarray(0, this.#count);
	}

	/** Preparing a run by itself gives what preparing the whole text gives: no step looks over spaces or punctuation. */
	#addRun(run: string): void {
		let ids = this.#cache.get(run);
		if (ids === undefined) {
			ids = this.#cut(run);
			if (this.#cache.size >= mostCached) this.#cache.clear();
			if (run.length <= longestCached) this.#cache.set(run, ids);
		}
		for (let i = 0; i < ids.length; i++) this.#add(ids[i]!);
	}

	#add(id: number): void {
		if (this.#count === this.#ids.length) {
			const larger = new Int32Array(2 * this.#count);
			larger.set(this.#ids);
			this.#ids = larger;
		}
		this.#ids[this.#count++] = id;
	}

	#cut(run: string): number[] {
		if (/^[a-z\d]+$/.test(run)) return this.#pieces(run);
		const words = prepare(run, this.#options).match(wordOrMark) ?? [];
		return words.flatMap((word) => this.#pieces(word));
	}

	#pieces(word: string): number[] {
		if (word.length > longestWord && Array.from(word).length > longestWord) return [this.unknown];
		const ids: number[] = [];
		for (let start = 0, end = 0; start < word.length; start = end) {
			const pieces = start === 0 ? this.#first : this.#next;
			let id: number | undefined;
			for (end = Math.min(word.length, start + this.#longest); end > start; end--) {
				id = pieces.get(word.slice(start, end));
				if (id !== undefined) break;
			}
			if (id === undefined) return [this.unknown];
			ids.push(id);
		}
		return ids;
	}
}

function prepare(text: string, { cleans, splitsChinese, stripsAccents, lowers }: BertOptions): string {
	let prepared = cleans ? text.replace(notClean, '') : text;
	if (splitsChinese) prepared = prepared.replace(chinese, ' $& ');
	if (stripsAccents) prepared = prepared.normalize('NFD').replace(/\p{Mn}/gu, '');
	// Character by character, where toLowerCase() alone makes the last Σ of a word another letter.
	return lowers ? prepared.replaceAll('Σ', 'σ').toLowerCase() : prepared;
}
