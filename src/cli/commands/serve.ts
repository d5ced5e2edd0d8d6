import { once } from 'node:events';
import { defineCommand } from '../command.ts';
import { openProject } from '../project.ts';
import { modelOption } from '../model-option.ts';
import { misuse } from '../parse.ts';

export const serve = defineCommand({
	describe:
		'Serves the project over HTTP: pages to ask and to manage documents, the API of OpenAI (files, vector stores, embeddings, chat, responses, models), and /api for quotes, feedback and deletion receipts. Without keys it is for one person on this computer and takes no requests from elsewhere; with `knowhow keys create` for a team. Ends at Ctrl-C or SIGTERM, after what it is answering. Log lines (JSON, never a document’s text) go to standard error.',
	arguments: [],
	options: {
		port: { type: 'number', value: 'N', describe: 'The port (default: 3210); 0 takes any that is free.' },
		host: {
			type: 'string',
			value: 'ADDRESS',
			describe: 'The address of this computer to listen at (default: 127.0.0.1).',
		},
		model: modelOption,
	},
	collections: 'none',
	examples: [
		{ command: 'knowhow serve', describe: 'Serve at http://127.0.0.1:3210' },
		{ command: 'knowhow serve --port 0 --json', describe: 'At any free port; the first line of the log says which' },
	],
	run: async (call) => {
		const { options, terminal, signal } = call;
		const { port = 0 } = options;
		if (!Number.isInteger(port) || port < 0 || port > 65_535) {
			throw misuse(`--port must be a whole number from 0 to 65535, not ${port}.`, '0 takes any that is free.');
		}
		const { serve: start } = await import('../../serve/server.ts');
		await using knowhow = await openProject(call, { create: true, searchThread: true });
		const write = (line: object): void => terminal.writeError(`${JSON.stringify(line)}\n`);
		const terminated = new AbortController();
		process.once('SIGTERM', () => terminated.abort());
		await using server = await start(knowhow, { host: options.host, port: options.port, log: write, report: write });
		write({ at: new Date().toISOString(), event: 'listening', url: server.url });
		if (terminal.isTerminal && !call.isJson) {
			terminal.writeOut(`Ask and manage documents at ${terminal.style.bold(server.url)}; Ctrl-C ends.\n`);
		}
		const ended = AbortSignal.any([signal, terminated.signal]);
		if (!ended.aborted) await once(ended, 'abort');
		await server.close();
		write({ at: new Date().toISOString(), event: 'closed' });
		return { json: { url: server.url }, text: '' };
	},
});
