import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { KnowhowError } from '../../core/error.ts';
import type { Jobs } from '../../core/store.ts';
import { trainingOf } from './jobs.ts';
import type { TrainingSpec } from './training-job.ts';

export type RequestOptions<Request> = {
	/** What is trained. */
	readonly kind: string;
	/** As the caller gave it. */
	readonly data: string | undefined;
	/** The id of a job to go on with. */
	readonly resume: string | undefined;
	/** Everything that beginning again needs; gets the data, absolute where it is a file or folder. */
	readonly make: (data: string) => Request;
};

/** That of the job to go on with, else what the caller says. Throws `not_found`, and `invalid_argument` for a job of another kind or no data. */
export async function trainingRequest<Request>(
	{ folder, jobs }: { readonly folder: string; readonly jobs: Jobs },
	{ kind, data, resume, make }: RequestOptions<Request>,
): Promise<Request> {
	if (resume !== undefined) {
		const spec = (await trainingOf(jobs, resume)).spec as TrainingSpec;
		if (spec.kind === kind) return spec.request as Request;
		throw new KnowhowError('invalid_argument', `The job ${resume} trains a ${spec.kind}.`, {
			hint: `Go on with it by \`knowhow train ${spec.kind} --resume ${resume}\`.`,
		});
	}
	if (data === undefined)
		throw new KnowhowError('invalid_argument', 'There is nothing to train on: `data` is missing.');
	const path = resolve(folder, data);
	return make(existsSync(path) ? path : data);
}
