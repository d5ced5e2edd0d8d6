import { z } from 'zod';
import { type Field, type SituationInput, situationSchema } from '../advise/situation.ts';
import { nearest } from '../project/nearest.ts';
import type { Option } from './command.ts';
import { misuse } from './parse.ts';

/** One input of the situation, as flags and the interview ask for it. */
export type Input = {
	readonly field: Field;
	/** `change-rate` */
	readonly flag: string;
	readonly kind: 'choice' | 'yes-no' | 'number' | 'list';
	readonly choices: readonly string[];
	readonly describe: string;
	/** Null: the interview leaves it to flags and files. */
	readonly question: string | null;
	/** What is assumed when nobody tells, as it would be typed. */
	readonly assumed: string;
};

type Property = {
	readonly type?: string;
	readonly enum?: readonly string[];
	readonly items?: { readonly enum?: readonly string[] };
	readonly default?: unknown;
	readonly description?: string;
	readonly question?: string;
};

/** The inputs of the situation but `prices`, which only a file can hold; all from the schema. */
export const inputs: readonly Input[] = Object.entries(
	(z.toJSONSchema(situationSchema, { io: 'input', unrepresentable: 'any' }).properties ?? {}) as Record<
		string,
		Property
	>,
)
	.filter(([field]) => field !== 'prices')
	.map(([field, property]) => inputOf(field as Field, property));

/** A flag for each input. */
export const situationOptions: Readonly<Record<string, Option>> = Object.fromEntries(
	inputs.map((input) => [input.flag, optionOf(input)]),
);

/** Short choices stand beside the flag, long ones in its text, so that help stays narrow. */
function optionOf({ kind, choices, describe }: Input): Option {
	if (kind === 'number') return { type: 'number', value: 'N', describe };
	if (kind === 'list') return { type: 'string', value: 'A,B', describe };
	const isShort = choices.join('|').length <= 34;
	return isShort
		? { type: 'string', choices, describe }
		: { type: 'string', value: 'WORD', describe: `${describe} One of ${choices.join(', ')}.` };
}

/** What flags tell. */
export function situationOf(options: Readonly<Record<string, unknown>>): SituationInput {
	const told = inputs
		.filter(({ flag }) => options[flag] !== undefined)
		.map((input) => [input.field, readInput(input, String(options[input.flag]))]);
	return Object.fromEntries(told) as SituationInput;
}

/** A typed value. Throws `invalid_argument`. */
export function readInput({ kind, choices, flag }: Input, text: string): unknown {
	if (kind === 'number') return readNumber(text);
	if (kind === 'list') return text.split(',').map((item) => choice(item.trim(), choices, flag));
	const word = choice(text.trim(), choices, flag);
	return kind === 'yes-no' ? word === 'yes' : word;
}

function readNumber(text: string): number {
	const number = Number(text.replaceAll(/[ ,_]/g, ''));
	if (text.trim() === '' || !Number.isFinite(number)) throw misuse(`"${text}" is not a number.`);
	return number;
}

/** The choice itself, or the only one that begins with what was typed. */
function choice(word: string, choices: readonly string[], flag: string): string {
	if (choices.length === 0 || choices.includes(word)) return word;
	const beginning = choices.filter((one) => word !== '' && one.startsWith(word.toLowerCase()));
	if (beginning.length === 1) return beginning[0] as string;
	const suggestion = nearest(word, choices);
	throw misuse(
		`"${word}" is none of ${choices.join(', ')} (--${flag}).`,
		suggestion ? `Did you mean "${suggestion}"?` : undefined,
	);
}

function inputOf(field: Field, property: Property): Input {
	const kind = property.enum
		? 'choice'
		: property.type === 'boolean'
			? 'yes-no'
			: property.type === 'array'
				? 'list'
				: 'number';
	return {
		field,
		flag: field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
		kind,
		choices: kind === 'yes-no' ? ['yes', 'no'] : (property.enum ?? property.items?.enum ?? []),
		describe: `${property.description ?? ''} Default ${typed(property.default)}.`,
		question: property.question ?? null,
		assumed: typed(property.default),
	};
}

function typed(value: unknown): string {
	if (Array.isArray(value)) return value.length === 0 ? 'none' : value.join(',');
	return typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value);
}
