import type { z } from 'zod';
import type { Caller, Scope } from './caller.ts';

/** A request after its door: parsed, and with the one who sent it. */
export type Asked<Query, Body> = {
	readonly caller: Caller;
	/** The parts of the path that have names, decoded. */
	readonly params: Readonly<Record<string, string>>;
	readonly query: Query;
	readonly body: Body;
	/** `http://127.0.0.1:3210`, as the client wrote it. */
	readonly origin: string;
	/** Aborted when the client has left, and when the server stops waiting. */
	readonly signal: AbortSignal;
};

/** One method of one path. The door, the OpenAPI document and the fuzz test are made from these. */
export type Route<Query extends z.ZodType = z.ZodType, Body extends z.ZodType = z.ZodType> = {
	readonly method: 'GET' | 'POST' | 'DELETE';
	/** `/v1/files/:file` */
	readonly path: string;
	readonly summary: string;
	/** Null: anybody, and no caller is asked for. */
	readonly scope: Scope | null;
	readonly query?: Query;
	readonly body?: Body;
	/** How the body comes; `json` when absent. */
	readonly bodyType?: 'json' | 'multipart';
	/** What it answers with; `events` may come instead when the body says `stream`. */
	readonly answer: z.ZodType | 'bytes' | 'events';
	readonly streams?: boolean;
	/** The data of one event of its stream; said to be text when absent. */
	readonly event?: z.ZodType;
	/** Whether it makes something, so that the same `Idempotency-Key` must not make it twice. */
	readonly creates?: boolean;
	/** Values are sent as JSON. */
	handle(asked: Asked<z.output<Query>, z.output<Body>>): Promise<object>;
};

/** Gives a route's `handle` the types of its own schemas. */
export function defineRoute<Query extends z.ZodType = z.ZodUndefined, Body extends z.ZodType = z.ZodUndefined>(
	route: Route<Query, Body>,
): Route {
	return route;
}
