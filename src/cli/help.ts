import type { Argument, Command, Option } from './command.ts';
import type { Entry } from './commands.ts';
import { optionsOf } from './parse.ts';
import { definitions, wrap } from './style.ts';

/** Where nobody says how wide the lines may be. */
const usualWidth = 80;

/** `knowhow search QUERY [options]` */
export function usage(entry: Entry, command: Command): string {
	const words = ['knowhow', entry.name, ...command.arguments.map(argumentName), '[options]'];
	return words.join(' ');
}

/** The help of one command; its last lines are an example. */
export function commandHelp(entry: Entry, command: Command, width = usualWidth): string {
	const options = Object.entries(optionsOf(command)).map(
		([name, option]) => [optionName(name, option), option.describe] as const,
	);
	const parts = [
		wrap(`${entry.summary}.`, width),
		`Usage: ${usage(entry, command)}`,
		wrap(command.describe, width),
		section(
			'Arguments',
			command.arguments.map(({ name, describe }) => [name, describe]),
			width,
		),
		section('Options', options, width),
		`Example:\n${command.examples.map(({ command: line, describe }) => `  # ${describe}\n  ${line}`).join('\n')}`,
	];
	return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** The help without a command: what there is, and what to type first. */
export function topHelp(entries: readonly Entry[], width = usualWidth): string {
	return [
		'Knowhow answers questions from your documents, with quotes.',
		'Usage: knowhow COMMAND [options]',
		section(
			'Commands',
			entries.map(({ name, summary }) => [name, summary]),
			width,
		),
		section(
			'Options',
			[
				['--help, -h', 'Show this help, or with a command the help of that command.'],
				['--version', 'Show the version.'],
			],
			width,
		),
		'Example:\n  knowhow ingest ./docs\n  knowhow ask "What is the refund window?"\n',
	].join('\n\n');
}

/** The help of a group such as `collections`. */
export function groupHelp(group: string, entries: readonly Entry[], width = usualWidth): string {
	const example = entries[0] as Entry;
	return [
		`Usage: knowhow ${group} COMMAND [options]`,
		section(
			'Commands',
			entries.map(({ name, summary }) => [name, summary]),
			width,
		),
		`Example:\n  knowhow ${example.name} --help\n`,
	].join('\n\n');
}

export function argumentName({ name, isOptional, isRepeatable }: Argument): string {
	const shown = isRepeatable ? `${name}…` : name;
	return isOptional ? `[${shown}]` : shown;
}

/** `--mode keyword|vector|hybrid`, `-k N` */
export function optionName(name: string, { short, value, choices }: Option): string {
	const long = name.length === 1 ? `-${name}` : `--${name}`;
	const shown = choices?.join('|') ?? value;
	return `${short && short !== name ? `${long}, -${short}` : long}${shown ? ` ${shown}` : ''}`;
}

function section(title: string, rows: readonly (readonly [string, string])[], width: number): string {
	return rows.length === 0 ? '' : `${title}:\n${definitions(rows, width)}`;
}
