import { type ServingKind, servingKinds } from '../../project/trained/promotions.ts';
import { defineCommand } from '../command.ts';
import { misuse } from '../parse.ts';
import { openProject } from '../project.ts';
import { unpromoted } from '../trained-model.ts';

export const modelsRollback = defineCommand({
	describe:
		'Lets serve what served before the last promotion. The same questions get the same answers as then, to the byte, in every running process.',
	arguments: [{ name: 'KIND', describe: 'retriever (the default), reranker, router or extractor.', isOptional: true }],
	options: {},
	collections: 'none',
	examples: [{ command: 'knowhow models rollback', describe: 'Undo the last promotion' }],
	run: async (call) => {
		await using knowhow = await openProject(call);
		const rolledBack = await knowhow.models.rollBack(servingKind(call.arguments[0]));
		const { kind, model, replaced } = rolledBack;
		return { json: rolledBack, text: `In place of ${replaced} serves again ${model ?? unpromoted(kind)}.` };
	},
});

function servingKind(given: string | undefined): ServingKind {
	const kind = servingKinds.find((known) => known === (given ?? 'retriever'));
	if (kind !== undefined) return kind;
	throw misuse(`There is no "${given}" to roll back: ${servingKinds.join(', ')}.`);
}
