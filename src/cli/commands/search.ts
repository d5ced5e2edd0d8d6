import type { Hit } from '../../core/hit.ts';
import { defineCommand } from '../command.ts';
import { parseFilterOption } from '../filter-option.ts';
import { openProject } from '../project.ts';
import { type Style, oneLine, printable } from '../style.ts';
import { warn } from '../warning.ts';

export const search = defineCommand({
	describe:
		'Prints the best passages with their source, heading and page. Identifiers such as PX-1200/B or ERR_1042 are found whole and in parts. With --json every hit carries the parts of its score.',
	arguments: [{ name: 'QUERY', describe: 'What to look for; put it in quotes.' }],
	options: {
		k: { type: 'number', short: 'k', value: 'N', setting: 'search.k', describe: 'Hits printed (default 10).' },
		mode: {
			type: 'string',
			choices: ['keyword', 'vector', 'hybrid'],
			setting: 'search.mode',
			describe: 'Which legs run.',
		},
		filter: {
			type: 'string',
			value: 'JSON',
			describe: 'Only documents whose metadata match, for instance \'{"type":"eq","key":"format","value":"pdf"}\'.',
		},
		fusion: {
			type: 'string',
			choices: ['weighted', 'rrf'],
			setting: 'search.fusion',
			describe: 'How the two rankings become one.',
		},
		'no-rerank': { type: 'boolean', describe: 'Leave the fused ranking as it is.' },
	},
	collections: 'many',
	examples: [
		{ command: 'knowhow search "refund window" -k 3', describe: 'The three best passages' },
		{
			command: 'knowhow search "ERR_1042" --filter \'{"type":"eq","key":"format","value":"pdf"}\' --json',
			describe: 'Only in PDF files, for a program to read',
		},
	],
	run: async (call) => {
		const {
			arguments: [query = ''],
			options,
			terminal,
			collections,
			signal,
		} = call;
		await using knowhow = await openProject(call);
		const report = await knowhow.search(query, {
			collections,
			filter: parseFilterOption(options.filter),
			rerank: options['no-rerank'] ? false : undefined,
			signal,
		});
		for (const warning of report.warnings) warn(terminal, warning);
		const { style } = terminal;
		const text = report.hits.map((hit) => hitText(hit, style)).join('\n\n') || 'Nothing was found.';
		return { json: report, text };
	},
});

function hitText({ rank, text, headings, page, score, document }: Hit, style: Style): string {
	const place = [
		document.source,
		...headings.filter((heading) => heading !== document.title).slice(-1),
		...(page === null ? [] : [`page ${page}`]),
		`version ${document.version}`,
	];
	const lines = printable(text).trim().split('\n').slice(0, 8);
	return [
		`${style.bold(`${rank}. ${oneLine(document.title)}`)} ${style.dim(`(${score.toFixed(3)})`)}`,
		`   ${style.cyan(place.map(oneLine).join(' · '))}`,
		...lines.map((line) => `   ${line}`),
	].join('\n');
}
