import { KnowhowError } from '../../core/error.ts';
import { type Key, keyScopes } from '../../project/access/keys.ts';
import { defineCommand } from '../command.ts';
import { openProject } from '../project.ts';
import { table } from '../style.ts';

const dayMs = 24 * 60 * 60 * 1000;

export const createKey = defineCommand({
	describe:
		'Makes a key that opens `knowhow serve`, and prints it once: only its hash is kept. From the first key on the server demands one, on this computer too. A key reads what its principal and its groups may read.',
	arguments: [{ name: 'NAME', describe: 'What to call it.' }],
	options: {
		principal: {
			type: 'string',
			value: 'NAME',
			describe: 'Who asks with it (default: the name of the key). What they make is theirs, with any of their keys.',
		},
		group: { type: 'strings', value: 'NAME', describe: 'A group that they are in; repeat it for several.' },
		scope: {
			type: 'strings',
			value: 'SCOPE',
			describe:
				'read (ask, search, read), write (upload, change and delete), train (start trainings), admin (everything, and read everything); repeat it for several (default: read).',
		},
		days: { type: 'number', value: 'N', describe: 'Days until it expires (default: never).' },
		'requests-per-minute': {
			type: 'number',
			value: 'N',
			describe: 'The most requests a minute (default: any number).',
		},
		'cost-per-day': {
			type: 'number',
			value: 'USD',
			describe: 'The most that language models may cost a day (UTC), in US dollars (default: any amount).',
		},
	},
	collections: 'none',
	examples: [
		{ command: 'knowhow keys create anna --group support', describe: 'For one person, who reads' },
		{
			command: 'knowhow keys create crawler --scope read --scope write --days 30 --requests-per-minute 600',
			describe: 'For a program, for a month',
		},
	],
	run: async (call) => {
		await using knowhow = await openProject(call, { create: true });
		const { principal, group: groups, scope, days } = call.options;
		const { key, token } = await knowhow.keys.create({
			name: call.arguments[0]!,
			principal,
			groups,
			scopes: scopesOf(scope),
			expiresAt: days === undefined ? null : Date.now() + days * dayMs,
			requestsPerMinute: call.options['requests-per-minute'],
			costPerDay: call.options['cost-per-day'],
		});
		const text = `${token}\nThis is the key "${key.name}" (${key.scopes.join(', ')}). It is shown this once: keep it where passwords are kept.`;
		return { json: { ...key, token }, text };
	},
});

export const listKeys = defineCommand({
	describe: 'Prints the keys that open `knowhow serve`: name, principal, groups, scopes, and which still do.',
	arguments: [],
	options: {},
	collections: 'none',
	examples: [{ command: 'knowhow keys', describe: 'Who may come in' }],
	run: async (call) => {
		await using knowhow = await openProject(call);
		const keys = await knowhow.keys.list();
		const rows = keys.map((key) => [
			key.id,
			key.name,
			[key.principal, ...key.groups.map((name) => `group:${name}`)].join(', '),
			key.scopes.join(', '),
			stateOf(key),
		]);
		return { json: { keys }, text: table(rows) || 'There is no key yet.' };
	},
});

export const revokeKey = defineCommand({
	describe: 'Revokes a key: from the next request on it opens nothing. The server goes on demanding keys.',
	arguments: [{ name: 'KEY', describe: 'Its name or id, as `knowhow keys` prints them, or the key itself.' }],
	options: {},
	collections: 'none',
	examples: [{ command: 'knowhow keys revoke anna', describe: 'Anna’s key opens nothing any more' }],
	run: async (call) => {
		await using knowhow = await openProject(call);
		const key = await knowhow.keys.revoke(call.arguments[0]!);
		return { json: key, text: `Revoked "${key.name}" (${key.id}).` };
	},
});

function scopesOf(given: readonly string[]): Key['scopes'] {
	const unknown = given.find((scope) => !keyScopes.some((known) => known === scope));
	if (unknown !== undefined) {
		throw new KnowhowError('invalid_argument', `--scope: there is no scope "${unknown}".`, {
			hint: `There are: ${keyScopes.join(', ')}.`,
		});
	}
	return given.length === 0 ? ['read'] : keyScopes.filter((scope) => given.includes(scope));
}

function stateOf({ revokedAt, expiresAt }: Key): string {
	if (revokedAt !== null) return `revoked ${dateOf(revokedAt)}`;
	if (expiresAt === null) return 'valid';
	return expiresAt > Date.now() ? `valid until ${dateOf(expiresAt)}` : `expired ${dateOf(expiresAt)}`;
}

function dateOf(at: number): string {
	return new Date(at).toISOString().slice(0, 10);
}
