import type { Promotion } from '../../project/trained/promotions.ts';
import { defineCommand } from '../command.ts';
import { openProject } from '../project.ts';
import { newest, summary } from '../trained-model.ts';

export const modelsShow = defineCommand({
	describe:
		'Prints where a model comes from: the hash of its data, the dataset, examples and documents it learned from, the base model, settings and seed; what it reached; and when it was promoted, by whose leave.',
	arguments: [{ name: 'MODEL', describe: 'The id of a model (default: the newest).', isOptional: true }],
	options: {},
	collections: 'none',
	examples: [{ command: 'knowhow models show', describe: 'Where the newest model comes from' }],
	run: async (call) => {
		await using knowhow = await openProject(call);
		const { metrics, ...model } = await knowhow.models.show(call.arguments[0] ?? (await newest(knowhow)));
		const told = summary(metrics);
		const { examples, documents, ...lineage } = model.lineage;
		const learned = [counted(examples, 'examples'), counted(documents, 'documents')].filter(Boolean).join(', ');
		const text = [
			`${model.id}${model.isPromoted ? ' (promoted)' : ''}`,
			...(learned === '' ? [] : [`learned from ${learned}; --json names them`]),
			`lineage ${JSON.stringify(lineage, null, 2)}`,
			`metrics ${JSON.stringify(told, null, 2)}`,
			...model.promotions.map(toLine),
			...model.systems.map((name) => `sorts the questions of the system ${name}`),
		].join('\n');
		return { json: { ...model, metrics: told }, text };
	},
});

function counted(list: unknown, what: string): string {
	return Array.isArray(list) && list.length > 0 ? `${list.length} ${what}` : '';
}

function toLine({ at, action, model, replaced, isForced }: Promotion): string {
	const did = action === 'promote' ? 'promoted' : 'rolled back to';
	const forced = isForced ? ', although the gate refused' : '';
	return `${new Date(at).toISOString()} ${did} ${model ?? 'the configured embedder'} in place of ${replaced ?? 'the configured embedder'}${forced}`;
}
