import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, got } from '../../api/client.ts';
import { statusQuery } from '../../api/status.ts';
import type { ChosenFile } from './upload.ts';
import { addFiles } from './uploads.ts';

/** Begins to upload files into a collection; the first one of a project is made on the way. */
export function useAddFiles() {
	const queries = useQueryClient();
	const { mutate } = useMutation({
		mutationFn: async ({
			files,
			collection,
		}: {
			readonly files: readonly ChosenFile[];
			readonly collection: string;
		}) => {
			const { collections } = await queries.fetchQuery(statusQuery);
			if (!collections.some(({ name, id }) => name === collection || id === collection)) {
				// Where this fails, each file says why.
				await got(api.POST('/api/collections', { body: { name: collection, readers: 'everyone' } })).catch(() => {});
				await queries.invalidateQueries(statusQuery);
			}
			addFiles(files, collection);
		},
	});
	return (files: readonly ChosenFile[], collection: string): void => {
		if (files.length > 0) mutate({ files, collection });
	};
}
