import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { TrainedReranker } from '../../project/trained/train-reranker.ts';
import { defineCommand } from '../command.ts';
import { misuse } from '../parse.ts';
import { openProject } from '../project.ts';
import { table } from '../style.ts';
import { summary } from '../trained-model.ts';
import { followJob } from '../training-progress.ts';

export const trainReranker = defineCommand({
	describe:
		'Learns how much each part of the score (likeness of meaning, keywords, title, proximity …) shall count when hits are reranked, from questions and what answers them: rated answers with accepted citations, clicks ({query, source} a line), a folder in BEIR layout, or a dataset of `knowhow collect`. It begins at the weights shipped and is pulled back to them, so that few questions change little. Parts of the data are held out, to stop by and to measure with. Searches use it after `knowhow models promote`. Nothing leaves this machine, unless the embedder is a service.',
	arguments: [],
	options: {
		data: { type: 'string', value: 'DIR|FILE|DATASET', describe: 'The questions with what answers them.' },
		seed: { type: 'number', value: 'N', describe: 'Divides the data; the same gives the same bytes (default 1).' },
		resume: { type: 'string', value: 'JOB', describe: 'Go on with a training that was killed, from its checkpoint.' },
	},
	collections: 'one',
	examples: [
		{
			command: 'knowhow train reranker --data sample/interactions.jsonl',
			describe: 'Learn from the accepted citations of the sample, whose documents have been ingested',
		},
		{ command: 'knowhow train reranker --data ./scifact', describe: 'Learn from a folder in BEIR layout' },
	],
	run: async (call) => {
		const { options, terminal, signal, collections } = call;
		const { data, resume, seed } = options;
		if (data === undefined && resume === undefined)
			throw misuse('--data is missing: the questions with what answers them.');
		await using knowhow = await openProject(call, { create: true });
		const path = data === undefined ? undefined : resolve(call.cwd, data);
		const { end, ...follow } = followJob(terminal);
		const trained = await knowhow.models
			.trainReranker({
				data: path !== undefined && existsSync(path) ? path : data,
				resume,
				collection: collections[0],
				settings: seed === undefined ? {} : { seed },
				signal,
				...follow,
			})
			.finally(end);
		return { json: { ...trained, metrics: summary(trained.metrics) }, text: toText(trained) };
	},
});

function toText({ model, metrics, tookMs }: TrainedReranker): string {
	const { on, queries, untrained, after, difference, interval, weights } = metrics;
	const { keyword, vector, hybrid, reranked } = untrained;
	const range = interval === null ? '' : `, 95 % ${signed(interval.low)} to ${signed(interval.high)}`;
	return [
		`${model} in ${(tookMs / 1000).toFixed(1)} s`,
		`nDCG@10 of ${queries} ${on === 'test' ? 'test' : 'held-out'} queries`,
		'',
		table([
			['keyword', 'vector', 'hybrid', 'reranked', 'reranked, trained'],
			[keyword, vector, hybrid, reranked, after].map((score) => score.toFixed(4)),
		]),
		'',
		`trained − reranked: ${signed(difference)}${range}`,
		`weights: ${Object.entries(weights)
			.map(([part, weight]) => `${part} ${weight.toFixed(2)}`)
			.join(', ')}`,
	].join('\n');
}

function signed(value: number): string {
	return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(4)}`;
}
