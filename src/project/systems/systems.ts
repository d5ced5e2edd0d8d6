import { createHash } from 'node:crypto';
import type { Config } from '../../core/config.ts';
import { KnowhowError } from '../../core/error.ts';
import type { Records } from '../../core/store.ts';
import {
	type HouseExample,
	type PlainSpec,
	type RoutedSpec,
	type SystemSpec,
	systemSpecSchema,
} from '../../core/system.ts';
import { nearest } from '../nearest.ts';
import { movePointer, type Pointer, readPointer, rollBackPointer } from './pointer.ts';
import { allRecords } from '../records.ts';

/** Pointers: what a name stands for. */
export const systemKind = 'system';
/** Specs by version. Never changed, never removed: an answer that was kept names its version. */
export const systemVersionKind = 'system-version';

/** The systems that every project has, as its settings say at the moment, unless their name was moved to a saved version. */
export const builtInSystems = ['base', 'few-shot', 'rag'] as const;
type BuiltIn = (typeof builtInSystems)[number];

/** A spec under a name. */
export type NamedSpec = { readonly name: string; readonly version: string; readonly spec: SystemSpec };

/** What the settings of a project say about answering. */
export type SystemSettings = {
	readonly config: Pick<Config, 'search' | 'ask'>;
	/** The id of the configured language model; null: the sentences of the documents. */
	readonly generator: string | null;
	/** Names the configured embedder; null: keywords only. */
	readonly embedder: string | null;
	/** The id of the promoted reranker; null: the shipped one. */
	readonly reranker: string | null;
	/** What `few-shot` shows the language model. */
	readonly examples: readonly HouseExample[];
	/** The call named a language model: it writes in place of the one that a saved spec names. */
	readonly isModelGiven: boolean;
};

export type SavedSystem = {
	readonly name: string;
	/** What the name stands for now. */
	readonly version: string;
	readonly spec: SystemSpec;
	/** Versions that `rollback` goes back to, oldest first; null: as the settings say. */
	readonly earlier: readonly (string | null)[];
};

/** The version of a system is a hash of what it is made of. */
function versionOf(spec: SystemSpec): string {
	return createHash('sha256')
		.update(JSON.stringify(systemSpecSchema.parse(spec)))
		.digest('hex')
		.slice(0, 8);
}

/**
 * What a name (`rag`) or a reference (`rag@0a1b2c3d`) stands for. Throws `not_found` for an unknown one, `invalid_argument` for
 * a built-in system that these settings cannot make.
 */
export async function resolveSystem(records: Records, wanted: string, settings: SystemSettings): Promise<NamedSpec> {
	const [name, pinned] = wanted.split('@') as [string, string?];
	const version = pinned ?? (await readPointer(records, { kind: systemKind, id: name })).version;
	const stored = version === null ? null : await records.get(systemVersionKind, version);
	if (stored !== null) {
		const spec = systemSpecSchema.parse(stored.value);
		const isOther = spec.kind === 'plain' && settings.isModelGiven && spec.generator !== settings.generator;
		return isOther ? named(name, { ...spec, generator: settings.generator }) : { name, version: stored.id, spec };
	}
	if (isBuiltIn(name)) {
		const current = named(name, builtInSpec(name, settings));
		if (pinned === undefined || pinned === current.version) return current;
	}
	throw await unknownSystem(records, wanted);
}

function named(name: string, spec: SystemSpec): NamedSpec {
	return { name, version: versionOf(spec), spec };
}

function isBuiltIn(name: string): name is BuiltIn {
	return (builtInSystems as readonly string[]).includes(name);
}

function builtInSpec(name: BuiltIn, settings: SystemSettings): PlainSpec {
	const { config, generator, embedder, reranker, examples } = settings;
	if (name !== 'rag' && generator === null) {
		throw new KnowhowError('invalid_argument', `The system "${name}" needs a language model, and none is configured.`, {
			hint: 'Name one with --model, or in the setting "model".',
		});
	}
	if (name === 'few-shot' && examples.length === 0) {
		throw new KnowhowError('invalid_argument', 'The system "few-shot" needs examples, and there are none.', {
			hint: 'Give questions with good answers: `knowhow evaluate --examples FILE`, or `knowhow systems save NAME --examples FILE`.',
		});
	}
	return {
		kind: 'plain',
		retrieval: name === 'rag' ? { search: config.search, embedder, ...(reranker === null ? {} : { reranker }) } : null,
		generator,
		ask: config.ask,
		prompt: null,
		examples: name === 'few-shot' ? examples : [],
	};
}

