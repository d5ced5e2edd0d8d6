import { EventSourceParserStream } from 'eventsource-parser/stream';
import { ApiError } from './api-error.ts';

/** One server-sent event; its data has been parsed. */
export type StreamEvent = { readonly event: string; readonly data: unknown };

/** Events as they come. Throws `ApiError` when the server says that it failed underway, and when the connection breaks. */
export async function* readEvents(response: Response): AsyncGenerator<StreamEvent> {
	if (response.body === null) return;
	const decoder: ReadableWritablePair<string, BufferSource> = new TextDecoderStream();
	const reader = response.body.pipeThrough(decoder).pipeThrough(new EventSourceParserStream()).getReader();
	try {
		for (;;) {
			const { done, value } = await reader.read().catch(broken);
			if (done) return;
			const data: unknown = JSON.parse(value.data);
			// What fails underway comes as a last event without a name.
			if (value.event === undefined) throw ApiError.ofBody(data, response.status);
			yield { event: value.event, data };
		}
	} finally {
		await reader.cancel().catch(() => {});
	}
}

function broken(cause: unknown): never {
	if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
	throw ApiError.unreachable(cause);
}
