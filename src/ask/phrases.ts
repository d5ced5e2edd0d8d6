import { stopWords } from '../text/stop-words.ts';

/** The wording around quotes in one language. */
export type Phrases = {
	/** When the documents do not answer and a closest passage follows. */
	readonly notSaid: string;
	/** When nothing was found at all. */
	readonly nothing: string;
	/** When a language model that reads no documents does not know. */
	readonly notKnown: string;
	/** Before statements that contradict each other. */
	readonly conflict: string;
	/** Before the closest passage. */
	readonly closest: (title: string) => string;
	readonly undated: string;
};

const phrases = {
	en: {
		notSaid: 'The documents do not say.',
		nothing: 'The documents do not say, and no passage comes close.',
		notKnown: 'I do not know.',
		conflict: 'The documents disagree:',
		closest: (title) => `Closest passage, in “${title}”: `,
		undated: 'no date',
	},
	de: {
		notSaid: 'Die Dokumente sagen dazu nichts.',
		nothing: 'Die Dokumente sagen dazu nichts, und keine Stelle kommt nahe.',
		notKnown: 'Das weiß ich nicht.',
		conflict: 'Die Dokumente widersprechen sich:',
		closest: (title) => `Nächstliegende Stelle, in „${title}“: `,
		undated: 'ohne Datum',
	},
	es: {
		notSaid: 'Los documentos no lo dicen.',
		nothing: 'Los documentos no lo dicen y ningún pasaje se acerca.',
		notKnown: 'No lo sé.',
		conflict: 'Los documentos se contradicen:',
		closest: (title) => `Pasaje más cercano, en «${title}»: `,
		undated: 'sin fecha',
	},
	fr: {
		notSaid: 'Les documents ne le disent pas.',
		nothing: 'Les documents ne le disent pas et aucun passage ne s’en approche.',
		notKnown: 'Je ne le sais pas.',
		conflict: 'Les documents se contredisent :',
		closest: (title) => `Passage le plus proche, dans « ${title} » : `,
		undated: 'sans date',
	},
	zh: {
		notSaid: '文档中没有说明。',
		nothing: '文档中没有说明,也没有相近的段落。',
		notKnown: '我不知道。',
		conflict: '各文档说法不一:',
		closest: (title) => `最接近的段落,见《${title}》:`,
		undated: '无日期',
	},
	ar: {
		notSaid: 'لا تذكر المستندات ذلك.',
		nothing: 'لا تذكر المستندات ذلك، ولا يوجد مقطع قريب منه.',
		notKnown: 'لا أعرف.',
		conflict: 'المستندات متعارضة:',
		closest: (title) => `أقرب مقطع، في «${title}»: `,
		undated: 'بلا تاريخ',
	},
} as const satisfies Record<string, Phrases>;

export type PhraseLanguage = keyof typeof phrases;

/** The wording in a language (ISO 639-1), English where there is none. */
export function phrasesIn(language: string | null): Phrases {
	return language !== null && Object.hasOwn(phrases, language) ? phrases[language as PhraseLanguage] : phrases.en;
}

/**
 * The language a question is worded in, as far as wording needs it: told by script, then by function words, and only
 * where these say nothing by the language detector, which is loaded then.
 */
export async function languageOf(question: string): Promise<string | null> {
	if (/\p{sc=Han}/u.test(question) && !/[\p{sc=Hira}\p{sc=Kana}]/u.test(question)) return 'zh';
	if (/\p{sc=Arab}/u.test(question)) return 'ar';
	const words = question.toLowerCase().match(/[\p{L}]+/gu) ?? [];
	const counts = ['en', 'de', 'es', 'fr'].map((language) => ({
		language,
		count: words.filter((word) => stopWords(language).has(word)).length,
	}));
	const [first, second] = counts.sort((a, b) => b.count - a.count);
	if (first!.count > second!.count) return first!.language;
	const { detectLanguage } = await import('../text/language.ts');
	return detectLanguage(question);
}
