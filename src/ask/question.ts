import type { WeightedTerm } from '../search/memory-index.ts';
import { stemmer } from '../text/stem.ts';
import { isVague, vagueShare } from './everyday.ts';
import { wholeOf, words, type Word } from '../text/words.ts';

/** What a question wants to be told. */
export type Wanted =
	| 'person'
	| 'time'
	| 'place'
	| 'number'
	| 'amount'
	| 'duration'
	| 'reason'
	| 'steps'
	| 'manner'
	| 'yes-no'
	| 'thing';

/** A content word of a question: what the evidence should speak of. */
export type Asked = {
	/** As written in the question. */
	readonly text: string;
	/** Index terms of which any counts as the word. */
	readonly variants: readonly string[];
	/** For a compound the terms of each of its parts, else empty. */
	readonly parts: readonly (readonly string[])[];
	/** How rare the word is in the collection (BM25's idf, natural logarithm), less for words that say little. */
	readonly idf: number;
	/** Must match to the letter. */
	readonly isIdentifier: boolean;
	/** A capital inside the sentence, or an identifier. */
	readonly isName: boolean;
	readonly isNumber: boolean;
	/** Says little about what the question is about. */
	readonly isVague: boolean;
	/** One of the first two words after the question word: what the answer is, as in `which city`. */
	readonly isFocus: boolean;
};

export type Question = {
	readonly text: string;
	readonly wanted: Wanted;
	/** Content words in the order of the question; repeated ones once. */
	readonly asked: readonly Asked[];
	/** All words, lower-cased, in order. */
	readonly words: readonly string[];
};

/** Languages whose stems an index term may have; English first because unstemmed languages use it. */
const stemLanguages = ['en', 'de', 'es', 'fr', 'it', 'pt', 'nl', 'ar', 'ca', 'da', 'fi', 'no', 'ro', 'ru', 'sv', 'tr'];

/** Reads a question with the help of the terms the search weighed for it. */
export function readQuestion(text: string, terms: readonly WeightedTerm[]): Question {
	const known = new Map<string, WeightedTerm>();
	for (const term of terms) for (const variant of term.variants) known.set(variant, known.get(variant) ?? term);
	const all = words(text);
	const clause = askingClause(text);
	const asked = new Map<string, Asked>();
	all.forEach((word, position) => {
		if (isMeasure(all, position)) return;
		const found = toAsked(text, all, position, known);
		if (found === null) return;
		const isAside = (word.start < clause.start || word.start >= clause.end) && !found.isIdentifier;
		const key = found.variants.join(' ');
		if (asked.has(key) && isAside) return;
		asked.set(key, isAside ? { ...found, idf: found.idf * asideShare } : found);
	});
	return {
		text,
		wanted: wantedOf(text, text.slice(clause.start, clause.end)),
		asked: [...asked.values()],
		words: all.map((word) => word.text),
	};
}

/** The share of its idf that a word keeps outside of the clause that asks. */
const asideShare = 0.4;

const asks =
	/\b(?:who|whom|whose|what|which|when|where|why|how|wer|was|welche\w*|wann|wo|warum|wie|quién\w*|qué|cuál\w*|cuándo|dónde|cómo|cuánt\w*|qui|quoi|quel\w*|quand|où|comment|combien|pourquoi)\b/iu;

/**
 * The clause that asks, of a question with an introduction: `I am new here: what …?` The last one that ends with a question mark
 * or holds a question word; the whole text when there is no telling.
 */
function askingClause(text: string): { readonly start: number; readonly end: number } {
	const clauses = [...text.matchAll(/[^.!?:;–—]+(?:[.!?:;–—](?!\s|$)[^.!?:;–—]*)*[.!?:;–—]*/gu)].map((found) => ({
		start: found.index,
		end: found.index + found[0].length,
		text: found[0],
	}));
	const asking =
		clauses.findLast((clause) => asks.test(clause.text)) ?? clauses.findLast(({ text }) => text.includes('?'));
	return asking ?? { start: 0, end: text.length };
}

/** `many` of `how many` says what is wanted, not what it is about. */
function isMeasure(all: readonly Word[], position: number): boolean {
	const before = all[position - 1]?.text;
	return (
		before === 'how' &&
		/^(?:many|much|long|often|far|old|big|large|tall|fast|quickly|soon|do|does)$/.test(all[position]!.text)
	);
}

const questionWord =
	/^(?:which|what|whose|many|much|welche[rsmn]?|welch|viele?|qué|cuál(?:es)?|cuánt[oa]s?|quel(?:le)?s?|combien)$/u;

function isFocus(all: readonly Word[], position: number): boolean {
	return [1, 2].some((back) => position >= back && questionWord.test(all[position - back]!.text));
}

