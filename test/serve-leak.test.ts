import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Leaky, openWorld, pick, type Probe, type World } from './leaky-world.ts';

/** A request for each route; where it changes something it is aimed at what the asker may not touch. */
type Case = (world: World, who: Leaky) => Probe;
type Shot = { readonly name: string; readonly who: Leaky; readonly probe: Probe };

const json = (method: string, path: string, body: object): Probe => ({ method, path, body });
const get = (path: string): Probe => ({ method: 'GET', path, body: null });
/** Must be refused, since it would change what somebody else may not. */
const refused = (probe: Probe): Probe => ({ ...probe, isRefused: true });

const messages = (world: World) => [{ role: 'user', content: world.question() }];
const referred = (world: World) => ({
	type: 'item_reference',
	id: pick(world, world.ids.responses).replace('resp', pick(world, ['msg', 'fs'])),
});
const tools = (world: World) => [{ type: 'file_search', vector_store_ids: [pick(world, world.ids.collections)] }];

const cases: Readonly<Record<string, Case>> = {
	'GET /healthz': () => get('/healthz'),
	'GET /readyz': () => get('/readyz'),
	'GET /openapi.json': () => get('/openapi.json'),
	'GET /v1/models': () => get('/v1/models'),
	'GET /v1/models/{model}': (world) => get(`/v1/models/${pick(world, ['rag', 'linear', 'none'])}`),
	'POST /v1/embeddings': (world) => json('POST', '/v1/embeddings', { model: 'default', input: world.question() }),
	'POST /v1/rerank': (world) => json('POST', '/v1/rerank', { query: world.question(), documents: ['a', 'b'] }),
	'POST /v1/chat/completions': (world) =>
		json('POST', '/v1/chat/completions', {
			model: 'rag',
			messages: messages(world),
			stream: world.flip(),
			collections: [pick(world, world.ids.collections)],
			filters: world.filter(),
		}),
	'POST /v1/responses': (world) =>
		json('POST', '/v1/responses', {
			model: 'rag',
			input: world.flip() ? world.question() : [...messages(world), referred(world), ...messages(world)],
			stream: world.flip(),
			tools: tools(world),
			include: ['file_search_call.results'],
			previous_response_id: world.flip() ? pick(world, world.ids.responses) : null,
		}),
	'GET /v1/responses/{response}': (world) => get(`/v1/responses/${pick(world, world.ids.responses)}`),
	'DELETE /v1/responses/{response}': (world, who) =>
		refused({ method: 'DELETE', path: `/v1/responses/${world.foreignResponse(who)}`, body: null }),
	'POST /v1/files': () => ({ method: 'POST', path: '/v1/files', body: 'upload' }),
	'GET /v1/files': (world) => get(`/v1/files?limit=${1 + world.below(30)}`),
	'GET /v1/files/{file}': (world) => get(`/v1/files/${pick(world, world.ids.files)}`),
	'GET /v1/files/{file}/content': (world) => get(`/v1/files/${pick(world, world.ids.files)}/content`),
	'DELETE /v1/files/{file}': (world, who) =>
		refused({ method: 'DELETE', path: `/v1/files/${world.foreignFile(who)}`, body: null }),
	'POST /v1/vector_stores': (world, who) =>
		refused(json('POST', '/v1/vector_stores', { name: 'x', file_ids: [world.foreignFile(who)] })),
	'GET /v1/vector_stores': (world) => get(`/v1/vector_stores?limit=${1 + world.below(5)}`),
	'GET /v1/vector_stores/{store}': (world) => get(`/v1/vector_stores/${pick(world, world.ids.collections)}`),
	'POST /v1/vector_stores/{store}': (world, who) =>
		refused(json('POST', `/v1/vector_stores/${world.foreignCollection(who)}`, { name: 'mine' })),
	'DELETE /v1/vector_stores/{store}': (world, who) =>
		refused({ method: 'DELETE', path: `/v1/vector_stores/${world.foreignCollection(who)}`, body: null }),
	'POST /v1/vector_stores/{store}/search': (world) =>
		json('POST', `/v1/vector_stores/${pick(world, world.ids.collections)}/search`, {
			query: world.flip() ? world.question() : [world.question(), world.question()],
			max_num_results: 50,
			filters: world.filter(),
		}),
	'POST /v1/vector_stores/{store}/files': (world, who) =>
		refused(
			json('POST', `/v1/vector_stores/${pick(world, world.ids.collections)}/files`, {
				file_id: world.foreignFile(who),
			}),
		),
	'GET /v1/vector_stores/{store}/files': (world) =>
		get(`/v1/vector_stores/${pick(world, world.ids.collections)}/files?limit=${1 + world.below(30)}`),
	'GET /v1/vector_stores/{store}/files/{file}': (world) =>
		get(`/v1/vector_stores/${pick(world, world.ids.collections)}/files/${pick(world, world.ids.files)}`),
	'POST /v1/vector_stores/{store}/files/{file}': (world, who) =>
		refused(
			json('POST', `/v1/vector_stores/${world.ids.collections[0]!}/files/${world.hiddenUpload(who)}`, {
				attributes: { seen: true },
			}),
		),
	'GET /v1/vector_stores/{store}/files/{file}/content': (world) =>
		get(`/v1/vector_stores/${pick(world, world.ids.collections)}/files/${pick(world, world.ids.files)}/content`),
	'DELETE /v1/vector_stores/{store}/files/{file}': (world, who) =>
		refused({
			method: 'DELETE',
			path: `/v1/vector_stores/${world.ids.collections[0]!}/files/${world.hiddenUpload(who)}`,
			body: null,
		}),
	'POST /v1/vector_stores/{store}/file_batches': (world, who) =>
		refused(
			json('POST', `/v1/vector_stores/${pick(world, world.ids.collections)}/file_batches`, {
				file_ids: [world.foreignFile(who)],
			}),
		),
	'GET /v1/vector_stores/{store}/file_batches/{batch}': (world) =>
		get(`/v1/vector_stores/${world.ids.collections[0]!}/file_batches/${pick(world, world.ids.batches)}`),
	'POST /v1/vector_stores/{store}/file_batches/{batch}/cancel': (world, who) =>
		refused(
			json('POST', `/v1/vector_stores/${world.ids.collections[0]!}/file_batches/${world.foreignBatch(who)}/cancel`, {}),
		),
	'GET /v1/vector_stores/{store}/file_batches/{batch}/files': (world) =>
		get(`/v1/vector_stores/${world.ids.collections[0]!}/file_batches/${pick(world, world.ids.batches)}/files`),
	'POST /api/ask': (world) =>
		json('POST', '/api/ask', {
			question: world.question(),
			stream: world.flip(),
			collections: [pick(world, world.ids.collections)],
			filter: world.filter(),
			...(world.flip() ? { conversation: pick(world, world.ids.conversations) } : {}),
		}),
	'POST /api/conversations': () => json('POST', '/api/conversations', {}),
	'GET /api/interactions': (world, who) =>
		get(`/api/interactions?limit=20&caller=${pick(world, [who.principal, 'p0', 'p1'])}`),
	'GET /api/interactions/{interaction}': (world) => get(`/api/interactions/${pick(world, world.ids.interactions)}`),
	'POST /api/interactions/{interaction}/feedback': (world) =>
		json('POST', `/api/interactions/${pick(world, world.ids.interactions)}/feedback`, { rating: 'up' }),
	'POST /api/forget': (world, who) => refused(json('POST', '/api/forget', { caller: world.other(who).principal })),
	'GET /api/documents': (world) =>
		get(
			`/api/documents?limit=${1 + world.below(60)}&collection=${pick(world, world.ids.collections)}&contains=${pick(world, ['', 'canary', 'title'])}`,
		),
	'GET /api/documents/{document}': (world) => get(`/api/documents/${pick(world, world.ids.documents)}`),
	'GET /api/documents/{document}/chunks': (world) => get(`/api/documents/${pick(world, world.ids.documents)}/chunks`),
	'GET /api/documents/{document}/content': (world) => get(`/api/documents/${pick(world, world.ids.documents)}/content`),
	'GET /api/documents/{document}/versions': (world) =>
		get(`/api/documents/${pick(world, world.ids.documents)}/versions`),
	'GET /api/documents/{document}/access': (world) => get(`/api/documents/${pick(world, world.ids.documents)}/access`),
	'POST /api/documents/{document}/access': (world, who) =>
		refused(json('POST', `/api/documents/${world.hiddenDocument(who)}/access`, { readers: 'everyone' })),
	'DELETE /api/documents/{document}': (world, who) =>
		refused({ method: 'DELETE', path: `/api/documents/${world.hiddenDocument(who)}`, body: null }),
	'GET /api/collections': () => get('/api/collections'),
	'POST /api/collections': () => refused(json('POST', '/api/collections', { name: 'default' })),
	'DELETE /api/collections/{collection}': (world, who) =>
		refused({ method: 'DELETE', path: `/api/collections/${world.foreignCollection(who)}`, body: null }),
	'GET /api/collections/{collection}/access': (world, who) =>
		refused(get(`/api/collections/${world.foreignCollection(who)}/access`)),
	'POST /api/collections/{collection}/access': (world, who) =>
		refused(json('POST', `/api/collections/${world.foreignCollection(who)}/access`, { readers: 'everyone' })),
	'GET /api/status': () => get('/api/status'),
	'GET /api/systems': () => get('/api/systems'),
	'GET /api/sample': () => get('/api/sample'),
	'POST /api/sample': () => refused(json('POST', '/api/sample', { collection: 'absent' })),
	'POST /api/ingest': (world) =>
		refused(json('POST', '/api/ingest', { sources: ['default'], collection: pick(world, world.ids.collections) })),
	'GET /api/jobs': (world) => get(`/api/jobs?limit=${1 + world.below(5)}`),
	'GET /api/jobs/{job}': (world) => get(`/api/jobs/${pick(world, world.ids.jobs)}`),
	'GET /api/jobs/{job}/events': (world) =>
		get(`/api/jobs/${pick(world, world.ids.jobs)}/events?stream=${String(world.flip())}`),
	'POST /api/jobs/{job}/cancel': (world, who) => refused(json('POST', `/api/jobs/${world.foreignJob(who)}/cancel`, {})),
	'GET /api/audit': () => refused(get('/api/audit')),
};

