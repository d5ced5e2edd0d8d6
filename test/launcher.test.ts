import assert from 'node:assert/strict';
import { chmod, copyFile, mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { launcher, repository, runProgram, temporaryFolder } from './run-program.ts';

/** A clone in which `src/cli/main.ts` says which Node ran it; with a package folder and a host Node as told. */
async function clone({ packages, own, host }: { packages: boolean; own: boolean; host: string | null }) {
	const folder = await temporaryFolder();
	const root = join(folder.path, 'a clone');
	await mkdir(join(root, 'bin'), { recursive: true });
	await mkdir(join(root, 'src/cli'), { recursive: true });
	await copyFile(launcher, join(root, 'bin/knowhow'));
	await writeFile(join(root, 'src/cli/main.ts'), '');
	if (packages) await mkdir(join(root, 'node_modules/node/bin'), { recursive: true });
	if (own) await writeScript(join(root, 'node_modules/node/bin/node'), 'echo "own $2"');
	if (host)
		await writeScript(join(folder.path, 'path/node'), `if [ "$1" = -p ]; then echo ${host}; else echo "host $2"; fi`);
	const run = async (command = join(root, 'bin/knowhow')) =>
		await runProgram(command, ['hello'], {
			cwd: folder.path,
			env: { PATH: `${join(folder.path, 'path')}:/bin:/usr/bin` },
		});
	return { ...folder, root, run };
}

async function writeScript(path: string, body: string): Promise<void> {
	await mkdir(dirname(path), { recursive: true });
	await writeFile(path, `#!/bin/sh\n${body}\n`);
	await chmod(path, 0o755);
}

describe('bin/knowhow', () => {
	test('runs its own Node before the host’s, from a folder with a space and through links', async () => {
		await using folder = await clone({ packages: true, own: true, host: '26' });
		assert.equal((await folder.run()).stdout, 'own hello\n');
		await symlink('a clone/bin/knowhow', join(folder.path, 'link'));
		await symlink(join(folder.path, 'link'), join(folder.path, 'link-to-link'));
		assert.equal((await folder.run(join(folder.path, 'link-to-link'))).stdout, 'own hello\n');
	});

	test('without its own takes the host’s when it is new enough', async () => {
		await using folder = await clone({ packages: true, own: false, host: '24' });
		assert.equal((await folder.run()).stdout, 'host hello\n');
	});

	test('else says what to do', async () => {
		await using old = await clone({ packages: true, own: false, host: '20' });
		const rebuilt = await old.run();
		assert.equal(rebuilt.code, 1);
		assert.match(rebuilt.stderr, /npm rebuild node/);
		await using bare = await clone({ packages: false, own: false, host: '20' });
		const installed = await bare.run();
		assert.equal(installed.code, 1);
		assert.match(installed.stderr, /npm ci/);
	});
});

describe('scripts/guard.cjs', () => {
	test('lets this Node pass and tells an old one what to do', async () => {
		const guard = join(repository, 'scripts/guard.cjs');
		assert.equal((await runProgram(process.execPath, [guard])).code, 0);
		const asOld = `Object.defineProperty(process.versions, 'node', { value: '20.1.0' }); require(${JSON.stringify(guard)})`;
		const { code, stderr } = await runProgram(process.execPath, ['-e', asOld]);
		assert.equal(code, 1);
		assert.match(stderr, /npm rebuild node/);
	});
});
