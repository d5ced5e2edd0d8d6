import { resolve } from 'node:path';
import type { FusionTraining } from '../../project/trained/train-fusion.ts';
import { defineCommand } from '../command.ts';
import { misuse } from '../parse.ts';
import { openProject } from '../project.ts';

export const trainFusion = defineCommand({
	describe:
		'Learns how much the vector leg counts beside the keyword leg when a collection is searched, from queries whose answer is known: a folder in BEIR layout whose documents are named as here, or JSON lines {query, source} or {query, quote}. The weight is kept when held-out queries show that it helps; without that proof nothing changes. Ten queries are the least, a hundred are worth it.',
	arguments: [],
	options: {
		data: { type: 'string', value: 'FILE|DIR', describe: 'The queries with their answers.' },
		split: {
			type: 'string',
			value: 'NAME',
			describe: 'Use only this part: "split" of a line (default: all), qrels/NAME.tsv of a folder (default: train).',
		},
		forget: { type: 'boolean', describe: 'Go back to the weight that suits the embedder.' },
	},
	collections: 'one',
	examples: [
		{
			command: 'knowhow train fusion --data sample/questions.jsonl --split dev',
			describe: 'Learn from questions with the passages that answer them',
		},
	],
	run: async (call) => {
		const { options, signal } = call;
		await using knowhow = await openProject(call);
		const collection = call.collections[0];
		if (options.forget) {
			const forgotten = await knowhow.forgetFusion(collection);
			return {
				json: { forgotten },
				text: forgotten ? 'The learned weight is forgotten.' : 'No weight had been learned.',
			};
		}
		if (options.data === undefined)
			throw misuse('--data is missing: the file or folder with queries and their answers.');
		const data = resolve(call.cwd, options.data);
		const report = await knowhow.trainFusion({ data, collection, split: options.split, signal });
		return { json: report, text: toText(report) };
	},
});

function toText(report: FusionTraining): string {
	const { collection, queries, found, before, after, difference, interval, weight, current, isKept } = report;
	const range = interval === null ? '' : `, 95 % ${signed(interval.low)} to ${signed(interval.high)}`;
	return [
		`${queries} queries, the answer of ${found} among the candidates of "${collection}"`,
		`nDCG@10 of held-out queries: ${before.toFixed(4)} → ${after.toFixed(4)} (${signed(difference)}${range})`,
		isKept
			? `The vector leg now counts ${weight} (before: ${current}).`
			: `Nothing changed: that ${weight} is better than ${current} is not shown by these queries.`,
	].join('\n');
}

function signed(value: number): string {
	return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(4)}`;
}
