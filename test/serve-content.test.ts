import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { scriptedGenerator } from './scripted-generator.ts';
import { serveSmallProject, type Served } from './serving.ts';

const pdf = new URL('../sample/v1/terminals/px-900-quick-start.pdf', import.meta.url);

type Listed = { readonly id: string; readonly source: string; readonly title: string; readonly chunks: number };
type List<T> = { readonly data: T[]; readonly has_more: boolean };

async function get<T>({ server }: Served, path: string): Promise<T> {
	const response = await fetch(server.url + path);
	assert.equal(response.status, 200, path);
	return (await response.json()) as T;
}

async function documentAt(served: Served, source: string): Promise<string> {
	const { data } = await get<List<Listed>>(served, '/api/documents?limit=1000');
	return data.find((each) => each.source === source)!.id;
}

async function uploaded(
	served: Served,
	name: string,
	bytes: Uint8Array<ArrayBuffer>,
): Promise<{ file: string; document: string }> {
	const form = new FormData();
	form.set('purpose', 'assistants');
	form.set('file', new File([bytes], name));
	const sent = await fetch(`${served.baseURL}/files`, { method: 'POST', body: form });
	const { id } = (await sent.json()) as { id: string };
	const [collection] = await served.knowhow.collections();
	const { inCollections } = served.knowhow.files;
	await inCollections.add(collection!.id, (await served.knowhow.files.get(id))!, {});
	await inCollections.settled();
	return { file: id, document: (await inCollections.get(collection!.id, id, 'everything'))!.document! };
}

describe('the bytes of a document', () => {
	test('those of a file on disk, as long as it is the one that was ingested', async () => {
		await using served = await serveSmallProject();
		const bytes = await readFile(pdf);
		await writeFile(join(served.folder, 'docs/quick start (é).pdf'), bytes);
		await served.knowhow.ingest('docs');
		const id = await documentAt(served, 'docs/quick start (é).pdf');
		const content = async () => await fetch(`${served.server.url}/api/documents/${id}/content`);
		const shown = await content();
		assert.deepEqual(Buffer.from(await shown.arrayBuffer()), bytes);
		const { headers } = shown;
		assert.equal(headers.get('content-type'), 'application/pdf');
		assert.equal(headers.get('content-disposition'), "inline; filename*=UTF-8''quick%20start%20%28%C3%A9%29.pdf");
		assert.equal(headers.get('x-content-type-options'), 'nosniff');
		assert.match(headers.get('content-security-policy') ?? '', /default-src 'none'.*sandbox/);
		for (const change of [
			async () => await writeFile(join(served.folder, 'docs/quick start (é).pdf'), 'something else'),
			async () => await rm(join(served.folder, 'docs/quick start (é).pdf')),
			async () => await mkdir(join(served.folder, 'docs/quick start (é).pdf')),
		]) {
			await change();
			const gone = await content();
			const { error } = (await gone.json()) as { error: { code: string; message: string } };
			assert.deepEqual([gone.status, error.code], [404, 'not_found']);
			assert.match(error.message, /ingest the file again/);
		}
	});

	test('those of an upload, until its file is removed; a page of HTML is shown as its source', async () => {
		await using served = await serveSmallProject();
		const page = Buffer.from('<h1>Ibis</h1><script>alert(1)</script><p>The ibis is a bird of the wetlands.</p>');
		const { file, document } = await uploaded(served, 'ibis.html', page);
		const path = `${served.server.url}/api/documents/${document}/content`;
		const shown = await fetch(path);
		assert.equal(shown.headers.get('content-type'), 'text/plain; charset=utf-8');
		assert.deepEqual(Buffer.from(await shown.arrayBuffer()), page);
		await served.knowhow.files.remove(file);
		assert.equal((await fetch(path)).status, 404);
	});

	test('of a page of the web there are none, and of what is absent neither', async () => {
		const site = createServer((_, response) => response.end('# Help\n\nThe office opens at nine.\n'));
		site.listen(0, '127.0.0.1');
		await once(site, 'listening');
		await using served = await serveSmallProject({ settings: { 'ingest.allowPrivate': true } });
		const url = `http://127.0.0.1:${(site.address() as AddressInfo).port}/help.md`;
		await served.knowhow.ingest([url]);
		site.close();
		for (const id of [await documentAt(served, url), 'doc_absent']) {
			const response = await fetch(`${served.server.url}/api/documents/${id}/content`);
			assert.equal(response.status, 404);
		}
	});

	test('those of the sample lie with the package', async () => {
		await using served = await serveSmallProject();
		const { id } = (await (
			await fetch(`${served.server.url}/api/sample`, {
				method: 'POST',
				headers: { 'content-type': 'application/json' },
				body: '{}',
			})
		).json()) as { id: string };
		await served.knowhow.ingestJobs.settled();
		assert.equal((await served.knowhow.jobs.get(id))?.status, 'succeeded');
		const document = await documentAt(served, 'sample/v1/terminals/px-900-quick-start.pdf');
		const shown = await fetch(`${served.server.url}/api/documents/${document}/content`);
		assert.deepEqual(Buffer.from(await shown.arrayBuffer()), await readFile(pdf));
	});
});

