import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { KnowhowError } from '../core/error.ts';
import { makeFolder } from '../core/folder.ts';
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
	const isThere = await isEmptyFolder(folder);
	const model = await readStaticModel(resolve(source), name);
	const building = `${folder}.${randomUUID()}`;
	await makeFolder(building);
	try {
		const rows = floatRows(model);
		await writeFolder(building, model, rows);
		if (isThere) await rmdir(folder);
		await rename(building, folder);
		const { id, dimensions, vocabulary } = model;
		return { model: id, folder, tokens: vocabulary.length, dimensions, bytes: rows.byteLength };
	} catch (error) {
		await rm(building, { recursive: true, force: true });
		throw error;
	}
}

/** Whether an empty folder is there; false when nothing is. Throws `already_exists` for anything else. */
async function isEmptyFolder(folder: string): Promise<boolean> {
	const problem = await readdir(folder).then(
		(present) => (present.length > 0 ? 'is not empty' : null),
		(error: NodeJS.ErrnoException) => {
			if (error.code === 'ENOENT') return undefined;
			if (error.code === 'ENOTDIR') return 'is not a folder';
			throw error;
		},
	);
	if (typeof problem !== 'string') return problem === null;
	throw new KnowhowError('already_exists', `${folder} ${problem}.`, { hint: 'Name a folder that is not there yet.' });
}

async function writeFolder(folder: string, model: StaticModel, rows: Float32Array): Promise<void> {
	const table = join(folder, '0_StaticEmbedding');
	await mkdir(table);
	await mkdir(join(folder, '1_Normalize'));
	await writeTable(join(table, 'model.safetensors'), model, rows);
	await writeText(join(table, 'tokenizer.json'), json(tokenizerJson(model.vocabulary, model.bert)));
	await writeText(join(folder, 'config_sentence_transformers.json'), json({ similarity_fn_name: 'cosine' }));
	await writeText(join(folder, 'README.md'), card(model));
	await writeText(join(folder, 'modules.json'), json(modules));
}

/** (tokens, dimensions) */
function floatRows({ numbers, weights, dimensions }: StaticModel): Float32Array {
	const table = new TokenTable(numbers, weights, dimensions);
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
