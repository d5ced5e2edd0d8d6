import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Knowhow, open } from '../src/index.ts';
import { nextState, stateOf } from '../src/evaluate/statistics/random.ts';
import { serve } from '../src/serve/server.ts';
import { hashingEmbedder } from './hashing-embedder.ts';
import { temporaryFolder } from './run-program.ts';

/** Somebody with a key. */
export type Leaky = { readonly principal: string; readonly groups: readonly string[]; readonly token: string };

/** A request: a body as JSON, or a small file. */
export type Probe = {
	readonly method: string;
	readonly path: string;
	readonly body: object | 'upload' | null;
	readonly isRefused?: boolean;
};

type Readers = 'everyone' | readonly string[];

/** A document, its canary's number, and who may read it. */
type Planted = {
	readonly number: number;
	readonly id: string;
	readonly collection: string;
	readonly chunks: number;
	readonly file: { readonly id: string; readonly owner: string; readonly bytes: number } | null;
	readers: Readers;
};

type Gate = { readonly owner: string | null; readers: Readers };

type Counts = { documents: number; chunks: number; uploads: number; uploadedBytes: number };

export type Pair = {
	readonly hidden: string;
	readonly absent: string;
	readonly requests: readonly ((id: string) => Probe)[];
};

type Ids = Readonly<
	Record<
		'documents' | 'collections' | 'files' | 'batches' | 'interactions' | 'conversations' | 'responses' | 'jobs',
		readonly string[]
	>
>;

/** A served project full of canaries, with what each of its people may see, worked out without its code. */
export type World = AsyncDisposable & {
	readonly people: readonly Leaky[];
	readonly ids: Ids;
	below(limit: number): number;
	flip(): boolean;
	question(): string;
	filter(): object | null;
	routes(): Promise<string[]>;
	send(who: Leaky, probe: Probe): Promise<{ status: number; text: string }>;
	/** How many canaries a text has, and what in it `who` may not see. */
	judge(who: Leaky, text: string, probe: Probe): { canaries: number; leaked: string[] };
	changeAccess(): Promise<void>;
	other(who: Leaky): Leaky;
	foreignFile(who: Leaky): string;
	foreignBatch(who: Leaky): string;
	foreignCollection(who: Leaky): string;
	foreignJob(who: Leaky): string;
	foreignResponse(who: Leaky): string;
	hiddenDocument(who: Leaky): string;
	hiddenUpload(who: Leaky): string;
	pairs(who: Leaky): Pair[];
	visible(who: Leaky): {
		readonly collections: ReadonlyMap<string, Counts>;
		readonly files: number;
		readonly interactions: number;
		readonly jobs: number;
	};
};

const people = 6;
const groups = ['red', 'green', 'blue'];
const filesOfFolder = { default: 24, second: 12 };
const filesEach = 3;

export function pick<T>({ below }: Pick<World, 'below'>, from: readonly T[]): T {
	return from[below(from.length)]!;
}

/** What is written about something: its canaries stand where nobody asks for them, its probe where everybody does. */
function textOf(number: number): string {
	return `# Probe${number} canary${number}title\n\nThe probe${number} valve holds a pressure of canary${number}text bar.\n`;
}

