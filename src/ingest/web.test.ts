import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { isPublic } from './address.ts';
import { readSitemap } from './sitemap.ts';
import { Web, type WebOptions } from './web.ts';

/** A server on loopback, and a client that is allowed to visit it. */
async function site(t: TestContext, answer: RequestListener, options: Partial<WebOptions> = {}) {
	const requests: IncomingMessage[] = [];
	const server = createServer((request, response) => {
		requests.push(request);
		answer(request, response);
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address() as AddressInfo;
	const web = new Web({ allows: () => true, maxBytes: 100_000, resolve: async () => ['127.0.0.1'], ...options });
	t.after(() => {
		web[Symbol.dispose]();
		server.closeAllConnections();
		server.close();
	});
	return { web, requests, port, url: `http://docs.example:${port}` };
}

test('only addresses of the public internet are public', () => {
	const open = [
		'8.8.8.8',
		'1.1.1.1',
		'93.184.216.34',
		'172.32.0.1',
		'2606:4700:4700::1111',
		'2a00:1450:4001:81b::200e',
	];
	assert.deepEqual(
		open.filter((address) => !isPublic(address)),
		[],
	);
	const closed =
		`0.0.0.0 0.1.2.3 10.0.0.1 100.64.0.1 127.0.0.1 127.255.255.254 169.254.169.254 172.16.0.1 172.31.255.255 192.168.1.1
		192.0.0.1 192.0.2.1 198.18.0.1 198.51.100.7 203.0.113.9 224.0.0.1 239.1.2.3 240.0.0.1 255.255.255.255 168.63.129.16
		:: ::1 ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::ffff:7f00:1 ::127.0.0.1 64:ff9b::7f00:1 64:ff9b:1::1 100::1 fc00::1 fd00:ec2::254
		fe80::1 fec0::1 ff02::1 2001:db8::1 2001::1 2002:7f00:1::1 3fff::1 localhost 127.1 2130706433 empty`.split(/\s+/);
	assert.deepEqual(closed.filter(isPublic), []);
	assert.equal(isPublic(''), false);
});

test('private, local and reserved hosts are refused in every spelling, before anything is sent', async (t) => {
	const { web: _, requests, port } = await site(t, (_request, response) => response.end('secret'));
	const resolved: string[] = [];
	using web = new Web({
		allows: isPublic,
		maxBytes: 1000,
		resolve: async (host) => {
			resolved.push(host);
			return host === 'mixed.example' ? ['8.8.8.8', '127.0.0.1'] : ['127.0.0.1'];
		},
	});
	const hosts =
		`127.0.0.1 127.1 2130706433 0x7f000001 0177.0.0.1 017700000001 0x7f.1 0.0.0.0 0 [::1] [::] [::ffff:127.0.0.1] [::ffff:7f00:1]
		169.254.169.254 [fd00:ec2::254] 10.0.0.1 [64:ff9b::7f00:1] inside.example mixed.example localhost`.split(/\s+/);
	for (const host of hosts) {
		await assert.rejects(web.fetch(`http://${host}:${port}/`), { code: 'forbidden_url', hint: /allow-private/ }, host);
	}
	assert.deepEqual(requests, []);
	assert.deepEqual(resolved, ['inside.example', 'mixed.example', 'localhost']);
	for (const url of [
		'file:///etc/passwd',
		'ftp://a.example/',
		'http://me:secret@a.example/',
		'gopher://a',
		'nothing',
	]) {
		await assert.rejects(web.fetch(url), (error: Error & { code?: string }) => {
			assert.equal(error.code, 'forbidden_url');
			assert.doesNotMatch(error.message, /secret/);
			return true;
		});
	}
});

test('the connection goes to the address that was checked, and a redirect is checked like the first URL', async (t) => {
	const allows = (address: string): boolean => address === '127.0.0.1';
	const secret = createServer((_request, response) => response.end('secret'));
	let reached = 0;
	secret.on('connection', () => reached++);
	secret.listen(0, '127.0.0.2');
	await once(secret, 'listening');
	t.after(() => secret.close());
	const { port } = secret.address() as AddressInfo;
	// A name server that wants to be trusted: what it says changes after the first answer.
	let asked = 0;
	const resolve = async (host: string): Promise<string[]> =>
		host === 'inside.example' || (host === 'rebound.example' && asked++ > 0) ? ['127.0.0.2'] : ['127.0.0.1'];
	const rebound = await site(t, (_request, response) => response.setHeader('connection', 'close').end('fine'), {
		allows,
		resolve,
	});
	const url = `http://rebound.example:${rebound.port}`;
	assert.equal(Buffer.from((await rebound.web.fetch(url))?.bytes ?? []).toString(), 'fine');
	assert.equal(asked, 1);
	await assert.rejects(rebound.web.fetch(url), { code: 'forbidden_url' });
	for (const location of [
		`http://127.0.0.2:${port}/`,
		`//127.2:${port}/`,
		`http://2130706434:${port}/`,
		`http://[::ffff:127.0.0.2]:${port}/`,
		`http://inside.example:${port}/`,
		'file:///etc/passwd',
		'http://a:b@c.example/',
	]) {
		const { web, url } = await site(t, (_request, response) => response.writeHead(302, { location }).end(), {
			allows,
			resolve,
		});
		await assert.rejects(web.fetch(url), { code: 'forbidden_url' }, location);
	}
	assert.equal(reached, 0);
	const endless = await site(t, (_request, response) => response.writeHead(301, { location: '/again' }).end());
	await assert.rejects(endless.web.fetch(endless.url), { code: 'fetch_failed', message: /more than 5/ });
	assert.equal(endless.requests.length, 6);
});

test('a page comes unpacked, with its type and where it was in the end', async (t) => {
	const page = '<html><body>Grüße</body></html>';
	const { web, url } = await site(t, (request, response) => {
		const plain = { 'content-type': 'Text/HTML; charset=iso-8859-1', etag: '"1"', 'last-modified': 'yesterday' };
		if (request.url === '/') response.writeHead(302, { location: '/page#part' }).end();
		else if (request.url === '/page') response.writeHead(200, plain).end(Buffer.from(page, 'latin1'));
		else if (request.url === '/gzip') response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(page));
		else if (request.url === '/br') response.writeHead(200, { 'content-encoding': 'br' }).end(brotliCompressSync(page));
		else response.writeHead(404).end();
	});
	const found = await web.fetch(url);
	assert.equal(Buffer.from(found?.bytes ?? []).toString(), page);
	assert.deepEqual(
		{ ...found, bytes: null },
		{ url: `${url}/page`, bytes: null, type: 'text/html', etag: '"1"', lastModified: 'yesterday' },
	);
	for (const path of ['/gzip', '/br']) {
		assert.equal(Buffer.from((await web.fetch(url + path))?.bytes ?? []).toString(), page, path);
	}
	await assert.rejects(web.fetch(`${url}/gone`), { code: 'not_found' });
});

test('what is unchanged is asked for once and not sent again', async (t) => {
	const { web, url, requests } = await site(t, (request, response) => {
		const isKnown = request.headers['if-none-match'] === '"1"' && request.headers['if-modified-since'] === 'then';
		response.writeHead(isKnown ? 304 : 200, { etag: '"1"' }).end(isKnown ? undefined : 'Text');
	});
	assert.notEqual(await web.fetch(url), null);
	assert.equal(await web.fetch(url, { etag: '"1"', lastModified: 'then' }), null);
	assert.equal(requests.length, 2);
});

test('size, time, type and status are bounded', async (t) => {
	const { web, url } = await site(
		t,
		(request, response) => {
			if (request.url === '/declared') response.writeHead(200, { 'content-length': 1e9 }).write('x');
			else if (request.url === '/endless') {
				const write = (): void => {
					while (!response.destroyed && response.write(Buffer.alloc(10_000))) {}
				};
				response.on('drain', write);
				write();
			} else if (request.url === '/bomb') {
				response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(10e6)));
			} else if (request.url === '/damaged') {
				response.writeHead(200, { 'content-encoding': 'gzip' }).end('no gzip');
			} else if (request.url === '/picture') response.writeHead(200, { 'content-type': 'image/png' }).end('x');
			else if (request.url === '/slow') response.writeHead(200).write('begins and never ends');
			else if (request.url === '/cut')
				response.writeHead(200, { 'content-length': 100 }).write('cut', () => response.destroy());
			else if (request.url === '/login') response.writeHead(403).end();
			else response.writeHead(500).end();
		},
		{ timeoutMs: 500 },
	);
	const expected = {
		'/declared': 'file_too_large',
		'/endless': 'file_too_large',
		'/bomb': 'file_too_large',
		'/damaged': 'fetch_failed',
		'/picture': 'unsupported_format',
		'/slow': 'fetch_failed',
		'/cut': 'fetch_failed',
		'/login': 'fetch_failed',
		'/broken': 'fetch_failed',
	};
	for (const [path, code] of Object.entries(expected)) {
		await assert.rejects(web.fetch(url + path), { code, hint: /./ }, path);
	}
	const stopped = new AbortController();
	const waiting = web.fetch(`${url}/slow`, null, stopped.signal);
	stopped.abort();
	await assert.rejects(waiting, { name: 'AbortError' });
	using deaf = new Web({
		allows: isPublic,
		maxBytes: 1,
		resolve: async () => Promise.reject(new Error('no such host')),
	});
	await assert.rejects(deaf.fetch('http://nowhere.example/'), { code: 'fetch_failed' });
});

