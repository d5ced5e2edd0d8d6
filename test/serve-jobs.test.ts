import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, test } from 'node:test';
import { launcher } from './run-program.ts';
import { serveSmallProject, type Served } from './serving.ts';

type Job = {
	readonly id: string;
	readonly kind: string;
	readonly status: string;
	readonly createdAt: number;
	readonly endedAt: number | null;
	readonly spec: { readonly sources: string[]; readonly collection: string; readonly sync: boolean };
	readonly progress: Readonly<Record<string, number>> | null;
	readonly result: (Readonly<Record<string, number>> & { failed: Failure[] }) | null;
	readonly error: { readonly code: string } | null;
};
type Failure = { readonly path: string; readonly code: string; readonly message: string; readonly hint: string | null };
type Event = { readonly number: number; readonly event: Readonly<Record<string, unknown>> };
type List<T> = { readonly data: T[]; readonly has_more: boolean };

/** What is sent to a server, and as whom. */
type Client = {
	readonly get: <T>(path: string) => Promise<T>;
	readonly post: <T>(path: string, body?: unknown) => Promise<T>;
	readonly status: (method: string, path: string, body?: unknown) => Promise<{ status: number; text: string }>;
	/** The events of a job as its stream sends them, until it ends. */
	readonly follow: (job: string, after?: number) => Promise<{ name: string; data: unknown }[]>;
};

function clientOf(url: string, token?: string): Client {
	const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
	const send = async (method: string, path: string, body?: unknown): Promise<Response> =>
		await fetch(url + path, {
			method,
			headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
		});
	const value = async <T>(response: Response): Promise<T> => {
		const text = await response.text();
		assert.equal(response.status, 200, text);
		return JSON.parse(text) as T;
	};
	return {
		get: async (path) => await value(await send('GET', path)),
		post: async (path, body = {}) => await value(await send('POST', path, body)),
		status: async (method, path, body) => {
			const response = await send(method, path, body);
			return { status: response.status, text: await response.text() };
		},
		follow: async (job, after = 0) => {
			const response = await send('GET', `/api/jobs/${job}/events?stream=true&after=${after}`);
			assert.match(response.headers.get('content-type') ?? '', /^text\/event-stream/);
			return [...(await response.text()).matchAll(/event: (.+)\ndata: (.+)\n\n/g)].map(([, name, data]) => ({
				name: name!,
				data: JSON.parse(data!) as unknown,
			}));
		},
	};
}

/** Begins an ingest and waits for its end, as a page does: by its stream. */
async function ingested(client: Client, body: object, path = '/api/ingest'): Promise<Job> {
	const { id } = await client.post<Job>(path, body);
	const frames = await client.follow(id);
	assert.equal(frames.at(-1)?.name, 'job-end');
	return frames.at(-1)!.data as Job;
}

async function sourcesOf(client: Client, collection = 'default'): Promise<string[]> {
	const { data } = await client.get<List<{ source: string }>>(`/api/documents?collection=${collection}`);
	return data.map(({ source }) => source).sort();
}

