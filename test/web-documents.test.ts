import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Browser, Locator, Page } from 'playwright-core';
import { noBrowser, startBrowser, visit } from '../scripts/browser.ts';
import { temporaryFolder } from './run-program.ts';
import { serveSmallProject } from './serving.ts';

const canteen = '# Canteen\n\nThe canteen opens at 11:30 and closes at 14:00.\n\n## Prices\n\nA soup costs 4 euros.\n';

type Chosen = { readonly name: string; readonly mimeType: string; readonly buffer: Buffer };

async function choose(page: Page, files: readonly string[] | readonly Chosen[]): Promise<void> {
	await page.getByRole('button', { name: 'Add documents' }).click();
	const chooser = page.waitForEvent('filechooser');
	await page.getByRole('button', { name: 'Choose files' }).click();
	await (await chooser).setFiles([...files] as string[] | Chosen[]);
}

async function ask(page: Page, question: string): Promise<Locator> {
	await page.getByRole('textbox', { name: 'Question' }).fill(question);
	await page.keyboard.press('Enter');
	const turn = page.getByRole('article', { name: question }).last();
	await turn.getByRole('group', { name: 'About this answer' }).waitFor();
	return turn;
}

describe('the Documents page', { skip: noBrowser }, () => {
	let browser: Browser;
	before(async () => void (browser = await startBrowser()));
	after(async () => await browser.close());

	test('upload → ask → follow-up → open the quote → rate → delete', async () => {
		await using folder = await temporaryFolder();
		const [good, broken] = [join(folder.path, 'canteen.md'), join(folder.path, 'broken.pdf')];
		await writeFile(good, canteen);
		await writeFile(broken, '%PDF-1.4 and nothing more');
		await using served = await serveSmallProject();
		await using visiting = await visit(browser, `${served.server.url}/documents`);
		const { page } = visiting;

		await choose(page, [good, broken]);
		const files = page.getByRole('list', { name: 'Files' });
		await files.getByText('Added', { exact: true }).waitFor();
		const failed = files.getByRole('listitem').filter({ hasText: 'broken.pdf' });
		await failed.getByText('Not added').waitFor();
		await failed.getByText(/could not be read as pdf/).waitFor();
		assert.equal(await failed.getByRole('button').count(), 0, 'it stays as it is');
		await page.getByRole('row', { name: /Canteen/ }).waitFor();

		await page.getByRole('link', { name: 'Ask', exact: true }).click();
		await ask(page, 'When does the canteen open?');
		const turn = await ask(page, 'And when does it close?');
		await turn.getByText(/^Read as: .*canteen/).waitFor();
		await turn.getByRole('button', { name: /^Citation 1: Canteen/ }).click();
		const mark = page.getByRole('complementary', { name: 'Document' }).locator('mark').first();
		await mark.waitFor();
		assert.match((await mark.textContent()) ?? '', /closes at 14:00/);
		await turn.getByRole('button', { name: 'Good answer' }).click();
		await turn.getByRole('button', { name: 'Good answer', pressed: true }).waitFor();

		await page.getByRole('link', { name: 'Documents' }).click();
		await page.getByRole('row', { name: /Canteen/ }).click();
		await page.getByRole('tab', { name: 'Passages' }).click();
		await page.getByText('A soup costs 4 euros.').waitFor();
		await page.getByRole('button', { name: 'Delete' }).click();
		await page.getByRole('alertdialog').getByRole('button', { name: 'Delete document' }).click();
		const receipt = page.getByRole('region', { name: 'Receipt' });
		await receipt.waitFor();
		assert.deepEqual(
			await receipt.locator('dd').evaluateAll((lines) => lines.slice(0, 4).map((line) => line.textContent)),
			['1', '2', '2', '2'],
			'documents, passages, vectors, answers that quote it',
		);
		await page.getByRole('button', { name: 'Close' }).last().click();
		await page.getByRole('row', { name: /Canteen/ }).waitFor({ state: 'detached' });
		const found = await served.knowhow.search('When does the canteen open?', { access: 'everything' });
		assert.ok(found.hits.every(({ text }) => !text.includes('canteen')));
		assert.deepEqual(visiting.complaints, []);
	});

	test('what cannot be added says what somebody at the page can do; what may go well is tried again', async () => {
		await using served = await serveSmallProject({ settings: { 'ingest.maxFileMb': 0.1 } });
		await using visiting = await visit(browser, `${served.server.url}/documents`);
		const { page } = visiting;
		await page.route('**/v1/files', async (route) => await route.abort());
		await choose(page, [
			{ name: 'canteen.md', mimeType: 'text/markdown', buffer: Buffer.from(canteen) },
			{ name: 'large.txt', mimeType: 'text/plain', buffer: Buffer.alloc(1_200_000, 'a ') },
		]);
		await page.getByRole('button', { name: 'Try again: canteen.md' }).waitFor();
		await page.unroute('**/v1/files');
		await page.getByRole('button', { name: 'Try again: canteen.md' }).click();
		await page.getByRole('button', { name: 'Try again: large.txt' }).click();
		const large = page.getByRole('listitem').filter({ hasText: 'large.txt' });
		await large.getByText('This is larger than the server takes. Split it').waitFor();
		assert.equal(await large.getByRole('button').count(), 0, 'it stays as large');
		await page.getByRole('row', { name: /Canteen/ }).waitFor();

		await page.getByRole('button', { name: 'Add documents' }).click();
		await page.getByRole('tab', { name: 'Web address' }).click();
		await page.getByRole('textbox', { name: 'Address' }).fill('http://localhost:9/');
		await page.getByRole('button', { name: 'Add', exact: true }).click();
		const failures = page.getByRole('list', { name: 'Files that could not be read' });
		await failures.getByText('which is no public address').waitFor();
		assert.doesNotMatch((await failures.textContent()) ?? '', /--allow|allowPrivate/);
	});

	test('the list is where it was left: after Back, and when the page is loaded again', async () => {
		await using served = await serveSmallProject();
		const notes = join(served.folder, 'notes');
		await mkdir(notes);
		for (let at = 100; at < 200; at++) await writeFile(join(notes, `${at}.md`), `# Note ${at}\n\nNumber ${at}.\n`);
		await served.knowhow.ingest('notes');
		await using visiting = await visit(browser, `${served.server.url}/documents`);
		const { page } = visiting;
		await page.getByRole('button', { name: 'Title', exact: true }).click();
		await page.getByRole('link', { name: 'Note 199' }).waitFor();
		const grid = page.getByRole('grid', { name: 'Documents' });
		const note = page.getByRole('link', { name: 'Note 150' });
		await grid.evaluate((list) => void (list.scrollTop = 2000));
		await note.click();
		await page.getByRole('tab', { name: 'Text' }).waitFor();
		await page.goBack();
		await note.waitFor();
		assert.equal(await grid.evaluate((list) => list.scrollTop), 2000, 'Back');
		await page.reload();
		await note.waitFor();
		assert.equal(await grid.evaluate((list) => list.scrollTop), 2000, 'loaded again');
		await page.getByRole('link', { name: 'Documents', exact: true }).click();
		await page.getByRole('link', { name: 'Note 100' }).waitFor();
		assert.equal(await grid.evaluate((list) => list.scrollTop), 0, 'a new visit');
	});

	test('a folder of the server’s computer is a source: what cannot be read is said, the rest is there', async () => {
		await using served = await serveSmallProject();
		const more = join(served.folder, 'more');
		await mkdir(more);
		await writeFile(join(more, 'canteen.md'), canteen);
		await writeFile(join(more, 'broken.pdf'), '%PDF-1.4 and nothing more');
		await using visiting = await visit(browser, `${served.server.url}/documents`);
		const { page } = visiting;
		await page.getByRole('button', { name: 'Add documents' }).click();
		await page.getByRole('tab', { name: 'Path on the server' }).click();
		await page.getByRole('textbox', { name: 'Path' }).fill('more');
		await page.getByRole('button', { name: 'Add', exact: true }).click();
		await page.getByText('more/broken.pdf could not be read as pdf.').waitFor();
		await page.getByText('unreadable_file').waitFor();
		await page.getByRole('row', { name: /Canteen/ }).waitFor();
	});

	test('who may read a document is said there, and heeded by the next search', async () => {
		await using served = await serveSmallProject();
		await using visiting = await visit(browser, `${served.server.url}/documents?contains=refunds`);
		const { page } = visiting;
		await page.getByRole('row', { name: /Refunds/ }).click();
		await page.getByRole('tab', { name: 'Access' }).click();
		await page.getByText('Only these people and groups').click();
		await page.getByRole('textbox').last().fill('legal');
		await page.getByRole('button', { name: 'Save' }).click();
		await page.getByRole('button', { name: 'Save' }).and(page.locator('[data-disabled]')).waitFor();
		const seen = async (...principals: string[]): Promise<boolean> => {
			const { hits } = await served.knowhow.search('What is the refund window?', { access: { principals } });
			return hits.some(({ text }) => text.includes('30 days'));
		};
		assert.deepEqual([await seen('legal'), await seen('sales')], [true, false]);
	});

	test('a list that cannot be read says why, and is read again when told to', async () => {
		await using served = await serveSmallProject();
		await using visiting = await visit(browser, served.server.url);
		const { page } = visiting;
		await page.route('**/api/documents?*', async (route) => await route.abort());
		await page.getByRole('link', { name: 'Documents' }).click();
		await page.getByRole('alert').getByText('The server cannot be reached.').waitFor();
		await page.unroute('**/api/documents?*');
		await page.getByRole('button', { name: 'Try again' }).click();
		await page.getByRole('row', { name: /Refunds/ }).waitFor();
	});

	test('the list is read and worked with the keyboard alone', async () => {
		await using served = await serveSmallProject();
		await using visiting = await visit(browser, `${served.server.url}/documents`);
		const { page } = visiting;
		const first = page.getByRole('row').nth(1);
		await first.waitFor();
		await page.getByRole('searchbox').focus();
		for (let presses = 0; presses < 6 && !(await isFocusIn(page, 'Documents')); presses++)
			await page.keyboard.press('Tab');
		await page.keyboard.press('ArrowDown');
		await page.keyboard.press('Enter');
		await page.getByRole('tab', { name: 'Text' }).waitFor();
		await page.goBack();
		await first.waitFor();
	});
});

/** Whether what has the focus lies in the grid of that name. */
async function isFocusIn(page: Page, name: string): Promise<boolean> {
	return await page.getByRole('grid', { name }).evaluate((grid) => grid.contains(grid.ownerDocument.activeElement));
}
