import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { RetrieverMethod } from '../../models/retriever.ts';
import type { TrainedRetriever } from '../../project/trained/models.ts';
import type { LegScores } from '../../project/trained/retriever-measure.ts';
import { defineCommand } from '../command.ts';
import { misuse } from '../parse.ts';
import { openProject } from '../project.ts';
import { table } from '../style.ts';
import { summary } from '../trained-model.ts';
import { followJob } from '../training-progress.ts';

export const trainRetriever = defineCommand({
	describe:
		'Teaches the embedder the words of the house, from questions and the passages that answer them: a folder in BEIR layout (trained on qrels/train.tsv), a file of examples or rated answers, or a dataset of `knowhow collect`. Parts of the data are held out, to stop by and to measure with. Searches use the model after `knowhow models promote`. Nothing leaves this machine, unless the embedder is a service.',
	arguments: [],
	options: {
		data: { type: 'string', value: 'DIR|FILE|DATASET', describe: 'The questions with their passages.' },
		method: {
			type: 'string',
			value: 'METHOD',
			choices: ['adapter', 'query-table', 'table'],
			describe:
				'What learns: a matrix over queries, for any embedder (adapter, the default); the built-in embedder’s tokens as queries see them (query-table); the tokens themselves, after which every chunk is embedded anew (table).',
		},
		epochs: { type: 'number', value: 'N', describe: 'At most so many times through the data.' },
		seed: { type: 'number', value: 'N', describe: 'The same seed and data give the same bytes (default 1).' },
		resume: { type: 'string', value: 'JOB', describe: 'Go on with a training that was killed, from its checkpoint.' },
	},
	collections: 'one',
	examples: [
		{
			command: 'knowhow train retriever --data sample/interactions.jsonl',
			describe: 'Learn from the rated answers of the sample, whose documents have been ingested',
		},
		{ command: 'knowhow train retriever --data ./scifact', describe: 'Learn from a folder in BEIR layout' },
	],
	run: async (call) => {
		const { options, terminal, signal, collections } = call;
		const { data, method, resume, seed, epochs } = options;
		if (data === undefined && resume === undefined)
			throw misuse('--data is missing: the questions with their passages.');
		await using knowhow = await openProject(call, { create: true });
		const path = data === undefined ? undefined : resolve(call.cwd, data);
		const { end, ...follow } = followJob(terminal);
		const trained = await knowhow.models
			.trainRetriever({
				data: path !== undefined && existsSync(path) ? path : data,
				method: method as RetrieverMethod | undefined,
				resume,
				collection: collections[0],
				settings: { ...(seed === undefined ? {} : { seed }), ...(epochs === undefined ? {} : { epochs }) },
				signal,
				...follow,
			})
			.finally(end);
		return { json: toJson(trained), text: toText(trained) };
	},
});

/** Without the differences of single questions, which are in the model's folder. */
function toJson({ metrics, ...trained }: TrainedRetriever): unknown {
	return { ...trained, metrics: summary(metrics) };
}

function toText({ model, metrics, tookMs }: TrainedRetriever): string {
	const { on, queries, untrained, trained, difference, interval, reweighted } = metrics;
	const range = interval === null ? '' : `, 95 % ${signed(interval.low)} to ${signed(interval.high)}`;
	const row = (name: string, { keyword, vector, hybrid, reranked }: LegScores): string[] => [
		name,
		...[keyword, vector, hybrid, reranked].map((score) => score.toFixed(4)),
	];
	return [
		`${model} in ${(tookMs / 1000).toFixed(1)} s`,
		`nDCG@10 of ${queries} ${on === 'test' ? 'test' : 'held-out'} queries`,
		'',
		table([['', 'keyword', 'vector', 'hybrid', 'reranked'], row('untrained', untrained), row('trained', trained)]),
		'',
		`search (hybrid, reranked): ${signed(difference)}${range}; the untrained embedder with the model's share of the vector leg reaches ${reweighted.toFixed(4)}`,
	].join('\n');
}

function signed(value: number): string {
	return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(4)}`;
}
