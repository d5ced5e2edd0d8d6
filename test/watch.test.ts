import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { open, type IngestReport } from '../src/index.ts';

/** Far more than a second, so that a busy machine does not fail the test; what it took is printed. */
const deadlineMs = 20_000;

/** A watched folder `docs`, and a reader that has its own connection to the project. */
async function watched(t: TestContext, files: Readonly<Record<string, string>>) {
	const folder = await mkdtemp(join(tmpdir(), 'knowhow-watch-'));
	const docs = join(folder, 'docs');
	await mkdir(docs);
	for (const [name, text] of Object.entries(files)) await writeFile(join(docs, name), text);
	const writer = await open(folder);
	const stop = new AbortController();
	const reports = writer.watch('docs', { sync: true, signal: stop.signal });
	/** The first report so; a file may be seen between its truncation and its new text. */
	const until = async (isIt: (report: IngestReport) => boolean): Promise<IngestReport> => {
		const timer = setTimeout(() => stop.abort(), deadlineMs);
		try {
			for (;;) {
				const { value, done } = await reports.next();
				assert.notEqual(done, true, 'it was not seen in time');
				if (isIt(value as IngestReport)) return value as IngestReport;
			}
		} finally {
			clearTimeout(timer);
		}
	};
	const first = await until(() => true);
	const reader = await open(folder);
	t.after(async () => {
		stop.abort();
		await reports.return();
		await reader.close();
		await writer.close();
		await rm(folder, { recursive: true });
	});
	const finds = async (word: string): Promise<string[]> =>
		(await reader.search(word, { mode: 'keyword' })).hits.map(({ document }) => document.source);
	return { docs, first, until, finds, stop, reports };
}

test('an edit, a new file, a new folder, a rename and a removal reach a running reader', async (t) => {
	const { docs, first, until, finds } = await watched(t, { 'a.md': 'Apples are red.', 'b.md': 'Bananas are yellow.' });
	assert.equal(first.added, 2);
	assert.deepEqual(await finds('apples'), ['docs/a.md']);

	const began = performance.now();
	await writeFile(join(docs, 'a.md'), 'Cherries are dark.');
	await until(({ updated }) => updated === 1);
	assert.deepEqual([await finds('apples'), await finds('cherries')], [[], ['docs/a.md']]);
	t.diagnostic(`from the edit to the reader ${Math.round(performance.now() - began)} ms`);

	await writeFile(join(docs, 'c.md'), 'Dates are brown.');
	await until(({ added }) => added === 1);
	await mkdir(join(docs, 'new'));
	await writeFile(join(docs, 'new/d.md'), 'Elderberries are black.');
	await until(({ added }) => added === 1);
	assert.deepEqual(await finds('elderberries'), ['docs/new/d.md']);
	await writeFile(join(docs, 'new/d.md'), 'Figs are purple.');
	await until(({ updated }) => updated === 1);
	// As editors save: another file takes the name.
	await writeFile(join(docs, '.b.md.tmp'), 'Grapes are green.');
	await rename(join(docs, '.b.md.tmp'), join(docs, 'b.md'));
	await until(({ updated }) => updated === 1);
	assert.deepEqual(await finds('grapes'), ['docs/b.md']);
	await rename(join(docs, 'c.md'), join(docs, 'e.md'));
	await until(({ updated }) => updated === 1);
	assert.deepEqual(await finds('dates'), ['docs/e.md']);
	await rm(join(docs, 'e.md'));
	await until(({ removed }) => removed === 1);
	assert.deepEqual(await finds('dates'), []);
});

test('a broken file is reported, and the others go on', async (t) => {
	const { docs, until, finds } = await watched(t, { 'a.md': 'Apples.' });
	await writeFile(join(docs, 'broken.pdf'), 'no pdf');
	const { failed } = await until((report) => report.failed.length > 0);
	assert.deepEqual(
		failed.map(({ path }) => path),
		['docs/broken.pdf'],
	);
	await writeFile(join(docs, 'well.md'), 'Bananas.');
	await until(({ added }) => added === 1);
	assert.deepEqual(await finds('bananas'), ['docs/well.md']);
});

test('watching ends when its signal aborts', async (t) => {
	const { stop, reports } = await watched(t, { 'a.md': 'Apples.' });
	const waiting = reports.next();
	stop.abort();
	assert.equal((await waiting).done, true);
});
