import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import { seriousViolations } from './axe.ts';
import { noBrowser, phone, startBrowser, visit } from '../scripts/browser.ts';
import { repository } from './run-program.ts';
import { serveSmallProject } from './serving.ts';

const dist = join(repository, 'web/dist');

const json = [404, 'application/json'];

describe('the pages as files', () => {
	test('the page asks to be revalidated, files with a hash are kept; both allow nothing from elsewhere', async () => {
		await using served = await serveSmallProject();
		const page = await fetch(served.server.url);
		assert.equal(page.headers.get('cache-control'), 'no-cache');
		const html = await page.text();
		const [, script] = /src="(\/assets\/[^"]+\.js)"/.exec(html) ?? [];
		const asset = await fetch(served.server.url + script, { headers: { 'accept-encoding': 'gzip' } });
		assert.match(asset.headers.get('cache-control') ?? '', /immutable/);
		assert.equal(asset.headers.get('content-encoding'), 'gzip');
		for (const { headers } of [page, asset]) {
			assert.match(headers.get('content-security-policy') ?? '', /^default-src 'self'/);
			assert.equal(headers.get('x-content-type-options'), 'nosniff');
		}
		await asset.body?.cancel();
		const head = await fetch(served.server.url, { method: 'HEAD' });
		assert.deepEqual([head.status, await head.text()], [200, '']);
	});

	test('pages of the app are the page; a path that is none is a page for people, and an error in the shape of the API for programs', async () => {
		await using served = await serveSmallProject();
		assert.match(await (await fetch(`${served.server.url}/documents/doc_1`)).text(), /<div id="root">/);
		for (const path of ['/nothing', '/assets/nothing.js', '/api/nothing', '/assets/..%2f..%2f..%2fpackage.json']) {
			const answer = await fetch(served.server.url + path);
			assert.equal(answer.status, 404, path);
			assert.equal(((await answer.json()) as { error: { code: string } }).error.code, 'not_found', path);
		}
		const asked = async (path: string, method = 'GET'): Promise<[number, string | null]> => {
			const headers = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
			const { status, headers: sent } = await fetch(served.server.url + path, { method, headers });
			return [status, sent.get('content-type')];
		};
		const html = [404, 'text/html; charset=utf-8'];
		assert.deepEqual(await asked('/nothing'), html);
		assert.deepEqual(await asked('/nothing', 'HEAD'), html);
		assert.deepEqual(await asked('/documents/doc_1/nothing'), html);
		for (const path of ['/api/nothing', '/v1/nothing', '/v1']) assert.deepEqual(await asked(path), json, path);
		assert.deepEqual(await asked('/nothing', 'POST'), json);
	});

	test('a link from another site may be followed; its form and its script are refused', async () => {
		await using served = await serveSmallProject();
		const foreign = { 'sec-fetch-site': 'cross-site' };
		const followed = { ...foreign, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
		const { url } = served.server;
		assert.equal((await fetch(url, { headers: followed })).status, 200);
		assert.equal((await fetch(url, { headers: { ...foreign, 'sec-fetch-dest': 'empty' } })).status, 403);
		assert.equal((await fetch(url, { headers: { ...foreign, 'sec-fetch-dest': 'iframe' } })).status, 403);
		assert.equal((await fetch(`${url}/api/conversations`, { method: 'POST', headers: followed })).status, 403);
	});

	test('the first page is at most 400 kB gzipped', (t) => {
		const html = readFileSync(join(dist, 'index.html'), 'utf8');
		const first = [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path]) => path!);
		assert.ok(first.some((path) => path.endsWith('.js')) && first.some((path) => path.endsWith('.css')));
		const bytes = ['/index.html', ...first].map((path) => gzipSync(readFileSync(join(dist, path))).length);
		const sum = bytes.reduce((a, b) => a + b, 0);
		const files = readdirSync(join(dist, 'assets')).length;
		t.diagnostic(`${Math.round(sum / 1000)} kB of ${files} files`);
		assert.ok(sum <= 400_000, `${sum} bytes`);
	});
});

describe('who may come in', { skip: noBrowser }, () => {
	let browser: Browser;
	before(async () => void (browser = await startBrowser()));
	after(async () => await browser.close());

	test('with keys a page asks for one, says so when it is wrong, and opens with the right one', async () => {
		await using served = await serveSmallProject();
		const { token } = await served.knowhow.keys.create({ name: 'ann', scopes: ['read'] });
		await using visiting = await visit(browser, served.server.url, { viewport: phone });
		const { page } = visiting;
		const field = page.getByLabel('Key');
		await field.fill('kh_wrong');
		assert.deepEqual(await seriousViolations(page), []);
		await page.getByRole('button', { name: 'Sign in' }).click();
		await page.getByText('This key is not, or no longer, valid.').waitFor();
		await page.getByLabel('Key').fill(token);
		await page.getByRole('button', { name: 'Sign in' }).click();
		await page.getByRole('navigation', { name: 'Pages' }).waitFor();
		assert.deepEqual(
			visiting.complaints.filter((complaint) => !complaint.includes('401')),
			[],
		);
	});

	test('a server that is gone is said to be, and asked again when told to', async () => {
		const served = await serveSmallProject();
		await using visiting = await visit(browser, served.server.url);
		const { page } = visiting;
		await page.route('**/api/status', async (route) => await route.abort());
		await page.reload();
		await page.getByText('The server cannot be reached.').waitFor();
		await page.unroute('**/api/status');
		await page.getByRole('button', { name: 'Try again' }).click();
		await page.getByRole('navigation', { name: 'Pages' }).waitFor();
		await served[Symbol.asyncDispose]();
	});

	test('colours are the system’s until one chooses, and stay chosen', async () => {
		await using served = await serveSmallProject();
		await using visiting = await visit(browser, served.server.url, { colorScheme: 'dark' });
		const { page } = visiting;
		const paper = async (): Promise<string> => await page.evaluate('getComputedStyle(document.body).backgroundColor');
		await page.getByRole('navigation', { name: 'Pages' }).waitFor();
		const dark = await paper();
		await page.getByRole('radio', { name: 'Light', exact: true }).click();
		await page.locator('html[data-theme="light"]').waitFor({ state: 'attached' });
		const light = await paper();
		assert.notEqual(light, dark);
		await page.reload();
		await page.getByRole('navigation', { name: 'Pages' }).waitFor();
		assert.equal(await paper(), light);
	});
});