/** A web server of this machine; what it answers can be changed and held back. */
async function webSite(pages: Record<string, string>): Promise<AsyncDisposable & { url: string; hits: string[] }> {
	const hits: string[] = [];
	const server = createServer((request, response) => {
		hits.push(request.url ?? '');
		const page = pages[request.url ?? ''];
		if (page === undefined) response.writeHead(404).end();
		// Never answered: a reader waits until it is told to stop.
		else if (page !== '') response.writeHead(200, { 'content-type': 'text/markdown' }).end(page);
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		hits,
		[Symbol.asyncDispose]: async () => {
			server.closeAllConnections();
			server.close();
			await once(server, 'close');
		},
	};
}

const allowPrivate = { settings: { 'ingest.allowPrivate': true } };

describe('an ingest over HTTP', () => {
	test('a folder with a broken file: the others are documents, its error has a code and a hint', async () => {
		await using served = await serveSmallProject();
		const client = clientOf(served.server.url);
		await writeFile(join(served.folder, 'docs/broken.pdf'), '%PDF-1.7 and nothing more');
		await writeFile(join(served.folder, 'docs/shipping.md'), '# Shipping\n\nA parcel takes four days.\n');
		await writeFile(join(served.folder, 'docs/refunds.md'), '# Refunds\n\nThe refund window is 40 days.\n');
		const begun = await client.post<Job>('/api/ingest', { sources: ['docs', 'absent'] });
		assert.deepEqual([begun.kind, begun.spec.sources, begun.result], ['ingest', ['docs', 'absent'], null]);
		const frames = await client.follow(begun.id);
		const job = frames.at(-1)!.data as Job;
		assert.deepEqual([frames[0]!.name, frames.at(-1)!.name, job.status], ['job', 'job-end', 'succeeded']);
		assert.deepEqual(
			[job.result!['added'], job.result!['updated'], job.result!['unchanged'], job.result!['chunks']! > 0],
			[1, 1, 3, true],
		);
		assert.deepEqual(
			job.result!.failed.map(({ path, code, hint }) => [path, code, (hint ?? '').length > 10]),
			[
				['absent', 'not_found', true],
				['docs/broken.pdf', 'unreadable_file', true],
			],
		);
		assert.deepEqual(job.progress, { files: 6, done: 6, added: 1, updated: 1, unchanged: 3, removed: 0, failed: 2 });
		const told = new Map(
			frames
				.filter(({ name }) => name === 'job-event')
				.map(({ data }) => (data as Event).event)
				.filter(({ type }) => type === 'file-end')
				.map(({ path, outcome, code }) => [path, [outcome, code].join(' ').trim()]),
		);
		assert.deepEqual(Object.fromEntries(told), {
			absent: 'failed not_found',
			'docs/broken.pdf': 'failed unreadable_file',
			'docs/errors.md': 'unchanged',
			'docs/prices.csv': 'unchanged',
			'docs/refunds.md': 'updated',
			'docs/shipping.md': 'added',
			'docs/terminals/px-1200.html': 'unchanged',
		});
		const search = { query: 'How long does a parcel take?' };
		const found = await client.post<List<{ filename: string }>>('/v1/vector_stores/default/search', search);
		assert.equal(found.data[0]!.filename, 'docs/shipping.md');
	});

	test('events come page by page, and a stream begins where it is told to', async () => {
		await using served = await serveSmallProject();
		const client = clientOf(served.server.url);
		const { id } = await ingested(client, { sources: ['docs'] });
		const whole = await client.get<List<Event>>(`/api/jobs/${id}/events`);
		assert.equal(whole.has_more, false);
		assert.deepEqual(
			whole.data.map(({ number }) => number),
			whole.data.map((_, index) => index + 1),
		);
		assert.equal(whole.data.at(-1)!.event['type'], 'progress');
		const first = await client.get<List<Event>>(`/api/jobs/${id}/events?limit=2`);
		assert.deepEqual([first.data, first.has_more], [whole.data.slice(0, 2), true]);
		const rest = await client.get<List<Event>>(`/api/jobs/${id}/events?after=2`);
		assert.deepEqual(rest.data, whole.data.slice(2));
		const frames = await client.follow(id, 2);
		assert.deepEqual(
			frames.slice(1, -1).map(({ data }) => data),
			whole.data.slice(2),
		);
	});

	test('sync removes the documents whose files are gone, and nothing without it', async () => {
		await using served = await serveSmallProject();
		const client = clientOf(served.server.url);
		await rm(join(served.folder, 'docs/prices.csv'));
		const kept = await ingested(client, { sources: ['docs'] });
		assert.deepEqual([kept.result!['removed'], (await sourcesOf(client)).length], [0, 4]);
		const synced = await ingested(client, { sources: ['docs'], sync: true });
		assert.deepEqual([synced.result!['removed'], synced.progress!['removed']], [1, 1]);
		assert.ok(!(await sourcesOf(client)).includes('docs/prices.csv'));
	});

	test('a page of the web; one that leads to this computer is refused unless the project allows it', async () => {
		await using site = await webSite({ '/help': '# Help\n\nThe office opens at nine.\n' });
		await using open = await serveSmallProject(allowPrivate);
		const client = clientOf(open.server.url);
		const job = await ingested(client, { sources: [`${site.url}/help`, `${site.url}/gone`], collection: 'web' });
		assert.deepEqual([job.result!['added'], job.result!.failed[0]!.code], [1, 'not_found']);
		assert.deepEqual(await sourcesOf(client, 'web'), [`${site.url}/help`]);
		await using closed = await serveSmallProject();
		const seen = site.hits.length;
		const sources = [`${site.url}/help`, 'file:///etc/hostname', 'http://169.254.169.254/latest/meta-data'];
		const refused = await ingested(clientOf(closed.server.url), { sources });
		assert.deepEqual(
			refused.result!.failed.map(({ code }) => code),
			['forbidden_url', 'forbidden_url', 'forbidden_url'],
		);
		assert.equal(site.hits.length, seen);
	});

	test('jobs are listed newest first; one that waits can be cancelled, and one that runs', async () => {
		await using site = await webSite({ '/never': '', '/help': '# Help\n\nThe office opens at nine.\n' });
		await using served = await serveSmallProject(allowPrivate);
		const client = clientOf(served.server.url);
		const running = await client.post<Job>('/api/ingest', { sources: [`${site.url}/help`, `${site.url}/never`] });
		const waiting = await client.post<Job>('/api/ingest', { sources: ['docs'] });
		while (!site.hits.includes('/never')) await new Promise((resolve) => setImmediate(resolve));
		assert.equal((await client.get<Job>(`/api/jobs/${waiting.id}`)).status, 'queued');
		assert.equal((await client.post<Job>(`/api/jobs/${waiting.id}/cancel`)).status, 'cancelled');
		const cancelled = await client.post<Job>(`/api/jobs/${running.id}/cancel`);
		assert.deepEqual([cancelled.status, cancelled.result, cancelled.endedAt !== null], ['cancelled', null, true]);
		const again = await client.post<Job>(`/api/jobs/${running.id}/cancel`);
		assert.deepEqual([again.status, again.endedAt], ['cancelled', cancelled.endedAt]);
		assert.equal((await ingested(client, { sources: ['docs'] })).result!['unchanged'], 4);
		const all = await client.get<List<Job>>('/api/jobs');
		assert.deepEqual(
			all.data.slice(1).map(({ id }) => id),
			[waiting.id, running.id],
		);
		const page = await client.get<List<Job>>(`/api/jobs?kind=ingest&limit=1&after=${all.data[0]!.id}`);
		assert.deepEqual([page.data[0]!.id, page.has_more], [waiting.id, true]);
		assert.deepEqual((await client.get<List<Job>>('/api/jobs?kind=train-router')).data, []);
	});

	test('the sample comes with one request, and a second one changes nothing', async () => {
		await using served = await serveSmallProject();
		const client = clientOf(served.server.url);
		const job = await ingested(client, { collection: 'sample' }, '/api/sample');
		assert.deepEqual([job.status, job.result!.failed], ['succeeded', []]);
		assert.ok(job.result!['added']! > 80, `${job.result!['added']} documents`);
		assert.ok((await sourcesOf(client, 'sample')).every((source) => source.startsWith('sample/v1/')));
		const again = await ingested(client, { collection: 'sample' }, '/api/sample');
		assert.equal(again.result!['unchanged'], job.result!['added']);
		const { questions } = await client.get<{ questions: { question: string; kind: string }[] }>('/api/sample');
		for (const { question, kind } of questions) {
			const { abstained } = await client.post<{ abstained: boolean }>('/api/ask', {
				question,
				collections: ['sample'],
			});
			assert.equal(abstained, kind === 'unanswerable', question);
		}
	});

	test('the questions of the sample are of its file, of the part that may be seen', async () => {
		await using served = await serveSmallProject();
		const { questions } = await clientOf(served.server.url).get<{ questions: Record<string, string>[] }>('/api/sample');
		const lines = (await readFile(new URL('../sample/questions.jsonl', import.meta.url), 'utf8')).trim().split('\n');
		const known = lines.map((line) => JSON.parse(line) as Record<string, string>);
		for (const { question, kind } of questions) {
			const found = known.find((each) => each['question'] === question);
			assert.deepEqual([found?.['split'], found?.['class']], ['dev', kind], question);
		}
	});
});

describe('a sitemap over HTTP', () => {
	test('its pages are documents; with sync, one that it lists no more is removed', async () => {
		const pages: Record<string, string> = { '/a': '# A\n\nThe first page.\n', '/b': '# B\n\nThe second page.\n' };
		await using site = await webSite(pages);
		await using served = await serveSmallProject(allowPrivate);
		const client = clientOf(served.server.url);
		const list = (...names: string[]): string =>
			`<urlset>${names.map((name) => `<url><loc>${site.url}${name}</loc></url>`).join('')}</urlset>`;
		const body = { sitemaps: [`${site.url}/sitemap.xml`], collection: 'site', sync: true };
		pages['/sitemap.xml'] = list('/a', '/b');
		assert.equal((await ingested(client, body)).result!['added'], 2);
		pages['/sitemap.xml'] = list('/a');
		assert.equal((await ingested(client, body)).result!['removed'], 1);
		assert.deepEqual(await sourcesOf(client, 'site'), [`${site.url}/a`]);
	});
});

describe('what a job is to others', () => {
	test('paths of the server need admin; another principal’s job is absent, and so is that of an admin', async () => {
		await using site = await webSite({ '/help': '# Help\n\nThe office opens at nine.\n' });
		await using served = await serveSmallProject(allowPrivate);
		const { keys, collectionAccess } = served.knowhow;
		const as = async (name: string, scopes: readonly ('read' | 'write' | 'train' | 'admin')[]) =>
			clientOf(served.server.url, (await keys.create({ name, scopes })).token);
		const [anna, ben, reader, boss] = [
			await as('anna', ['read', 'write']),
			await as('ben', ['read', 'write', 'train']),
			await as('carl', ['read']),
			await as('boss', ['admin']),
		];
		for (const sources of [['docs'], [`${site.url}/help`, 'docs'], ['/etc/hostname'], ['..']]) {
			const { status, text } = await anna.status('POST', '/api/ingest', { sources });
			assert.deepEqual([status, text.includes('"forbidden"')], [403, true]);
		}
		const sitemaps = [`${site.url}/sitemap.xml`];
		assert.equal((await anna.status('POST', '/api/ingest', { sitemaps })).status, 403);
		assert.equal((await boss.status('POST', '/api/ingest', {})).status, 400);
		assert.equal((await reader.status('POST', '/api/ingest', { sources: [site.url] })).status, 403);
		assert.equal((await anna.status('POST', '/api/ingest', { sources: [site.url], collection: 'new' })).status, 404);
		const own = await ingested(anna, { sources: [`${site.url}/help`] });
		assert.equal(own.result!['added'], 1);
		const bosss = await ingested(boss, { sources: ['docs'] });
		for (const [who, hidden] of [
			[ben, own],
			[reader, own],
			[ben, bosss],
			[anna, bosss],
		] as const) {
			assert.deepEqual(
				(await who.get<List<Job>>('/api/jobs')).data.filter(({ id }) => id === hidden.id),
				[],
			);
			for (const path of ['', '/events', '/events?stream=true', '/cancel']) {
				const method = path === '/cancel' ? 'POST' : 'GET';
				if (method === 'POST' && who === reader) continue;
				const [found, absent] = await Promise.all(
					[hidden.id, 'job_0000000000000000'].map((id) => who.status(method, `/api/jobs/${id}${path}`)),
				);
				assert.equal(found!.status, 404);
				assert.equal(found!.text.replaceAll(hidden.id, 'ID'), absent!.text.replaceAll('job_0000000000000000', 'ID'));
			}
		}
		assert.deepEqual(
			(await boss.get<List<Job>>('/api/jobs')).data.map(({ id }) => id),
			[bosss.id, own.id],
		);
		const [collection] = await served.knowhow.collections();
		await collectionAccess.set(collection!.id, { owner: null, readers: ['ben'] });
		assert.equal((await anna.status('POST', '/api/ingest', { sources: [site.url] })).status, 404);
	});

	test('a page that is somebody else’s document is neither fetched nor changed', async () => {
		const pages = { '/help': '# Help\n\nThe office opens at nine.\n' };
		await using site = await webSite(pages);
		await using served = await serveSmallProject(allowPrivate);
		const url = `${site.url}/help`;
		await served.knowhow.ingest([url]);
		const page = (await served.knowhow.documents()).find(({ source }) => source === url)!;
		await served.knowhow.setAccess(page.id, ['ben']);
		const { token } = await served.knowhow.keys.create({ name: 'anna', scopes: ['read', 'write'] });
		const anna = clientOf(served.server.url, token);
		pages['/help'] = '# Help\n\nThe office is closed.\n';
		const seen = site.hits.length;
		const job = await ingested(anna, { sources: [`${url}#top`] });
		assert.deepEqual(
			job.result!.failed.map(({ code }) => code),
			['forbidden'],
		);
		assert.deepEqual([job.progress!['failed'], site.hits.length], [1, seen]);
		assert.equal((await served.knowhow.document(page.id))?.version, page.version);
	});

	test('trainings are listed for whoever may train', async () => {
		await using served = await serveSmallProject();
		const texts = Array.from({ length: 60 }, (_, i) =>
			JSON.stringify({
				text: `${i % 2 ? 'refund money' : 'terminal battery'} ${i}`,
				label: i % 2 ? 'money' : 'device',
			}),
		);
		await writeFile(join(served.folder, 'texts.jsonl'), texts.join('\n'));
		const { job } = await served.knowhow.models.trainRouter({ data: 'texts.jsonl' });
		const { keys } = served.knowhow;
		const trainer = await keys.create({ name: 'tina', scopes: ['read', 'train'] });
		const writer = await keys.create({ name: 'anna', scopes: ['read', 'write'] });
		const tina = clientOf(served.server.url, trainer.token);
		const [listed] = (await tina.get<List<Job>>('/api/jobs?kind=train-router')).data;
		assert.deepEqual([listed!.id, listed!.status, listed!.progress], [job, 'succeeded', null]);
		assert.deepEqual(Object.keys(listed!.spec).sort(), ['model', 'settings']);
		assert.ok((await tina.get<List<Event>>(`/api/jobs/${job}/events`)).data.length > 0);
		const anna = clientOf(served.server.url, writer.token);
		assert.deepEqual((await anna.get<List<Job>>('/api/jobs')).data, []);
		assert.equal((await anna.status('GET', `/api/jobs/${job}`)).status, 404);
	});
});

describe('an ingest outlives its server', () => {
	test('a killed one goes on at the next start, and so does one that was stopped', async () => {
		await using site = await webSite({ '/never': '' });
		await using served = await serveSmallProject(allowPrivate);
		await served.server.close();
		for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
			const first = await start(served);
			const seen = site.hits.length;
			const begun = await clientOf(first.url).post<Job>('/api/ingest', { sources: ['docs', `${site.url}/never`] });
			while (site.hits.length === seen) await new Promise((resolve) => setImmediate(resolve));
			first.child.kill(signal);
			await once(first.child, 'exit');
			const left = await served.knowhow.jobs.get(begun.id);
			assert.equal(left?.status, 'running');
			const second = await start(served);
			while (site.hits.length === seen + 1) await new Promise((resolve) => setImmediate(resolve));
			const client = clientOf(second.url);
			assert.equal((await client.get<Job>(`/api/jobs/${begun.id}`)).status, 'running');
			assert.equal((await client.post<Job>(`/api/jobs/${begun.id}/cancel`)).status, 'cancelled');
			const done = await ingested(client, { sources: ['docs'] });
			assert.deepEqual([done.status, done.result!['unchanged']], ['succeeded', 4]);
			second.child.kill('SIGTERM');
			await once(second.child, 'exit');
		}
	});
});

/** `knowhow serve` as a process of its own. */
async function start({ folder }: Served): Promise<{ url: string; child: ReturnType<typeof spawn> }> {
	const env = { ...process.env, KNOWHOW_INGEST_ALLOW_PRIVATE: 'true' };
	const child = spawn(launcher, ['serve', '--port', '0'], { cwd: folder, env, stdio: ['ignore', 'ignore', 'pipe'] });
	for await (const line of createInterface({ input: child.stderr })) {
		const { event, url } = JSON.parse(line) as { event?: string; url?: string };
		if (event === 'listening') {
			child.stderr.resume();
			return { url: url!, child };
		}
	}
	throw new Error('It did not begin to listen.');
}
