import type { TrainingJob } from '../../project/trained/training-job.ts';
import { defineCommand } from '../command.ts';
import { openProject } from '../project.ts';
import { table } from '../style.ts';

export const listJobs = defineCommand({
	describe: 'Prints the trainings of the project, newest first, in the shape of OpenAI’s fine_tuning.job with --json.',
	arguments: [],
	options: {},
	collections: 'none',
	examples: [{ command: 'knowhow jobs', describe: 'What was trained, and how it ended' }],
	run: async (call) => {
		await using knowhow = await openProject(call);
		const jobs = await knowhow.models.jobs();
		const rows = jobs.map((job) => [job.id, stateOf(job), job.method.type, dateOf(job.created_at), ended(job)]);
		return { json: { object: 'list', data: jobs }, text: table(rows) || 'There was no training yet.' };
	},
});

export const showJob = defineCommand({
	describe:
		'Prints a training with its checkpoints: loss and held-out metric at each; with --json each in the shape of OpenAI’s fine_tuning.job.checkpoint.',
	arguments: [{ name: 'JOB', describe: 'The id of a job, as `knowhow jobs` prints it.' }],
	options: {},
	collections: 'none',
	examples: [{ command: 'knowhow jobs show job_0a1b2c3d4e5f6g7h', describe: 'How a training went' }],
	run: async (call) => {
		await using knowhow = await openProject(call);
		const job = await knowhow.models.job(call.arguments[0]!);
		const begun = `${job.id}: ${stateOf(job)}, ${job.method.type} over ${job.model}, begun ${dateOf(job.created_at)}`;
		return { json: job, text: [begun, ...job.events.map(({ message }) => message), ended(job)].join('\n').trimEnd() };
	},
});

export const cancelJob = defineCommand({
	describe:
		'Cancels a training that has not ended, in whichever process it runs; that one stops at its next checkpoint.',
	arguments: [{ name: 'JOB', describe: 'The id of a job, as `knowhow jobs` prints it.' }],
	options: {},
	collections: 'none',
	examples: [{ command: 'knowhow jobs cancel job_0a1b2c3d4e5f6g7h', describe: 'Stop a training' }],
	run: async (call) => {
		await using knowhow = await openProject(call);
		const job = await knowhow.models.cancelJob(call.arguments[0]!);
		return { json: job, text: `${job.id} is ${job.status}.` };
	},
});

function stateOf({ status, interrupted }: TrainingJob): string {
	return interrupted ? 'interrupted' : status;
}

/** What came of it, or how to go on. */
function ended({ id, method, interrupted, fine_tuned_model: model, error }: TrainingJob): string {
	if (interrupted) return `Go on with \`knowhow train ${method.type} --resume ${id}\`.`;
	return model ?? error?.message ?? '';
}

function dateOf(seconds: number): string {
	return new Date(seconds * 1000).toISOString().slice(0, 16).replace('T', ' ');
}
