/** The unit tests, in one process: `scripts/test.ts` runs this file as if it were one test file, and says which they are. */
import { resolve } from 'node:path';

for (const path of JSON.parse(process.env['KNOWHOW_UNIT_TESTS'] ?? '[]') as readonly string[])
	await import(resolve(path));
