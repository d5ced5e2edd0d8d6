import { defineCommand } from '../command.ts';
import { openProject } from '../project.ts';
import { table } from '../style.ts';

const origins = { setting: 'as set', collection: 'learned for it', embedder: 'suits the embedder' } as const;

const nameArgument = { name: 'NAME', describe: 'Name of the collection.' } as const;

export const listCollections = defineCommand({
	describe: 'Prints every collection with its documents and chunks.',
	arguments: [],
	options: {},
	collections: 'none',
	examples: [{ command: 'knowhow collections', describe: 'What there is' }],
	run: async (call) => {
		await using knowhow = await openProject(call);
		const collections = await Promise.all(
			(await knowhow.collections()).map(async (one) => ({ ...one, fusion: await knowhow.fusion(one.name) })),
		);
		const rows = collections.map(({ name, documents, chunks, fusion }) => [
			name,
			`${documents} documents`,
			`${chunks} chunks`,
			fusion === null
				? 'keywords'
				: `keywords and vectors (vector weight ${fusion.vectorWeight}: ${origins[fusion.from]})`,
		]);
		return { json: { collections }, text: table(rows) || 'There is no collection yet.' };
	},
});

export const createCollection = defineCommand({
	describe: 'Creates an empty collection. Ingesting into a new name creates it too.',
	arguments: [{ name: 'NAME', describe: '1 to 64 letters, digits, dots, hyphens and underscores.' }],
	options: {},
	collections: 'none',
	examples: [{ command: 'knowhow collections create manuals', describe: 'A place of its own for the manuals' }],
	run: async (call) => {
		await using knowhow = await openProject(call, { create: true });
		const collection = await knowhow.createCollection(call.arguments[0] as string);
		return { json: collection, text: `Created "${collection.name}".` };
	},
});

export const deleteCollection = defineCommand({
	describe:
		'Removes a collection with all its documents, chunks and vectors. When it returns their text is gone from disk.',
	arguments: [nameArgument],
	options: {
		erase: {
			type: 'boolean',
			describe: 'Also erase, in kept answers and datasets, what they took from its documents.',
		},
	},
	collections: 'none',
	examples: [{ command: 'knowhow collections delete manuals', describe: 'Remove the manuals' }],
	run: async (call) => {
		await using knowhow = await openProject(call);
		const name = call.arguments[0] as string;
		const receipt = await knowhow.deleteCollection(name, { erase: call.options.erase });
		const { documents, chunks, vectors, interactions, erased } = receipt;
		const text = `Deleted "${name}": ${documents} documents, ${chunks} chunks, ${vectors} vectors.`;
		const quoting =
			interactions.length === 0
				? ''
				: `\n${interactions.length} kept answers ${erased ? 'quoted' : 'quote'} its documents${erased ? '; the quotes are erased' : ''}.`;
		return { json: receipt, text: text + quoting };
	},
});

export const swapCollections = defineCommand({
	describe:
		'Exchanges the names of two collections in one step. Fill a new collection beside the one in use, then swap: readers go over to it without a gap, and back with a second swap.',
	arguments: [
		{ name: 'A', describe: 'One collection.' },
		{ name: 'B', describe: 'The other.' },
	],
	options: {},
	collections: 'none',
	examples: [{ command: 'knowhow collections swap default next', describe: 'Put the new collection into use' }],
	run: async (call) => {
		await using knowhow = await openProject(call);
		const [a, b] = call.arguments as [string, string];
		await knowhow.swapCollections(a, b);
		return { json: { swapped: [a, b] }, text: `"${a}" and "${b}" have exchanged their names.` };
	},
});
