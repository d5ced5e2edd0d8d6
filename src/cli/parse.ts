import { parseArgs } from 'node:util';
import { KnowhowError } from '../core/error.ts';
import { nearest } from '../project/nearest.ts';
import { type Command, type Option, type Options, collectionOption, globalOptions } from './command.ts';

type OptionValue = boolean | string | number | readonly string[] | undefined;

export type Parsed = {
	readonly arguments: readonly string[];
	readonly options: Readonly<Record<string, OptionValue>>;
};

/** Every option a command takes, the global ones last. */
export function optionsOf(command: Command): Options {
	const collection = command.collections === 'none' ? {} : { collection: collectionOption[command.collections] };
	return { ...command.options, ...collection, ...globalOptions };
}

/** Reads the words after a command's name. Throws `invalid_argument` for anything the command does not take. */
export function parseWords(words: readonly string[], command: Command): Parsed {
	const options = optionsOf(command);
	const positionals: string[] = [];
	const values = new Map<string, OptionValue>();
	for (const token of tokensOf(words, options)) {
		if (token.kind === 'positional') positionals.push(token.value);
		else if (token.kind === 'option') readOption(token, options, values);
	}
	const collections = values.get('collection');
	if (command.collections === 'one' && Array.isArray(collections) && collections.length > 1) {
		throw misuse('This command works on one collection: give --collection once.');
	}
	if (values.get('help') !== true) checkCount(positionals, command);
	const given = Object.entries(options).map(([name, option]) => [name, values.get(name) ?? absent(option)] as const);
	return { arguments: positionals, options: Object.fromEntries(given) };
}

type OptionToken = {
	readonly name: string;
	readonly rawName: string;
	readonly value: string | undefined;
	readonly inlineValue: boolean | undefined;
};

/** The words as `node:util` cuts them, without its own complaints: those below say more. */
export function tokensOf(words: readonly string[], options: Options) {
	const types = Object.entries(options).map(([name, option]) => [
		name,
		{ type: option.type === 'boolean' ? 'boolean' : 'string', ...(option.short ? { short: option.short } : {}) },
	]);
	return parseArgs({
		args: [...words],
		options: Object.fromEntries(types) as Record<string, { type: 'boolean' | 'string'; short?: string }>,
		strict: false,
		allowPositionals: true,
		tokens: true,
	}).tokens;
}

function readOption(token: OptionToken, options: Options, values: Map<string, OptionValue>): void {
	const option = Object.hasOwn(options, token.name) ? options[token.name] : undefined;
	if (!option) throw unknownOption(token.rawName, options);
	if (option.type === 'boolean') {
		if (token.value !== undefined) throw misuse(`${token.rawName} takes no value.`);
		values.set(token.name, true);
		return;
	}
	const isNextOption = token.inlineValue === false && token.value?.startsWith('--') === true;
	if (token.value === undefined || isNextOption) throw misuse(`${token.rawName} needs a value: ${option.value}.`);
	if (option.type === 'strings') {
		values.set(token.name, [...((values.get(token.name) as string[] | undefined) ?? []), token.value]);
	} else {
		values.set(token.name, toValue(token.value, option, token.rawName));
	}
}

function toValue(text: string, option: Option, name: string): string | number {
	if (option.choices && !option.choices.includes(text)) {
		const suggestion = nearest(text, option.choices);
		throw misuse(
			`${name} must be ${option.choices.join(', ').replace(/, ([^,]*)$/, ' or $1')}, not "${text}".`,
			suggestion ? `Did you mean "${suggestion}"?` : undefined,
		);
	}
	if (option.type !== 'number') return text;
	const number = Number(text);
	if (text.trim() === '' || !Number.isFinite(number)) throw misuse(`${name} must be a number, not "${text}".`);
	return number;
}

function unknownOption(rawName: string, options: Options): KnowhowError {
	const names = Object.entries(options).flatMap(([name, { short }]) => [`--${name}`, ...(short ? [`-${short}`] : [])]);
	// One letter is near to every other one.
	const isLetter = rawName.length === 2;
	const suggestion = isLetter ? names.find((name) => name === rawName.toLowerCase()) : nearest(rawName, names);
	return misuse(
		`There is no option ${rawName}.`,
		suggestion ? `Did you mean ${suggestion}?` : 'The options are in its --help.',
	);
}

function checkCount(positionals: readonly string[], command: Command): void {
	const missing = command.arguments.filter(({ isOptional }) => !isOptional)[positionals.length];
	if (missing) throw misuse(`${missing.name} is missing: ${lowerFirst(missing.describe)}`);
	const isOpen = command.arguments.some(({ isRepeatable }) => isRepeatable);
	const extra = positionals[command.arguments.length];
	if (!isOpen && extra !== undefined) {
		throw misuse(`Nothing is done with "${extra}".`, 'Put quotes around words that belong together.');
	}
}

function absent(option: Option): OptionValue {
	if (option.type === 'boolean') return false;
	return option.type === 'strings' ? [] : undefined;
}

function lowerFirst(text: string): string {
	return text.charAt(0).toLowerCase() + text.slice(1);
}

export function misuse(message: string, hint?: string): KnowhowError {
	return new KnowhowError('invalid_argument', message, hint === undefined ? {} : { hint });
}
