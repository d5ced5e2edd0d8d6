import { defineCommand } from '../command.ts';
import { projectFolder } from '../project.ts';
import { table } from '../style.ts';

export const config = defineCommand({
	describe:
		'Prints every setting with its value and its origin: an option of the command, an environment variable, knowhow.json, or the default. Of the embedder’s key it prints only whether there is one.',
	arguments: [],
	options: { schema: { type: 'boolean', describe: 'Print the JSON Schema of knowhow.json instead.' } },
	collections: 'none',
	examples: [{ command: 'knowhow config', describe: 'What holds here, and why' }],
	run: async (call) => {
		const { configJsonSchema } = await import('../../project/settings.ts');
		if (call.options.schema) {
			const schema = configJsonSchema();
			return { json: schema, text: JSON.stringify(schema, null, '\t') };
		}
		const { loadConfig } = await import('../../project/config.ts');
		const project = await projectFolder(call);
		const { config: effective, settings } = await loadConfig(project, { env: call.env, overrides: call.overrides });
		const { embedder } = effective;
		const sendsKey = embedder !== null && /^https?:/i.test(embedder.url);
		const key = sendsKey ? { variable: embedder.keyVariable, isSet: Boolean(call.env[embedder.keyVariable]) } : null;
		const rows = settings.map(({ path, value, origin }) => [
			path,
			JSON.stringify(value),
			origin.from === 'default' ? 'default' : `${origin.from}: ${origin.name}`,
		]);
		const keyRow = key ? [['the key in', key.variable, key.isSet ? 'is set' : 'is not set']] : [];
		return { json: { project, settings, embedderKey: key }, text: table([...rows, ...keyRow]) };
	},
});
