import { createHash } from 'node:crypto';
import { access, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type Example, type Passage, type Split, splits } from '../core/dataset.ts';
import { makeFolder } from '../core/folder.ts';
import { readBeir } from './beir.ts';
import { toContent, toExample, toPassage } from './example.ts';
import type { Row } from './read-examples.ts';

/** Names of judgement files, by part. */
const files: Readonly<Record<Split, readonly string[]>> = { train: ['train'], dev: ['dev', 'valid'], test: ['test'] };

/** Whether a path is a folder in BEIR's layout. */
export async function isBeir(folder: string): Promise<boolean> {
	return await isThere(join(folder, 'qrels'));
}

/** The judged queries of every part of a BEIR folder, with the texts judged relevant. Throws as `readBeir` does. */
export async function fromBeir(folder: string): Promise<Row[]> {
	const rows: Row[] = [];
	for (const part of splits) {
		for (const split of files[part]) {
			if (!(await isThere(join(folder, 'qrels', `${split}.tsv`)))) continue;
			const { corpus, queries, qrels } = await readBeir(folder, { split });
			const texts = new Map(corpus.map(({ id, title, text }) => [id, title === '' ? text : `${title}\n${text}`]));
			for (const { id, text } of queries) {
				const grades = [...(qrels.get(id) ?? [])];
				const judged = (isRelevant: boolean): Passage[] =>
					grades.filter(([, grade]) => grade > 0 === isRelevant).map(([document]) => toPassage(texts.get(document)!));
				if (grades.length === 0) continue;
				const content = toContent({ query: text, positives: judged(true), negatives: judged(false) });
				const file = basename(folder);
				rows.push({
					file: `${file}/queries.jsonl ${id}`,
					line: null,
					example: toExample(content, { origin: { kind: 'file', of: `${file} ${id}` }, split: part }),
				});
			}
		}
	}
	return rows;
}

/** Writes examples with passages as a BEIR folder; negatives are judged 0. Returns how many queries were written. */
export async function writeBeir(
	folder: string,
	examples: Readonly<Record<Split, readonly Example[]>>,
): Promise<number> {
	await makeFolder(join(folder, 'qrels'));
	const corpus = new Map<string, string>();
	const queries: string[] = [];
	for (const split of splits) {
		const judgements = ['query-id\tcorpus-id\tscore'];
		for (const { id, query, positives, negatives } of examples[split]) {
			if (positives.length === 0) continue;
			queries.push(JSON.stringify({ _id: id, text: query }));
			const judged = [
				...positives.map((passage) => [passage, 1] as const),
				...negatives.map((passage) => [passage, 0] as const),
			];
			for (const [passage, grade] of judged) {
				const passageId = idOf(passage);
				corpus.set(passageId, JSON.stringify({ _id: passageId, title: '', text: passage.text }));
				judgements.push(`${id}\t${passageId}\t${grade}`);
			}
		}
		if (judgements.length > 1) await writeFile(join(folder, 'qrels', `${split}.tsv`), `${judgements.join('\n')}\n`);
	}
	await writeFile(join(folder, 'corpus.jsonl'), [...corpus.values(), ''].join('\n'));
	await writeFile(join(folder, 'queries.jsonl'), [...queries, ''].join('\n'));
	return queries.length;
}

/** Equal texts are one text of the corpus. */
function idOf({ text }: Passage): string {
	return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

async function isThere(path: string): Promise<boolean> {
	return await access(path).then(
		() => true,
		() => false,
	);
}
