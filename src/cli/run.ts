import { KnowhowError } from '../core/error.ts';
import { pathError } from '../core/path-error.ts';
import { nearest } from '../project/nearest.ts';
import { type Call, type Command, type Outcome, type Terminal, globalOptions } from './command.ts';
import { type Entry, commands } from './commands.ts';
import { commandHelp, groupHelp, topHelp, usage } from './help.ts';
import { misuse, optionsOf, parseWords, tokensOf } from './parse.ts';
import { harmless, printable, readableWidth } from './style.ts';

export type World = Pick<Call, 'cwd' | 'env' | 'terminal' | 'signal'>;

/** What the words ask for: one command, or help about several. */
type Request =
	| { readonly kind: 'command'; readonly entry: Entry; readonly words: readonly string[] }
	| { readonly kind: 'help'; readonly text: string }
	| { readonly kind: 'version' };

/** Runs one command line. Returns the exit code: 0 done, 1 failed, 2 misused, 130 cancelled. */
export async function run(words: readonly string[], world: World): Promise<number> {
	const isJson = words.includes('--json');
	const terminal = guarded(world.terminal, isJson);
	const width = readableWidth(terminal);
	let context: { entry: Entry; command: Command } | null = null;
	try {
		const request = requestOf(words, width);
		if (request.kind === 'help') terminal.writeOut(request.text);
		if (request.kind === 'version') await writeVersion(terminal);
		if (request.kind !== 'command') return 0;
		const command = await request.entry.load();
		context = { entry: request.entry, command };
		const { arguments: positionals, options } = parseWords(request.words, command);
		if (options['help'] === true) {
			terminal.writeOut(commandHelp(request.entry, command, width));
			return 0;
		}
		const outcome = await command.run({
			...world,
			terminal,
			arguments: positionals,
			options,
			overrides: overridesOf(options, command),
			project: options['project'] as string | undefined,
			collections: (options['collection'] as readonly string[] | undefined) ?? [],
			isJson,
		});
		print(outcome, isJson, terminal);
		return outcome.exitCode ?? 0;
	} catch (error) {
		return report(error, { isJson, terminal, context, isCancelled: world.signal.aborted });
	}
}

async function writeVersion(terminal: Terminal): Promise<void> {
	const { version } = await import('../project/version.ts');
	terminal.writeOut(`${await version()}\n`);
}

/** Names of files and words of documents command no terminal: what is written for people passes here. */
function guarded(terminal: Terminal, isJson: boolean): Terminal {
	return isJson ? terminal : { ...terminal, writeOut: (text) => terminal.writeOut(harmless(text)) };
}

function print(outcome: Outcome, isJson: boolean, terminal: Terminal): void {
	if (isJson) terminal.writeOut(`${JSON.stringify(outcome.json)}\n`);
	else if (outcome.text !== '') terminal.writeOut(`${outcome.text}\n`);
}

function requestOf(words: readonly string[], width: number): Request {
	const tokens = tokensOf(words, globalOptions);
	const names = tokens.filter((token) => token.kind === 'positional');
	const [first, second] = names;
	if (!first) {
		const isVersion = tokens.some((token) => token.kind === 'option' && ['version', 'V'].includes(token.name));
		if (isVersion) return { kind: 'version' };
		const odd = tokens.find((token) => token.kind === 'option' && !Object.hasOwn(globalOptions, token.name));
		if (odd?.kind === 'option') throw misuse(`There is no option ${odd.rawName}.`, 'See knowhow --help.');
		return { kind: 'help', text: topHelp(commands, width) };
	}
	if (first.value === 'help')
		return helpOf(
			names.slice(1).map(({ value }) => value),
			width,
		);
	const two = second && entryOf(`${first.value} ${second.value}`);
	if (two) return { kind: 'command', entry: two, words: without(words, [first.index, second.index]) };
	const one = entryOf(first.value);
	if (one) return { kind: 'command', entry: one, words: without(words, [first.index]) };
	return groupRequest({ group: first.value, word: second?.value, words, index: first.index }, width);
}

type GroupCall = {
	readonly group: string;
	readonly word: string | undefined;
	readonly words: readonly string[];
	/** Where the group stands among the words. */
	readonly index: number;
};

