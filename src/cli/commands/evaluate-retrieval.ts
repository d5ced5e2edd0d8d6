import { resolve } from 'node:path';
import type { RetrievalMetrics } from '../../evaluate/retrieval.ts';
import { defineCommand } from '../command.ts';
import { projectFolder } from '../project.ts';
import { table } from '../style.ts';

const metrics = ['ndcg@10', 'recall@100', 'mrr@10', 'p50Ms'] as const;

export const evaluateRetrieval = defineCommand({
	describe:
		'Reads a dataset in BEIR layout (corpus.jsonl, queries.jsonl, both also as .gz, and qrels/SPLIT.tsv), indexes it in memory and prints how well each leg ranks. The project is not touched; its settings say which embedder runs.',
	arguments: [{ name: 'DIR', describe: 'The folder of the dataset.' }],
	options: {
		split: { type: 'string', value: 'NAME', describe: 'Which judgements are used (default test).' },
		model: {
			type: 'string',
			value: 'ID',
			describe: 'A trained retriever of the project, over the configured embedder.',
		},
		language: { type: 'string', value: 'CODE', describe: 'Language of the texts (default en).' },
	},
	collections: 'none',
	examples: [{ command: 'knowhow evaluate retrieval ./scifact --split test', describe: 'Measure on SciFact' }],
	run: async (call) => {
		const { readBeir } = await import('../../collect/beir.ts');
		const { evaluateRetrieval: evaluate } = await import('../../evaluate/retrieval.ts');
		const { loadConfig } = await import('../../project/config.ts');
		const { openEmbedder } = await import('../../project/embedders.ts');
		const { env, signal, options } = call;
		const folder = await projectFolder(call);
		const { config } = await loadConfig(folder, { env });
		const dataset = await readBeir(resolve(call.cwd, call.arguments[0] as string), { split: options.split ?? 'test' });
		const serving = await openEmbedder(config.embedder, { folder, env, signal, model: options.model });
		const report = await evaluate(dataset, {
			embedder: serving?.embedder ?? null,
			vectorWeight: config.search.vectorWeight ?? serving?.vectorWeight ?? undefined,
			language: options.language ?? null,
			signal,
		});
		const rows = Object.entries(report.systems).map(([name, found]) => [name, ...cells(found)]);
		const lines = [
			`${report.dataset}, ${report.queries} ${report.queries === 1 ? 'query' : 'queries'}`,
			table([['', ...metrics], ...rows]),
			...(serving === null ? ['Only keywords were measured: no embedder is configured.'] : []),
		];
		return { json: report, text: lines.join('\n\n') };
	},
});

function cells(found: RetrievalMetrics | null): string[] {
	return metrics.map((metric) => found?.[metric].toFixed(metric === 'p50Ms' ? 2 : 4) ?? '–');
}
