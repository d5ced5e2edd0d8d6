import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { TrainTextsOptions } from '../project/trained/train-texts.ts';
import type { Call, Options } from './command.ts';
import { misuse } from './parse.ts';

/** What every training on texts can be told. */
export const trainTextsOptions = {
	data: { type: 'string', value: 'FILE|DATASET', describe: 'The texts, or a dataset of `knowhow collect`.' },
	split: {
		type: 'string',
		value: 'NAME',
		describe: 'Use only the rows whose "split" is NAME (default: all of a file, train of a dataset).',
	},
	seed: { type: 'number', value: 'N', describe: 'The same seed and data give the same bytes (default 1).' },
	resume: {
		type: 'string',
		value: 'JOB',
		describe: 'Go on with a training that was killed, in place of all of these.',
	},
} as const satisfies Options;

type TrainCall = Pick<Call<typeof trainTextsOptions>, 'options' | 'cwd' | 'signal'>;

/** Throws `invalid_argument` when there is nothing to train on. */
export function trainTexts({ options, cwd, signal }: TrainCall): TrainTextsOptions {
	const { data, split, seed, resume } = options;
	if (data === undefined && resume === undefined) throw misuse('--data is missing: the texts to learn from.');
	const path = data === undefined ? undefined : resolve(cwd, data);
	return { data: path !== undefined && existsSync(path) ? path : data, split, seed, resume, signal };
}
