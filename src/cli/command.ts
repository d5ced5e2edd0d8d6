import type { Environment } from '../project/config.ts';
import type { Style } from './style.ts';

/** A positional argument. */
export type Argument = {
	/** As usage shows it: `PATH`. */
	readonly name: string;
	readonly describe: string;
	readonly isOptional?: boolean;
	readonly isRepeatable?: boolean;
};

/** An option; help texts, usage errors and docs/cli.md come from here. */
export type Option = {
	readonly type: 'boolean' | 'string' | 'number' | 'strings';
	readonly describe: string;
	readonly short?: string;
	/** What its value is called in help: `NAME`. */
	readonly value?: string;
	readonly choices?: readonly string[];
	/** The setting that this option overrides, for instance `search.mode`. */
	readonly setting?: string;
};

export type Options = Readonly<Record<string, Option>>;

type Value<T extends Option['type']> = {
	boolean: boolean;
	string: string | undefined;
	number: number | undefined;
	strings: readonly string[];
}[T];

/** What was given for each option: false, undefined or empty when it was not. */
export type OptionValues<O extends Options> = { readonly [name in keyof O]: Value<O[name]['type']> };

/** Everything a command may touch of the world. */
export type Terminal = {
	readonly stdin: NodeJS.ReadableStream;
	readonly writeOut: (text: string) => void;
	readonly writeError: (text: string) => void;
	/** Of standard output. */
	readonly style: Style;
	/** Whether standard output is a terminal. */
	readonly isTerminal: boolean;
	/** Whether standard error is a terminal, and its width in columns. */
	readonly isInteractive: boolean;
	readonly columns: number;
};

export type Call<O extends Options = Options> = {
	readonly arguments: readonly string[];
	readonly options: OptionValues<O>;
	/** Settings that options override, by path. */
	readonly overrides: Readonly<Record<string, unknown>>;
	/** `--project`, as given. */
	readonly project: string | undefined;
	/** `--collection`, in the order given. */
	readonly collections: readonly string[];
	readonly isJson: boolean;
	readonly cwd: string;
	readonly env: Environment;
	readonly terminal: Terminal;
	/** Aborted by Ctrl-C. */
	readonly signal: AbortSignal;
};

/** What a command found: the object that `--json` prints, the text for people, and the exit code (0 when absent). */
export type Outcome = { readonly json: unknown; readonly text: string; readonly exitCode?: 0 | 1 };

export type Example = { readonly command: string; readonly describe: string };

export type Command<O extends Options = Options> = {
	/** One paragraph below the usage line. */
	readonly describe: string;
	readonly arguments: readonly Argument[];
	readonly options: O;
	/** Whether `--collection` may be given: not at all, once, or several times. */
	readonly collections: 'none' | 'one' | 'many';
	/** The last lines of its help; the first one must work as it stands. */
	readonly examples: readonly [Example, ...Example[]];
	run(call: Call<O>): Promise<Outcome>;
};

/** Gives a command's `run` the types of its own options. */
export function defineCommand<const O extends Options>(command: Command<O>): Command {
	return command;
}

/** Options that every command takes. `--collection` only where the command says so. */
export const globalOptions = {
	project: {
		type: 'string',
		value: 'DIR',
		describe: 'The project (default: the nearest folder upward that has .knowhow/, else this one).',
	},
	json: { type: 'boolean', describe: 'Print one JSON object on standard output.' },
	help: { type: 'boolean', short: 'h', describe: 'Show this help.' },
} as const satisfies Options;

export const collectionOption = {
	one: { type: 'strings', value: 'NAME', describe: 'The collection (default: the setting "collection").' },
	many: {
		type: 'strings',
		value: 'NAME',
		describe: 'The collection (default: the setting "collection"); repeat it to read several.',
	},
} as const satisfies Options;