/** Opens the world of a seed. */
export async function openWorld(seed: number): Promise<World> {
	let state = stateOf(seed);
	const below = (limit: number): number => ((state = nextState(state)) >>> 0) % limit;
	const flip = (): boolean => below(2) === 1;
	const folder = await temporaryFolder();
	const knowhow = await open(folder.path, { env: {}, embedder: hashingEmbedder() });
	const known = await peopleOf(knowhow, below);
	const everybody = [...known.map(({ principal }) => principal), ...groups.map((name) => `group:${name}`)];
	const randomReaders = (): Readers => {
		const kind = below(10);
		if (kind < 2) return 'everyone';
		return kind < 3 ? [] : Array.from({ length: 1 + below(3) }, () => pick({ below }, everybody));
	};
	const server = await serve(knowhow, { port: 0 });
	const gates = new Map<string, Gate>();
	const planted: Planted[] = [];
	for (const [name, count] of Object.entries(filesOfFolder)) {
		await writeFolder(join(folder.path, name), planted.length, count);
		await knowhow.ingest(name, { collection: name });
		const { id } = (await knowhow.collectionAccess.find(name, 'everything'))!;
		gates.set(id, { owner: null, readers: 'everyone' });
		const documents = await knowhow.documents({ collection: name, limit: 1000 });
		const numbered = documents.map((each) => ({ ...each, number: Number(/probe(\d+)/.exec(each.source)![1]) }));
		// Ids are random, and the world is the seed's alone.
		for (const { number, ...document } of numbered.sort((a, b) => a.number - b.number)) {
			const readers = randomReaders();
			await knowhow.setAccess(document.id, readers);
			await knowhow.setAttributes(document.id, { probe: `probe${number}`, note: `canary${number}attribute` });
			const chunks = (await knowhow.chunks(document.id)).length;
			planted.push({ number, id: document.id, collection: id, chunks, file: null, readers });
		}
	}
	const [first, second] = [...gates.keys()] as [string, string];
	const close = async (readers: Readers): Promise<void> => {
		gates.get(second)!.readers = readers;
		await knowhow.collectionAccess.set(second, { owner: null, readers });
	};
	await close(['group:red', 'p1']);

	const send: World['send'] = async ({ token }, { method, path, body }) => {
		const headers: Record<string, string> = { authorization: `Bearer ${token}` };
		if (body !== null && body !== 'upload') headers['content-type'] = 'application/json';
		const payload = body === null ? null : body === 'upload' ? form('note.txt', 'A note.') : JSON.stringify(body);
		const init: RequestInit = { method, headers, body: payload };
		const response = await fetch(server.url + path, init);
		return { status: response.status, text: await response.text() };
	};
	const made = async (who: Leaky, path: string, body: object): Promise<Record<string, string>> => {
		const { status, text } = await send(who, { method: 'POST', path, body });
		if (status !== 200) throw new Error(`${path}: ${status} ${text}`);
		return JSON.parse(text) as Record<string, string>;
	};
	const uploaded = async (who: Leaky, number: number): Promise<{ id: string; bytes: number }> => {
		const response = await fetch(`${server.url}/v1/files`, {
			method: 'POST',
			headers: { authorization: `Bearer ${who.token}` },
			body: form(`probe${number}-canary${number}source.md`, textOf(number)),
		});
		return (await response.json()) as { id: string; bytes: number };
	};

	const owned = await made(known[0]!, '/v1/vector_stores', { name: 'canary-free', readers: ['group:green'] });
	gates.set(owned['id']!, { owner: known[0]!.principal, readers: ['group:green'] });
	const files: { id: string; owner: string; number: number }[] = [];
	const batches: { id: string; owner: string }[] = [];
	const uploads: {
		who: Leaky;
		file: { id: string; bytes: number };
		number: number;
		collection: string;
		readers: Readers;
	}[] = [];
	let number = planted.length;
	for (const who of known) {
		const own: { id: string; bytes: number }[] = [];
		for (let i = 0; i < filesEach; i++, number++) {
			const file = await uploaded(who, number);
			own.push(file);
			files.push({ id: file.id, owner: who.principal, number });
			// The last one stays private.
			if (i === filesEach - 1) continue;
			const collection = i === 1 && reaches(who, gates.get(owned['id']!)!) ? owned['id']! : first;
			uploads.push({ who, file, number, collection, readers: randomReaders() });
		}
		const [alone, together] = uploads.slice(-2) as [(typeof uploads)[0], (typeof uploads)[0]];
		const note = (n: number) => ({ probe: `probe${n}`, note: `canary${n}attribute` });
		await made(who, `/v1/vector_stores/${alone.collection}/files`, {
			file_id: alone.file.id,
			readers: alone.readers,
			attributes: note(alone.number),
		});
		const { id } = await made(who, `/v1/vector_stores/${together.collection}/file_batches`, {
			file_ids: [together.file.id],
			readers: together.readers,
			attributes: note(together.number),
		});
		batches.push({ id: id!, owner: who.principal });
	}
	await knowhow.files.inCollections.settled();
	for (const { who, file, number: n, collection, readers } of uploads) {
		const { document } = (await knowhow.files.inCollections.get(collection, file.id, 'everything'))!;
		if (document === null) throw new Error(`The upload ${n} became no document.`);
		const chunks = (await knowhow.chunks(document)).length;
		const owner = who.principal;
		planted.push({ number: n, id: document, collection, chunks, file: { ...file, owner }, readers });
	}

	// What the owner of the project ingests tells the names of all files; what others ingest, those of their pages.
	const all = { sources: ['default'], collection: first, sync: false, base: 'project' } as const;
	const job = await knowhow.ingestJobs.begin({ ...all, owner: null, access: 'everything' });
	const jobs: { id: string; owner: string; number: number }[] = [{ id: job.id, owner: 'nobody', number: -1 }];
	for (const who of known) {
		const sources = [`http://127.0.0.1:1/probe${number}-canary${number}source.md`];
		const { id } = await made(who, '/api/ingest', { sources, collection: first });
		jobs.push({ id: id!, owner: who.principal, number: number++ });
	}
	await knowhow.ingestJobs.settled();

	const question = (): string => {
		const n = below(number);
		return pick({ below }, [
			`What pressure does the probe${n} valve hold?`,
			`Which valve holds probe${n}?`,
			'What does the valve hold?',
			'And the other one?',
		]);
	};
	const whose = new Map(jobs.map(({ id, owner }) => [id, owner]));
	const asked = new Map<string, number>();
	const ids = { interactions: [] as string[], conversations: [] as string[], responses: [] as string[] };
	for (const who of known) {
		const { id: conversation } = await made(who, '/api/conversations', {});
		ids.conversations.push(conversation!);
		whose.set(conversation!, who.principal);
		for (const text of [question(), 'And what does that hold?']) {
			const { interaction } = await made(who, '/api/ask', { question: text, conversation });
			ids.interactions.push(interaction!);
			whose.set(interaction!, who.principal);
		}
		const { id } = await made(who, '/v1/responses', { model: 'rag', input: question() });
		ids.responses.push(id!);
		for (const prefix of ['resp', 'int', 'msg', 'fs']) whose.set(id!.replace('resp', prefix), who.principal);
		asked.set(who.principal, 3);
	}

	const isVisible = (who: Leaky, document: Planted): boolean =>
		reaches(who, gates.get(document.collection)!) && among(who, document.readers);
	const hidden = (who: Leaky): Planted[] => planted.filter((document) => !isVisible(who, document));
	const foreign = (who: Leaky): typeof files => files.filter(({ owner }) => owner !== who.principal);
	const anyOf = (from: readonly { readonly id: string }[]): string => pick({ below }, from).id;

	return {
		people: known,
		ids: {
			...ids,
			documents: planted.map(({ id }) => id),
			collections: [...gates.keys(), first, first, 'default', 'second', 'absent'],
			files: files.map(({ id }) => id),
			batches: batches.map(({ id }) => id),
			jobs: jobs.map(({ id }) => id),
		},
		below,
		flip,
		question,
		filter: () => (below(4) === 0 ? { type: 'eq', key: 'probe', value: `probe${below(number)}` } : null),
		routes: async () => {
			const document = (await (await fetch(`${server.url}/openapi.json`)).json()) as { paths: Record<string, object> };
			return Object.entries(document.paths).flatMap(([path, methods]) =>
				Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
			);
		},
		send,
		judge: (who, text, probe) => {
			const visible = planted.filter((document) => isVisible(who, document));
			return leaksIn(text, probe, { who, visible, planted, files, jobs, whose });
		},
		changeAccess: async () => {
			for (let i = 0; i < 12; i++) {
				const document = pick({ below }, planted);
				document.readers = randomReaders();
				await knowhow.setAccess(document.id, document.readers);
			}
			await close(randomReaders());
		},
		other: (who) =>
			pick(
				{ below },
				known.filter((each) => each !== who),
			),
		foreignFile: (who) => anyOf(foreign(who)),
		foreignBatch: (who) => anyOf(batches.filter(({ owner }) => owner !== who.principal)),
		foreignCollection: (who) =>
			pick(
				{ below },
				[...gates].filter(([, { owner }]) => owner !== who.principal).map(([id]) => id),
			),
		foreignResponse: (who) =>
			pick(
				{ below },
				ids.responses.filter((id) => whose.get(id) !== who.principal),
			),
		foreignJob: (who) => anyOf(jobs.filter(({ owner }) => owner !== who.principal)),
		hiddenDocument: (who) => anyOf(hidden(who)),
		hiddenUpload: (who) => {
			const uploadsHidden = hidden(who).flatMap(({ file, collection }) =>
				file && file.owner !== who.principal && collection === first ? [file] : [],
			);
			return uploadsHidden.length === 0 ? 'file-absent' : anyOf(uploadsHidden);
		},
		pairs: (who) => {
			const pairs: Pair[] = [
				...hidden(who)
					.slice(0, 6)
					.map(({ id }) => pair(id, documentRequests)),
				...foreign(who)
					.slice(0, 4)
					.map(({ id }) => pair(id, fileRequests(first))),
				...hidden(who).flatMap(({ file, collection }) => {
					if (file === null) return [];
					const isOwn = file.owner === who.principal && reaches(who, gates.get(collection)!);
					return [pair(file.id, [...readingRequests(collection), ...(isOwn ? [] : uploadRequests(collection))])];
				}),
				...batches.filter(({ owner }) => owner !== who.principal).map(({ id }) => pair(id, batchRequests(first))),
				...jobs.filter(({ owner }) => owner !== who.principal).map(({ id }) => pair(id, jobRequests)),
				...[...whose]
					.filter(([id]) => !id.startsWith('job_'))
					.filter(([, owner]) => owner !== who.principal)
					.map(([id]) => pair(id, answerRequests(id))),
			];
			for (const [id, gate] of gates) if (!reaches(who, gate)) pairs.push(pair(id, collectionRequests));
			if (!reaches(who, gates.get(second)!)) {
				pairs.push({ hidden: 'second', absent: 'absent', requests: collectionRequests });
			}
			return pairs;
		},
		visible: (who) => {
			const collections = new Map<string, Counts>();
			for (const [id, gate] of gates) {
				if (!reaches(who, gate)) continue;
				const counts = { documents: 0, chunks: 0, uploads: 0, uploadedBytes: 0 };
				for (const document of planted) {
					if (document.collection !== id) continue;
					if (isVisible(who, document)) {
						counts.documents++;
						counts.chunks += document.chunks;
					}
					// What became of an upload is its owner's to know, whoever reads it.
					if (document.file === null || !(document.file.owner === who.principal || isVisible(who, document))) continue;
					counts.uploads++;
					counts.uploadedBytes += document.file.bytes;
				}
				collections.set(id, counts);
			}
			return { collections, files: filesEach, interactions: asked.get(who.principal) ?? 0, jobs: 1 };
		},
		[Symbol.asyncDispose]: async () => {
			await server.close();
			await knowhow.close();
			await folder[Symbol.asyncDispose]();
		},
	};
}