/** `knowhow collections` lists them; a group's other words must be one of its commands. */
function groupRequest({ group, word, words, index }: GroupCall, width: number): Request {
	const members = commands.filter(({ name }) => name.startsWith(`${group} `));
	if (members.length === 0) {
		const suggestion = nearest(group, groupsAndCommands());
		throw misuse(
			`There is no command "${group}".`,
			suggestion ? `Did you mean "knowhow ${suggestion}"?` : 'See knowhow --help.',
		);
	}
	if (word !== undefined) {
		const suggestion = nearest(
			word,
			members.map(({ name }) => name.slice(group.length + 1)),
		);
		throw misuse(
			`There is no command "${group} ${word}".`,
			suggestion ? `Did you mean "knowhow ${group} ${suggestion}"?` : `See knowhow ${group} --help.`,
		);
	}
	const list = entryOf(`${group} list`);
	const isHelp = words.some((given) => given === '--help' || given === '-h');
	if (!list || isHelp) return { kind: 'help', text: groupHelp(group, members, width) };
	return { kind: 'command', entry: list, words: without(words, [index]) };
}

function helpOf(names: readonly string[], width: number): Request {
	if (names.length === 0) return { kind: 'help', text: topHelp(commands, width) };
	const entry = entryOf(names.join(' '));
	if (entry) return { kind: 'command', entry, words: ['--help'] };
	return groupRequest({ group: names[0] as string, word: names[1], words: ['--help'], index: -1 }, width);
}

function groupsAndCommands(): string[] {
	return commands.flatMap(({ name }) => [name, name.split(' ')[0] as string]);
}

function entryOf(name: string): Entry | undefined {
	return commands.find((entry) => entry.name === name);
}

function without(words: readonly string[], indexes: readonly number[]): string[] {
	return words.filter((_, index) => !indexes.includes(index));
}

function overridesOf(options: Readonly<Record<string, unknown>>, command: Command): Record<string, unknown> {
	const given = Object.entries(optionsOf(command)).filter(
		([name, { setting }]) => setting !== undefined && options[name] !== undefined && options[name] !== false,
	);
	return Object.fromEntries(given.map(([name, { setting }]) => [setting as string, options[name]]));
}

type Failure = {
	readonly isJson: boolean;
	readonly terminal: Terminal;
	readonly context: { entry: Entry; command: Command } | null;
	readonly isCancelled: boolean;
};

/** An error about settings that options gave names the options. */
function inOptions(error: KnowhowError, command: Command | null): KnowhowError {
	const wrong = error.code === 'invalid_argument' ? error.details?.['settings'] : undefined;
	if (!Array.isArray(wrong) || command === null) return error;
	const options = Object.entries(optionsOf(command));
	const told = (wrong as { path: string; message: string }[]).map(({ path, message }) => {
		const [name = path] = options.find(([, { setting }]) => setting === path) ?? [];
		return `${name === path ? path : name.length === 1 ? `-${name}` : `--${name}`}: ${message}`;
	});
	return misuse(`${told.join('; ')}.`);
}

/** Says what failed, what to do next and, when the command was misused, the right call. Returns the exit code. */
function report(error: unknown, { isJson, terminal, context, isCancelled }: Failure): number {
	const known = error instanceof KnowhowError ? inOptions(error, context?.command ?? null) : pathError(error);
	const isMisuse = known?.code === 'invalid_argument' || known?.code === 'invalid_filter';
	if (isCancelled) {
		terminal.writeError('Cancelled. What was committed stays.\n');
		return 130;
	}
	const message = known?.message ?? (error instanceof Error ? error.message : String(error));
	if (isJson) {
		const { code = 'unexpected', hint = null, details = null } = known ?? {};
		terminal.writeOut(`${JSON.stringify({ error: { code, message, hint, details } })}\n`);
	}
	terminal.writeError(printable(`error${known ? ` (${known.code})` : ''}: ${message}\n`));
	if (known?.hint) terminal.writeError(printable(`${known.hint}\n`));
	if (isMisuse && context) {
		terminal.writeError(`\nUsage: ${usage(context.entry, context.command)}\n`);
		terminal.writeError(`Example: ${context.command.examples[0].command}\n`);
	}
	if (!known && error instanceof Error) terminal.writeError(`${error.stack ?? ''}\n`);
	return isMisuse ? 2 : 1;
}
