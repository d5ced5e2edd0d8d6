import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { repository, runProgram, temporaryFolder } from './run-program.ts';
import { writeSmallDocuments } from './small-documents.ts';

/** What each example must print. */
const expected: Readonly<Record<string, RegExp>> = {
	'1-ask-your-documents.ts': /^4 documents, \d+ chunks\n[\s\S]*30 days[\s\S]*\[1\] "/,
	'2-search-with-filters-and-access.ts': /Markdown only: Refunds[\s\S]*as a guest: Refunds/,
	'3-stream-an-answer-and-bring-your-own-embedder.ts': /nearest: .+ \(cosine 0\.\d\d\)\n[\s\S]+citations/,
};

describe('examples', () => {
	test('each is listed here', () => {
		const found = globSync('examples/*.ts', { cwd: repository }).map((path) => path.replace(/^examples./, ''));
		assert.deepEqual(found.sort(), Object.keys(expected));
	});

	for (const [name, pattern] of Object.entries(expected)) {
		test(name, async () => {
			await using folder = await temporaryFolder();
			await writeSmallDocuments(folder.path);
			const source = new URL('./knowhow-from-source.ts', import.meta.url).href;
			const words = ['--disable-warning=ExperimentalWarning', '--import', source, join(repository, 'examples', name)];
			const { code, stdout, stderr } = await runProgram(process.execPath, words, { cwd: folder.path });
			assert.equal(code, 0, stderr);
			assert.match(stdout, pattern);
			assert.equal(stderr, '');
		});
	}
});