/** Answering takes longer than reading. */
const rarely = ['POST /v1/chat/completions', 'POST /v1/responses', 'POST /api/ask'];
const rounds = 10;
const requestsOfRound = 256;
const atOnce = 8;

test('random principals, access lists and requests: nobody sees what is not theirs to read, on any route', async (t) => {
	await using world = await openWorld(20);
	assert.deepEqual(
		Object.keys(cases).sort(),
		(await world.routes()).sort(),
		'a route without a case here, or a case without a route',
	);
	const names = Object.keys(cases).flatMap((name) => (rarely.includes(name) ? [name] : [name, name, name]));
	const told = new Map<string, number>();
	let [sent, seen] = [0, 0];
	const shoot = async ({ name, who, probe }: Shot): Promise<void> => {
		const { status, text } = await world.send(who, probe);
		const { canaries, leaked } = world.judge(who, text, probe);
		sent++;
		seen += canaries;
		if (status < 300) told.set(name, (told.get(name) ?? 0) + 1);
		const about = `${who.principal} ${probe.method} ${probe.path} ${JSON.stringify(probe.body)}: ${status} ${text}`;
		assert.deepEqual(leaked, [], about);
		assert.ok(status < 500, about);
		if (probe.isRefused) assert.ok(status === 404 || status === 403, about);
	};
	for (let round = 0; round < rounds; round++) {
		await world.changeAccess();
		for (let i = 0; i < requestsOfRound; i += atOnce) {
			const shots = Array.from({ length: atOnce }, () => {
				const name = pick(world, names);
				const who = pick(world, world.people);
				return { name, who, probe: cases[name]!(world, who) };
			});
			await Promise.all(shots.map(shoot));
		}
	}
	// What by chance was only asked by those who may not is asked again.
	for (const [name, toProbe] of Object.entries(cases)) {
		for (let tries = 0; tries < 500 && !told.has(name) && !toProbe(world, world.people[0]!).isRefused; tries++) {
			const who = pick(world, world.people);
			await shoot({ name, who, probe: toProbe(world, who) });
		}
	}
	t.diagnostic(`${sent} requests, ${seen} canaries in answers, none of them hidden`);
	// A suite that sees nothing proves nothing.
	assert.ok(seen > 2000, `only ${seen} canaries were seen by those who may`);
	for (const name of Object.keys(cases)) {
		const isProbe = cases[name]!(world, world.people[0]!).isRefused === true;
		if (!isProbe) assert.ok((told.get(name) ?? 0) > 0, `${name} never answered`);
	}
});

