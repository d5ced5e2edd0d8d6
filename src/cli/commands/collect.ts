import { resolve } from 'node:path';
import { faultCodes, type Fault } from '../../collect/checks/faults.ts';
import { formatNames, type FormatName } from '../../collect/formats/format.ts';
import { ratedKinds, type RatedKind } from '../../collect/from-interactions.ts';
import type { Shares } from '../../collect/split.ts';
import { goals, type Goal } from '../../core/dataset.ts';
import type { CheckReport } from '../../project/datasets/check-examples.ts';
import type { CollectReport } from '../../project/datasets/collect.ts';
import { isProject } from '../../project/folder.ts';
import type { RecordReport } from '../../project/datasets/record.ts';
import { defineCommand, type Call, type Outcome } from '../command.ts';
import { misuse } from '../parse.ts';
import { openProject, projectFolder } from '../project.ts';
import { oneLine, type Style, table } from '../style.ts';

const options = {
	name: { type: 'string', value: 'NAME', describe: 'What the dataset is called (default "default").' },
	goal: {
		type: 'string',
		choices: goals,
		describe: 'What it is for: says what each example must have, and how many are enough.',
	},
	rated: {
		type: 'string',
		choices: ratedKinds,
		describe:
			'Take rated answers: good (up, corrected or with accepted citations; the default without files), up or corrected.',
	},
	system: { type: 'string', value: 'NAME', describe: 'Only answers of this system.' },
	documents: { type: 'boolean', describe: 'Take headings, questions and definitions of the documents.' },
	generate: {
		type: 'number',
		value: 'N',
		describe: 'Let the language model ask N questions of every passage of the documents.',
	},
	format: { type: 'string', choices: formatNames, describe: 'The format of the files (default: found by content).' },
	check: { type: 'boolean', describe: 'Only check the files and print what is wrong, with lines; keep nothing.' },
	fix: {
		type: 'boolean',
		describe: 'Do what is safe first: see the codes in docs/collect.md. With --check, write --out.',
	},
	out: { type: 'string', value: 'FILE', describe: 'Where --check --fix and --record write.' },
	rejects: {
		type: 'string',
		value: 'FILE',
		describe: 'Where rows go that are left out (default NAME.rejected.jsonl).',
	},
	'max-tokens': {
		type: 'number',
		value: 'N',
		describe: 'The most tokens of an example (default: by goal, else 8192).',
	},
	seed: { type: 'number', value: 'N', describe: 'Another seed gives another split (default 1).' },
	split: { type: 'string', value: 'SHARES', describe: 'Shares of train, dev and test (default 0.8,0.1,0.1).' },
	record: { type: 'boolean', describe: 'Record what the model of --model answers to --prompts, into --out.' },
	prompts: { type: 'string', value: 'FILE', describe: 'Prompts to record: any format, or one a line in a .txt file.' },
	model: {
		type: 'string',
		value: 'SPEC',
		setting: 'model',
		describe: 'The language model that --record records and --generate asks.',
	},
} as const;

export const collect = defineCommand({
	describe:
		'Makes a dataset of rated answers, of files (chats, question and answer, classes, preference pairs, evaluation files; JSON lines, JSON, CSV or YAML) or of the documents: checked, without rows that would do harm, divided into train, dev and test so that no document and no paraphrase is on two sides. Rows that are left out go to a file with the reasons.',
	arguments: [
		{ name: 'FILE', describe: 'Files of examples, and folders in BEIR layout.', isOptional: true, isRepeatable: true },
	],
	options,
	collections: 'many',
	examples: [
		{ command: 'knowhow collect --documents --name questions', describe: 'Questions that the documents answer' },
		{ command: 'knowhow collect --name answers --goal generator', describe: 'Learn from rated and corrected answers' },
		{ command: 'knowhow collect --check chats.jsonl --goal generator', describe: 'What is wrong with a file' },
		{
			command: 'knowhow collect --record --model openai/gpt-5.6-luna --prompts prompts.jsonl --out recorded.jsonl',
			describe: 'Keep the answers of a model that will be shut down',
		},
	],
	run: async (call) => {
		if (call.options.record) return await recordModel(call);
		if (call.options.check) return await checkOnly(call);
		return await makeDataset(call);
	},
});

