import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { KnowhowError } from '../core/error.ts';
import { writeSafetensors } from './safetensors.ts';
import { readStaticModel, type StaticModel } from './static-folder.ts';
import { TokenTable } from './token-table.ts';
import { tokenizerJson } from './tokenizer-file.ts';

const modules = [
	{
		idx: 0,
		name: '0',
		path: '0_StaticEmbedding',
		type: 'sentence_transformers.models.StaticEmbedding',
	},
	{ idx: 1, name: '1', path: '1_Normalize', type: 'sentence_transformers.models.Normalize' },
];

/** What was written: tokens, dimensions, and the folder's bytes of numbers. */
export type StaticExport = {
	readonly model: string;
	readonly folder: string;
	readonly tokens: number;
	readonly dimensions: number;
	readonly bytes: number;
};

/**
 * Writes a static embedding model as the folder that sentence-transformers loads: `StaticEmbedding`, then `Normalize`, rows as
 * floats times their weights (so a token that does not count has a row of zeros). `target` must be absent or empty.
 * Throws `already_exists` and what reading the model throws.
 */
export async function exportStaticModel(
	source: string,
	target: string,
	{ name }: { name?: string } = {},
): Promise<StaticExport> {
	const folder = resolve(target);
	const present = await readdir(folder).catch(() => []);
	if (present.length > 0) {
		throw new KnowhowError('already_exists', `${folder} is not empty.`, {
			hint: 'Name a folder that is not there yet.',
		});
	}
	const model = await readStaticModel(resolve(source), name);
	const building = `${folder}.new`;
	await rm(building, { recursive: true, force: true });
	await mkdir(join(building, '0_StaticEmbedding'), { recursive: true });
	await mkdir(join(building, '1_Normalize'));
	const rows = floatRows(model);
	await writeTable(join(building, '0_StaticEmbedding', 'model.safetensors'), model, rows);
	await writeText(
		join(building, '0_StaticEmbedding', 'tokenizer.json'),
		json(tokenizerJson(model.vocabulary, model.bert)),
	);
	await writeText(join(building, 'config_sentence_transformers.json'), json({ similarity_fn_name: 'cosine' }));
	await writeText(join(building, 'README.md'), card(model));
	await writeText(join(building, 'modules.json'), json(modules));
	await rm(folder, { recursive: true, force: true });
	await rename(building, folder);
	const { dimensions, vocabulary } = model;
	return { model: model.id, folder, tokens: vocabulary.length, dimensions, bytes: rows.byteLength };
}

/** (tokens, dimensions) */
function floatRows({ numbers, weights, dimensions }: StaticModel): Float32Array {
	const table = TokenTable.of(numbers, weights, { dimensions, threads: 1 });
	const rows = new Float32Array(weights.length * dimensions);
	const id = new Int32Array(1);
	for (id[0] = 0; id[0] < weights.length; id[0]++) {
		table.sum(id, rows.subarray(id[0] * dimensions, (id[0] + 1) * dimensions));
	}
	return rows;
}

async function writeTable(path: string, { vocabulary, dimensions }: StaticModel, rows: Float32Array): Promise<void> {
	const bytes = new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength);
	await writeSafetensors(path, { 'embedding.weight': { dtype: 'F32', shape: [vocabulary.length, dimensions], bytes } });
}

async function writeText(path: string, text: string): Promise<void> {
	await using file = await open(path, 'w');
	await file.writeFile(text);
	await file.sync();
}

function json(value: unknown): string {
	return `${JSON.stringify(value, null, '\t')}\n`;
}

function card({ id, vocabulary, dimensions }: StaticModel): string {
	return `---
library_name: sentence-transformers
pipeline_tag: sentence-similarity
---

# ${id}

A static embedding model: a vector of ${dimensions} numbers for each of ${vocabulary.length} WordPiece tokens; a text's vector is the mean of
its tokens' vectors at unit length. Compare by cosine. Written by \`knowhow models export\`.

\`\`\`python
from sentence_transformers import SentenceTransformer

model = SentenceTransformer("path/to/this/folder", device="cpu")
vectors = model.encode(["How do I get my money back?", "Refunds are paid within 30 days."])
\`\`\`
`;
}