export type SaveOptions = {
	readonly spec: SystemSpec;
	/** The version that the name stood for when this was decided (null: none); what it stands for now when absent. */
	readonly expected?: string | null | undefined;
	readonly settings: SystemSettings;
};

/**
 * Keeps a spec, with the members of a routed one, and lets a name stand for it. Throws `invalid_argument` for a name that cannot be
 * one and for a member that routes itself, `not_found` for an unknown member, and `conflict`.
 */
export async function saveSystem(
	records: Records,
	name: string,
	{ spec, expected, settings }: SaveOptions,
): Promise<SavedSystem> {
	if (!/^[a-z0-9][\w.+-]{0,63}$/i.test(name)) {
		throw new KnowhowError('invalid_argument', `"${name}" cannot be the name of a system.`, {
			hint: 'Take 1 to 64 letters, digits, dots, hyphens, underscores and plus signs.',
		});
	}
	const checked = systemSpecSchema.parse(spec);
	if (checked.kind === 'routed') await keepMembers(records, checked, settings);
	const version = await keepVersion(records, checked);
	const place = { kind: systemKind, id: name };
	const from = expected === undefined ? (await readPointer(records, place)).version : expected;
	const { earlier } = await movePointer(records, place, { to: version, expected: from });
	return { name, version, spec: checked, earlier };
}

/** The plain systems that a routed one leads to, each once, as `name@version`. */
export function membersOf({ systems, otherwise }: RoutedSpec): string[] {
	return [...new Set([...Object.values(systems), otherwise])];
}

/** A member is named by its version; one that follows the settings is kept as it is now. */
async function keepMembers(records: Records, spec: RoutedSpec, settings: SystemSettings): Promise<void> {
	for (const reference of membersOf(spec)) {
		const member = await resolveSystem(records, reference, settings);
		if (member.spec.kind === 'plain') await keepVersion(records, member.spec);
		else throw routesItself(reference);
	}
}

export function routesItself(reference: string): KnowhowError {
	return new KnowhowError('invalid_argument', `${reference} routes itself, so nothing can be routed to it.`, {
		hint: 'A routed system leads to plain ones.',
	});
}

async function keepVersion(records: Records, spec: SystemSpec): Promise<string> {
	const version = versionOf(spec);
	await records.put({ kind: systemVersionKind, id: version, value: spec });
	return version;
}

/** Lets a name stand for the version before. Throws `not_found` and `conflict`. */
export async function rollBackSystem(
	records: Records,
	name: string,
): Promise<{ name: string; version: string | null }> {
	const place = { kind: systemKind, id: name };
	const { version, earlier } = await readPointer(records, place);
	if (version === null && !isBuiltIn(name)) throw await unknownSystem(records, name);
	if (earlier.at(-1) === null && !isBuiltIn(name)) {
		throw new KnowhowError('not_found', `The system "${name}" has no earlier version.`);
	}
	return { name, version: (await rollBackPointer(records, place)).version };
}

/** Every name that stands for a saved version, in alphabetical order. */
export async function listSystems(records: Records): Promise<SavedSystem[]> {
	const found: SavedSystem[] = [];
	for await (const { id: name, value } of allRecords(records, systemKind)) {
		const { version, earlier } = value as Pointer;
		const stored = version === null ? null : await records.get(systemVersionKind, version);
		if (stored === null || version === null) continue;
		found.push({ name, version, spec: systemSpecSchema.parse(stored.value), earlier });
	}
	return found;
}

async function unknownSystem(records: Records, wanted: string): Promise<KnowhowError> {
	const names = [...new Set([...builtInSystems, ...(await listSystems(records)).map(({ name }) => name)])];
	const suggestion = wanted.includes('@') ? null : nearest(wanted, names);
	return new KnowhowError('not_found', `There is no system "${wanted}".`, {
		hint: suggestion ? `Did you mean "${suggestion}"?` : `There are: ${names.join(', ')}.`,
	});
}