type CollectCall = Call<typeof options>;

async function makeDataset(call: CollectCall): Promise<Outcome> {
	const { name, rated, system, documents, generate, fix, seed, split } = call.options;
	if (call.options.prompts !== undefined || call.options.out !== undefined) {
		throw misuse(
			'--prompts and --out belong to --record and --check.',
			'Write a dataset with `knowhow datasets export`.',
		);
	}
	await using knowhow = await openProject(call, { create: true });
	const report = await knowhow.collect({
		...checkOptions(call),
		name,
		files: call.arguments.map((path) => resolve(call.cwd, path)),
		rated: rated as RatedKind | undefined,
		system,
		documents,
		generate,
		collections: call.collections.length > 0 ? call.collections : undefined,
		fix,
		seed: seed === undefined ? undefined : wholeNumber('--seed', seed),
		shares: split === undefined ? undefined : sharesOf(split),
		rejects: resolve(call.cwd, call.options.rejects ?? `${name ?? 'default'}.rejected.jsonl`),
		signal: call.signal,
	});
	const isEmpty = report.dataset === null;
	return { json: report, text: collectText(report, call.terminal.style), exitCode: isEmpty ? 1 : 0 };
}

async function checkOnly(call: CollectCall): Promise<Outcome> {
	const { checkFiles, fixFile } = await import('../../project/datasets/check-examples.ts');
	const { lookup } = await import('../../project/datasets/collect.ts');
	const paths = call.arguments.map((path) => resolve(call.cwd, path));
	const { fix, out } = call.options;
	if (paths.length === 0) throw misuse('Nothing is named to check.', 'Name a file of examples.');
	if (fix !== (out !== undefined) || (fix && paths.length > 1)) {
		throw misuse('--fix writes one file again.', 'knowhow collect --check chats.jsonl --fix --out clean.jsonl');
	}
	await using knowhow = (await isProject(await projectFolder(call))) ? await openProject(call) : null;
	const document = knowhow ? lookup({ document: async (id) => await knowhow.document(id) }, 'everything') : undefined;
	const checking = { ...checkOptions(call), document };
	const report = await checkFiles(paths, checking);
	const fixed = fix ? await fixFile(paths[0]!, resolve(call.cwd, out!), checking) : null;
	const wrong = report.faults.some(({ severity }) => severity === 'error');
	return {
		json: { ...report, fixed },
		text: [checkText(report, call.terminal.style), ...(fixed ? [fixedText(fixed)] : [])].join('\n'),
		exitCode: wrong && !fixed ? 1 : 0,
	};
}

async function recordModel(call: CollectCall): Promise<Outcome> {
	const { prompts, out } = call.options;
	if (prompts === undefined || out === undefined) throw misuse('--record needs --prompts FILE and --out FILE.');
	const { record } = await import('../../project/datasets/record.ts');
	const { loadConfig } = await import('../../project/config.ts');
	const { createProjectGenerator } = await import('../../project/generator.ts');
	const { config } = await loadConfig(await projectFolder(call), { env: call.env, overrides: call.overrides });
	const generator = await createProjectGenerator(config, { env: call.env });
	if (generator === null) throw misuse('Which model?', 'Name it with --model SPEC.');
	const { terminal, signal } = call;
	try {
		const report = await record({
			generator,
			prompts: resolve(call.cwd, prompts),
			out: resolve(call.cwd, out),
			signal,
			onBegin: (count, tokens) =>
				terminal.writeError(`${count} prompts of about ${tokens} tokens go to ${generator.id}.\n`),
		});
		return { json: report, text: recordText(report), exitCode: report.rejected > 0 ? 1 : 0 };
	} finally {
		if (Symbol.asyncDispose in generator) await (generator as AsyncDisposable)[Symbol.asyncDispose]();
	}
}

