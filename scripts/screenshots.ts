/**
 * `npm run screenshots`: the pictures of the pages in docs/images/, from a browser, of a project with the sample. A state whose layout has a
 * fault makes no picture: the fault is said, and the exit code is 1.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { desktop, noBrowser, phone, startBrowser, visit } from './browser.ts';
import { layoutFaults } from './layout-faults.ts';
import { scenes, setStage } from './scenes.ts';

const pictures = [
	{ scene: 'quote', viewport: desktop, colorScheme: 'light' },
	{ scene: 'disagreement', viewport: desktop, colorScheme: 'dark' },
	{ scene: 'pdf', viewport: desktop, colorScheme: 'light' },
	{ scene: 'not-said', viewport: phone, colorScheme: 'light' },
	{ scene: 'documents', viewport: desktop, colorScheme: 'light' },
	{ scene: 'document-passages', viewport: phone, colorScheme: 'dark' },
] as const;

if (noBrowser !== undefined) {
	console.error('Chromium is needed: /usr/bin/chromium.');
	process.exit(1);
}
const folder = 'docs/images';
mkdirSync(folder, { recursive: true });
await using stage = await setStage();
await using browser = await startBrowser();
for (const { scene: name, viewport, colorScheme } of pictures) {
	const { path, project = 'sample', act } = scenes.find((scene) => scene.name === name)!;
	await using visiting = await visit(browser, stage.urls[project] + path, { viewport, colorScheme });
	const { page } = visiting;
	await act(visiting);
	const faults = await layoutFaults(page);
	const file = join(folder, `web-${name}.png`);
	if (faults.length === 0) await page.screenshot({ path: file });
	else process.exitCode = 1;
	console.log(faults.length === 0 ? file : `${name}: ${faults.join('; ')}`);
}
