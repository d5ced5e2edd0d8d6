import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Browser, Locator, Page } from 'playwright-core';
import type { Generator } from '../src/core/generator.ts';
import { open } from '../src/index.ts';
import { serve } from '../src/serve/server.ts';
import { noBrowser, startBrowser, visit } from '../scripts/browser.ts';
import { temporaryFolder } from './run-program.ts';
import { scriptedGenerator } from './scripted-generator.ts';
import { serveSmallProject } from './serving.ts';

const arabic = '# سياسة الاسترداد\n\nيمكن للعملاء طلب استرداد المبلغ خلال 30 يومًا من تاريخ الشراء.\n';

async function ask(page: Page, question: string): Promise<Locator> {
	await page.getByRole('textbox', { name: 'Question' }).fill(question);
	await page.keyboard.press('Enter');
	return await answered(page, question);
}

/** The turn of a question once its answer is whole. */
async function answered(page: Page, question: string): Promise<Locator> {
	const turn = page.getByRole('article', { name: question }).last();
	await turn.getByRole('group', { name: 'About this answer' }).waitFor();
	return turn;
}

describe('the Ask page', { skip: noBrowser }, () => {
	let browser: Browser;
	before(async () => void (browser = await startBrowser()));
	after(async () => await browser.close());

	test('an empty project leads to a cited answer in four clicks or fewer; the sample loads with one', async () => {
		await using folder = await temporaryFolder();
		await using knowhow = await open(folder.path, { env: {} });
		await using server = await serve(knowhow, { port: 0 });
		await using visiting = await visit(browser, server.url);
		const { page } = visiting;
		let clicks = 0;
		const click = async (target: Locator): Promise<void> => {
			clicks++;
			await target.click();
		};
		await click(page.getByRole('button', { name: 'Load the sample' }));
		await click(page.getByRole('button', { name: 'How do I refund a payment from the Deck?' }));
		const turn = await answered(page, 'How do I refund a payment from the Deck?');
		await turn.getByRole('button', { name: /^Citation 1: Refunding a customer/ }).waitFor();
		assert.ok(clicks <= 4, `${clicks} clicks`);
		assert.ok((await knowhow.collections({ access: 'everything' }))[0]!.documents > 80);

		await test('a citation opens the document at the highlighted quote, and Back closes it', async () => {
			const chip = turn.getByRole('button', { name: /^Citation 1:/ });
			await chip.click();
			const mark = page.getByRole('complementary', { name: 'Document' }).locator('mark').first();
			await mark.waitFor();
			assert.match((await mark.textContent()) ?? '', /Open Payments and find the sale/);
			assert.ok(await isInView(mark));
			await page.keyboard.press('Escape');
			await mark.waitFor({ state: 'detached' });
			assert.ok(await chip.evaluate((element) => element === element.ownerDocument.activeElement), 'focus is back');
			await chip.click();
			await mark.waitFor();
			await page.goBack();
			await mark.waitFor({ state: 'detached' });
		});

		await test('sources that contradict each other are shown as such; one of a PDF opens at its page', async () => {
			const refund = await ask(page, 'How long do I have to refund a payment?');
			const values = await refund.getByRole('region', { name: 'Disagreement' }).locator('dt').allTextContents();
			assert.deepEqual(
				values.map((value) => /\d+ days/.exec(value)?.[0]),
				['45 days', '30 days'],
				'newest first',
			);
			const turn = await ask(page, 'How many hours does the PX-900 battery last?');
			const disagreement = turn.getByRole('region', { name: 'Disagreement' });
			await disagreement.getByRole('button', { name: /^Citation \d: PX-900 Quick Start, page \d/ }).click();
			const panel = page.getByRole('complementary', { name: 'Document' });
			await panel.locator('canvas').first().waitFor();
			assert.equal(await panel.getByRole('tab', { name: 'Page' }).getAttribute('aria-selected'), 'true');
			await panel.getByRole('tab', { name: 'Text' }).click();
			assert.match((await panel.locator('mark').first().textContent()) ?? '', /lasts 9 hours/);
			await panel.getByRole('button', { name: 'Close the document' }).click();
		});

		await test('what the documents do not say is said to be so, with the closest passage', async () => {
			const turn = await ask(page, 'Do my customers lose their loyalty points when I refund the sale?');
			await turn.getByText('The documents do not say.', { exact: true }).waitFor();
			await turn.getByRole('region', { name: 'Closest passage' }).waitFor();
			assert.equal(await turn.getByRole('region', { name: 'Sources' }).count(), 0);
		});

		await test('a follow-up is read with what came before', async () => {
			await page.getByRole('button', { name: 'New conversation' }).click();
			await ask(page, 'Which Bluetooth printers have been tested with the PX-900?');
			const turn = await ask(page, 'How long does its battery last?');
			await turn.getByText(/^Read as: .*PX-900/).waitFor();
			await page.reload();
			const again = await answered(page, 'How long does its battery last?');
			const { y } = (await again.getByRole('heading', { level: 2 }).boundingBox())!;
			assert.ok(y > 0 && y < 120, `a conversation opens at its last question, which is ${y} pixels from the top`);
		});

		await test('ratings and corrections are kept, and the conversation with them', async () => {
			await page.getByRole('button', { name: 'New conversation' }).click();
			const turn = await ask(page, 'What does ERR_1066 mean?');
			await turn.getByRole('button', { name: 'Good answer' }).click();
			await turn.getByRole('button', { name: 'Correct this answer' }).click();
			await turn.getByRole('textbox', { name: 'The right answer' }).fill('It means that the sun was in its eyes.');
			await turn.getByRole('button', { name: 'Save correction' }).click();
			await turn.getByText('It means that the sun was in its eyes.').waitFor();
			const [kept] = await knowhow.interactions({ limit: 1 });
			assert.equal(kept?.feedback?.rating, 'up');
			assert.equal(kept.feedback.correction, 'It means that the sun was in its eyes.');
			await page.getByRole('link', { name: 'Documents' }).click();
			await page.getByRole('link', { name: 'Ask', exact: true }).click();
			await answered(page, 'What does ERR_1066 mean?');
			await page.reload();
			const again = await answered(page, 'What does ERR_1066 mean?');
			assert.equal(await again.getByRole('button', { name: 'Good answer' }).getAttribute('aria-pressed'), 'true');
		});
		assert.deepEqual(visiting.complaints, []);
	});

	test('an answer of a language model streams, can be stopped, and marks what no document supports', async () => {
		const slow = Promise.withResolvers<void>();
		const generator = scriptedGenerator(
			() => 'The refund window is **30 days** after delivery [1]. Pigs fly on Tuesdays.',
		);
		const model = { ...generator, generate: heldBack(generator, slow.promise) };
		await using served = await serveSmallProject({ model });
		await using visiting = await visit(browser, served.server.url);
		const { page } = visiting;
		await page.getByRole('textbox', { name: 'Question' }).fill('What is the refund window?');
		await page.keyboard.press('Enter');
		await page.getByText(/^The refund/).waitFor();
		await page.getByRole('button', { name: 'Stop' }).click();
		await page.getByText('Stopped before the end.').waitFor();
		slow.resolve();
		await page.getByRole('button', { name: 'Ask again' }).click();
		const turn = await answered(page, 'What is the refund window?');
		await turn.locator('strong', { hasText: '30 days' }).waitFor();
		await turn.getByText('Underlined: no document supports this.').waitFor();
	});

	test('a link to a conversation that is gone, and one that leads nowhere, say so and lead on', async () => {
		await using served = await serveSmallProject();
		await using visiting = await visit(browser, `${served.server.url}/?conversation=cnv_nope`);
		const { page } = visiting;
		await page.getByText('This conversation is not here').waitFor();
		await page.getByRole('button', { name: 'New conversation' }).click();
		await ask(page, 'What is the refund window?');
		assert.doesNotMatch(page.url(), /nope/);
		assert.equal((await page.goto(`${served.server.url}/nonsense`))?.status(), 404);
		await page.getByText('There is no such page').waitFor();
		await page.getByRole('main').getByRole('link').click();
		await page.getByRole('textbox', { name: 'Question' }).waitFor();
	});

	test('what is written from right to left is shown so: questions, answers, quotes and titles', async () => {
		await using served = await serveSmallProject();
		await writeFile(join(served.folder, 'arabic.md'), arabic);
		await served.knowhow.ingest('arabic.md');
		await using visiting = await visit(browser, served.server.url);
		const { page } = visiting;
		const turn = await ask(page, 'خلال كم يومًا يمكن للعملاء طلب استرداد المبلغ؟');
		const said = turn.getByText(/^يمكن للعملاء/);
		for (const text of [turn.getByRole('heading', { level: 2 }), said.first(), said.last()]) {
			assert.equal(await directionOf(text), 'rtl', (await text.textContent()) ?? '');
		}
		assert.equal(await directionOf(turn.getByText('سياسة الاسترداد', { exact: true })), 'rtl');
		assert.equal(await directionOf(turn.getByText('Sources')), 'ltr');
		await turn.getByRole('button', { name: /^Citation 1:/ }).click();
		assert.equal(await directionOf(page.locator('mark')), 'rtl');
		await page.getByRole('link', { name: 'Documents', exact: true }).click();
		assert.equal(await directionOf(page.getByRole('link', { name: 'سياسة الاسترداد' })), 'rtl');
	});

	test('a question that fails says why, and is asked again when told to', async () => {
		await using served = await serveSmallProject();
		await using visiting = await visit(browser, served.server.url);
		const { page } = visiting;
		await page.route('**/api/ask', async (route) => await route.abort());
		await page.getByRole('textbox', { name: 'Question' }).fill('What is the refund window?');
		await page.keyboard.press('Enter');
		await page.getByRole('alert').getByText('The server cannot be reached.').waitFor();
		await page.unroute('**/api/ask');
		await page.getByRole('button', { name: 'Try again' }).click();
		await answered(page, 'What is the refund window?');
	});
});

/** Generates as `generator` does, but after the first piece no more before `until`. */
function heldBack(generator: Generator, until: Promise<void>): Generator['generate'] {
	return async function* (messages, options) {
		let pieces = 0;
		for await (const event of generator.generate(messages, options)) {
			if (pieces++ === 3) await until;
			yield event;
		}
	};
}

async function directionOf(target: Locator): Promise<string> {
	return await target.evaluate((element) => element.ownerDocument.defaultView!.getComputedStyle(element).direction);
}

async function isInView(target: Locator): Promise<boolean> {
	const box = await target.boundingBox();
	const size = target.page().viewportSize();
	return box !== null && size !== null && box.y >= 0 && box.y + box.height <= size.height;
}
