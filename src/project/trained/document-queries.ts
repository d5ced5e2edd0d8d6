import { fromDocument } from '../../collect/from-documents.ts';
import type { Corpus } from '../../core/store.ts';
import { type Entry, type JudgedQuery, judgeQuery } from './retriever-data.ts';

/** At most so many, spread evenly. */
const most = 400;

/**
 * The questions that documents ask by themselves: headings, definitions, questions in their text. What a search finds well before any
 * training, and must find after it. They fall in two halves: training may look at one, the gate measures with the other.
 */
export async function documentQueries(
	corpus: Pick<Corpus, 'document'>,
	entries: readonly Entry[],
	half: 'training' | 'gate',
): Promise<JudgedQuery[]> {
	const asked: JudgedQuery[] = [];
	const own = Map.groupBy(entries.keys(), (at) => entries[at]!.document.id);
	for (const [id, positions] of own) {
		const document = await corpus.document(id, 'everything');
		if (document === null) continue;
		const chunks = positions.map((at) => entries[at]!);
		for (const { example } of fromDocument(document)) {
			const wanted = example.positives.map(({ text }) => ({ document: id, quote: text }));
			const judged = judgeQuery(example.query, wanted, chunks);
			if (judged !== null) asked.push({ ...judged, positives: judged.positives.map((at) => positions[at]!) });
		}
	}
	const chosen = asked.filter((_, at) => (at % 2 === 0) === (half === 'gate'));
	const step = Math.max(1, chosen.length / most);
	return Array.from({ length: Math.min(most, chosen.length) }, (_, i) => chosen[Math.floor(i * step)]!);
}
