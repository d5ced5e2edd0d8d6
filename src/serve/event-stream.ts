import { toFailure } from './errors.ts';

/** One event of a stream, as it goes over the wire. */
export type Frame = { readonly event?: string; readonly data: unknown };

const encoder = new TextEncoder();

/**
 * Server-sent events. A frame is made when the client has room for it, so that a slow client holds nothing up in memory.
 * The first one is waited for: what fails before it still gets a status of its own. What fails later is sent as a last
 * frame, made by `onFailure` (`{error}` when absent). `leave` is called when the client goes before the end.
 */
export async function eventStream(
	frames: AsyncGenerator<Frame>,
	{ leave, onFailure = (error) => ({ data: toFailure(error).body }) }: StreamOptions,
): Promise<Response> {
	let next: Promise<IteratorResult<Frame>> | null = Promise.resolve(await frames.next());
	const body = new ReadableStream<Uint8Array>(
		{
			pull: async (controller) => {
				try {
					const { done, value } = await (next ?? frames.next());
					next = null;
					if (done) controller.close();
					else controller.enqueue(encoder.encode(toText(value)));
				} catch (error) {
					controller.enqueue(encoder.encode(toText(onFailure(error))));
					controller.close();
				}
			},
			cancel: () => {
				leave();
				// What waits at a frame is ended there; what is on its way to one ends by what `leave` aborted.
				frames.return(undefined).catch(() => {});
			},
		},
		{ highWaterMark: 1 },
	);
	return new Response(body, {
		headers: { 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' },
	});
}

type StreamOptions = { readonly leave: () => void; readonly onFailure?: (error: unknown) => Frame };

function toText({ event, data }: Frame): string {
	const text = typeof data === 'string' ? data : JSON.stringify(data);
	return `${event === undefined ? '' : `event: ${event}\n`}data: ${text}\n\n`;
}
