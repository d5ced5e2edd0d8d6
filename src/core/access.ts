import { z } from 'zod';

/** Who is asking. `'everything'` is for the owner of the machine and for maintenance; there is no default. */
export type Access = { readonly principals: readonly string[] } | 'everything';

/** Who may read a document: everybody who reaches its collection, or only the listed principals (an empty list: nobody). */
export type Readers = readonly string[] | 'everyone';

/** Whether `access` includes a document with these readers. Fails closed: no shared principal, no reading. */
export function mayRead(access: Access, readers: Readers): boolean {
	if (access === 'everything' || readers === 'everyone') return true;
	return readers.some((reader) => access.principals.includes(reader));
}

/** What a person, a program or a group is called: 1 to 100 letters, digits and `. _ @ + -`. */
export const principalName = /^(?!(?:everyone|nobody)$)[a-zA-Z0-9][\w.@+-]{0,99}$/;

/** A group as a principal, so that nobody is in one by being called like it. */
export function groupPrincipal(name: string): string {
	return `group:${name}`;
}

const principal = z
	.string()
	.refine((text) => principalName.test(text.replace(/^group:/, '')), 'Neither a name nor group: and a name');

export const readersSchema = z
	.union([z.literal('everyone'), z.array(principal).max(1000)])
	.describe('`everyone` who reaches the collection, or principals: `anna`, `group:support`; none: nobody.');
