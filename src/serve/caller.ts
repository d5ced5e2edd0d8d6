import type { Access } from '../core/access.ts';
import { KnowhowError } from '../core/error.ts';
import type { KeyScope } from '../project/access/keys.ts';

/** What a request may do: `read` asks and reads, `write` changes documents, `train` starts jobs, `admin` everything. */
export type Scope = KeyScope;

/** Who sent a request. Every route gets exactly one, and passes its `access` to every read of content. */
export type Caller = {
	/** Whose files, answers and jobs are whose; null: the one person at this computer. */
	readonly id: string | null;
	readonly access: Access;
	readonly scopes: readonly Scope[];
	/** The id of the key that came with the request. */
	readonly key?: string;
	/** Counts what answering cost, in US dollars, against what the key may cost a day; null: nobody knows. */
	readonly charge?: (usd: number | null) => Promise<void>;
};

/** Says who sent a request. Throws when nobody may have. */
export type Authenticate = (request: Request) => Promise<Caller>;

/** The person at this computer, who owns everything. */
export const owner: Caller = { id: null, access: 'everything', scopes: ['read', 'write', 'train', 'admin'] };

/** Throws `forbidden` unless the caller has the scope. */
export function demandScope({ scopes }: Caller, scope: Scope): void {
	if (scopes.includes(scope) || scopes.includes('admin')) return;
	throw new KnowhowError('forbidden', `This needs the scope "${scope}".`, { hint: 'Use a key that has it.' });
}

/** Whether an object that belongs to `whose` is this caller's; what is not is treated as absent. */
export function owns({ id, access }: Caller, whose: string | null): boolean {
	return access === 'everything' || (id !== null && id === whose);
}
