import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { KnowhowError } from '../../core/error.ts';
import type { Checkpoint, TrainedModel, Trainer, TrainerEvent } from '../../core/trainer.ts';
import { type Manifest, readManifest, writeArtifact } from '../../models/artifact.ts';
import { createDataFolder, dataFolder, modelsName } from '../folder.ts';

export type TrainingOptions = {
	readonly checkpoint?: Checkpoint | undefined;
	readonly signal?: AbortSignal | undefined;
	/** Receives every event but the last; a checkpoint is good until it returns. */
	readonly onEvent?: ((event: TrainerEvent) => void | Promise<void>) | undefined;
	readonly now?: (() => number) | undefined;
};

/** Where a project keeps its trained models, a folder each. */
export function modelsFolder(folder: string): string {
	return join(folder, dataFolder, modelsName);
}

/** The folder of a model. Throws `not_found` for what cannot be an id, so that no other folder is reached. */
export function modelFolder(folder: string, id: string): string {
	if (/^[a-z][a-z-]*-[0-9a-f]{12}$/.test(id)) return join(modelsFolder(folder), id);
	throw new KnowhowError('not_found', `There is no trained model "${id}".`, {
		hint: 'An id is a kind and twelve digits, such as router-0123456789ab.',
	});
}

/** The id of the model of a kind that was trained last. Throws `not_found` when there is none. */
export async function newestModel(folder: string, kind: string): Promise<string> {
	const models = modelsFolder(folder);
	const names = (await readdir(models).catch(() => [])).filter((name) => name.startsWith(`${kind}-`));
	const manifests = await Promise.all(names.map(async (name) => await readManifest(join(models, name))));
	const [newest] = manifests.toSorted((a, b) => b.createdAt - a.createdAt);
	if (newest !== undefined) return newest.id;
	throw new KnowhowError('not_found', `This project has no trained ${kind}.`, {
		hint: `See knowhow train ${kind} --help.`,
	});
}

/** A trainer whose model is completed before it is handed over, with what it is measured to do. */
export function completing<Job>(
	trainer: Trainer<Job>,
	complete: (model: TrainedModel) => Promise<TrainedModel>,
): Trainer<Job> {
	return {
		id: trainer.id,
		estimate: (job) => trainer.estimate(job),
		train: async function* (job, options) {
			for await (const event of trainer.train(job, options)) {
				yield event.type === 'trained' ? { type: 'trained', model: await complete(event.model) } : event;
			}
		},
	};
}

/** Runs a training to its end and keeps what it made among the project's models. Throws `cancelled` and what the trainer throws. */
export async function trainModel<Job>(
	folder: string,
	trainer: Trainer<Job>,
	job: Job,
	{ onEvent, now = Date.now, ...options }: TrainingOptions = {},
): Promise<Manifest> {
	const began = now();
	for await (const event of trainer.train(job, options)) {
		if (event.type !== 'trained') {
			await onEvent?.(event);
			continue;
		}
		await createDataFolder(folder);
		const ended = now();
		return await writeArtifact(modelsFolder(folder), event.model, { createdAt: ended, tookMs: ended - began });
	}
	throw new Error(`The trainer ${trainer.id} ended without a model.`);
}
