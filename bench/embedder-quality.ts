import type { Embedder } from '../src/core/embedder.ts';
import { mean } from '../src/evaluate/metrics/mean.ts';
import { ndcg } from '../src/evaluate/metrics/ndcg.ts';
import { rankByScore } from '../src/evaluate/metrics/rank.ts';
import { recall } from '../src/evaluate/metrics/recall.ts';
import { type Comparison, compareSystems } from '../src/evaluate/statistics/compare.ts';
import { fuse } from '../src/search/fuse.ts';
import { vectorWeightOf } from '../src/search/vector-weight.ts';
import { type Asked, otherLanguages, retrievalSets } from './retrieval-sets.ts';

/** Means over the questions, 0 to 1. */
type Score = { readonly ndcg10: number; readonly recall100: number };
type SetResult = {
	readonly name: string;
	readonly questions: number;
	readonly systems: Readonly<Record<string, Score>>;
	/** On nDCG@10; p-values are corrected within the set. */
	readonly comparisons: readonly Comparison[];
};

export type Quality = {
	readonly sets: readonly SetResult[];
	readonly languages: readonly SetResult[];
	/** The sample's test questions by class: of how many some evidence is among the first five. */
	readonly evidence: readonly {
		readonly kind: string;
		readonly questions: number;
		readonly found: Readonly<Record<string, number>>;
	}[];
};

type Rankings = ReadonlyMap<string, readonly (readonly string[])[]>;

/** Every set with the built-in embedder and, when it is there, the teacher. */
export async function measureQuality(own: Embedder, teacher: Embedder | null): Promise<Quality> {
	const sets: SetResult[] = [];
	const evidence: Quality['evidence'][number][] = [];
	for (const { name, ask } of retrievalSets) {
		const asked = await ask(own);
		const rankings = rank(asked, own, ['keyword', 'static', 'fused']);
		if (teacher !== null) {
			const taught = await ask(teacher);
			for (const [system, ranked] of rank(taught, teacher, ['', 'teacher', 'teacher fused']))
				rankings.set(system, ranked);
		}
		sets.push(score(name, asked, rankings));
		if (name.startsWith('the sample')) evidence.push(...evidenceByKind(asked, rankings));
	}
	const languages: SetResult[] = [];
	for (const { name, ask } of otherLanguages) {
		const asked = await ask(own);
		languages.push(score(name, asked, rank(asked, own, ['keyword', 'static', 'fused'])));
	}
	return { sets, languages, evidence };
}

/** The ranking of each question by the keyword leg, the vector leg and both; a system named '' is left out. */
function rank(
	asked: readonly Asked[],
	embedder: Embedder,
	[keyword, vector, both]: readonly string[],
): Map<string, string[][]> {
	const weight = vectorWeightOf(embedder.space);
	const rankings = new Map<string, string[][]>();
	const add = (name: string | undefined, scoresOf: (asked: Asked) => readonly (number | null)[]): void => {
		if (name === undefined || name === '') return;
		rankings.set(
			name,
			asked.map((one) => {
				const scores = scoresOf(one);
				const scored = one.units.flatMap((id, at) => (scores[at] === null ? [] : [{ id, score: scores[at]! }]));
				return rankByScore(scored).slice(0, 100);
			}),
		);
	};
	add(keyword, ({ candidates }) => candidates.map(({ keyword: found }) => (found === 0 ? null : found)));
	add(vector, ({ candidates }) => candidates.map(({ vector: found }) => found));
	add(both, ({ candidates }) => fuse(candidates, 'weighted', weight));
	return rankings;
}

function score(name: string, asked: readonly Asked[], rankings: Rankings): SetResult {
	const values = (ranked: readonly (readonly string[])[], metric: typeof ndcg, k: number): number[] =>
		asked.map(({ judgements }, i) => metric([...ranked[i]!], judgements, k));
	const systems = Object.fromEntries(
		[...rankings].map(([system, ranked]) => [
			system,
			{ ndcg10: mean(values(ranked, ndcg, 10)) ?? 0, recall100: mean(values(ranked, recall, 100)) ?? 0 },
		]),
	);
	const scores = new Map([...rankings].map(([system, ranked]) => [system, values(ranked, ndcg, 10)]));
	return { name, questions: asked.length, systems, comparisons: compareSystems(scores) };
}

function evidenceByKind(asked: readonly Asked[], rankings: Rankings): Quality['evidence'] {
	return [...new Set(asked.map(({ kind }) => kind))].map((kind) => {
		const of = asked.flatMap((one, at) => (one.kind === kind ? [{ one, at }] : []));
		const found = Object.fromEntries(
			[...rankings].map(([system, ranked]) => [
				system,
				of.filter(({ one, at }) => ranked[at]!.slice(0, 5).some((unit) => one.judgements.has(unit))).length,
			]),
		);
		return { kind, questions: of.length, found };
	});
}

/** Markdown. */
export function qualityTables({ sets, languages, evidence }: Quality): string {
	const names = Object.keys(sets[0]!.systems);
	const pair = ({ ndcg10, recall100 }: Score): string => `${ndcg10.toFixed(4)} / ${recall100.toFixed(3)}`;
	const table = (results: readonly SetResult[], systems: readonly string[]): string =>
		[
			`| nDCG@10 / recall@100 | questions | ${systems.join(' | ')} |`,
			`| --- | --: |${' --: |'.repeat(systems.length)}`,
			...results.map(
				({ name, questions, systems: of }) =>
					`| ${name} | ${questions} | ${systems.map((system) => pair(of[system]!)).join(' | ')} |`,
			),
		].join('\n');
	return [
		table(sets, names),
		differences(sets),
		`| evidence in the first 5 | questions | ${names.join(' | ')} |\n| --- | --: |${' --: |'.repeat(names.length)}\n${evidence
			.map(
				({ kind, questions, found }) => `| ${kind} | ${questions} | ${names.map((name) => found[name]).join(' | ')} |`,
			)
			.join('\n')}`,
		table(languages, ['keyword', 'static', 'fused']),
	].join('\n\n');
}

function differences(sets: readonly SetResult[]): string {
	const wanted = ['keyword fused', 'static fused', 'static teacher', 'fused teacher fused'];
	const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(4)}`;
	const rows = sets.flatMap(({ name, comparisons }) =>
		comparisons
			.filter(({ a, b }) => wanted.includes(`${a} ${b}`))
			.map(({ a, b, difference, interval, pAdjusted }) => {
				const range = interval === null ? '–' : `${signed(-interval.high)} to ${signed(-interval.low)}`;
				return `| ${name} | ${b} − ${a} | ${signed(-(difference ?? 0))} | ${range} | ${pAdjusted.toFixed(4)} |`;
			}),
	);
	return `| set | difference in nDCG@10 | | 95 % | p, corrected |\n| --- | --- | --: | --: | --: |\n${rows.join('\n')}`;
}
