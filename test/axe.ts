import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/**
 * What axe calls serious or critical on a page as it is now: the rule, and where. `colours`: only the rules that colours decide, for a
 * page that has been looked at in others.
 */
export async function seriousViolations(page: Page, { colours = false } = {}): Promise<string[]> {
	await page.evaluate(source);
	const options = {
		resultTypes: ['violations'],
		...(colours ? { runOnly: ['color-contrast', 'link-in-text-block'] } : {}),
	};
	const { violations } = await page.evaluate<AxeResults>(`axe.run(document, ${JSON.stringify(options)})`);
	return violations
		.filter(({ impact }) => impact === 'serious' || impact === 'critical')
		.flatMap(({ id, nodes }) =>
			nodes.map(({ target, failureSummary }) => `${id}: ${String(target)}: ${failureSummary}`),
		);
}
