/** Who is asking. `'everything'` is for the owner of the machine and for maintenance; there is no default. */
export type Access = { readonly principals: readonly string[] } | 'everything';

/** Who may read a document: everybody who reaches its collection, or only the listed principals (an empty list: nobody). */
export type Readers = readonly string[] | 'everyone';

/** Whether `access` includes a document with these readers. Fails closed: no shared principal, no reading. */
export function mayRead(access: Access, readers: Readers): boolean {
	if (access === 'everything' || readers === 'everyone') return true;
	return readers.some((reader) => access.principals.includes(reader));
}
