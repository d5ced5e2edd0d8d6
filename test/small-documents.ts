import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** A handful of documents for tests of the whole, docs blocks and examples; small enough to know by heart. */
export const smallDocuments: Readonly<Record<string, string>> = {
	'refunds.md': `---
title: Refunds
date: 2026-03-01
---

# Refunds

The refund window is 30 days after delivery.

## How to start a refund

1. Open the order in the dashboard.
2. Choose "Refund" and enter the amount.
3. Confirm with your passkey.
`,
	'errors.md': `# Error codes

| code | meaning |
| --- | --- |
| ERR_1042 | The card was declined by its issuer. |
| ERR_2001 | The terminal PX-1200/B lost its connection. |
`,
	'terminals/px-1200.html': `<!doctype html><html><head><title>PX-1200/B</title></head><body><nav>Home</nav>
<main><h1>PX-1200/B</h1><p>The terminal PX-1200/B weighs 310 grams and runs for nine hours.</p></main></body></html>
`,
	'prices.csv': 'plan,monthly fee,card fee\nStarter,0 EUR,2.4 %\nGrowth,49 EUR,1.6 %\n',
};

/** Writes the documents into `folder`/docs. */
export async function writeSmallDocuments(folder: string): Promise<void> {
	for (const [name, text] of Object.entries(smallDocuments)) {
		const path = join(folder, 'docs', name);
		await mkdir(dirname(path), { recursive: true });
		await writeFile(path, text);
	}
}