type Known = {
	readonly who: Leaky;
	/** What `who` may read of the documents. */
	readonly visible: readonly Planted[];
	readonly planted: readonly Planted[];
	readonly files: readonly { readonly id: string; readonly owner: string; readonly number: number }[];
	readonly jobs: Known['files'];
	/** The askers of answers and of jobs, by the ids of those. */
	readonly whose: ReadonlyMap<string, string>;
};

/** The canaries and ids of an answer that `who` must not be told; ids that were asked for are no news. */
function leaksIn(text: string, { path, body }: Probe, known: Known): { canaries: number; leaked: string[] } {
	const { who, visible, planted, files, jobs, whose } = known;
	const numbers = [...text.matchAll(/canary(\d+)/gi)].map(([, n]) => Number(n));
	const own = files.filter(({ owner }) => owner === who.principal);
	const ownJobs = jobs.filter(({ owner }) => owner === who.principal);
	const readable = [
		...visible,
		...(path.startsWith('/v1/files') ? own : []),
		...(path.startsWith('/api/jobs') ? ownJobs : []),
	];
	const allowed = new Set(readable.map(({ number }) => number));
	const leaked = [...new Set(numbers)].filter((n) => !allowed.has(n)).map((n) => `canary${n}`);
	// A kept answer names the documents that it was made from by their ids, as it did when it was given.
	if (path.startsWith('/api/interactions')) return { canaries: numbers.length, leaked };
	const request = path + JSON.stringify(body);
	const mine = new Set([...visible.flatMap(({ id, file }) => [id, file?.id]), ...own.map(({ id }) => id)]);
	const secret = new Set([...planted, ...files].map(({ id }) => id).filter((id) => !mine.has(id)));
	for (const [id] of text.matchAll(/\b(?:doc|int|cnv|resp|msg|fs|job)_[0-9a-z]+|\bfile-[0-9a-z]{26}\b/g)) {
		const isOthers = whose.has(id) && whose.get(id) !== who.principal;
		if ((secret.has(id) || isOthers) && !request.includes(id)) leaked.push(id);
	}
	return { canaries: numbers.length, leaked };
}

