import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import { type Config, configSchema } from '../core/config.ts';
import { type ErrorCode, KnowhowError } from '../core/error.ts';
import { nearest } from './nearest.ts';
import { type SettingKey, sections, settingKeys } from './settings.ts';

export const configFile = 'knowhow.json';

/** Environment variables, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where a value came from; `name` is the file, the environment variable or the path of the setting. */
export type Origin = { readonly from: 'default' | 'file' | 'environment' | 'call'; readonly name: string };

export type Setting = { readonly path: string; readonly value: unknown; readonly origin: Origin };

export type LoadedConfig = {
	readonly config: Config;
	/** Every setting that has a value, in the order of the schema. */
	readonly settings: readonly Setting[];
};

type Tree = { [key: string]: unknown };

/**
 * The effective settings of a project: what the call says, over the environment (`KNOWHOW_SEARCH_MODE` sets
 * `search.mode`), over `knowhow.json`, over the defaults. Throws `invalid_config`,
 * and `invalid_argument` for what the call says.
 */
export async function loadConfig(
	folder: string,
	{ env = {}, overrides = {} }: { env?: Environment; overrides?: Readonly<Record<string, unknown>> } = {},
): Promise<LoadedConfig> {
	const path = join(folder, configFile);
	const file = await readConfigFile(path);
	parse(file, path);
	const keys = settingKeys();
	const environment = readEnvironment(env, keys);
	const values = structuredClone(file);
	for (const { key, value } of environment) setAt(values, key.path, value);
	parse(values, environment.map(({ key }) => key.variable).join(', '));
	for (const [setting, value] of Object.entries(overrides)) setAt(values, setting, value);
	const config = parse(values, 'The call', 'invalid_argument');

	const originOf = (key: SettingKey): Origin => {
		if (Object.hasOwn(overrides, key.path)) return { from: 'call', name: key.path };
		if (environment.some((found) => found.key === key)) return { from: 'environment', name: key.variable };
		if (valueAt(file, key.path) !== undefined) return { from: 'file', name: path };
		return { from: 'default', name: key.path };
	};
	const sectionOrigin = (name: string): Origin =>
		Object.hasOwn(overrides, name) ? { from: 'call', name } : { from: 'file', name: path };
	const settings: Setting[] = keys
		.map((key) => ({ path: key.path, value: valueAt(config, key.path), origin: originOf(key) }))
		.filter(({ value }) => value !== undefined);
	if (config.embedder === null) settings.push({ path: 'embedder', value: null, origin: sectionOrigin('embedder') });
	return { config, settings };
}

async function readConfigFile(path: string): Promise<Tree> {
	let text: string;
	try {
		text = await readFile(path, 'utf8');
	} catch (cause) {
		if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return {};
		throw new KnowhowError('invalid_config', `${path} could not be read.`, { cause });
	}
	try {
		const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
		if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Tree;
	} catch (cause) {
		const where = /\(line \d+ column \d+\)/.exec(String(cause))?.[0] ?? '';
		throw new KnowhowError('invalid_config', `${path} is not valid JSON ${where}`.trim() + '.', {
			hint: 'JSON has no comments and no comma after the last item.',
		});
	}
	throw new KnowhowError('invalid_config', `${path} must hold one JSON object.`);
}

function parse(values: Tree, where: string, code: ErrorCode = 'invalid_config'): Config {
	const parsed = configSchema.safeParse(values);
	if (parsed.success) return parsed.data;
	const unknown = parsed.error.issues.find((issue) => issue.code === 'unrecognized_keys');
	if (unknown) throw unknownKey([...unknown.path, unknown.keys[0] ?? ''].join('.'), where);
	throw new KnowhowError(code, `${where}: ${sentence(parsed.error)}`, {
		hint: '`knowhow config --schema` prints what is allowed; docs/config.md explains it.',
		details: { settings: parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message })) },
	});
}

function sentence(error: z.ZodError): string {
	return error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ') + '.';
}

function unknownKey(path: string, where: string): KnowhowError {
	const known = [...settingKeys().map((key) => key.path), ...sections().map(({ name }) => name)];
	const name = path.split('.').at(-1) as string;
	const suggestion =
		nearest(path, known) ?? known.find((key) => nearest(name, [key.split('.').at(-1) as string]) !== null) ?? null;
	return new KnowhowError('invalid_config', `${where} holds the unknown key "${path}".`, {
		hint: suggestion ? `Did you mean "${suggestion}"?` : `Known keys: ${known.join(', ')}.`,
		details: { key: path, suggestion },
	});
}

/**
 * The settings that the environment holds. A variable of a section (`KNOWHOW_SEARCH_…`) that names no setting is an
 * error; other `KNOWHOW_…` variables are somebody else's.
 */
function readEnvironment(env: Environment, keys: readonly SettingKey[]): { key: SettingKey; value: unknown }[] {
	const prefixes = sections().map(({ name }) => `KNOWHOW_${name.toUpperCase()}_`);
	return Object.entries(env).flatMap(([variable, text]) => {
		if (text === undefined || text === '' || !variable.startsWith('KNOWHOW_')) return [];
		const key = keys.find((candidate) => candidate.variable === variable);
		if (key) return [{ key, value: fromText(key, text) }];
		if (!prefixes.some((prefix) => variable.startsWith(prefix))) return [];
		const variables = keys.map((candidate) => candidate.variable);
		const suggestion = nearest(variable, variables);
		throw new KnowhowError('invalid_config', `The environment variable ${variable} is not a setting.`, {
			hint: suggestion ? `Did you mean ${suggestion}?` : `Settings there: ${variables.join(', ')}.`,
			details: { variable, suggestion },
		});
	});
}

function fromText(key: SettingKey, text: string): unknown {
	if (key.type === 'array') return text.split(',').map((item) => item.trim());
	if (key.type === 'boolean' && /^(true|false|1|0|yes|no)$/i.test(text)) return /^(true|1|yes)$/i.test(text);
	if ((key.type === 'number' || key.type === 'integer') && text.trim() !== '' && Number.isFinite(Number(text))) {
		return Number(text);
	}
	return text;
}

function valueAt(tree: unknown, path: string): unknown {
	return path.split('.').reduce<unknown>((value, name) => {
		const isTree = typeof value === 'object' && value !== null && Object.hasOwn(value, name);
		return isTree ? (value as Tree)[name] : undefined;
	}, tree);
}

function setAt(tree: Tree, path: string, value: unknown): void {
	const names = path.split('.');
	const last = names.pop() as string;
	let section = tree;
	for (const name of names) section = (section[name] ??= {}) as Tree;
	section[last] = value;
}
