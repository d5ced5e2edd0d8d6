import createClient, { type Middleware } from 'openapi-fetch';
import { ApiError } from './api-error.ts';
import { key } from './key.ts';
import type { paths } from './schema.d.ts';

/** Every call throws `ApiError` for an answer that is an error, and when the server cannot be reached. */
const demanding: Middleware = {
	onRequest({ request }) {
		const held = key();
		if (held !== null) request.headers.set('authorization', `Bearer ${held}`);
		return request;
	},
	async onResponse({ response }) {
		if (!response.ok) throw await ApiError.of(response);
	},
	onError({ error }) {
		return error instanceof ApiError ? error : ApiError.unreachable(error);
	},
};

/** The server's routes, typed by its OpenAPI document. */
export const api = createClient<paths>({ baseUrl: location.origin });
api.use(demanding);

/** The value of a call that has succeeded. */
export async function got<T>(call: Promise<{ data?: T }>): Promise<T> {
	const { data } = await call;
	return data as T;
}