async function peopleOf(knowhow: Knowhow, below: (limit: number) => number): Promise<Leaky[]> {
	const known: Leaky[] = [];
	for (let i = 0; i < people; i++) {
		const own = groups.filter(() => below(3) === 0);
		const { token } = await knowhow.keys.create({ name: `p${i}`, groups: own, scopes: ['read', 'write'] });
		known.push({ principal: `p${i}`, groups: own, token });
	}
	return known;
}

async function writeFolder(folder: string, from: number, count: number): Promise<void> {
	await mkdir(folder);
	for (let number = from; number < from + count; number++) {
		await writeFile(join(folder, `probe${number}-canary${number}source.md`), textOf(number));
	}
}

function form(name: string, text: string): FormData {
	const data = new FormData();
	data.set('purpose', 'assistants');
	data.set('file', new File([text], name));
	return data;
}

function among({ principal, groups: own }: Leaky, readers: Readers): boolean {
	if (readers === 'everyone') return true;
	return readers.includes(principal) || own.some((name) => readers.includes(`group:${name}`));
}

function reaches(who: Leaky, { owner, readers }: Gate): boolean {
	return owner === who.principal || among(who, readers);
}

/** An id of the same shape that nothing has. */
function pair(hidden: string, requests: Pair['requests']): Pair {
	return { hidden, absent: `${hidden.slice(0, -6)}${hidden.endsWith('000000') ? '111111' : '000000'}`, requests };
}

