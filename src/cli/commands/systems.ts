import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { KnowhowError } from '../../core/error.ts';
import type { PlainSpec, SystemSpec } from '../../core/system.ts';
import type { Knowhow } from '../../project/knowhow.ts';
import type { NamedSpec } from '../../project/systems/systems.ts';
import { type Call, defineCommand, type Options } from '../command.ts';
import { parseFilterOption } from '../filter-option.ts';
import { modelOption } from '../model-option.ts';
import { misuse } from '../parse.ts';
import { openProject } from '../project.ts';
import { oneLine, table } from '../style.ts';

export const listSystems = defineCommand({
	describe:
		'Prints the saved systems: what each name stands for now, and how many versions it can go back. base, few-shot and rag are there without being saved; they follow the settings.',
	arguments: [],
	options: {},
	collections: 'none',
	examples: [{ command: 'knowhow systems', describe: 'What can be asked with --system' }],
	run: async (call) => {
		await using knowhow = await openProject(call);
		const systems = await knowhow.systems();
		const rows = systems.map(({ name, version, spec, earlier }) => [
			`${name}@${version}`,
			about(spec),
			versionsBefore(earlier),
		]);
		return {
			json: { systems },
			text: table(rows) || 'No system is saved. base, few-shot and rag follow the settings.',
		};
	},
});

const saveOptions = {
	from: { type: 'string', value: 'SYSTEM', describe: 'What it begins with (default rag).' },
	model: modelOption,
	prompt: { type: 'string', value: 'FILE', describe: 'How the language model shall word answers.' },
	examples: {
		type: 'string',
		value: 'FILE',
		describe: 'Questions with answers that show the language model how answers look (JSON lines).',
	},
	filter: {
		type: 'string',
		value: 'JSON',
		describe: 'The documents that it draws on, for instance {"type":"eq","key":"area","value":"sdk"}.',
	},
	router: { type: 'string', value: 'ID', describe: 'The router that sorts questions into classes.' },
	route: {
		type: 'strings',
		value: 'CLASS=SYSTEM',
		describe: 'The system that answers a class; repeat it. --from answers the others.',
	},
} as const satisfies Options;

type SaveCall = Pick<Call<typeof saveOptions>, 'options' | 'cwd'>;

export const saveSystem = defineCommand({
	describe:
		'Keeps what a system is made of now (search, language model, prompt, examples) as a version that never changes, and lets a name stand for it. Saved under the name of a built-in system, such as rag, it answers from now on, in every running process; `knowhow systems rollback` goes back. With --router it sends questions to several systems by their class.',
	arguments: [{ name: 'NAME', describe: 'Letters, digits, dots, hyphens, underscores and plus signs.' }],
	options: saveOptions,
	collections: 'none',
	examples: [
		{ command: 'knowhow systems save before-the-change', describe: 'Keep what answers now, to compare with later' },
		{
			command: 'knowhow systems save formal --prompt house-style.txt --examples answers.jsonl',
			describe: 'A wording of your own',
		},
	],
	run: async (call) => {
		await using knowhow = await openProject(call);
		const { options } = call;
		const base = await knowhow.system(options.from ?? 'rag');
		const { router } = options;
		const spec =
			router === undefined ? await plainSpec(base.spec, call) : await routedSpec(router, base, { call, knowhow });
		const saved = await knowhow.saveSystem(call.arguments[0] as string, spec);
		return { json: saved, text: `${saved.name} stands for ${saved.name}@${saved.version}: ${about(saved.spec)}.` };
	},
});

export const rollBackSystem = defineCommand({
	describe:
		'Lets a name stand for what it stood for before. A built-in system without an earlier version follows the settings again.',
	arguments: [{ name: 'NAME', describe: 'The name of the system.' }],
	options: {},
	collections: 'none',
	examples: [{ command: 'knowhow systems rollback rag', describe: 'Answer as before' }],
	run: async (call) => {
		await using knowhow = await openProject(call);
		const { name, version } = await knowhow.rollBackSystem(call.arguments[0] as string);
		return {
			json: { name, version },
			text: version === null ? `${name} follows the settings again.` : `${name} stands for ${name}@${version}.`,
		};
	},
});

async function plainSpec(spec: SystemSpec, { options, cwd }: SaveCall): Promise<SystemSpec> {
	if (options.route.length > 0) throw misuse('--route needs --router.');
	const { prompt, examples, filter } = options;
	if (prompt === undefined && examples === undefined && filter === undefined) return spec;
	if (spec.kind === 'routed') throw misuse('A routed system has no prompt, examples or filter: its members have.');
	return {
		...spec,
		...(filter === undefined ? {} : { retrieval: filtered(spec.retrieval, filter) }),
		...(prompt === undefined ? {} : { prompt: await readText(resolve(cwd, prompt)) }),
		...(examples === undefined ? {} : { examples: await readExamples(resolve(cwd, examples)) }),
	};
}

function filtered(retrieval: PlainSpec['retrieval'], filter: string): PlainSpec['retrieval'] {
	if (retrieval === null) throw misuse('A system without a search has nothing to filter.');
	return { ...retrieval, filter: parseFilterOption(filter)! };
}

async function readText(path: string): Promise<string> {
	try {
		return (await readFile(path, 'utf8')).trim();
	} catch (cause) {
		throw new KnowhowError('not_found', `The file ${path} could not be read.`, { cause });
	}
}

async function readExamples(path: string): Promise<{ question: string; answer: string }[]> {
	const { readQuestions } = await import('../../project/datasets/question-file.ts');
	const questions = await readQuestions(path);
	return questions.flatMap(({ question, answers: [answer] }) =>
		answer === undefined ? [] : [{ question, answer: answer.join('\n') }],
	);
}

async function routedSpec(
	router: string,
	base: NamedSpec,
	{ call, knowhow }: { readonly call: SaveCall; readonly knowhow: Knowhow },
): Promise<SystemSpec> {
	// A router that is not here would be missed only by the first question.
	await knowhow.models.show(router);
	const systems: Record<string, string> = {};
	for (const route of call.options.route) {
		const at = route.indexOf('=');
		if (at < 1) throw misuse(`--route ${route} is not CLASS=SYSTEM.`);
		systems[route.slice(0, at)] = reference(await knowhow.system(route.slice(at + 1)));
	}
	return { kind: 'routed', router, systems, otherwise: reference(base) };
}

function reference({ name, version }: NamedSpec): string {
	return `${name}@${version}`;
}

function versionsBefore(earlier: readonly (string | null)[]): string {
	const saved = earlier.filter((version) => version !== null).length;
	return saved === 0 ? '' : `${saved} before`;
}

function about(spec: SystemSpec): string {
	if (spec.kind === 'routed') {
		const routes = Object.entries(spec.systems).map(([label, system]) => `${label} → ${system}`);
		return `${[...routes, `others → ${spec.otherwise}`].join(', ')} by ${spec.router}`;
	}
	const { retrieval, generator, prompt, examples } = spec;
	return [
		retrieval === null ? 'no search' : `${retrieval.search.mode} search`,
		...(retrieval?.filter === undefined ? [] : ['of some documents']),
		...(retrieval?.reranker === undefined ? [] : [retrieval.reranker]),
		generator ?? 'sentences of the documents',
		...(prompt === null ? [] : [`prompt “${oneLine(prompt).slice(0, 30)}”`]),
		...(examples.length === 0 ? [] : [`${examples.length} examples`]),
	].join(', ');
}
