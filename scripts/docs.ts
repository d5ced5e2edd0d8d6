/** `npm run docs`: writes the pages that are made from code. */
import { writeFileSync } from 'node:fs';
import { generatedPages } from './generate-docs.ts';

for (const [path, text] of await generatedPages()) {
	writeFileSync(path, text);
	console.log(path);
}
