import { KnowhowError } from '../../core/error.ts';
import { defineCommand } from '../command.ts';
import { openProject } from '../project.ts';
import { parseReaders, readersOption, readersText } from '../readers-option.ts';
import { table } from '../style.ts';
import { allDocuments } from './documents.ts';

export const documentsAccess = defineCommand({
	describe:
		'Prints who may read documents, or says it with --readers: of those who reach the collection, only these. The next search of any open project and server heeds it. It is about keys of `knowhow serve` and about `access` in the library: whoever works in this folder reads everything.',
	arguments: [{ name: 'SOURCE', describe: 'Source or id of a document.', isRepeatable: true }],
	options: { readers: readersOption },
	collections: 'one',
	examples: [
		{
			command: 'knowhow documents access docs/refunds.md --readers anna,group:support',
			describe: 'For one person and one group',
		},
	],
	run: async (call) => {
		await using knowhow = await openProject(call);
		const all = await allDocuments(knowhow, call.collections[0]);
		const readers = call.options.readers === undefined ? null : parseReaders(call.options.readers);
		const found = call.arguments.map((name) => {
			const document = all.find(({ id, source }) => id === name || source === name);
			if (document) return document;
			throw new KnowhowError('not_found', `There is no document "${name}".`, {
				hint: 'List them with `knowhow documents`.',
			});
		});
		if (readers !== null) for (const { id } of found) await knowhow.setAccess(id, readers);
		const documents = found.map(({ id, source, readers: before }) => ({ id, source, readers: readers ?? before }));
		const rows = documents.map((document) => [document.source, readersText(document.readers)]);
		return { json: { documents }, text: table(rows) };
	},
});
