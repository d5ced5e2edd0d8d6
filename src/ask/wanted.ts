import { stopWords } from '../text/stop-words.ts';
import type { Reading } from './match.ts';
import type { Wanted } from './question.ts';

const month =
	'jan(?:uary|uar|vier)?|feb(?:ruary|ruar)?|mar(?:ch|s)?|märz|apr(?:il)?|mai|may|june?|juni?|juin|july?|juli|juillet|aug(?:ust)?|août|sept?(?:ember|embre|iembre)?|o[ck]t(?:ober|obre|ubre)?|nov(?:ember|embre|iembre)?|de[cz](?:ember|embre)?|diciembre|enero|febrero|marzo|mayo|junio|julio|agosto|abril';
const monthWord = new RegExp(`^(?:${month})$`, 'u');
const year = /^(?:1\d{3}|20\d{2})s?$/;
const date = /^\d{1,4}[-./]\d{1,2}(?:[-./]\d{1,4})?$/;
const ordinal = /^\d+(?:st|nd|rd|th)$/;
const timeUnit =
	/^(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|decades?|centur(?:y|ies)|millenni(?:um|a)|sekunden?|minuten?|stunden?|tage?n?|bankarbeitstage?n?|wochen?|monate?n?|jahre?n?|segundos?|minutos?|horas?|días?|semanas?|mes(?:es)?|años?|secondes?|heures?|jours?|semaines?|mois|ans?|années?)$/u;
const timeWord =
	/^(?:century|centuries|mornings?|evenings?|midnight|noon|daily|weekly|monthly|yearly|annually|today|tomorrow|spring|summer|autumn|fall|winter|mondays?|tuesdays?|wednesdays?|thursdays?|fridays?|saturdays?|sundays?|montags?|dienstags?|mittwochs?|donnerstags?|freitags?|samstags?|sonntags?|lunes|martes|miércoles|jueves|viernes|sábados?|domingos?)$/u;
const numberWord =
	/^(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?|millions?|billions?|dozens?|half|third|quarter|once|twice|single|both|several|no|none|unlimited|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|deux|trois|quatre|cinq|sept|huit|neuf|dix)$/u;
const reasonWord =
	/^(?:because|since|due|therefore|thus|hence|owing|so|reasons?|causes?d?|causing|result(?:ed|ing|s)?|led|leads?|allow(?:s|ed|ing)?|order|prevents?|avoids?|protects?|to|weil|damit|wegen|da|porque|debido|para|parce|afin|pour)$/u;
const placeBefore =
	/^(?:in|at|near|from|to|under|into|on|throughout|across|outside|over|of|unter|bei|nach|en|dans|à|sous)$/u;

/** For each word of a reading whether it could be (part of) what is wanted. */
export function candidates(wanted: Wanted, reading: Reading): boolean[] {
	const { words, text } = reading;
	const is = (at: number): boolean => {
		const word = words[at]!;
		switch (wanted) {
			case 'person':
				return isName(reading, at);
			case 'place':
				return (
					(isName(reading, at) && at > 0) || (at > 0 && placeBefore.test(words[at - 1]!.text) && !isFunction(word.text))
				);
			case 'time':
				return (
					year.test(word.text) ||
					date.test(word.text) ||
					monthWord.test(word.text) ||
					ordinal.test(word.text) ||
					timeWord.test(word.text) ||
					timeUnit.test(word.text)
				);
			case 'number':
				return isNumeric(word.text);
			case 'amount':
				return (
					isNumeric(word.text) ||
					/[$€£¥%]/u.test(text.slice(Math.max(0, word.start - 2), word.end + 2)) ||
					word.text === 'free'
				);
			case 'duration':
				return (
					timeUnit.test(word.text) ||
					timeWord.test(word.text) ||
					/^(?:immediately|instantly|once|sofort)$/.test(word.text)
				);
			case 'reason':
				return reasonWord.test(word.text);
			default:
				return !isFunction(word.text);
		}
	};
	return words.map((_, at) => is(at));
}

function isNumeric(word: string): boolean {
	return /\p{N}/u.test(word) || numberWord.test(word);
}

function isFunction(word: string): boolean {
	return stopWords('en').has(word);
}

/** A capitalised word that is not merely the first of its sentence (or whose neighbour is capitalised too). */
export function isName(reading: Reading, at: number): boolean {
	const { words, text } = reading;
	const isCapital = (i: number): boolean =>
		i >= 0 && i < words.length && /^\p{Lu}/u.test(text.slice(words[i]!.start, words[i]!.start + 2));
	if (!isCapital(at) || isFunction(words[at]!.text) || monthWord.test(words[at]!.text)) return false;
	return at > 0 || isCapital(at + 1);
}
