/** A real HTTP server on this machine that speaks OpenAI's chat completions, for tests: every answer is scripted. */
import { readFileSync } from 'node:fs';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/** One call of the model. */
export type ModelRequest = {
	/** 1, 2, 3, … */
	readonly number: number;
	readonly path: string;
	readonly headers: IncomingMessage['headers'];
	readonly body: {
		readonly model: string;
		readonly messages: readonly { readonly role: string; readonly content: string }[];
		readonly stream?: boolean;
		readonly max_tokens?: number;
		readonly max_completion_tokens?: number;
		readonly temperature?: number;
	};
};

/** An answer in full control: sent piece by piece, then ended as `end` says. */
export type ModelScript = {
	/** 200 when absent. */
	readonly status?: number;
	readonly headers?: Readonly<Record<string, string>>;
	/** A promise is waited for before the next piece is sent. */
	readonly pieces?: readonly (string | Promise<unknown>)[];
	/** `cut` resets the connection, `hang` leaves it open; `end` when absent. */
	readonly end?: 'end' | 'cut' | 'hang';
};

/** What the model says to a request: a text (streamed word by word, with usage), or a script. */
export type Respond = (request: ModelRequest) => string | ModelScript;

export type ModelServer = AsyncDisposable & {
	/** Base URL: `${url}#any-name` is a `--model`. */
	readonly url: string;
	readonly requests: readonly ModelRequest[];
	/** Resolves when the client has left the given request before its end. */
	readonly left: (number: number) => Promise<void>;
};

export async function startModelServer(respond: Respond): Promise<ModelServer> {
	const requests: ModelRequest[] = [];
	const departures = new Map<number, PromiseWithResolvers<void>>();
	const departure = (number: number): PromiseWithResolvers<void> => {
		const found = departures.get(number) ?? Promise.withResolvers<void>();
		departures.set(number, found);
		return found;
	};
	const server = createServer((incoming, response) => {
		let text = '';
		incoming.setEncoding('utf8').on('data', (part: string) => (text += part));
		incoming.on('end', () => {
			const body = JSON.parse(text === '' ? '{}' : text) as ModelRequest['body'];
			const { url: path = '/', headers } = incoming;
			const request = { number: requests.length + 1, path, headers, body };
			requests.push(request);
			response.on('close', () => {
				if (!response.writableFinished) departure(request.number).resolve();
			});
			const answer = respond(request);
			void send(response, typeof answer === 'string' ? toScript(answer, body.model) : answer);
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
		requests,
		left: async (number) => await departure(number).promise,
		[Symbol.asyncDispose]: async () => {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

async function send(response: ServerResponse, script: ModelScript): Promise<void> {
	response.writeHead(script.status ?? 200, { 'content-type': 'text/event-stream', ...script.headers });
	response.flushHeaders();
	for (const piece of script.pieces ?? []) {
		if (typeof piece === 'string') await new Promise<void>((resolve) => response.write(piece, () => resolve()));
		else await piece;
	}
	if (script.end === 'hang') return;
	if (script.end === 'cut') response.destroy();
	else response.end();
}

/** The file of `test/recorded/` as an answer; its status is in its name (`openai-429.json`), 200 otherwise. */
export function recorded(name: string, headers: Readonly<Record<string, string>> = {}): ModelScript {
	const status = Number(/-(\d{3})[-.]/.exec(name)?.[1] ?? 200);
	const type = name.endsWith('.json') ? 'application/json' : name.endsWith('.html') ? 'text/html' : 'text/event-stream';
	return { status, headers: { 'content-type': type, ...headers }, pieces: [recordedBody(name)] };
}

export function recordedBody(name: string): string {
	return readFileSync(join(import.meta.dirname, 'recorded', name), 'utf8');
}

/** A whole stream, word by word. Tokens are counted as words. */
export function toScript(text: string, model = 'test'): ModelScript {
	const words = text.split(/(?<=\s)/);
	const usage = { prompt_tokens: 100, completion_tokens: words.length, total_tokens: 100 + words.length };
	return {
		pieces: [
			...words.map((content) => chunk(model, { content })),
			chunk(model, {}, { finish: 'stop', usage }),
			'data: [DONE]\n\n',
		],
	};
}

/** One event of a stream, as it goes over the wire. */
export function chunk(
	model: string,
	delta: object,
	{ finish = null, usage }: { finish?: string | null; usage?: object } = {},
): string {
	return `data: ${JSON.stringify({
		id: 'chatcmpl-1',
		object: 'chat.completion.chunk',
		created: 1_795_000_000,
		model,
		choices: [{ index: 0, delta, finish_reason: finish }],
		...(usage ? { usage } : {}),
	})}\n\n`;
}
