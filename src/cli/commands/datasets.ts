import { rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { formatNames, type FormatName } from '../../collect/formats/format.ts';
import type { Container } from '../../collect/rows.ts';
import { type Dataset, type DatasetSummary, splits } from '../../core/dataset.ts';
import { makeFolder } from '../../core/folder.ts';
import { defineCommand } from '../command.ts';
import { misuse } from '../parse.ts';
import { openProject } from '../project.ts';
import { oneLine, table } from '../style.ts';

const reference = {
	name: 'DATASET',
	describe: 'name@version as `knowhow datasets` prints it, or a name: the newest version.',
} as const;

export const listDatasets = defineCommand({
	describe: 'Prints every version of every dataset, newest first.',
	arguments: [],
	options: {},
	collections: 'none',
	examples: [{ command: 'knowhow datasets', describe: 'What was collected' }],
	run: async (call) => {
		await using knowhow = await openProject(call);
		const datasets = await knowhow.datasets();
		const rows = datasets.map(({ id, at, counts, goal, madeOf }) => [
			id,
			new Date(at).toISOString().slice(0, 16).replace('T', ' '),
			`${counts.train} + ${counts.dev} + ${counts.test}`,
			goal ?? '',
			madeOf.join('; '),
		]);
		return { json: { datasets }, text: table(rows) || 'There is no dataset yet. Make one with `knowhow collect`.' };
	},
});

export const showDataset = defineCommand({
	describe:
		'Prints what a dataset was made of, what was left out and erased, and its first examples; --json prints all of them.',
	arguments: [reference],
	options: {},
	collections: 'none',
	examples: [{ command: 'knowhow datasets show default', describe: 'The newest version of the dataset "default"' }],
	run: async (call) => {
		await using knowhow = await openProject(call);
		const dataset = await knowhow.dataset(call.arguments[0] as string);
		return { json: dataset, text: datasetText(dataset) };
	},
});

export const removeDataset = defineCommand({
	describe:
		'Removes one version of a dataset. When it returns its text is gone from disk; files that were exported stay.',
	arguments: [reference],
	options: {},
	collections: 'none',
	examples: [{ command: 'knowhow datasets remove default', describe: 'Remove the newest version of "default"' }],
	run: async (call) => {
		await using knowhow = await openProject(call);
		const removed = await knowhow.removeDataset(call.arguments[0] as string);
		return { json: { removed: removed.id }, text: `Removed ${removed.id}.` };
	},
});

export const exportDataset = defineCommand({
	describe:
		'Writes a dataset into a folder, a file for each part that is not empty: as examples with all that is known (knowhow), in a format that trainers and evaluation tools read, or as a BEIR folder. Says what a format has no room for.',
	arguments: [reference, { name: 'FOLDER', describe: 'Where the files go; it is made when it is not there.' }],
	options: {
		to: { type: 'string', choices: [...formatNames, 'beir'], describe: 'The format (default knowhow).' },
		as: {
			type: 'string',
			choices: ['jsonl', 'json', 'yaml', 'csv', 'tsv'],
			describe: 'How rows lie in a file (default: as the format has it).',
		},
	},
	collections: 'none',
	examples: [{ command: 'knowhow datasets export default ./training --to openai', describe: 'For fine-tuning' }],
	run: async (call) => {
		const folder = resolve(call.cwd, call.arguments[1] as string);
		const { to = 'knowhow', as } = call.options;
		await using knowhow = await openProject(call);
		const dataset = await knowhow.dataset(call.arguments[0] as string);
		const report =
			to === 'beir'
				? await beir(dataset, folder)
				: await rows(dataset, folder, to as FormatName, as as Container | undefined);
		return { json: { dataset: dataset.id, folder, format: to, ...report }, text: exportText(folder, report) };
	},
});

type ExportReport = {
	readonly written: number;
	/** Examples that lack what a row of the format is made of, by id. */
	readonly left: readonly string[];
	/** How many rows lost a field that the format has no room for, by field. */
	readonly lost: Readonly<Record<string, number>>;
};

async function beir(dataset: Dataset, folder: string): Promise<ExportReport> {
	const { writeBeir } = await import('../../collect/beir-examples.ts');
	const all = splits.flatMap((split) => dataset.examples[split]);
	const left = all.filter(({ positives }) => positives.length === 0).map(({ id }) => id);
	return { written: await writeBeir(folder, dataset.examples), left, lost: {} };
}

async function rows(
	dataset: Dataset,
	folder: string,
	format: FormatName,
	as: Container | undefined,
): Promise<ExportReport> {
	const { defaultContainer, writeExamples } = await import('../../collect/write-examples.ts');
	const container = as ?? defaultContainer(format);
	await makeFolder(folder);
	let written = 0;
	const left: string[] = [];
	const lost: Record<string, number> = {};
	for (const split of splits) {
		const result = writeExamples(dataset.examples[split], { format, container });
		const path = join(folder, `${split}.${container}`);
		// What an earlier export left there is not of this dataset.
		if (result.written === 0) await rm(path, { force: true });
		else await writeFile(path, result.text);
		written += result.written;
		left.push(...result.left);
		for (const [field, count] of Object.entries(result.lost)) lost[field] = (lost[field] ?? 0) + count;
	}
	return { written, left, lost };
}

function exportText(folder: string, { written, left, lost }: ExportReport): string {
	return [
		`${written} examples written to ${folder}`,
		...(left.length > 0 ? [`${left.length} examples lack what this format is made of, and are not in it.`] : []),
		...Object.entries(lost).map(
			([field, count]) => `The format has no room for "${field}", which ${count} examples have.`,
		),
	].join('\n');
}

export const convertDataset = defineCommand({
	describe:
		'Writes a file of examples in another format. What a row says besides is kept where the format stays the same; what the new format has no room for is counted.',
	arguments: [
		{ name: 'FILE', describe: 'The file, in any known format.' },
		{
			name: 'OUT',
			describe: 'The new file; its extension (.jsonl, .json, .csv, .tsv, .yaml) says how rows lie in it.',
		},
	],
	options: {
		from: { type: 'string', choices: formatNames, describe: 'The format of FILE (default: found by content).' },
		to: { type: 'string', choices: formatNames, describe: 'The format of OUT.' },
	},
	collections: 'none',
	examples: [
		{ command: 'knowhow datasets convert sharegpt.json chats.jsonl --to openai', describe: 'For fine-tuning' },
	],
	run: async (call) => {
		const { from, to } = call.options;
		if (to === undefined) throw misuse('Which format?', `Name it with --to: ${formatNames.join(', ')}.`);
		const { convertFile } = await import('../../project/datasets/check-examples.ts');
		const [path, out] = call.arguments.map((given) => resolve(call.cwd, given)) as [string, string];
		const report = await convertFile(path, out, { from: from as FormatName | undefined, to: to as FormatName });
		const { written, lost, rejected, rejects } = report;
		const text = [
			`${written} rows of ${report.from} written to ${out} as ${to}`,
			...Object.entries(lost).map(
				([field, count]) => `The format has no room for "${field}", which ${count} rows have.`,
			),
			...(rejects === null ? [] : [`${rejected} rows were left out: see ${rejects}`]),
		].join('\n');
		return { json: report, text, exitCode: rejected > 0 ? 1 : 0 };
	},
});

/** Examples of each part that are printed. */
const shown = 3;

function datasetText(dataset: Dataset): string {
	return [...factsOf(dataset), ...splits.flatMap((split) => examplesText(dataset, split))].join('\n');
}

function factsOf({ id, at, parent, goal, madeOf, seed, rejected, faults, erasures }: DatasetSummary): string[] {
	const found = Object.entries(faults).map(([code, count]) => `${count} ${code}`);
	const erased = erasures.reduce((sum, { examples }) => sum + examples.length, 0);
	return [
		`${id}, made ${new Date(at).toISOString()}${goal === null ? '' : ` for a ${goal}`}, seed ${seed}`,
		...madeOf.map((from) => `made of ${from}`),
		...(parent === null ? [] : [`after ${parent}`]),
		`left out ${rejected}${found.length > 0 ? ` (found: ${found.join(', ')})` : ''}`,
		...(erased > 0 ? [`erased ${erased} examples`] : []),
	];
}

function examplesText({ examples }: Dataset, split: (typeof splits)[number]): string[] {
	const lines = examples[split].slice(0, shown).map(({ query, answer, label, positives }) => {
		const said = answer ?? label ?? positives[0]?.text ?? '';
		return `  ${oneLine(query)} → ${oneLine(said).slice(0, 100)}`;
	});
	return ['', `${split}: ${examples[split].length}`, ...lines];
}
