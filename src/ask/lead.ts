import { stopWords } from '../text/stop-words.ts';
import { read, type Reading } from './match.ts';
import type { Passage } from './pack.ts';
import type { Segment } from './segments.ts';

/** A lead-in of more words says something. */
const mostWords = 12;
/** Words that lead to an answer and claim nothing. */
const framing = new Set(
	(
		'according also answer answers based details document documents follow following follows given here more note overview passage passages source sources step steps summary ' +
		'antwort dokument dokumente dokumenten folgende folgenden folgt laut quelle quellen schritt schritte passagen ' +
		'documento documentos fuente fuentes paso pasos respuesta según siguiente siguientes sigue ' +
		'réponse selon suivant suivante suivantes suivants étape étapes voici'
	).split(' '),
);

/**
 * Tells whether a heading or a line that leads to a list claims nothing by itself: it is short, names no number, and takes its
 * words from the question, the passages or the usual wording.
 */
export function createLeadCheck(question: string, passages: readonly Passage[]): (segment: Segment) => boolean {
	const all = [question, ...passages.map(({ text, about }) => [...about, text].join('\n'))].join('\n');
	const languages = [...new Set(passages.map(({ evidence }) => evidence.document.language))];
	const readings = new Map<string | null, Reading>();
	const knownIn = (language: string | null): Reading => {
		const known = readings.get(language) ?? read(all, language);
		readings.set(language, known);
		return known;
	};
	return ({ kind, plain }) => {
		if (kind !== 'lead' || /\p{N}|:\/\/|@/u.test(plain)) return false;
		return languages.some((language) => {
			const { words, positions } = read(plain, language);
			if (words.length > mostWords) return false;
			return [...positions].every(([stem, [at]]) => {
				const { text } = words[at!]!;
				return framing.has(text) || stopWords(language ?? 'en').has(text) || knownIn(language).positions.has(stem);
			});
		});
	};
}
