import { KnowhowError } from '../../core/error.ts';
import type { JsonObject } from '../difference.ts';
import { alpaca } from './alpaca.ts';
import { fields } from './fields.ts';
import type { FormatName, RowFormat } from './format.ts';
import { knowhow } from './knowhow.ts';
import { labelled } from './labelled.ts';
import { openai } from './openai.ts';
import { openaiEvals } from './openai-evals.ts';
import { openaiPreference } from './openai-preference.ts';
import { preference } from './preference.ts';
import { promptCompletion } from './prompt-completion.ts';
import { promptfoo } from './promptfoo.ts';
import { questionAnswer } from './question-answer.ts';
import { ratedAnswers } from './rated-answers.ts';
import { ragas } from './ragas.ts';
import { sharegpt } from './sharegpt.ts';

/** Every format of rows, in the order in which a file is held against them. */
export const formats: readonly RowFormat[] = [
	knowhow,
	openai,
	openaiPreference,
	sharegpt,
	preference,
	promptfoo,
	alpaca,
	promptCompletion,
	ragas,
	openaiEvals,
	ratedAnswers,
	labelled,
	fields,
	questionAnswer,
];

export function formatNamed(name: FormatName): RowFormat {
	return formats.find((format) => format.name === name)!;
}

/** Rows that are looked at. */
const sample = 200;

/**
 * The first format, the strictest come first, that takes half of the rows; else the one that takes most, and at least a
 * quarter. Throws `invalid_data` when there is none.
 */
export function detectFormat(rows: readonly JsonObject[], file: string): RowFormat {
	const looked = rows.slice(0, sample);
	const counted = formats.map((format) => ({ format, count: looked.filter((row) => format.matches(row)).length }));
	const best =
		counted.find(({ count }) => count > 0 && count * 2 >= looked.length) ??
		counted.reduce((most, next) => (next.count > most.count ? next : most));
	if (best.count > 0 && best.count * 4 >= looked.length) return best.format;
	const names = [...new Set(looked.flatMap((row) => Object.keys(row)))].slice(0, 8);
	const keys = names.map((name) => name.slice(0, 30).replaceAll(/[^\p{L}\p{N}\p{P} ]/gu, '?')).join(', ');
	throw new KnowhowError(
		'invalid_data',
		`${file} is in no format that is known: its rows have the fields ${keys || '(none)'}.`,
		{
			hint: `Known are: ${formats.map(({ describe }) => describe).join('; ')}. Name one with --format.`,
		},
	);
}
