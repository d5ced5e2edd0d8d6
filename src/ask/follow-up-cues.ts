import { stopWords } from '../text/stop-words.ts';

/** What a question's wording says of the turns before it. */
export type Cues = {
	/** The conversation is in a language whose cues are known: that there is none says something. */
	readonly isKnown: boolean;
	/** Where it points at something said before (UTF-16 offset); null when it does not. */
	readonly pointsAt: number | null;
	/** It goes on from the last turn: `and …`, `what about …`. */
	readonly goesOn: boolean;
	/** It leaves the last turn for an earlier one: the first of the conversation, or one that it names loosely. */
	readonly returnsTo: 'first' | 'earlier' | null;
	/** It sets things of earlier turns beside each other: nothing of them may be dropped. */
	readonly compares: boolean;
};

/** Patterns of one language, without the word borders. */
type Wording = {
	/** Pronouns and the like that stand for something named before, in this question or an earlier one. */
	readonly pointing: string;
	/** At the beginning. */
	readonly goingOn: string;
	readonly returning: string;
	readonly first: string;
	readonly comparing: string;
	/** Wordings whose pronoun stands for nothing. */
	readonly empty: string;
};

/** A borders-only pattern that never matches. */
const never = '\\u0000';

const wordings = {
	en: {
		pointing:
			"it|its|it's|itself|they|them|their|theirs|he|him|his|she|her|hers|this|that|these|those|there|then|such|same|else|instead|too|also|either|both|again|still|another|others?|(?:one|ones)(?=\\s*(?:[?.,;:!]|$)|\\s(?:of|in|with|from|for|at|on|is|was|does|do|did|to|lets|have|has)\\s)",
		goingOn: 'and|but|or|so|ok|okay|also|even|what about|how about|what if|now',
		returning: '(?:(?:coming|going|getting|to come|to go) )?back to|as for|return(?:ing)? to',
		first: '(?:the )?(?:very )?first',
		comparing: 'which of|(?:of|between) (?:the two|them|those|these)|both|the two|either|versus|vs|compared?|cheaper',
		empty:
			'it (?:cost|costs|take|takes) [^?]*\\bto|is it (?:possible|necessary|allowed|ok|okay)|is there|are there|were there|was there|there (?:is|are|was|were)',
	},
	de: {
		pointing:
			'er|sie|ihn|ihm|ihre?[nmrs]?|sein(?:e[nmrs]?)?|das|diese[nmrs]?|jene[nmrs]?|es|dort|dann|da|daran|dabei|dafür|dagegen|damit|danach|daraus|darauf|davon|dazu|darüber|auch|stattdessen|noch|solche[nmrs]?',
		goingOn: 'und|aber|oder|also|auch|sogar|was ist mit|wie ist es mit|wie sieht es',
		returning: '(?:noch ?mal )?zurück zu[mr]?|um (?:noch ?mal )?auf',
		first: '(?:der|die|das|dem|den|beim|zum|zur) ersten?',
		comparing: '(?:welche[rs]?|was) (?:von|der)|beiden?|zwischen|im vergleich',
		empty: 'gibt es|ist es (?:möglich|erlaubt)|das \\p{Lu}\\p{L}+',
	},
	es: {
		pointing:
			'él|ella|ellos|ellas|eso|esa|ese|esos|esas|esto|esta|este|estos|estas|allí|ahí|también|tampoco|otr[oa]s?|mism[oa]s?|lo|le|les|\\p{L}{3,}(?:ar|er|ir)(?:lo|la|le|los|las|les|se)',
		goingOn: 'y|e|pero|o|entonces|también|qué tal',
		returning: 'volviendo al?|volvamos al?|volver al?|de vuelta al?',
		first: '(?:el|la|lo|al) primer[oa]?',
		comparing: 'cuál de|los dos|las dos|ambos|ambas|entre (?:los|las|ellos|ellas)',
		empty: never,
	},
	fr: {
		pointing:
			'il|elle|ils|elles|ça|cela|celui|celle|ceux|celles|ce|cet|cette|ces|là|aussi|autres?|même|lui|leurs?|son|sa|ses',
		goingOn: 'et|mais|ou|alors|aussi',
		returning: '(?:pour )?reven(?:ir|ons) (?:à|au|aux)|retour (?:à|au|aux)',
		first: '(?:le|la|au) premi(?:er|ère)',
		comparing: 'lequel|laquelle|les deux|entre les',
		empty: 'est-ce|y a-t-il|il y a|est-il possible',
	},
} as const satisfies Record<string, Wording>;

type Language = keyof typeof wordings;

const languages = Object.keys(wordings) as Language[];

/** Languages whose function words are known, but not their cues. */
const others = ['it', 'pt', 'nl'];

/** The language with the most function words in a text, English when there are none; and whether it is the text's as far as these tell. */
function languageOf(text: string): { readonly language: Language; readonly isKnown: boolean } {
	const words = text.toLowerCase().match(/\p{L}+/gu) ?? [];
	const count = (language: string): number => words.filter((word) => stopWords(language).has(word)).length;
	const counts = languages.map(count);
	const most = Math.max(...counts);
	return {
		language: languages[counts.indexOf(most)]!,
		isKnown: most > 0 && others.every((language) => count(language) <= most),
	};
}

/** Reads a question in the language of the conversation (`before`). English, German, Spanish and French. */
export function readCues(question: string, before: string): Cues {
	const { language, isKnown } = languageOf(`${question}\n${before}`);
	const wording = wordings[language];
	const meant = question.replace(whole(wording.empty, 'giu'), (found) => ' '.repeat(found.length));
	const isReturn = whole(wording.returning).test(question);
	return {
		isKnown,
		pointsAt: whole(wording.pointing).exec(meant)?.index ?? null,
		goesOn: isReturn || new RegExp(`^[^\\p{L}\\p{N}]*(?:${wording.goingOn})(?!\\p{L})`, 'iu').test(question),
		returnsTo: !isReturn ? null : whole(wording.first).test(question) ? 'first' : 'earlier',
		compares: whole(wording.comparing).test(question),
	};
}

function whole(words: string, flags = 'iu'): RegExp {
	return new RegExp(`(?<!\\p{L})(?:${words})(?!\\p{L})`, flags);
}