function toAsked(
	text: string,
	all: readonly Word[],
	position: number,
	known: ReadonlyMap<string, WeightedTerm>,
): Asked | null {
	const word = all[position]!;
	const surface = text.slice(word.start, word.end);
	const isCapital = position > 0 && /^\p{Lu}/u.test(surface);
	const shared = {
		text: surface,
		isNumber: /^\p{N}/u.test(surface),
		isVague: isVague(word.text),
		isFocus: isFocus(all, position),
	};
	if (word.parts === null) {
		const term = lookUp(word.text, known);
		if (term === null) return null;
		const idf = isVague(word.text) && !isCapital ? term.idf * vagueShare : term.idf;
		return { ...shared, variants: term.variants, parts: [], idf, isIdentifier: false, isName: isCapital };
	}
	const whole = known.get(wholeOf(word)) ?? lookUp(word.text, known);
	const parts = word.parts.map((part) => lookUp(part, known)).filter((part) => part !== null);
	if (whole === null || whole === undefined) return null;
	// `PX-900` must be found to the letter; `10ms`, `12:30` and `yes/no` may be written otherwise.
	const isIdentifier = whole.identifier && /^\p{L}.*\p{N}/u.test(surface);
	return {
		...shared,
		variants: isIdentifier ? withSingular(whole.variants) : whole.variants,
		parts: parts.map((part) => part.variants),
		idf: isIdentifier ? whole.idf : Math.max(...parts.map((part) => part.idf), 0.1),
		isIdentifier,
		isName: isCapital || isIdentifier,
	};
}

/** Two PX-900s are each a PX-900. */
function withSingular(variants: readonly string[]): readonly string[] {
	return variants.flatMap((variant) => (/\d\w*s$/.test(variant) ? [variant, variant.slice(0, -1)] : [variant]));
}

function lookUp(word: string, known: ReadonlyMap<string, WeightedTerm>): WeightedTerm | null {
	for (const language of stemLanguages) {
		const term = known.get(stemmer(language)(word));
		if (term !== undefined) return term;
	}
	return null;
}

/** First match wins. Question words of English, German, Spanish, French, Chinese and Arabic. */
const patterns: readonly (readonly [Wanted, RegExp])[] = [
	[
		'steps',
		/\bhow (?:do|can|should|would|must) (?:i|we|you|one|merchants?|users?|developers?|an?)\b|\bhow to\b|\bsteps?\b(?! \d)|\bin (?:which|what) order\b|\bwhat (?:do|should|must|can) (?:i|we) (?:do|run)\b|\bprocedure (?:for|to)\b|\bschritte\b|\bpasos\b|\bétapes\b|步骤|خطوات|\bwie (?:kann|muss|soll|mache|richte|ändere|erstelle) (?:ich|man|wir)\b|\bcómo (?:puedo|se puede|hago|debo)\b|\bcomment (?:puis-je|faire|peut-on|dois-je|est-ce que je)\b|如何|怎么|怎样|كيف (?:يمكنني|أستطيع|أقوم)/iu,
	],
	[
		'duration',
		/\bhow (?:long|soon|quickly|fast)\b|\bwithin how\b|\bhow many (?:\w+ )?(?:days?|hours?|minutes?|weeks?|months?|years?|seconds?)\b|\bwie (?:lange|schnell)\b|\bcuánto (?:tiempo|tarda|dura)\b|\bcombien de temps\b|多久|多长时间|كم (?:من الوقت|يستغرق|المدة)/iu,
	],
	[
		'amount',
		/\bhow much\b|\bwhat (?:is|are|was|were) the (?:[\w-]+ )?(?:price|fee|cost|charge|rent)s?\b|\b(?:price|cost|fee)s?\b|\bwhat do (?:you|we|they) charge\b|\bpremium\b|\bwie ?viel kostet\b|\bwas kostet\b|\bcuánto cuesta\b|\bcombien coûte\b|多少钱|بكم|كم (?:سعر|تكلفة)/iu,
	],
	[
		'number',
		/\bhow (?:many|often|far|old|big|large|tall|heavy|high|fast)\b|\bwhat (?:percentage|percent|number|proportion|share|fraction)\b|\bwie ?viele?\b|\bwie (?:oft|weit|alt|groß|hoch|schwer)\b|\bcu[aá]nt[oa]s?\b|\bcombien\b|多少|几|كم/iu,
	],
	[
		'time',
		/\bwhen\b|\b(?:what|which) (?:year|date|day|month|century|decade|time|era|period)\b|\b(?:since|until) when\b|\bwann\b|\b(?:ab|bis|seit) wann\b|\bcuándo\b|\bquand\b|什么时候|何时|哪(?:一)?年|متى/iu,
	],
	['person', /\bwho(?:m|se)?\b|\bwelche person\b|\bwe[rmn]\b|\bqui[eé]n(?:es)?\b|\bqui\b|谁|من (?:هو|هي|الذي)/iu],
	[
		'place',
		/\bwhere\b|\b(?:what|which) (?:country|city|place|state|region|location|town|area|continent|street|address)\b|\bwo\b|\bwohin\b|\bdónde\b|\boù\b|哪里|哪儿|أين/iu,
	],
	[
		'reason',
		/\bwhy\b|\bwhat (?:is|was) the (?:reason|cause|purpose)\b|\bwarum\b|\bweshalb\b|\bpor qué\b|\bpourquoi\b|为什么|لماذا/iu,
	],
	['manner', /\bhow\b|\bwie\b|\bcómo\b|\bcomment\b/iu],
	[
		'yes-no',
		/^\s*¿?(?:is|are|was|were|do|does|did|can|could|may|must|should|will|has|have|had|ist|sind|kann|darf|muss|gibt|wird|puede|puedo|hay|es|est-ce|peut|puis|هل)\b|^\s*هل|吗/iu,
	],
];

/** How-to words may stand anywhere; the rest is told by the clause that asks. */
function wantedOf(text: string, clause: string): Wanted {
	if (patterns[0]![1].test(text)) return 'steps';
	const of = (part: string): Wanted | undefined => patterns.find(([, pattern]) => pattern.test(part))?.[0];
	return of(clause) ?? of(text) ?? 'thing';
}
