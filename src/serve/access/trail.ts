import type { AuditLog } from '../../project/access/audit.ts';
import type { Caller } from '../caller.ts';
import type { Route } from '../route.ts';

/** One request on its way through a route, as the audit log tells it. */
export type Trace = {
	readonly route: Route;
	readonly params: Readonly<Record<string, string>>;
	/** The id of the request. */
	readonly request: string;
	/** Null: nobody was let in. */
	caller: Caller | null;
	/** What it answered with, when that is a value. */
	value: object | null;
	status: number;
};

/** Ids are much shorter. */
const longest = 200;

/**
 * Enters what somebody with a key did. What took more than the scope `read` is on disk before the answer goes out, the rest within
 * a second. Who was not let in did nothing, and fills no disk: the log of the server has them.
 */
export async function enter(audit: AuditLog, { route, params, request, caller, value, status }: Trace): Promise<void> {
	if (caller?.key === undefined) return;
	const { id: who, key } = caller;
	const action = `${route.method} ${route.path}`;
	const entry = { who, key, action, object: objectOf(params, value), result: status, request };
	if (route.scope === 'read') audit.note(entry);
	else await audit.keep(entry);
}

function objectOf(params: Trace['params'], value: object | null): string | null {
	const named = Object.values(params).join('/');
	if (named !== '') return named.slice(0, longest);
	const made: unknown = value !== null && 'id' in value ? value.id : null;
	return typeof made === 'string' ? made.slice(0, longest) : null;
}
