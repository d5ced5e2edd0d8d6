import { ApiError } from './api-error.ts';
import { readEvents } from './event-stream.ts';
import { request } from './request.ts';
import type { paths } from './schema.d.ts';

type Asking = paths['/api/ask']['post'];
type Answered = Asking['responses'][200]['content'];

export type Answer = Answered['application/json'];
export type AnswerEvent = Answered['text/event-stream'];
export type AskRequest = Omit<Asking['requestBody']['content']['application/json'], 'stream'>;

/** Asks, and tells how the answer comes about; `answer-end` comes last. Throws `ApiError`, also when the stream breaks off. */
export async function* ask(body: AskRequest, signal: AbortSignal): AsyncGenerator<AnswerEvent> {
	const response = await request('/api/ask', {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ ...body, stream: true }),
		signal,
	});
	for await (const { data } of readEvents(response)) {
		// The server is the one that this page came from.
		const event = data as AnswerEvent;
		yield event;
		if (event.type === 'answer-end') return;
	}
	throw new ApiError('The answer broke off before its end.', { code: 'unreachable', status: response.status });
}