describe('versions and lists of documents', () => {
	test('an earlier version has its time and counts, and its text where versions are kept', async () => {
		for (const keeps of [false, true]) {
			await using served = await serveSmallProject({ settings: { 'ingest.keepVersions': keeps } });
			const path = join(served.folder, 'docs/refunds.md');
			const before = (await served.knowhow.document(await documentAt(served, 'docs/refunds.md')))!;
			await writeFile(path, '# Refunds\n\nThe refund window is 40 days.\n');
			await served.knowhow.ingest('docs');
			type Version = { version: number; characters: number; chunks: number; text: string | null; hash?: string };
			const { data } = await get<List<Version>>(served, `/api/documents/${before.id}/versions`);
			const [first, second] = data;
			assert.deepEqual([data.length, first!.version, second!.version, second!.hash], [2, 1, 2, undefined]);
			assert.deepEqual([first!.characters, first!.chunks > 0], [before.text.length, true]);
			assert.equal(first!.text, keeps ? before.text : null);
			assert.match(second!.text ?? '', /40 days/);
		}
	});

	test('a list counts chunks, and finds by title and source', async () => {
		await using served = await serveSmallProject();
		const { data } = await get<List<Listed>>(served, '/api/documents');
		for (const { id, chunks } of data) assert.equal(chunks, (await served.knowhow.chunks(id)).length);
		const found = async (contains: string) =>
			(await get<List<Listed>>(served, `/api/documents?contains=${contains}`)).data.map(({ source }) => source);
		assert.deepEqual(await found('px-1200%2Fb'), ['docs/terminals/px-1200.html']);
		assert.deepEqual(await found('REFUNDS.MD'), ['docs/refunds.md']);
		assert.equal((await found('docs%2F')).length, 4);
		assert.deepEqual(await found('nothing'), []);
		const first = await get<List<Listed>>(served, '/api/documents?contains=.md&limit=1');
		assert.equal(first.has_more, true);
		const second = await get<List<Listed>>(served, `/api/documents?contains=.md&limit=1&after=${first.data[0]!.id}`);
		assert.deepEqual([second.data.length, second.has_more], [1, false]);
	});
});

test('systems to choose from say who words their answers', async () => {
	type System = { name: string; version: string; answers: string; generator: string | null; retrieves: boolean };
	const systems = async (served: Served) => (await get<List<System>>(served, '/api/systems')).data;
	await using plain = await serveSmallProject();
	assert.deepEqual(
		(await systems(plain)).map(({ name, answers, generator }) => [name, answers, generator]),
		[['rag', 'extractive', null]],
	);
	const model = scriptedGenerator(() => 'Thirty days. [1]');
	await using served = await serveSmallProject({ model });
	const { spec } = await served.knowhow.system('rag');
	const { version } = await served.knowhow.saveSystem('support', spec);
	assert.deepEqual(await systems(served), [
		{ name: 'rag', version, answers: 'generator', generator: model.id, retrieves: true },
		{
			name: 'base',
			version: (await served.knowhow.system('base')).version,
			answers: 'generator',
			generator: model.id,
			retrieves: false,
		},
		{ name: 'support', version, answers: 'generator', generator: model.id, retrieves: true },
	]);
});
