/** A sentence of an answer with the quotes that it cites; none when it cites nothing. */
export type CitedSentence = { readonly text: string; readonly quotes: readonly string[] };

/** Whether the quotes together say what the sentence says: a verifier, a language model, a person. */
export type Supports = (sentence: string, quotes: readonly string[]) => Promise<boolean>;

export type CitationScore = {
	/** Sentences that their citations together support, of all sentences; null without sentences. */
	readonly recall: number | null;
	/** Citations that are needed, of all citations; 0 for sentences without any, null without sentences. */
	readonly precision: number | null;
};

/**
 * Citation recall and precision of one answer as ALCE defines them (Gao et al. 2023, §3.3): a citation counts when its sentence is
 * supported, and it supports the sentence alone or the sentence's other citations do not without it. An answer that abstains has no
 * sentences to cite for: hand in none. Means over answers leave out nulls.
 */
export async function citationScore(sentences: readonly CitedSentence[], supports: Supports): Promise<CitationScore> {
	if (sentences.length === 0) return { recall: null, precision: null };
	let supported = 0;
	let needed = 0;
	for (const { text, quotes } of sentences) {
		if (quotes.length === 0 || !(await supports(text, quotes))) continue;
		supported++;
		for (let at = 0; at < quotes.length; at++) needed += (await isNeeded(text, quotes, at, supports)) ? 1 : 0;
	}
	const citations = sentences.reduce((sum, { quotes }) => sum + quotes.length, 0);
	return { recall: supported / sentences.length, precision: citations === 0 ? 0 : needed / citations };
}

async function isNeeded(text: string, quotes: readonly string[], at: number, supports: Supports): Promise<boolean> {
	if (quotes.length === 1 || (await supports(text, [quotes[at]!]))) return true;
	return !(await supports(text, quotes.toSpliced(at, 1)));
}
