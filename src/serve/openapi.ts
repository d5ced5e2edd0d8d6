import { z } from 'zod';
import { defineRoute, type Route } from './route.ts';

type Json = Readonly<Record<string, unknown>>;

const failed: Json = {
	description: 'Failed',
	content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
};

const errorSchema: Json = {
	type: 'object',
	required: ['error'],
	properties: {
		error: {
			type: 'object',
			required: ['message', 'type', 'param', 'code'],
			properties: {
				message: { type: 'string' },
				type: { type: 'string' },
				param: { type: ['string', 'null'] },
				code: { type: 'string', description: 'See docs/errors.md.' },
			},
		},
	},
};

/** The route of the document that describes all the others, itself included. */
export function openApiRoute(routes: readonly Route[], version: string): Route {
	const route: Route = defineRoute({
		method: 'GET',
		path: '/openapi.json',
		summary: 'This document',
		scope: null,
		answer: z.looseObject({ openapi: z.string() }),
		handle: async () => document,
	});
	const document = openApi([...routes, route], version);
	return route;
}

/**
 * OpenAPI 3.1: its schemas are JSON Schema 2020-12, made of those that check the requests. Those of answers that have a name
 * (`meta({ id })`) stand under `components`.
 */
function openApi(routes: readonly Route[], version: string): Json {
	const paths: Record<string, Record<string, Json>> = {};
	const schemas: Record<string, Json> = { Error: errorSchema };
	for (const route of routes) {
		const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
		(paths[path] ??= {})[route.method.toLowerCase()] = operation(route, schemas);
	}
	return {
		openapi: '3.1.0',
		info: { title: 'Knowhow', version },
		paths,
		components: {
			responses: { Failed: failed },
			schemas,
			securitySchemes: { key: { type: 'http', scheme: 'bearer', description: 'Demanded once the project has a key.' } },
		},
	};
}

function operation(route: Route, schemas: Record<string, Json>): Json {
	const { summary, query, body, path, bodyType = 'json', scope } = route;
	const inPath = [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
		name,
		in: 'path',
		required: true,
		schema: { type: 'string' },
	}));
	const content = bodyType === 'json' ? 'application/json' : 'multipart/form-data';
	return {
		summary,
		...(scope === null ? {} : { 'x-scope': scope, security: [{ key: [] }, {}] }),
		parameters: [
			...inPath,
			...(query === undefined ? [] : parametersOf(query)),
			...(route.creates ? [idempotencyKey] : []),
		],
		...(body === undefined ? {} : { requestBody: { required: true, content: { [content]: { schema: input(body) } } } }),
		responses: {
			200: { description: 'Done', content: answerContent(route, schemas) },
			default: { $ref: '#/components/responses/Failed' },
		},
	};
}

const idempotencyKey: Json = {
	name: 'Idempotency-Key',
	in: 'header',
	required: false,
	description: 'The same request with the same key makes the thing once: for a day, while the server runs.',
	schema: { type: 'string' },
};

function parametersOf(query: z.ZodType): Json[] {
	const { properties = {}, required = [] } = input(query) as { properties?: Record<string, Json>; required?: string[] };
	return Object.entries(properties).map(([name, schema]) => {
		return { name, in: 'query', required: required.includes(name), schema };
	});
}

function answerContent({ answer, streams, event }: Route, schemas: Record<string, Json>): Json {
	const events = { 'text/event-stream': { schema: event ? output(event, schemas) : { type: 'string' } } };
	if (answer === 'events') return events;
	if (answer === 'bytes') return { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } };
	return { 'application/json': { schema: output(answer, schemas) }, ...(streams === true ? events : {}) };
}

/** Puts what has a name into `schemas`, and points there. */
function output(schema: z.ZodType, schemas: Record<string, Json>): Json {
	// Within another, so that the schema itself may have a name, too.
	const within = z.toJSONSchema(z.object({ answer: schema }), { io: 'output', unrepresentable: 'any' });
	const json = JSON.stringify(within).replaceAll('"#/$defs/', '"#/components/schemas/');
	const { $defs = {}, properties } = JSON.parse(json) as { $defs?: Record<string, Json>; properties: { answer: Json } };
	Object.assign(schemas, $defs);
	return properties.answer;
}

function input(schema: z.ZodType): Json {
	const { $schema: _, ...json } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
	return json;
}
