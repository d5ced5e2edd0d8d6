import { KnowhowError } from '../../core/error.ts';
import { defineCommand } from '../command.ts';
import { openProject } from '../project.ts';
import { parseReaders, readersOption, readersText } from '../readers-option.ts';

export const collectionsAccess = defineCommand({
	describe:
		'Prints who reaches a collection, or says it with --readers. Nobody else reads any of its documents, whatever their own readers are. Whoever made a collection over HTTP always reaches it.',
	arguments: [{ name: 'NAME', describe: 'Name of the collection.' }],
	options: { readers: readersOption },
	collections: 'none',
	examples: [
		{ command: 'knowhow collections access default --readers group:support', describe: 'For one group' },
		{ command: 'knowhow collections access default', describe: 'Who reaches it now' },
	],
	run: async (call) => {
		await using knowhow = await openProject(call);
		const name = call.arguments[0]!;
		const collection = await knowhow.collectionAccess.find(name, 'everything');
		if (collection === null) {
			throw new KnowhowError('not_found', `There is no collection "${name}".`, {
				hint: 'List them with `knowhow collections`.',
			});
		}
		const { owner, readers: before } = await knowhow.collectionAccess.get(collection.id);
		const readers = call.options.readers === undefined ? before : parseReaders(call.options.readers);
		if (readers !== before) await knowhow.collectionAccess.set(collection.id, { owner, readers });
		const text = `"${collection.name}" is for ${readersText(readers)}${owner === null ? '' : `, and ${owner}, who made it`}.`;
		return { json: { collection: collection.name, owner, readers }, text };
	},
});
