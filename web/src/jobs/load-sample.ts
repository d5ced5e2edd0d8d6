import { useMutation } from '@tanstack/react-query';
import { api, got } from '../api/client.ts';

/** Begins to read the documents that come with Knowhow; the default collection when none is named. */
export function useLoadSample() {
	return useMutation({
		mutationFn: ({ collection }: { readonly collection?: string } = {}) =>
			got(api.POST('/api/sample', { body: collection === undefined ? {} : { collection } })),
	});
}
