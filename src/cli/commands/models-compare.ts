import { defineCommand } from '../command.ts';
import { openProject } from '../project.ts';
import { table } from '../style.ts';

export const modelsCompare = defineCommand({
	describe:
		'Prints what two models of one kind differ in: data, settings, metrics. Where both were measured on the same questions from the same beginning, also the mean difference with its 95 % interval.',
	arguments: [
		{ name: 'A', describe: 'The id of a model.' },
		{ name: 'B', describe: 'The id of another one of the same kind.' },
	],
	options: {},
	collections: 'none',
	examples: [
		{
			command: 'knowhow models compare retriever-0a1b2c3d4e5f retriever-6a7b8c9d0e1f',
			describe: 'Which settings did better',
		},
	],
	run: async (call) => {
		const [a, b] = call.arguments as [string, string];
		await using knowhow = await openProject(call);
		const comparison = await knowhow.models.compare(a, b);
		const { differences, difference } = comparison;
		const rows = differences.map(({ path, values }) => [path, ...values.map(shown)]);
		const lines = [differences.length === 0 ? 'They differ in nothing.' : table([['', a, b], ...rows])];
		if (difference !== null) {
			const { mean, interval, questions } = difference;
			const range = interval === null ? '' : `, 95 % ${interval.low.toFixed(4)} to ${interval.high.toFixed(4)}`;
			lines.push('', `${b} − ${a} over ${questions} questions: ${mean.toFixed(4)}${range}`);
		}
		return { json: comparison, text: lines.join('\n') };
	},
});

function shown(value: unknown): string {
	return typeof value === 'number' && !Number.isInteger(value) ? value.toFixed(4) : JSON.stringify(value);
}
