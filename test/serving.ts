import { type Knowhow, open, type OpenOptions } from '../src/index.ts';
import type { LogLine } from '../src/serve/app.ts';
import { serve, type ServeOptions, type Serving } from '../src/serve/server.ts';
import { hashingEmbedder } from './hashing-embedder.ts';
import { temporaryFolder } from './run-program.ts';
import { writeSmallDocuments } from './small-documents.ts';

export type Served = AsyncDisposable & {
	readonly knowhow: Knowhow;
	readonly server: Serving;
	/** The base URL of OpenAI's API. */
	readonly baseURL: string;
	readonly log: readonly LogLine[];
	readonly folder: string;
};

/** A project with the small documents in `default`, served at a free port of this machine. */
export async function serveSmallProject(
	options: Omit<OpenOptions, 'env'> = {},
	serveOptions: ServeOptions = {},
): Promise<Served> {
	const folder = await temporaryFolder();
	await writeSmallDocuments(folder.path);
	const knowhow = await open(folder.path, { env: {}, searchThread: true, embedder: hashingEmbedder(), ...options });
	await knowhow.ingest('docs');
	const log: LogLine[] = [];
	const server = await serve(knowhow, { port: 0, log: (line) => log.push(line), ...serveOptions });
	return {
		knowhow,
		server,
		baseURL: `${server.url}/v1`,
		log,
		folder: folder.path,
		[Symbol.asyncDispose]: async () => {
			await server.close();
			await knowhow.close();
			await folder[Symbol.asyncDispose]();
		},
	};
}
