/**
 * `node bench/model-server.ts [--endless]`: a server that speaks OpenAI's chat completions, streamed, without a thought: 40 words at
 * once, a chunk each, the first of them what it found in the passages; with `--endless`, to whoever gives no instructions, words without end,
 * as fast as they are read. Prints its address.
 */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const words = 40;
const isEndless = process.argv.includes('--endless');

type Body = {
	readonly model: string;
	readonly messages: readonly { readonly role: string; readonly content: string }[];
};

/** More than twenty of the words that `served.ts` draws. */
const drawnSentence = /\b(?:(?:[^aeiou\W\d_][aeiou]){2,3}\b ?){21,}/;

/** A sentence of drawn words that stands in the prompt is one that can be cited; without passages any will do. */
function answerTo({ messages }: Body): string[] {
	const found = drawnSentence.exec(messages.at(-1)!.content)?.[0].split(' ') ?? [];
	return Array.from({ length: words }, (_, at) => found[at] ?? `w${at}`);
}

function chunk(delta: object, finish_reason: string | null = null, more: object = {}): string {
	return `data: ${JSON.stringify({
		id: 'chatcmpl-1',
		object: 'chat.completion.chunk',
		created: 0,
		model: 'bench',
		choices: [{ index: 0, delta, finish_reason }],
		...more,
	})}\n\n`;
}

/** Until nobody listens any more. */
function writeOn(response: ServerResponse): void {
	const word = chunk({ content: 'word '.repeat(20) });
	const fill = (): void => {
		while (!response.destroyed && response.write(word));
	};
	response.on('drain', fill);
	fill();
}

function eventsOf(body: Body): string[] {
	const usage = { prompt_tokens: 100, completion_tokens: words, total_tokens: 100 + words };
	return [
		...answerTo(body).map((word, at) => chunk({ content: at === words - 1 ? `${word} [1].` : `${word} ` })),
		chunk({}, 'stop', { usage }),
		'data: [DONE]\n\n',
	];
}

const server = createServer((request, response) => {
	let text = '';
	request.setEncoding('utf8').on('data', (part: string) => (text += part));
	request.on('end', () => {
		response.writeHead(200, { 'content-type': 'text/event-stream' });
		const body = JSON.parse(text) as Body;
		if (isEndless && body.messages[0]!.role !== 'system') {
			writeOn(response);
			return;
		}
		for (const event of eventsOf(body)) response.write(event);
		response.end();
	});
});
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`));
