const punctuation = /[!-/:-@[-`{-~]/g;
/** Words as Python's `\b` sees them, which knows letters outside of ASCII. */
const articles = /(?<![\p{L}\p{N}_])(?:a|an|the)(?![\p{L}\p{N}_])/gu;

/**
 * SQuAD's normal form (Rajpurkar et al. 2016, `evaluate-v2.0.py`): lower case, without ASCII punctuation, without the words a, an
 * and the, white space as single spaces. Meant for English; harmless elsewhere.
 */
export function squadNormal(text: string): string {
	return text.toLowerCase().replace(punctuation, '').replace(articles, ' ').trim().replace(/\s+/g, ' ');
}

/** The words of the normal form; signs of scripts without spaces (Chinese, Japanese) one each, as MLQA has it (Lewis et al. 2020). */
export function squadTokens(text: string): string[] {
	const spaced = squadNormal(text).replace(/[\p{Ideographic}\p{Script=Hiragana}\p{Script=Katakana}]/gu, ' $& ');
	return spaced.split(/\s+/).filter((word) => word !== '');
}