const get = (path: string): Probe => ({ method: 'GET', path, body: null });
const remove = (path: string): Probe => ({ method: 'DELETE', path, body: null });
const post = (path: string, body: object): Probe => ({ method: 'POST', path, body });

const documentRequests = [
	(id: string) => get(`/api/documents/${id}`),
	(id: string) => get(`/api/documents/${id}/chunks`),
	(id: string) => get(`/api/documents/${id}/content`),
	(id: string) => get(`/api/documents/${id}/versions`),
	(id: string) => get(`/api/documents/${id}/access`),
	(id: string) => post(`/api/documents/${id}/access`, { readers: 'everyone' }),
	(id: string) => remove(`/api/documents/${id}`),
];

const jobRequests = [
	(id: string) => get(`/api/jobs/${id}`),
	(id: string) => get(`/api/jobs/${id}/events`),
	(id: string) => get(`/api/jobs/${id}/events?stream=true`),
	(id: string) => get(`/api/jobs?after=${id}`),
	(id: string) => post(`/api/jobs/${id}/cancel`, {}),
];

const fileRequests = (store: string) => [
	(id: string) => get(`/v1/files/${id}`),
	(id: string) => get(`/v1/files/${id}/content`),
	(id: string) => remove(`/v1/files/${id}`),
	(id: string) => post('/v1/vector_stores', { file_ids: [id] }),
	(id: string) => post(`/v1/vector_stores/${store}/files`, { file_id: id }),
	(id: string) => post(`/v1/vector_stores/${store}/file_batches`, { file_ids: [id] }),
];

