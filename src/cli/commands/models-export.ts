import { resolve } from 'node:path';
import { defineCommand } from '../command.ts';

export const modelsExport = defineCommand({
	describe:
		'Writes an embedding model as a folder that the Python package sentence-transformers loads (StaticEmbedding, float32), to look at it there or to train it further. Such a folder is an embedder here, too: "embedder": { "url": "static:/FOLDER" }.',
	arguments: [{ name: 'DIR', describe: 'The folder to write; absent or empty.' }],
	options: {
		model: {
			type: 'string',
			value: 'MODEL',
			describe: 'built-in (default), or the folder of a static embedding model.',
		},
	},
	collections: 'none',
	examples: [{ command: 'knowhow models export ./embedder', describe: 'Take the built-in model to Python' }],
	run: async ({ arguments: [target], options, cwd }) => {
		const { builtInFolder } = await import('../../models/static-embedder.ts');
		const { exportStaticModel } = await import('../../models/static-export.ts');
		const isBuiltIn = options.model === undefined || options.model === 'built-in';
		const source = isBuiltIn ? builtInFolder : resolve(cwd, options.model);
		const written = await exportStaticModel(
			source,
			resolve(cwd, target as string),
			isBuiltIn ? { name: 'built-in' } : {},
		);
		const { model, folder, tokens, dimensions, bytes } = written;
		const text = `Wrote ${model} to ${folder}: ${tokens} tokens, ${dimensions} dimensions, ${(bytes / 1e6).toFixed(1)} MB.`;
		return { json: written, text };
	},
});
