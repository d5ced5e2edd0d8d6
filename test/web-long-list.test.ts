import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { noBrowser, startBrowser, visit } from '../scripts/browser.ts';
import { longestTask } from './longest-task.ts';
import { serveSmallProject } from './serving.ts';

const [count, pageSize] = [10_000, 1000];

/** As the server lists them; ingesting that many takes minutes. */
const documents = Array.from({ length: count }, (_, at) => ({
	id: `doc_${String(at).padStart(16, '0')}`,
	collection: 'col_0',
	source: `docs/${at % 50}/note-${at}.md`,
	title: `Note ${(at * 7919) % count}`,
	version: 1,
	format: 'markdown',
	language: 'en',
	date: null,
	attributes: {},
	updatedAt: 1_790_000_000_000 + at,
	file: null,
	chunks: 1 + (at % 9),
}));

async function listMany(page: Page): Promise<void> {
	await page.route('**/api/documents?*', async (route) => {
		const after = new URL(route.request().url()).searchParams.get('after');
		const from = after === null ? 0 : documents.findIndex(({ id }) => id === after) + 1;
		const data = documents.slice(from, from + pageSize);
		await route.fulfill({ json: { data, has_more: from + pageSize < count } });
	});
}

/** From the top to the bottom in 200 frames. */
async function scrollThrough(page: Page): Promise<void> {
	await page.evaluate(`(async () => {
		const grid = document.querySelector('[role=grid]');
		for (let frame = 0; frame <= 200; frame += 1) {
			grid.scrollTop = (grid.scrollHeight * frame) / 200;
			await new Promise((drawn) => requestAnimationFrame(drawn));
		}
	})()`);
}

describe('10,000 documents in the browser', { skip: noBrowser }, () => {
	let browser: Browser;
	before(async () => void (browser = await startBrowser()));
	after(async () => await browser.close());

	test('listing, scrolling, sorting and selecting them takes no task over 100 ms of CPU', async () => {
		await using served = await serveSmallProject();
		await using visiting = await visit(browser, served.server.url);
		const { page } = visiting;
		await listMany(page);
		const steps: Record<string, () => Promise<void>> = {
			list: async () => {
				await page.getByRole('link', { name: 'Documents', exact: true }).click();
				await page.getByText('10,000 documents', { exact: true }).waitFor();
			},
			scroll: async () => {
				await scrollThrough(page);
				await page.getByRole('link', { name: 'Note 9999', exact: true }).waitFor();
			},
			wheel: async () => {
				await page.mouse.move(700, 500);
				for (let turn = 0; turn < 150; turn++) {
					await page.mouse.wheel(0, turn < 100 ? 1500 : -6000);
					await page.evaluate('new Promise((drawn) => requestAnimationFrame(drawn))');
				}
			},
			sort: async () => {
				await page.getByRole('button', { name: 'Source', exact: true }).click();
				await page.getByRole('columnheader', { name: 'Source' }).and(page.locator('[aria-sort=ascending]')).waitFor();
			},
			select: async () => {
				await page.getByRole('checkbox', { name: 'Select all' }).check();
				await page.getByText('10,000 documents selected', { exact: true }).waitFor();
			},
		};
		for (const [name, step] of Object.entries(steps)) {
			const { ms, tasks } = await longestTask(browser, page, step);
			assert.ok(tasks > 5 && ms > 0, `${name}: the trace holds ${tasks} tasks`);
			assert.ok(ms < 100, `${name}: a task of ${ms} ms`);
		}
		assert.ok((await page.getByRole('row').count()) < 100);
	});
});
