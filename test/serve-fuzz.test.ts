import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Served, serveSmallProject } from './serving.ts';

type Schema = Readonly<Record<string, unknown>>;
type Operation = {
	readonly method: string;
	readonly path: string;
	readonly parameters: readonly { name: string; in: string; required: boolean; schema: Schema }[];
	readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
};

/** Longer than any request of the fuzz takes, with the machine busy. */
const hangMs = 30_000;
const requests = 600;

/** Ids and names that lead somewhere, so that requests get past the first check. */
type Known = Readonly<Record<string, readonly unknown[]>>;

/** A value that the schema allows, most of the time. */
function valueOf(schema: Schema, known: Known, name = ''): fc.Arbitrary<unknown> {
	const hints = known[name];
	if (hints !== undefined) return fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...hints) }, anything);
	return fc.oneof({ weight: 8, arbitrary: fitting(schema, known, name) }, { weight: 1, arbitrary: anything });
}

const anything: fc.Arbitrary<unknown> = fc.oneof(
	fc.string({ unit: 'binary', maxLength: 30 }),
	fc.integer(),
	fc.constantFrom(
		null,
		true,
		-0,
		1e308,
		[],
		{},
		[[]],
		'\u0000',
		'\ud800',
		'../../etc/passwd',
		'__proto__',
		'%00',
		"' or 1=1",
	),
	fc.jsonValue({ maxDepth: 2 }),
);

function fitting(schema: Schema, known: Known, name: string): fc.Arbitrary<unknown> {
	const options = (schema['anyOf'] ?? schema['oneOf']) as Schema[] | undefined;
	if (options !== undefined) return fc.oneof(...options.map((each) => valueOf(each, known, name)));
	if (schema['const'] !== undefined) return fc.constant(schema['const']);
	if (schema['enum'] !== undefined) return fc.constantFrom(...(schema['enum'] as unknown[]));
	switch (schema['type']) {
		case 'string':
			return fc.oneof(
				fc.string({ unit: 'binary', maxLength: 40 }),
				fc.constantFrom('What is the refund window?', 'ERR_1042', 'a'),
			);
		case 'integer':
		case 'number':
			return fc.integer({ min: -1, max: 60 });
		case 'boolean':
			return fc.boolean();
		case 'null':
			return fc.constant(null);
		case 'array':
			return fc.array(valueOf((schema['items'] ?? {}) as Schema, known, name), { maxLength: 3 });
		case 'object':
			return objectOf(schema, known);
		default:
			return anything;
	}
}

function objectOf(schema: Schema, known: Known): fc.Arbitrary<unknown> {
	const properties = (schema['properties'] ?? {}) as Record<string, Schema>;
	const values = Object.entries(properties).map(([name, each]) => [name, valueOf(each, known, name)] as const);
	const required = ((schema['required'] ?? []) as string[]).filter((name) => name in properties);
	return fc.record(Object.fromEntries(values), { requiredKeys: required });
}

async function operations({ server }: Served): Promise<Operation[]> {
	const document = (await (await fetch(`${server.url}/openapi.json`)).json()) as {
		readonly openapi: string;
		readonly paths: Record<string, Record<string, Omit<Operation, 'method' | 'path'>>>;
	};
	assert.equal(document.openapi, '3.1.0');
	return Object.entries(document.paths).flatMap(([path, methods]) =>
		Object.entries(methods).map(([method, operation]) => ({ ...operation, method: method.toUpperCase(), path })),
	);
}

/** What one request of the fuzz sends. */
type Shot = {
	readonly method: string;
	readonly url: string;
	readonly body: string | FormData | null;
	readonly type: string | null;
};

function shotOf(operation: Operation, known: Known): fc.Arbitrary<Shot> {
	const { method, path, parameters } = operation;
	const inputs = Object.fromEntries(parameters.map((each) => [each.name, valueOf(each.schema, known, each.name)]));
	const [[type, media] = [null, null]] = Object.entries(operation.requestBody?.content ?? {});
	const body = media === null ? fc.constant(null) : valueOf(media.schema, known);
	return fc.tuple(fc.record(inputs), body, fc.integer({ min: 0, max: 19 })).map(([values, value, odd]) => {
		const text = (name: string): string => encodeURIComponent(plain(values[name]).toWellFormed() || 'x');
		const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => text(name));
		const query = parameters.filter((each) => each.in === 'query' && values[each.name] !== undefined);
		const url = `${filled}?${query.map(({ name }) => `${name}=${text(name)}`).join('&')}`;
		if (type === null) return { method, url, body: null, type: null };
		if (type === 'multipart/form-data')
			return { method, url, body: odd < 4 ? 'no form' : formOf(value), type: odd < 4 ? type : null };
		const json = JSON.stringify(value);
		return { method, url, type, body: odd === 0 ? json.slice(0, -1) : odd === 1 ? '\ufffe{' : json };
	});
}

