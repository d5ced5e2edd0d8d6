import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { desktop, narrow, noBrowser, phone, startBrowser, visit } from '../scripts/browser.ts';
import { layoutFaults } from '../scripts/layout-faults.ts';
import { scenes, setStage, type Stage } from '../scripts/scenes.ts';
import { seriousViolations } from './axe.ts';

const faulty = `
	<p style="width: 20px; overflow: hidden; white-space: nowrap">Too long for its box</p>
	<p style="position: absolute; left: -40px; top: 0">Out of the window</p>
	<button style="position: fixed; left: 300px; top: 300px">Under</button>
	<div style="position: fixed; left: 290px; top: 290px; width: 200px; height: 200px"></div>
	<aside style="height: 20px"></aside>
	<aside style="width: 200px; overflow: auto"><p style="width: 300px">Wider than its panel</p></aside>`;

describe('every state of the pages', { skip: noBrowser }, () => {
	let browser: Browser;
	let stage: Stage;
	before(async () => {
		browser = await startBrowser();
		stage = await setStage();
	});
	after(async () => {
		await browser.close();
		await stage[Symbol.asyncDispose]();
	});

	for (const { name, project = 'sample', path, act } of scenes) {
		test(`${name}: nothing cut off, covered or empty, at 320 pixels too; axe finds nothing serious, in light and dark, on a desktop and a phone`, async () => {
			await using visiting = await visit(browser, stage.urls[project] + path, {
				viewport: desktop,
				colorScheme: 'light',
			});
			const { page } = visiting;
			await act(visiting);
			for (const [device, viewport] of Object.entries({ desktop, phone })) {
				await page.setViewportSize(viewport);
				await visiting.settled();
				assert.deepEqual(await lastingFaults(page), [], device);
				assert.deepEqual(await seriousViolations(page), [], `light, ${device}`);
			}
			await page.setViewportSize(narrow);
			await visiting.settled();
			assert.deepEqual(await lastingFaults(page), [], 'narrow');
			await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
			for (const [device, viewport] of Object.entries({ phone, desktop })) {
				await page.setViewportSize(viewport);
				await visiting.settled();
				assert.deepEqual(await seriousViolations(page, { colours: true }), [], `dark, ${device}`);
			}
			assert.deepEqual(
				visiting.complaints.filter((complaint) => project !== 'locked' || !complaint.includes('401')),
				[],
			);
		});
	}

	test('the check of the layout sees what it is for', async () => {
		await using visiting = await visit(browser, stage.urls.empty);
		const { page } = visiting;
		await page.getByRole('button', { name: 'Load the sample' }).waitFor();
		await page.evaluate(`document.body.insertAdjacentHTML('beforeend', ${JSON.stringify(faulty)})`);
		const kinds = (await layoutFaults(page)).map((fault) => /^[^:]+/.exec(fault)![0]);
		for (const kind of ['cut off', 'beyond the edge', 'covered', 'empty', 'scrolls sideways']) {
			assert.ok(kinds.includes(kind), kind);
		}
	});
});

/** Of the page at rest: what is on its way there, as a drawing of another width, has three seconds. */
async function lastingFaults(page: Page): Promise<string[]> {
	const latest = performance.now() + 3000;
	for (;;) {
		const faults = await layoutFaults(page);
		if (faults.length === 0 || performance.now() > latest) return faults;
		await page.evaluate('new Promise((seen) => requestAnimationFrame(seen))');
	}
}
