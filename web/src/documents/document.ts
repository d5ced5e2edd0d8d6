import type { paths } from '../api/schema.d.ts';

/** A document in a list. */
export type ListedDocument =
	paths['/api/documents']['get']['responses'][200]['content']['application/json']['data'][number];

export type Collection =
	paths['/api/collections']['get']['responses'][200]['content']['application/json']['data'][number];

export type Receipt = paths['/api/documents/{document}']['delete']['responses'][200]['content']['application/json'];

export type Readers =
	paths['/api/documents/{document}/access']['get']['responses'][200]['content']['application/json']['readers'];

/** `3 documents`, `1 passage`. */
export function counted(count: number, one: string): string {
	return `${count.toLocaleString('en-GB')} ${count === 1 ? one : `${one}s`}`;
}
