import { readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { KnowhowError } from '../../core/error.ts';
import { makeFolder } from '../../core/folder.ts';
import type { Report } from '../../evaluate/report.ts';
import { rowMetrics, type RowMetric } from '../../evaluate/score.ts';
import { defineCommand } from '../command.ts';
import { followEvaluation } from '../evaluate-progress.ts';
import { modelOption } from '../model-option.ts';
import { misuse } from '../parse.ts';
import { openProject } from '../project.ts';
import { reportText } from '../report-text.ts';

export const evaluate = defineCommand({
	describe:
		'Puts questions with known answers to several systems, side by side: how often each is right, what it cites, when it refuses, how long it takes and what it costs, each with its interval, and the rows where they differ. Finished answers are kept: the same again is free, Ctrl-C loses nothing. A row that fails is reported with its error.',
	arguments: [],
	options: {
		data: {
			type: 'string',
			value: 'FILE',
			describe: 'Questions: JSON lines {id, question, answer, evidence …} or SQuAD, also as .gz.',
		},
		split: { type: 'string', value: 'NAME', describe: 'Only the questions of this split.' },
		revision: {
			type: 'string',
			value: 'NAME',
			describe: 'Which of several answers by revision holds (default the first).',
		},
		systems: {
			type: 'string',
			value: 'A,B,C',
			describe: 'Systems, by name or NAME@VERSION (default: those of base, few-shot, rag that can run).',
		},
		examples: {
			type: 'string',
			value: 'FILE',
			describe: 'Questions with good answers that few-shot shows the model; none that is asked is taken.',
		},
		model: modelOption,
		metric: {
			type: 'string',
			value: 'NAME',
			describe: `What systems are compared by: ${Object.keys(rowMetrics).join(', ')} (default correct).`,
		},
		concurrency: {
			type: 'number',
			value: 'N',
			describe: 'Questions answered at the same time (default 4; 1 without a language model).',
		},
		'max-cost': { type: 'number', value: 'USD', describe: 'Stop before new answers cost more than this together.' },
		'allow-unknown-cost': {
			type: 'boolean',
			describe: 'With --max-cost, go on with models whose price is not known; they count nothing.',
		},
		fresh: { type: 'boolean', describe: 'Answer everything again.' },
		gate: {
			type: 'string',
			value: 'BASELINE',
			describe: 'Exit 1 when a system is worse than this system, saved report, or file of --json.',
		},
		save: { type: 'string', value: 'NAME', describe: 'Keep the scores under this name, for --gate.' },
		html: { type: 'string', value: 'FILE', describe: 'Write the report as one HTML file, with plots.' },
		quiet: { type: 'boolean', short: 'q', describe: 'Show no progress.' },
	},
	collections: 'many',
	examples: [
		{
			command: 'knowhow evaluate --data sample/questions.jsonl --split dev',
			describe: 'Measure what the project answers',
		},
		{
			command:
				'knowhow evaluate --data questions.jsonl --systems base,rag --model openai/gpt-5.6-luna --max-cost 2 --html report.html',
			describe: 'What the documents add to a language model, for two dollars at most',
		},
		{
			command: 'knowhow evaluate --data questions.jsonl --gate last-release',
			describe: 'In CI: exit 1 when it became worse',
		},
	],
	run: async (call) => {
		const { options, terminal, cwd, collections, signal } = call;
		if (options.data === undefined) throw misuse('--data is missing: the file with the questions.');
		const path = resolve(cwd, options.data);
		const { readQuestions } = await import('../../project/datasets/question-file.ts');
		const { split, revision } = options;
		const questions = await readQuestions(path, { split, revision });
		const examples =
			options.examples === undefined ? [] : await readQuestions(resolve(cwd, options.examples), { revision });
		await using knowhow = await openProject(call);
		const progress = followEvaluation(terminal, options.quiet);
		try {
			const { gate, ...report } = await knowhow.evaluate(questions, {
				dataset: split === undefined ? basename(path) : `${basename(path)} (${split})`,
				systems: namesOf(options.systems),
				examples,
				collections,
				concurrency: options.concurrency,
				maxCostUsd: options['max-cost'],
				allowUnknownCost: options['allow-unknown-cost'],
				fresh: options.fresh,
				metric: metricOf(options.metric),
				gate: await readGate(options.gate, cwd),
				save: options.save,
				signal,
				onEvent: progress.onEvent,
			});
			progress.end();
			const files = options.html === undefined ? [] : [await writeHtml(report, resolve(cwd, options.html))];
			const text = [reportText(report, gate, terminal.style), ...files.map((file) => `Written: ${file}`)].join('\n\n');
			return { json: { ...report, gate }, text, exitCode: gate.some(({ isRegression }) => isRegression) ? 1 : 0 };
		} finally {
			progress.end();
		}
	},
});

function namesOf(systems: string | undefined): string[] | undefined {
	const names = systems?.split(',').flatMap((name) => name.trim() || []);
	if (names?.length === 0) throw misuse('--systems names none.');
	return names;
}

function metricOf(name: string | undefined): RowMetric | undefined {
	if (name === undefined || Object.hasOwn(rowMetrics, name)) return name as RowMetric | undefined;
	throw misuse(`--metric must be one of ${Object.keys(rowMetrics).join(', ')}, not "${name}".`);
}

/** A path that ends in `.json` is a report of `--json`; anything else is a name. */
async function readGate(gate: string | undefined, cwd: string): Promise<string | Report | undefined> {
	if (!gate?.endsWith('.json')) return gate;
	const path = resolve(cwd, gate);
	try {
		const report = JSON.parse(await readFile(path, 'utf8')) as Report;
		if (report.systems.length > 0 && report.rows.every(isScored)) return report;
	} catch (cause) {
		throw noReport(path, cause);
	}
	throw noReport(path);
}

/** What a gate reads of a row. */
function isScored({ question, system, scores }: Partial<Report['rows'][number]>): boolean {
	return typeof question === 'string' && typeof system === 'string' && typeof scores === 'object';
}

function noReport(path: string, cause?: unknown): KnowhowError {
	return new KnowhowError('invalid_data', `${path} is no report that \`knowhow evaluate --json\` has printed.`, {
		cause,
	});
}

async function writeHtml(report: Report, path: string): Promise<string> {
	const { reportHtml } = await import('../../evaluate/report/html.ts');
	try {
		await makeFolder(dirname(path));
		await writeFile(path, reportHtml(report));
		return path;
	} catch (cause) {
		throw new KnowhowError('invalid_argument', `${path} could not be written: ${(cause as Error).message}.`, {
			hint: 'Name another file. The answers are kept, so the same again is free.',
			cause,
		});
	}
}
