import { ApiError } from './api-error.ts';
import { key } from './key.ts';

/** `fetch` with the key, for answers that are not JSON. Throws `ApiError`; an abort as it is. */
export async function request(path: string, { headers, ...init }: RequestInit = {}): Promise<Response> {
	const held = key();
	const sent = new Headers(headers);
	if (held !== null) sent.set('authorization', `Bearer ${held}`);
	const response = await fetch(path, { ...init, headers: sent }).catch((error: unknown) => {
		throw init.signal?.aborted === true ? error : ApiError.unreachable(error);
	});
	if (!response.ok) throw await ApiError.of(response);
	return response;
}
