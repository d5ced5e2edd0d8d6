import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { open } from '../src/index.ts';

/** A site of pages that a test changes, the number of bodies it sent, and a project. */
async function site(t: TestContext, settings: Readonly<Record<string, unknown>> = { 'ingest.allowPrivate': true }) {
	const pages = new Map<string, string>();
	let sent = 0;
	const server = createServer((request, response) => {
		const path = request.url ?? '';
		const text = path === '/sitemap.xml' ? sitemap() : pages.get(path);
		const etag = `"${text?.length}"`;
		if (text === undefined) response.writeHead(404).end();
		else if (request.headers['if-none-match'] === etag) response.writeHead(304).end();
		else {
			if (path !== '/sitemap.xml') sent++;
			response.writeHead(200, { 'content-type': 'text/html', etag }).end(text);
		}
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	const sitemap = (): string =>
		`<urlset>${[...pages.keys()].map((path) => `<url><loc>${url}${path}</loc></url>`).join('')}</urlset>`;
	const folder = await mkdtemp(join(tmpdir(), 'knowhow-web-'));
	const knowhow = await open(folder, { settings });
	t.after(async () => {
		await knowhow.close();
		server.closeAllConnections();
		server.close();
		await rm(folder, { recursive: true });
	});
	const sources = async (): Promise<string[]> => (await knowhow.documents()).map(({ source }) => source).sort();
	return { url, pages, knowhow, sources, sent: () => sent };
}

function page(title: string, text: string): string {
	return `<html><head><title>${title}</title></head><body><main><h1>${title}</h1><p>${text}</p></main></body></html>`;
}

test('a page is ingested under its URL, and not sent again while it is unchanged', async (t) => {
	const { url, pages, knowhow, sources, sent } = await site(t);
	pages.set('/refunds', page('Refunds', 'Refunds take thirty days.'));
	assert.equal((await knowhow.ingest(`${url}/refunds#window`)).added, 1);
	assert.deepEqual(await sources(), [`${url}/refunds`]);
	const { hits } = await knowhow.search('refund days');
	assert.equal(hits[0]?.document.title, 'Refunds');
	assert.equal((await knowhow.ingest(`${url}/refunds`)).unchanged, 1);
	assert.equal(sent(), 1);
	pages.set('/refunds', page('Refunds', 'Refunds take forty-five days.'));
	assert.equal((await knowhow.ingest(`${url}/refunds`)).updated, 1);
	pages.delete('/refunds');
	const gone = await knowhow.ingest(`${url}/refunds`, { sync: true });
	assert.deepEqual([gone.failed.map(({ code }) => code), await sources()], [['not_found'], [`${url}/refunds`]]);
});

test('a sitemap brings its pages, and with sync takes those that it listed before and does not now', async (t) => {
	const { url, pages, knowhow, sources, sent } = await site(t);
	for (const name of ['a', 'b', 'c']) pages.set(`/${name}`, page(name, `The page ${name} of the site.`));
	pages.set('/apart', page('Apart', 'A page that no sitemap lists.'));
	await knowhow.ingest(`${url}/apart`);
	pages.delete('/apart');
	const sitemaps = [`${url}/sitemap.xml`];
	assert.equal((await knowhow.ingest([], { sitemaps })).added, 3);
	assert.equal((await knowhow.ingest([], { sitemaps, sync: true })).unchanged, 3);
	assert.equal(sent(), 4);
	pages.delete('/b');
	assert.equal((await knowhow.ingest([], { sitemaps })).removed, 0);
	assert.equal((await knowhow.ingest([], { sitemaps, sync: true })).removed, 1);
	assert.deepEqual(await sources(), [`${url}/a`, `${url}/apart`, `${url}/c`]);
	pages.clear();
	const empty = await knowhow.ingest([], { sitemaps, sync: true });
	assert.deepEqual([empty.removed, empty.failed.map(({ code }) => code)], [0, ['not_found']]);
	assert.equal((await sources()).length, 3);
});

test('without leave nothing on this machine or network is fetched, and the others go on', async (t) => {
	const { url, pages, knowhow, sent } = await site(t, {});
	pages.set('/a', page('A', 'Secret.'));
	const report = await knowhow.ingest([`${url}/a`, 'file:///etc/passwd'], { sitemaps: [`${url}/sitemap.xml`] });
	assert.deepEqual(
		report.failed.map(({ code }) => code),
		['forbidden_url', 'forbidden_url', 'forbidden_url'],
	);
	assert.equal(sent(), 0);
});
