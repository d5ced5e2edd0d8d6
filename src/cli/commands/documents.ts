import type { DocumentSummary } from '../../core/document.ts';
import { KnowhowError } from '../../core/error.ts';
import type { Knowhow } from '../../project/knowhow.ts';
import { defineCommand } from '../command.ts';
import { openProject } from '../project.ts';
import { removalText } from '../removal-text.ts';
import { oneLine, shortened, shortLines, table } from '../style.ts';

/** Documents read from the store at a time. */
const page = 1000;

export const listDocuments = defineCommand({
	describe: 'Prints every document of a collection with its version, date and title.',
	arguments: [],
	options: {},
	collections: 'one',
	examples: [{ command: 'knowhow documents', describe: 'What has been ingested' }],
	run: async (call) => {
		await using knowhow = await openProject(call);
		const documents = await allDocuments(knowhow, call.collections[0]);
		documents.sort((a, b) => (a.source < b.source ? -1 : 1));
		const { isTerminal, columns } = call.terminal;
		const most = isTerminal ? columns : Infinity;
		const rows = documents.map(({ source, version, date, title }) => [
			shortened(oneLine(source), Math.floor(most / 2)),
			`version ${version}`,
			date ?? '',
			oneLine(title),
		]);
		return { json: { documents }, text: shortLines(table(rows), most) || 'There is no document yet.' };
	},
});

export const removeDocuments = defineCommand({
	describe:
		'Removes documents by source (as `knowhow documents` prints it) or id, and those below a folder, be it there or not. When it returns they are in no index and their text is gone from disk; the files they came from stay. An ingest of those files brings them back. Kept answers and examples of datasets that hold their text are listed, and with --erase redacted.',
	arguments: [{ name: 'SOURCE', describe: 'Source or id of a document, or a folder of sources.', isRepeatable: true }],
	options: {
		erase: {
			type: 'boolean',
			describe: 'Also erase, in kept answers and datasets, what they took from the documents.',
		},
	},
	collections: 'one',
	examples: [
		{ command: 'knowhow remove docs/refunds.md --erase', describe: 'Forget one document, and what answers quoted' },
		{ command: 'knowhow remove docs/old', describe: 'Forget every document below a folder' },
	],
	run: async (call) => {
		await using knowhow = await openProject(call);
		const documents = await allDocuments(knowhow, call.collections[0]);
		const { erase } = call.options;
		const ids = [...new Set(call.arguments.flatMap((name) => idsOf(name, documents, { mayBeGone: erase })))];
		const receipt = await knowhow.remove(ids, { erase });
		const text = `Removed ${receipt.documents} documents, ${receipt.chunks} chunks, ${receipt.vectors} vectors.`;
		return { json: receipt, text: text + removalText(receipt, `knowhow remove ${ids.join(' ')} --erase`) };
	},
});

/** Every document of a collection, the configured one when absent. */
export async function allDocuments(knowhow: Knowhow, collection: string | undefined): Promise<DocumentSummary[]> {
	const found: DocumentSummary[] = [];
	for (let after: string | undefined; ;) {
		const some = await knowhow.documents({
			limit: page,
			...(collection === undefined ? {} : { collection }),
			...(after === undefined ? {} : { after }),
		});
		found.push(...some);
		if (some.length < page) return found;
		after = some.at(-1)!.id;
	}
}

/** Of a document, or of all below a folder. With `mayBeGone` the id of a document that was removed before will do, because answers may still quote it. */
function idsOf(name: string, documents: readonly DocumentSummary[], { mayBeGone }: { mayBeGone: boolean }): string[] {
	const found = documents.find(({ id, source }) => id === name || source === name);
	if (found !== undefined) return [found.id];
	if (mayBeGone && /^doc_\w+$/.test(name)) return [name];
	const folder = `${name.replace(/^(\.\/)+|\/+$/g, '')}/`;
	const below = documents.filter(({ source }) => source.startsWith(folder));
	if (below.length > 0) return below.map(({ id }) => id);
	throw new KnowhowError('not_found', `There is no document "${name}".`, {
		hint: 'List them with `knowhow documents`.',
	});
}