test('what is forbidden answers as what is absent: the same status and body', async () => {
	await using world = await openWorld(21);
	let compared = 0;
	for (const who of world.people) {
		for (const { hidden, absent, requests } of world.pairs(who)) {
			const compare = async (request: (id: string) => Probe): Promise<void> => {
				const sent = [world.send(who, request(hidden)), world.send(who, request(absent))];
				const [forbidden, missing] = await Promise.all(sent);
				const about = `${who.principal}: ${JSON.stringify(request(hidden))}`;
				assert.equal(forbidden!.status, missing!.status, about);
				assert.equal(forbidden!.text.replaceAll(hidden, 'ID'), missing!.text.replaceAll(absent, 'ID'), about);
				compared++;
			};
			await Promise.all(requests.map(compare));
		}
	}
	assert.ok(compared > 200, `${compared} pairs`);
});

test('lists, totals and has_more count what the asker may read, and nothing else', async () => {
	await using world = await openWorld(22);
	for (const who of world.people) {
		const visible = world.visible(who);
		const read = async (path: string) => JSON.parse((await world.send(who, get(path))).text) as Record<string, never>;
		const { data: stores } = (await read('/v1/vector_stores')) as unknown as {
			data: { id: string; file_counts: { completed: number; total: number }; documents: number; usage_bytes: number }[];
		};
		assert.deepEqual(stores.map(({ id }) => id).sort(), [...visible.collections.keys()].sort());
		for (const { id, file_counts, usage_bytes, ...shown } of stores) {
			const { documents, uploadedBytes, uploads } = visible.collections.get(id)!;
			assert.deepEqual([file_counts.completed, file_counts.total, usage_bytes], [uploads, uploads, uploadedBytes]);
			assert.equal(shown.documents, documents);
			assert.equal(await pagesOf(world, who, `/api/documents?collection=${id}`), documents);
			assert.equal(await pagesOf(world, who, `/api/documents?collection=${id}&contains=canary`), documents);
			assert.equal(await pagesOf(world, who, `/v1/vector_stores/${id}/files?`), uploads);
		}
		for (const path of ['/api/status', '/api/collections']) {
			const body = await read(path);
			const listed = (body['collections'] ?? body['data']) as unknown as Record<string, number>[];
			for (const each of listed) {
				const known = visible.collections.get(String(each['id']))!;
				assert.deepEqual([each['documents'], each['chunks']], [known.documents, known.chunks], path);
				assert.equal(each['sequence'], undefined);
			}
		}
		assert.equal((await read('/api/status'))['databaseBytes'], null);
		assert.equal(await pagesOf(world, who, '/v1/files?'), visible.files);
		assert.equal(await pagesOf(world, who, '/api/interactions?'), visible.interactions);
		assert.equal(await pagesOf(world, who, '/api/jobs?'), visible.jobs);
	}
});

/** How many objects a list has, read one at a time as long as it says that there are more. */
async function pagesOf(world: World, who: Leaky, path: string): Promise<number> {
	let count = 0;
	for (let after = ''; ;) {
		const { status, text } = await world.send(who, get(`${path}&limit=1${after}`));
		assert.equal(status, 200, text);
		const { data, has_more } = JSON.parse(text) as { data: { id: string }[]; has_more: boolean };
		count += data.length;
		if (!has_more) return count;
		assert.equal(data.length, 1);
		after = `&after=${data[0]!.id}`;
	}
}