const readingRequests = (store: string) => [
	(id: string) => get(`/v1/vector_stores/${store}/files/${id}/content`),
	(id: string) => post(`/v1/vector_stores/${store}/files/${id}`, { attributes: {} }),
];

const uploadRequests = (store: string) => [
	(id: string) => get(`/v1/vector_stores/${store}/files/${id}`),
	(id: string) => remove(`/v1/vector_stores/${store}/files/${id}`),
];

const batchRequests = (store: string) => [
	(id: string) => get(`/v1/vector_stores/${store}/file_batches/${id}`),
	(id: string) => get(`/v1/vector_stores/${store}/file_batches/${id}/files`),
	(id: string) => post(`/v1/vector_stores/${store}/file_batches/${id}/cancel`, {}),
];

const question = 'What does the valve hold?';
const asking = { model: 'rag', messages: [{ role: 'user', content: question }] };

const collectionRequests = [
	(id: string) => get(`/v1/vector_stores/${id}`),
	(id: string) => post(`/v1/vector_stores/${id}`, { name: 'x' }),
	(id: string) => remove(`/v1/vector_stores/${id}`),
	(id: string) => post(`/v1/vector_stores/${id}/search`, { query: question }),
	(id: string) => get(`/v1/vector_stores/${id}/files`),
	(id: string) => get(`/v1/vector_stores?after=${id}`),
	(id: string) => get(`/api/documents?collection=${id}`),
	(id: string) => get(`/api/collections/${id}/access`),
	(id: string) => post(`/api/collections/${id}/access`, { readers: 'everyone' }),
	(id: string) => remove(`/api/collections/${id}`),
	(id: string) => post('/api/ingest', { sources: ['http://127.0.0.1:1/'], collection: id }),
	(id: string) => post('/api/sample', { collection: id }),
	(id: string) => post('/api/ask', { question, collections: [id] }),
	(id: string) => post('/api/ask', { question, collections: [id], stream: true }),
	(id: string) => post('/v1/chat/completions', { ...asking, collections: [id] }),
	(id: string) => post('/v1/chat/completions', { ...asking, collections: [id], stream: true }),
	(id: string) =>
		post('/v1/responses', { model: 'rag', input: question, tools: [{ type: 'file_search', vector_store_ids: [id] }] }),
];

function answerRequests(id: string): Pair['requests'] {
	if (id.startsWith('int_')) {
		return [
			(each) => get(`/api/interactions/${each}`),
			(each) => post(`/api/interactions/${each}/feedback`, { rating: 'up' }),
		];
	}
	if (id.startsWith('cnv_')) return [(each) => post('/api/ask', { question, conversation: each })];
	if (!id.startsWith('resp_')) {
		const asked = { role: 'user', content: question };
		return [
			(each) => post('/v1/responses', { model: 'rag', input: [asked, { type: 'item_reference', id: each }, asked] }),
		];
	}
	return [
		(each) => post('/v1/responses', { model: 'rag', input: question, previous_response_id: each }),
		(each) => get(`/v1/responses/${each}`),
		(each) => remove(`/v1/responses/${each}`),
	];
}
