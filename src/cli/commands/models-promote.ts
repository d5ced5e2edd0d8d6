import { resolve } from 'node:path';
import type { GateReason } from '../../evaluate/statistics/gate.ts';
import type { PromoteReport } from '../../project/trained/promote.ts';
import { defineCommand } from '../command.ts';
import { openProject } from '../project.ts';
import { newest, unpromoted } from '../trained-model.ts';

export const modelsPromote = defineCommand({
	describe:
		'Lets a trained retriever or reranker serve every search, in every running process, if it passes the gate: better on the target questions (the 95 % interval of the difference lies above 0) and not worse on the guard questions (by more than 0.02 nDCG@10). Target: what the dataset or the training kept for testing. Guard: what the documents themselves ask. A router serves `knowhow classify`: more of the target texts right than with the router of now (or by saying the commonest class), and as many let through. An extractor serves `knowhow extract`: a higher F1 of fields on the target texts than with the extractor of now (or by finding nothing), and as many texts right as a whole. A refusal is exit code 1.',
	arguments: [
		{
			name: 'MODEL',
			describe: 'The id of a retriever, a reranker, a router or an extractor (default: the newest retriever).',
			isOptional: true,
		},
	],
	options: {
		target: {
			type: 'string',
			value: 'FILE|DIR',
			describe:
				'Questions that it shall answer better; for a router texts with labels, for an extractor texts with outputs.',
		},
		split: {
			type: 'string',
			value: 'NAME',
			describe: 'Use only the rows of the target whose "split" is NAME (routers, extractors).',
		},
		guard: { type: 'string', value: 'FILE|DIR', describe: 'Questions that it shall not answer worse.' },
		force: { type: 'boolean', describe: 'Promote although the gate refuses. The lineage says so from then on.' },
	},
	collections: 'one',
	examples: [{ command: 'knowhow models promote', describe: 'Let the newest retriever serve' }],
	run: async (call) => {
		const { options, signal, collections } = call;
		const path = (given: string | undefined) => (given === undefined ? undefined : resolve(call.cwd, given));
		await using knowhow = await openProject(call);
		const report = await knowhow.models.promote(call.arguments[0] ?? (await newest(knowhow, 'retriever')), {
			target: path(options.target),
			split: options.split,
			guard: path(options.guard),
			force: options.force,
			collection: collections[0],
			signal,
		});
		return { json: report, text: toText(report), exitCode: report.isPromoted ? 0 : 1 };
	},
});

function toText({ kind, model, replaced, isPromoted, isForced, verdict, sets }: PromoteReport): string {
	const outcome = isPromoted
		? `${model} serves now, in place of ${replaced ?? unpromoted(kind)}${isForced ? ', although the gate refused' : ''}.`
		: `Refused: ${model} does not serve.`;
	const [target, guard] = verdict.reasons as [GateReason, GateReason];
	return [
		outcome,
		line(`better on the target (${sets.target})`, target),
		line(`not worse on the guard (${sets.guard})`, guard),
	].join('\n');
}

function line(what: string, { isMet, because, questions, difference, interval, bound }: GateReason): string {
	const range = interval === null ? 'no interval' : `95 % ${interval.low.toFixed(4)} to ${interval.high.toFixed(4)}`;
	const measured =
		difference === null ? 'nothing measured' : `${difference.toFixed(4)}, ${range}, needs ${bound.toFixed(2)}`;
	const few = because === 'too-few-questions' ? ', too few' : because === 'test' ? ', could be chance' : '';
	return `${isMet ? '✓' : '✗'} ${what}: ${measured} (${questions} questions${few})`;
}
