import { eld } from 'eld/extrasmall';

/** Characters beyond these say nothing new about the language. */
const sample = 2000;

/** ISO 639-1 code of the text's main language, null when unsure (too short, code, several languages at once). */
export function detectLanguage(text: string): string | null {
	const result = eld.detect(text.slice(0, sample));
	return result.language !== '' && result.isReliable() ? result.language : null;
}
