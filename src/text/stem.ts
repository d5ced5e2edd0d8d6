import snowball from 'snowball-stemmers';

/** ISO 639-1 code → Snowball algorithm. Languages beyond these are not stemmed. */
const algorithms: Readonly<Record<string, string>> = {
	ar: 'arabic',
	ca: 'catalan',
	cs: 'czech',
	da: 'danish',
	de: 'german',
	en: 'english',
	es: 'spanish',
	eu: 'basque',
	fi: 'finnish',
	fr: 'french',
	ga: 'irish',
	hu: 'hungarian',
	hy: 'armenian',
	it: 'italian',
	nl: 'dutch',
	no: 'norwegian',
	pt: 'portuguese',
	ro: 'romanian',
	ru: 'russian',
	sl: 'slovene',
	sv: 'swedish',
	ta: 'tamil',
	tr: 'turkish',
};

export type Stemmer = (word: string) => string;

const stemmers = new Map<string, Stemmer>();
/** Distinct words remembered for each language before the memory starts over. */
const memory = 200_000;

/**
 * The stemmer of a language (ISO 639-1; null and unknown codes: English, which leaves most foreign words alone).
 * Takes a lower-cased word, gives its Snowball stem without diacritics, so that `cafés` and `cafe` meet. Remembers words.
 */
export function stemmer(language: string | null): Stemmer {
	const code = language !== null && Object.hasOwn(algorithms, language) ? language : 'en';
	let stem = stemmers.get(code);
	if (stem === undefined) {
		stem = remember(snowball.newStemmer(algorithms[code]!));
		stemmers.set(code, stem);
	}
	return stem;
}

function remember(algorithm: { stem(word: string): string }): Stemmer {
	const known = new Map<string, string>();
	return (word) => {
		let stem = known.get(word);
		if (stem === undefined) {
			stem = fold(algorithm.stem(word));
			if (known.size >= memory) known.clear();
			known.set(word, stem);
		}
		return stem;
	};
}

const marks = /\p{M}+/gu;
// oxlint-disable-next-line no-control-regex -- ASCII is exactly this range
const ascii = /^[\x00-\x7f]*$/;

/** The word without diacritics (Unicode NFKD, marks removed). */
export function fold(word: string): string {
	return ascii.test(word) ? word : word.normalize('NFKD').replace(marks, '').normalize('NFC');
}
