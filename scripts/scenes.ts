import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { type Knowhow, open } from '../src/index.ts';
import { serve, type Serving } from '../src/serve/server.ts';
import type { Visit } from './browser.ts';

/** One state of a page. Each begins where `path` leads, in a window of its own. */
export type Scene = {
	readonly name: string;
	/** Which project; the sample's when absent. */
	readonly project?: 'empty' | 'locked';
	readonly path: string;
	/** Brings the page there, and resolves when it has come to rest. */
	readonly act: (visit: Visit) => Promise<void>;
};

export type Stage = AsyncDisposable & {
	/** Where the projects are served. */
	readonly urls: Readonly<Record<'sample' | 'empty' | 'locked', string>>;
};

/** Serves a project with the sample, one without documents, and one that demands keys. */
export async function setStage(): Promise<Stage> {
	const folder = await mkdtemp(join(tmpdir(), 'knowhow-scenes-'));
	const opened: { knowhow: Knowhow; server: Serving }[] = [];
	const begin = async (name: string, prepare: (knowhow: Knowhow) => Promise<unknown>): Promise<string> => {
		const knowhow = await open(join(folder, name), { env: {} });
		await prepare(knowhow);
		const server = await serve(knowhow, { port: 0 });
		opened.push({ knowhow, server });
		return server.url;
	};
	const urls = {
		sample: await begin('sample', async () => {}),
		empty: await begin('empty', async () => {}),
		locked: await begin('locked', async ({ keys }) => await keys.create({ name: 'ann', scopes: ['read'] })),
	};
	await loadSample(urls.sample);
	const close = async (): Promise<void> => {
		for (const { knowhow, server } of opened) {
			await server.close();
			await knowhow.close();
		}
		await rm(folder, { recursive: true, force: true });
	};
	return { urls, [Symbol.asyncDispose]: close };
}

/** As the button does. */
async function loadSample(url: string): Promise<void> {
	const answer = await fetch(`${url}/api/sample`, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: '{}',
	});
	const { id } = (await answer.json()) as { id: string };
	const events = await fetch(`${url}/api/jobs/${id}/events?stream=true`);
	if (!/^event: job-end$/m.test(await events.text())) throw new Error('The sample was not loaded.');
}

export const scenes: readonly Scene[] = [
	{
		name: 'sign-in',
		project: 'locked',
		path: '/',
		act: async ({ page }) => await page.getByRole('button', { name: 'Sign in' }).waitFor(),
	},
	{
		name: 'welcome',
		project: 'empty',
		path: '/',
		act: async ({ page }) => await page.getByRole('button', { name: 'Load the sample' }).waitFor(),
	},
	{
		name: 'ask',
		path: '/',
		act: async ({ page }) => await page.getByRole('button', { name: 'What does ERR_1066 mean?' }).waitFor(),
	},
	{
		name: 'answer',
		path: '/',
		act: async ({ page }) => await askAbout(page, 'How do I refund a payment from the Deck?'),
	},
	{
		name: 'quote',
		path: '/',
		act: async ({ page }) => {
			await askAbout(page, 'How do I refund a payment from the Deck?');
			await page.getByRole('button', { name: /^Citation 3:/ }).click();
			await page.locator('mark').first().waitFor();
		},
	},
	{
		name: 'disagreement',
		path: '/',
		act: async ({ page }) => await askAbout(page, 'How long do I have to refund a payment?'),
	},
	{
		name: 'pdf',
		path: '/',
		act: async ({ page, settled }) => {
			await askAbout(page, 'How many hours does the PX-900 battery last?');
			const disagreement = page.getByRole('region', { name: 'Disagreement' });
			await disagreement.getByRole('button', { name: /PX-900 Quick Start, page/ }).click();
			await page.locator('canvas').first().waitFor();
			await settled();
		},
	},
	{
		name: 'not-said',
		path: '/',
		act: async ({ page }) => await askAbout(page, 'Do my customers lose their loyalty points when I refund the sale?'),
	},
	{
		name: 'gone',
		path: '/?conversation=cnv_gone',
		act: async ({ page }) => await page.getByText('This conversation is not here').waitFor(),
	},
	{
		name: 'not-found',
		path: '/',
		act: async ({ page }) => {
			await page.getByRole('navigation').waitFor();
			await page.evaluate("history.pushState(null, '', '/nonsense')");
			await page.getByText('There is no such page').waitFor();
		},
	},
	{
		name: 'correction',
		path: '/',
		act: async ({ page }) => {
			await askAbout(page, 'What does ERR_1066 mean?');
			await page.getByRole('button', { name: 'Correct this answer' }).click();
			await page.getByRole('textbox', { name: 'The right answer' }).waitFor();
		},
	},
	{
		name: 'no-documents',
		project: 'empty',
		path: '/documents',
		act: async ({ page }) => await page.getByText('No documents yet').waitFor(),
	},
	{ name: 'documents', path: '/documents', act: async ({ page }) => await listed(page) },
	{
		name: 'add',
		path: '/documents',
		act: async ({ page }) => {
			await listed(page);
			await page.getByRole('button', { name: 'Add documents' }).click();
			await page.getByRole('tab', { name: 'Web address' }).click();
			await page.getByRole('textbox', { name: 'Address' }).waitFor();
		},
	},
	...(['Text', 'Passages', 'Versions', 'Access'] as const).map((tab) => ({
		name: `document-${tab.toLowerCase()}`,
		path: '/documents?contains=reset-password',
		act: async ({ page, settled }: Visit) => {
			await openOnly(page);
			await page.getByRole('tab', { name: tab }).click();
			await settled();
		},
	})),
	{
		name: 'delete',
		path: '/documents?contains=reset-password',
		act: async ({ page }) => {
			await openOnly(page);
			await page.getByRole('button', { name: 'Delete' }).click();
			await page.getByRole('alertdialog').waitFor();
		},
	},
];

async function askAbout(page: Page, question: string): Promise<void> {
	await page.getByRole('textbox', { name: 'Question' }).fill(question);
	await page.keyboard.press('Enter');
	await page.getByRole('group', { name: 'About this answer' }).waitFor();
}

async function listed(page: Page): Promise<void> {
	await page.getByText('93 documents').waitFor();
	await page.getByText('Account limits by plan').waitFor();
}

async function openOnly(page: Page): Promise<void> {
	await page.getByText('1 document', { exact: true }).waitFor();
	await page.getByRole('row').last().click();
	await page.getByRole('tab', { name: 'Text' }).waitFor();
}
