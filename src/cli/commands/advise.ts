import { writeFile } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { presetNames, type PresetName } from '../../advise/presets.ts';
import { adviceDigest, adviceMarkdown, reportFormats } from '../../advise/report/report.ts';
import type { SituationInput } from '../../advise/situation.ts';
import { adviceFor, readAnswers, readReport } from '../../project/advise.ts';
import { blocksText } from '../block-text.ts';
import { type Call, defineCommand } from '../command.ts';
import { interview } from '../interview.ts';
import { misuse } from '../parse.ts';
import { readableWidth } from '../style.ts';
import { situationOf, situationOptions } from '../situation-options.ts';

export const advise = defineCommand({
	describe:
		'Says whether retrieval, fine-tuning, both or neither fits your situation, why, what it costs with break-even points, what would change the verdict, and the next cheapest experiment. Tell it by flags, by a file, by a preset, or answer its questions; flags win over the file, the file over the preset. Nothing is sent anywhere, and no project is needed.',
	arguments: [],
	options: {
		preset: { type: 'string', choices: presetNames, describe: 'A starting point; what you tell replaces its values.' },
		answers: { type: 'string', value: 'FILE', describe: 'The situation as JSON, keys as in docs/advise.md.' },
		report: {
			type: 'string',
			value: 'FILE',
			describe: 'A JSON report of `knowhow evaluate`: what it measured replaces priors.',
		},
		out: {
			type: 'strings',
			value: 'FILE',
			describe:
				'Write the whole advice to a file: .html (with plots), .md, .json, or the decision tree as .svg or .mmd (Mermaid). Repeatable.',
		},
		markdown: { type: 'boolean', describe: 'Print the whole advice as Markdown.' },
		interview: {
			type: 'boolean',
			describe: 'Ask, even though flags, a file or a preset tell something; answers win over the file.',
		},
		seed: { type: 'number', value: 'N', describe: 'Seed of the draws behind bands and confidence (default 1).' },
		...situationOptions,
	},
	collections: 'none',
	examples: [
		{ command: 'knowhow advise --preset customer-support', describe: 'Begin with a preset' },
		{ command: 'knowhow advise', describe: 'Answer a few questions' },
		{
			command: 'knowhow advise --problem behaviour --examples 2000 --evaluation-set yes --out advice.html',
			describe: 'Tell it by flags, and get a page with plots',
		},
	],
	run: async (call) => {
		const { options } = call;
		const outputs = options.out.map((path) => ({ path: resolve(call.cwd, path), render: formatOf(path) }));
		const advice = adviceFor({
			situation: await told(call),
			...(options.preset === undefined ? {} : { preset: options.preset as PresetName }),
			...(options.report === undefined ? {} : { report: await readReport(resolve(call.cwd, options.report)) }),
			...(options.seed === undefined ? {} : { seed: options.seed }),
		});
		for (const { path, render } of outputs) await writeFile(path, render(advice));
		if (options.markdown) return { json: advice, text: adviceMarkdown(advice).trimEnd() };
		const written = outputs.map(({ path }) => `Written: ${path}`);
		const look = { style: call.terminal.style, width: readableWidth(call.terminal) };
		return { json: advice, text: [blocksText(adviceDigest(advice), look), ...written].join('\n\n') };
	},
});

type Told = { readonly answers: string | undefined; readonly preset: string | undefined; readonly interview: boolean };

/** File, then flags, then the interview; it is held when there is nothing else. */
async function told({
	options,
	cwd,
	terminal,
	signal,
}: { options: Told } & Pick<Call, 'cwd' | 'terminal' | 'signal'>): Promise<SituationInput> {
	const file = options.answers === undefined ? {} : await readAnswers(resolve(cwd, options.answers));
	const flags = situationOf(options);
	const isToldNothing =
		options.answers === undefined && options.preset === undefined && Object.keys(flags).length === 0;
	if (!options.interview && !isToldNothing) return { ...file, ...flags };
	const answered = await interview(terminal, signal);
	if (isToldNothing && Object.keys(answered).length === 0) {
		throw misuse(
			'Nothing is known about the situation.',
			'Answer a question, or begin with --preset customer-support.',
		);
	}
	return { ...file, ...flags, ...answered };
}

function formatOf(path: string): (typeof reportFormats)[string] {
	const found = reportFormats[extname(path).toLowerCase()];
	if (found === undefined) {
		throw misuse(
			`${path}: no report ends in "${extname(path)}".`,
			`Use one of ${Object.keys(reportFormats).join(', ')}.`,
		);
	}
	return found;
}
