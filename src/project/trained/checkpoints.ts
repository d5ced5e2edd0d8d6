import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Checkpoint } from '../../core/trainer.ts';
import { parseSafetensors, toFloats, writeSafetensors } from '../../models/safetensors.ts';
import { dataFolder } from '../folder.ts';

const stateFile = 'state.json';
const weightsFile = 'weights.safetensors';

/** Where the checkpoints of a job are, a folder each, named by its step. */
function jobFolder(folder: string, job: string): string {
	return join(folder, dataFolder, 'jobs', job);
}

/** Writes a checkpoint, complete or not at all, in place of those before. */
export async function saveCheckpoint(folder: string, job: string, { step, state, weights }: Checkpoint): Promise<void> {
	const all = jobFolder(folder, job);
	const temporary = join(all, '.new');
	await rm(temporary, { recursive: true, force: true });
	await mkdir(temporary, { recursive: true });
	const tensors = Object.entries(weights).map(([name, numbers]) => {
		const bytes = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
		return [name, { dtype: 'F32', shape: [numbers.length], bytes }] as const;
	});
	await writeSafetensors(join(temporary, weightsFile), Object.fromEntries(tensors));
	await using file = await open(join(temporary, stateFile), 'w');
	await file.writeFile(JSON.stringify({ step, state }));
	await file.sync();
	await rename(temporary, join(all, String(step)));
	for (const other of await steps(all)) if (other !== step) await rm(join(all, String(other)), { recursive: true });
}

/** The newest checkpoint of a job; undefined when there is none. */
export async function loadCheckpoint(folder: string, job: string): Promise<Checkpoint | undefined> {
	const all = jobFolder(folder, job);
	const newest = Math.max(...(await steps(all)));
	if (newest === -Infinity) return undefined;
	const path = join(all, String(newest), weightsFile);
	const tensors = parseSafetensors(await readFile(path), path);
	const saved = JSON.parse(await readFile(join(all, String(newest), stateFile), 'utf8')) as Pick<
		Checkpoint,
		'step' | 'state'
	>;
	return { ...saved, weights: Object.fromEntries([...tensors].map(([name, tensor]) => [name, toFloats(tensor)])) };
}

export async function removeCheckpoints(folder: string, job: string): Promise<void> {
	await rm(jobFolder(folder, job), { recursive: true, force: true });
}

async function steps(all: string): Promise<number[]> {
	const names = await readdir(all).catch(() => []);
	return names.filter((name) => /^\d+$/.test(name)).map(Number);
}
