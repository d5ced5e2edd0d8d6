import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { KnowhowError } from './error.ts';
import { makeFolder } from './folder.ts';
import { pathError } from './path-error.ts';

async function temporary(): Promise<AsyncDisposable & { readonly path: string }> {
	const path = await mkdtemp(join(tmpdir(), 'knowhow-folder-'));
	return { path, [Symbol.asyncDispose]: async () => await rm(path, { recursive: true }) };
}

describe('makeFolder', () => {
	test('makes the folders that are absent, by several at once, and leaves those that are there', async () => {
		await using at = await temporary();
		const path = join(at.path, 'a/b/c');
		await Promise.all([makeFolder(path), makeFolder(path), makeFolder(join(path, 'd'))]);
		await makeFolder(path);
		assert.ok((await stat(join(path, 'd'))).isDirectory());
	});

	test('where a file stands, there or above, it says so', async () => {
		await using at = await temporary();
		const file = join(at.path, 'file');
		await writeFile(file, '');
		for (const path of [file, join(file, 'below'), join(file, 'a/b')]) {
			const isTold = (error: unknown) =>
				error instanceof KnowhowError &&
				error.code === 'unusable_path' &&
				error.message.includes(path.slice(0, file.length));
			await assert.rejects(makeFolder(path), isTold);
		}
	});

	test(
		'ends where a file system answers that nothing is there',
		{ skip: !existsSync('/proc/version') && 'needs /proc/version' },
		async () => {
			for (const path of ['/proc/absent', '/proc/absent/below']) {
				await assert.rejects(makeFolder(path), { code: 'unusable_path' });
			}
		},
	);
});

test('a refusal of the operating system names its path and what to do; other errors are left to others', async () => {
	await using at = await temporary();
	const path = join(at.path, 'absent/file');
	const refused = await readFile(path).catch((error: unknown) => pathError(error));
	assert.ok(refused instanceof KnowhowError);
	assert.ok(refused.message.includes(path) && refused.message.includes('ENOENT') && refused.hint !== undefined);
	assert.equal(pathError(new TypeError('a mistake')), null);
});
