import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

const source = readFileSync(join(import.meta.dirname, 'layout-faults.browser.js'), 'utf8');

/**
 * What is wrong with how a page is laid out as it stands: text that is cut off without an ellipsis, something beyond the left or right
 * edge, a page or panel that scrolls sideways, a thing to press that lies under another, a panel with nothing in it. Empty when all is well.
 */
export async function layoutFaults(page: Page): Promise<string[]> {
	return await page.evaluate<string[]>(source);
}
