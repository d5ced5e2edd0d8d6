import { accessSync, constants } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page, type Request } from 'playwright-core';

const path = '/usr/bin/chromium';

/** The reason to skip tests in a browser; undefined where there is one. */
export const noBrowser: string | undefined = isThere() ? undefined : 'needs chromium';

/** Without a word to anybody: nothing is fetched, updated or reported by the browser itself. */
const flags = [
	'--no-sandbox',
	'--disable-gpu',
	'--disable-quic',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
];

export const desktop = { width: 1280, height: 800 };
export const phone = { width: 390, height: 844 };
/** The narrowest that pages are made for: small phones, and 1280 pixels enlarged four times (WCAG 1.4.10). */
export const narrow = { width: 320, height: 640 };

export type Visit = AsyncDisposable & {
	readonly page: Page;
	/** What the page wrote to the console as an error, what it threw, and addresses outside of `url` that it asked for. */
	readonly complaints: readonly string[];
	/** Resolves when what the page asked for has come, and has been drawn. */
	readonly settled: () => Promise<void>;
};

export async function startBrowser(): Promise<Browser> {
	return await chromium.launch({ executablePath: path, args: flags });
}

/** Opens `url` in a window with nothing kept from before. Animations are off, as for those who ask for that. */
export async function visit(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Visit> {
	const context = await browser.newContext({ viewport: desktop, reducedMotion: 'reduce', ...options });
	const page = await context.newPage();
	const complaints: string[] = [];
	page.on('console', (message) => {
		if (message.type() === 'error') complaints.push(message.text());
	});
	page.on('pageerror', (error) => complaints.push(String(error)));
	const pending = new Set<Request>();
	page.on('requestfinished', (request) => pending.delete(request));
	page.on('requestfailed', (request) => pending.delete(request));
	page.on('request', (request) => {
		pending.add(request);
		const at = new URL(request.url());
		if (/^https?:$/.test(at.protocol) && at.origin !== new URL(url).origin) complaints.push(`asked for ${at.href}`);
	});
	await page.goto(url);
	const settled = async (): Promise<void> => {
		do {
			await Promise.all([...pending].map(async (request) => await request.response()));
			await page.evaluate('new Promise((seen) => requestAnimationFrame(() => requestAnimationFrame(seen)))');
		} while (pending.size > 0);
	};
	return { page, complaints, settled, [Symbol.asyncDispose]: async () => await context.close() };
}

function isThere(): boolean {
	try {
		accessSync(path, constants.X_OK);
		return true;
	} catch {
		return false;
	}
}
