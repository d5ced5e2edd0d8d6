import { ApiError } from '../../api/api-error.ts';
import { api, got } from '../../api/client.ts';
import { request } from '../../api/request.ts';

const firstLookMs = 250;
const lastLookMs = 2000;

/** Uploads a file and puts it into a collection; returns once a search finds it. Throws `ApiError` when it cannot be read. */
export async function sendFile(file: File, collection: string, onSent: () => void): Promise<void> {
	const body = new FormData();
	body.append('purpose', 'assistants');
	body.append('file', file);
	const { id } = (await (await request('/v1/files', { method: 'POST', body })).json()) as { id: string };
	onSent();
	const path = { store: collection, file: id };
	await got(
		api.POST('/v1/vector_stores/{store}/files', { params: { path: { store: collection } }, body: { file_id: id } }),
	);
	for (let waitMs = firstLookMs; ; waitMs = Math.min(waitMs * 1.5, lastLookMs)) {
		const { status, last_error } = await got(api.GET('/v1/vector_stores/{store}/files/{file}', { params: { path } }));
		if (status === 'completed') return;
		if (status !== 'in_progress') {
			const { message, code } = last_error ?? { message: 'It was taken out of the collection.', code: 'cancelled' };
			throw new ApiError(message, { code, status: 200 });
		}
		const { promise, resolve } = Promise.withResolvers<void>();
		setTimeout(resolve, waitMs);
		await promise;
	}
}