test('a sitemap lists pages of its host, also by an index, packed, or line by line', async (t) => {
	const { web, url } = await site(t, (request, response) => {
		const { host } = request.headers;
		const files: Record<string, string | Buffer> = {
			'/sitemap.xml': `<?xml version="1.0"?><sitemapindex><sitemap><loc>http://${host}/one.xml</loc></sitemap>
				<sitemap><loc> http://${host}/two.xml.gz </loc></sitemap><sitemap><loc>http://${host}/sitemap.xml</loc></sitemap></sitemapindex>`,
			'/one.xml': `<urlset><url><loc>http://${host}/a?x=1&amp;y=2</loc></url><url><loc><![CDATA[http://${host}/b#part]]></loc></url>
				<url><loc>http://169.254.169.254/latest</loc><image:loc>http://${host}/picture</image:loc></url></urlset>`,
			'/two.xml.gz': gzipSync(
				`<urlset><url><loc>http://${host}/b</loc></url><url><loc>http://${host}/c</loc></url></urlset>`,
			),
			'/list.txt': `http://${host}/a\n\nhttp://other.example/b\n`,
			'/bomb.xml.gz': gzipSync(Buffer.alloc(60e6)),
			'/page': '<html></html>',
		};
		const found = files[request.url ?? ''];
		response.writeHead(found === undefined ? 404 : 200).end(found);
	});
	const pages = [`${url}/a?x=1&y=2`, `${url}/b`, `${url}/c`];
	assert.deepEqual(await readSitemap(`${url}/sitemap.xml`, web), { pages, foreign: 1 });
	assert.deepEqual(await readSitemap(`${url}/list.txt`, web), { pages: [`${url}/a`], foreign: 1 });
	for (const path of ['/page', '/bomb.xml.gz']) {
		await assert.rejects(readSitemap(url + path, web), { code: 'unreadable_file' }, path);
	}
	await assert.rejects(readSitemap(`${url}/absent`, web), { code: 'not_found' });
});
