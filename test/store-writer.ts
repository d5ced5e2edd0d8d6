import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { DocumentSummary } from '../src/core/document.ts';
import type { Store } from '../src/core/store.ts';
import { openStore } from '../src/store/store.ts';
import { directState, space, writeOf } from './store-contract.ts';

/**
 * A process that writes to a store until it is killed, and the parent that checks what is left. Write number `n` depends
 * on the seed, `n` and the store alone, so the parent makes the same writes in a store that nobody kills: after
 * each kill the two must be equal, at the last acknowledged write or the one after it, which was under way.
 */

/** Integers from 0 to 2³² − 1 that depend on the arguments alone. */
function noise(...from: readonly (number | string)[]): (index: number) => number {
	const bytes = createHash('sha512').update(from.join(' ')).digest();
	return (index) => bytes.readUInt32LE((index % 16) * 4);
}

/** A store whose clock and ids depend on the seed and the number of the write, which `at` sets. */
async function openRepeatable(folder: string, seed: string, step?: (name: string) => void) {
	let write = 0;
	let ids = 0;
	const store = await openStore(folder, {
		now: () => write,
		random: (bytes) => createHash('sha256').update(`${seed} ${write} ${ids++}`).digest().subarray(0, bytes),
		...(step === undefined ? {} : { step }),
	});
	const at = (number: number): void => {
		write = number;
		ids = 0;
	};
	return { store, at };
}

/** Makes write number `n`: replaces, changes or removes one of a dozen documents, or puts or removes a record. */
async function makeWrite(store: Store, seed: string, n: number): Promise<void> {
	const random = noise(seed, n);
	if (n === 0) {
		await store.corpus.createCollection('default');
		return;
	}
	const id = (await store.corpus.collection('default'))?.id as string;
	const source = `${random(0) % 12}.md`;
	const stored = await store.corpus.documentAt(id, source, 'everything');
	const kind = random(1) % 10;
	if (kind < 5 || stored === null) {
		const body = `Write ${n} of ${seed}. `.repeat(random(2) % (random(3) % 8 === 0 ? 8000 : 200));
		await store.corpus.replace({
			...writeOf(id, source, body, { width: 300, keepVersion: kind === 0 }),
			id: stored?.id ?? null,
			expected: stored?.version ?? 0,
		});
	} else await makeChange(store, stored, kind, n);
}

async function makeChange({ corpus, records }: Store, { id }: DocumentSummary, kind: number, n: number): Promise<void> {
	if (kind === 5) await corpus.remove([id]);
	else if (kind === 6) await corpus.move(id, `moved-${n}.md`);
	else if (kind === 7) await corpus.setAccess(id, [`reader ${n}`]);
	else if (kind === 8) await records.put({ kind: 'record', id: `${n % 5}`, value: 'v'.repeat(n % 5000) });
	else await records.remove('record', `${n % 5}`);
}

/** Writes from number `first` on, printing each number when it is durable; kills itself at step `killAt` (0: never). */
async function write(folder: string, seed: string, first: number, killAt: number): Promise<void> {
	let steps = 0;
	const { store, at } = await openRepeatable(folder, seed, () => {
		if (++steps === killAt) process.kill(process.pid, 'SIGKILL');
	});
	for (let n = first; ; n++) {
		at(n);
		await makeWrite(store, seed, n);
		writeSync(1, `${n}\n`);
	}
}

/** Everything a store holds, but for its epoch. */
async function contents({ corpus, records }: Store): Promise<unknown> {
	const collections = await corpus.collections();
	return {
		collections,
		records: await records.list('record'),
		documents: await Promise.all(
			collections.map(async ({ id }) => ({
				state: await directState(corpus, id),
				removed: (await corpus.changes(id, 0)).removed,
				vectors: await corpus.allVectors(id, space.space, 0, 100_000),
				versions: await Promise.all(
					(await corpus.documents(id, 'everything')).map((document) => corpus.versions(document.id, 'everything')),
				),
			})),
		),
	};
}

export type CrashResult = {
	readonly kills: number;
	/** Writes that were acknowledged, all of which were found again. */
	readonly acknowledged: number;
	/** Writes under way when the process died that had been committed. */
	readonly committedUnacknowledged: number;
};

/**
 * Kills a writer again and again, each time opening what it left. `untilKilled` sees to the end of the process: by
 * returning the number of the step at which it shall kill itself, or 0 and killing it later from `watch`.
 * Throws an assertion error when something acknowledged is lost, something is half there, or `check` finds a problem.
 */
export async function crash(options: {
	kills: number;
	seed: string;
	killAt: (kill: number) => number;
	watch?: (child: ChildProcess, kill: number) => void;
}): Promise<CrashResult> {
	const { kills, seed, killAt, watch } = options;
	const folder = await mkdtemp(join(tmpdir(), 'knowhow-crash-'));
	const reference = await openRepeatable(join(folder, 'reference'), seed);
	const killed = join(folder, 'killed');
	let next = 0; // the first write that is not in the store
	let committedUnacknowledged = 0;
	for (let kill = 0; kill < kills; kill++) {
		const acknowledged = await runWriter([killed, seed, String(next), String(killAt(kill))], (child) =>
			watch?.(child, kill),
		);
		for (; next <= acknowledged; next++) await makeReferenceWrite(reference, seed, next);
		await using left = await openStore(killed);
		assert.deepEqual(await left.check(), [], `kill ${kill} of seed ${seed}`);
		const found = await contents(left);
		if (isEqual(found, await contents(reference.store))) continue;
		await makeReferenceWrite(reference, seed, next++);
		committedUnacknowledged++;
		assert.deepEqual(found, await contents(reference.store), `kill ${kill} of seed ${seed}, at write ${next - 1}`);
	}
	await reference.store[Symbol.asyncDispose]();
	await rm(folder, { recursive: true });
	return { kills, acknowledged: next - committedUnacknowledged, committedUnacknowledged };
}

async function makeReferenceWrite(
	{ store, at }: Awaited<ReturnType<typeof openRepeatable>>,
	seed: string,
	n: number,
): Promise<void> {
	at(n);
	await makeWrite(store, seed, n);
}

/** Returns the number of the last acknowledged write, -1 without one. */
async function runWriter(args: readonly string[], watch: (child: ChildProcess) => void): Promise<number> {
	const child = spawn(process.execPath, [fileURLToPath(import.meta.url), ...args], {
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	const ended = new Promise<string | null>((resolve) => child.once('exit', (_, signal) => resolve(signal)));
	watch(child);
	const lines = (await text(child.stdout)).split('\n');
	assert.equal(await ended, 'SIGKILL');
	return Number(lines.at(-2) ?? -1);
}

function isEqual(a: unknown, b: unknown): boolean {
	try {
		assert.deepEqual(a, b);
		return true;
	} catch {
		return false;
	}
}

if (import.meta.main) {
	const [folder, seed, first, killAt] = process.argv.slice(2) as [string, string, string, string];
	await write(folder, seed, Number(first), Number(killAt));
}