function checkOptions(call: CollectCall) {
	const { goal, format } = call.options;
	const most = call.options['max-tokens'];
	return {
		goal: goal as Goal | undefined,
		format: format as FormatName | undefined,
		maxTokens: most === undefined ? undefined : wholeNumber('--max-tokens', most),
	};
}

function wholeNumber(name: string, value: number): number {
	if (Number.isSafeInteger(value) && value >= 0) return value;
	throw misuse(`${name} takes a whole number.`);
}

function sharesOf(text: string): Shares {
	const [train, dev, test, more] = text.split(',').map(Number);
	const parts = [train, dev, test].map((share) => share ?? NaN);
	const sum = parts.reduce((total, share) => total + share, 0);
	if (more === undefined && parts.every((share) => share >= 0) && Math.abs(sum - 1) < 1e-6) {
		return { train: parts[0]!, dev: parts[1]!, test: parts[2]! };
	}
	throw misuse(`--split takes three shares that sum to 1, not "${text}".`, 'For instance 0.8,0.1,0.1.');
}

function collectText(report: CollectReport, style: Style): string {
	const { dataset, isNew, faults, rejected, rejects, tokens } = report;
	const lines = [summaryOf(faults, style)];
	if (rejects !== null) lines.push(`${rejected} rows were left out: see ${rejects}`);
	if (dataset === null) return [...lines, 'No example is left, and no dataset was made.'].filter(Boolean).join('\n');
	const { train, dev, test } = dataset.counts;
	lines.push(
		`${style.bold(dataset.id)}${isNew ? '' : ' (was there already)'}: ${train} train, ${dev} dev, ${test} test; median ${tokens.median} tokens`,
		...dataset.madeOf.map((from) => style.dim(`  ${from}`)),
	);
	return lines.filter(Boolean).join('\n');
}

/** Faults of one code that are printed one by one; `--json` has all. */
const shown = 10;

function checkText({ rows, faults, tokens, files }: CheckReport, style: Style): string {
	const lines = [...Map.groupBy(faults, ({ code }) => code).values()].flatMap((same) => [
		...same.slice(0, shown).map((fault) => faultText(fault, style)),
		...(same.length > shown ? [style.dim(`  and ${same.length - shown} more of ${same[0]!.code}`)] : []),
	]);
	const total = `${rows} rows in ${files.length} ${files.length === 1 ? 'file' : 'files'}, ${tokens.total} tokens (median ${tokens.median}, most ${tokens.most})`;
	return [...lines, summaryOf(faults, style) || style.green('Nothing is wrong.'), total].join('\n');
}

function faultText({ file, line, code, severity, message, fix }: Fault, style: Style): string {
	const mark = severity === 'error' ? style.red('✖') : style.yellow('!');
	return `${mark} ${oneLine(file)}${line === null ? '' : `:${line}`} ${style.bold(code)} ${oneLine(message)}. ${style.dim(fix)}`;
}

function summaryOf(faults: readonly Fault[], style: Style): string {
	const counts = [...Map.groupBy(faults, ({ code }) => code)].map(([code, same]) => [
		faultCodes[code].severity === 'error' ? style.red('error') : style.yellow('warning'),
		String(same.length),
		code,
		faultCodes[code].what,
	]);
	return table(counts);
}

function fixedText({
	file,
	written,
	rewritten,
	rejected,
	rejects,
}: {
	file: string;
	written: number;
	rewritten: number;
	rejected: number;
	rejects: string | null;
}): string {
	const left = rejects === null ? '' : `; ${rejected} were left out: see ${rejects}`;
	return `${written} rows written to ${file}, ${rewritten} of them changed${left}`;
}

function recordText({ file, model, recorded, present, rejected, rejects }: RecordReport): string {
	const before = present > 0 ? `, ${present} were there` : '';
	const left = rejects === null ? '' : `; ${rejected} were not answered whole: see ${rejects}`;
	return `${recorded} answers of ${model} recorded in ${file}${before}${left}\nMake them a dataset with \`knowhow collect ${file}\`.`;
}
