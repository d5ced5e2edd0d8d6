import type { Queried } from './measure.ts';
import type { Row } from './search.ts';

/** Markdown tables of what `bench/search.ts` measured: medians over the rounds, in brackets the least and the largest. */
export function printTables(rows: readonly Row[]): void {
	print(
		'Building',
		['engine', 'rows/s stored', 'rows/s with index', 'peak MB', 'on disk MB', 'note'],
		rows.map(buildCells),
	);
	print(
		'Searching: ms, p50 (spread over rounds) / p95',
		[
			'engine',
			'open',
			'open + first',
			'keyword',
			'vector',
			'recall@10',
			'hybrid',
			'hybrid with texts',
			'source found',
			'MB',
		],
		rows.filter(({ rounds }) => rounds.length > 0).map(searchCells),
	);
	print(
		'Filtered: ms, p50 (spread over rounds) / p95',
		['engine', 'keyword, 1 %', 'keyword, 10 %', 'vector, 1 %', 'recall', 'vector, 10 %', 'recall'],
		rows.filter(({ rounds }) => rounds.length > 0).map(filterCells),
	);
	for (const { updates } of rows) {
		if (updates === null) continue;
		print(
			'Knowhow after commits: ms',
			['what', 'ms'],
			[
				['commit of one document (median of 20)', fixed(updates.commitMs)],
				['search after it, catch-up included', fixed(updates.nextSearchMs)],
				['search when nothing changed', fixed(updates.searchMs)],
				[`commits of ${updates.batchChunks} chunks`, fixed(updates.batchMs)],
				['first search after them', fixed(updates.searchAfterBatchMs)],
				['search with those unmerged', fixed(updates.searchWithTailMs)],
				['compaction and snapshot', fixed(updates.saveMs)],
			],
		);
	}
}

function buildCells({ engine, chunks, build, rounds, diskMb, note }: Row): string[] {
	if (build === null) {
		const ms = rounds.map(({ buildMs }) => buildMs).filter((time) => time > 0);
		const rate = ms.length === 0 ? '–' : rowsPerSecond(chunks, median(ms));
		return [engine, rate, rate, '–', ms.length === 0 ? '–' : 'in memory only', note ?? ''];
	}
	const { insertMs, indexMs, peakMb } = build;
	return [
		engine,
		rowsPerSecond(chunks, insertMs),
		rowsPerSecond(chunks, insertMs + indexMs),
		peakMb.toFixed(0),
		diskMb?.toFixed(0) ?? '–',
		note ?? '',
	];
}

function searchCells({ engine, rounds, note }: Row): string[] {
	const name = note === null ? engine : `${engine} (${note})`;
	return [
		name,
		fixed(median(rounds.map(({ openMs }) => openMs))),
		fixed(median(rounds.map(({ firstMs }) => firstMs))),
		latency(rounds, 'keyword'),
		latency(rounds, 'vector'),
		share(rounds.map(({ recall }) => recall['vector'])),
		latency(rounds, 'hybrid'),
		latency(rounds, 'hybrid + texts'),
		share(rounds.map(({ found }) => found['keyword'])),
		median(rounds.map(({ rssMb }) => rssMb)).toFixed(0),
	];
}

function filterCells({ engine, rounds }: Row): string[] {
	return [
		engine,
		latency(rounds, 'keyword 1 %'),
		latency(rounds, 'keyword 10 %'),
		latency(rounds, 'vector 1 %'),
		share(rounds.map(({ recall }) => recall['vector 1 %'])),
		latency(rounds, 'vector 10 %'),
		share(rounds.map(({ recall }) => recall['vector 10 %'])),
	];
}

function latency(rounds: readonly Queried[], name: string): string {
	const found = rounds.flatMap(({ latencies }) => latencies[name] ?? []);
	if (found.length === 0) return '–';
	const middles = found.map(({ p50 }) => p50);
	const spread = middles.length === 1 ? '' : ` (${fixed(Math.min(...middles))}–${fixed(Math.max(...middles))})`;
	return `${fixed(median(middles))}${spread} / ${fixed(median(found.map(({ p95 }) => p95)))}`;
}

function share(values: readonly (number | undefined)[]): string {
	const known = values.filter((value) => value !== undefined);
	return known.length === 0 ? '–' : median(known).toFixed(3);
}

function rowsPerSecond(chunks: number, ms: number): string {
	return Math.round((chunks / ms) * 1000).toLocaleString('en');
}

function fixed(ms: number): string {
	return ms >= 100 ? ms.toFixed(0) : ms >= 10 ? ms.toFixed(1) : ms.toFixed(2);
}

function median(values: readonly number[]): number {
	return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

function print(title: string, head: readonly string[], body: readonly (readonly string[])[]): void {
	const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
	const rule = head.map((_, i) => (i === 0 ? '---' : '--:'));
	console.log(`**${title}**\n\n${[head, rule, ...body].map(line).join('\n')}\n`);
}