function plain(value: unknown): string {
	return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

function formOf(value: unknown): FormData {
	const form = new FormData();
	for (const [name, each] of Object.entries(value ?? {})) {
		if (name === 'file') form.set(name, new File([plain(each)], `${plain(each)}.txt`));
		else form.set(name, plain(each));
	}
	return form;
}

test(`${requests} requests drawn from the OpenAPI document: no 5xx, no hang, errors in one shape`, async (t) => {
	await using served = await serveSmallProject({ settings: { 'ingest.timeoutSeconds': 20 } });
	const known = await knownIn(served);
	// The collection stays, or nothing would be left to ask for.
	const deletable: Known = { document: known['document']!.slice(-1), file: known['file']! };
	const all = await operations(served);
	assert.ok(all.length > 40, `${all.length} operations`);
	const shots = fc.oneof(
		...all.map((operation) => shotOf(operation, operation.method === 'DELETE' ? deletable : known)),
	);
	const statuses = new Map<number, number>();
	await fc.assert(
		fc.asyncProperty(shots, async ({ method, url, body, type }) => {
			const headers: Record<string, string> = type === null ? {} : { 'content-type': type };
			const sent: RequestInit = {
				method,
				headers,
				signal: AbortSignal.timeout(hangMs),
				...(body === null ? {} : { body }),
			};
			const response = await fetch(`${served.server.url}${url}`, sent);
			const text = await response.text();
			statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
			assert.ok(response.status < 500, `${method} ${url}: ${response.status} ${text} ${stackOf(served)}`);
			assert.match(response.headers.get('x-request-id') ?? '', /^req_[0-9a-f]{32}$/);
			if (response.status < 400) return;
			const { error } = JSON.parse(text) as { error: Record<string, unknown> };
			assert.deepEqual(Object.keys(error).sort(), ['code', 'message', 'param', 'type']);
		}),
		{ numRuns: requests, interruptAfterTimeLimit: 90_000, markInterruptAsFailure: false },
	);
	t.diagnostic(`statuses: ${JSON.stringify(Object.fromEntries(statuses))}`);
	assert.ok((statuses.get(200) ?? 0) > requests / 20, 'some got through');
	assert.equal((await fetch(`${served.server.url}/readyz`)).status, 200, 'it still serves');
});

function stackOf({ log }: Served): string {
	return log.at(-1)?.stack ?? '';
}

async function knownIn({ knowhow }: Served): Promise<Known> {
	const documents = (await knowhow.documents()).map(({ id }) => id);
	const { interaction } = await knowhow.ask('What is the refund window?');
	const [collection] = await knowhow.collections();
	const content = (async function* () {
		yield Buffer.from('The ibis is a bird.');
	})();
	const file = await knowhow.files.upload({ name: 'ibis.txt', purpose: 'assistants', content, owner: null });
	await knowhow.files.inCollections.add(collection!.id, file, {});
	const batch = await knowhow.files.batches.create({ collection: collection!.id, files: [file.id], owner: null });
	const ingest = { sources: ['docs'], collection: collection!.id, sync: false, base: 'project' } as const;
	const job = await knowhow.ingestJobs.begin({ ...ingest, owner: null, access: 'everything' });
	return {
		document: documents,
		job: [job.id],
		sources: [['docs'], ['docs/refunds.md'], ['docs/absent.md']],
		interaction: [interaction],
		response: [interaction.replace('int', 'resp')],
		store: [collection!.id, 'default'],
		collection: ['default'],
		vector_store_ids: [collection!.id],
		file: [file.id],
		file_id: [file.id],
		file_ids: [file.id],
		batch: [batch.id],
		model: ['rag', 'default', 'linear'],
		purpose: ['assistants'],
	};
}
