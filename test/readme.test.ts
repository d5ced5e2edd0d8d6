import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { repository, runProgram } from './run-program.ts';

/** Times differ from run to run; nothing else may. */
function withoutTimes(text: string): string {
	return text.replaceAll(/\d+\.\d\d s/g, '… s').trim();
}

test('the README shows what the demo prints, in 60 lines at most', async () => {
	const { code, stdout } = await runProgram(process.execPath, ['scripts/demo.ts'], { cwd: repository });
	assert.equal(code, 0);
	assert.ok(stdout.trim().split('\n').length <= 60);
	const readme = await readFile(join(repository, 'README.md'), 'utf8');
	const shown = /\n```\n(Read [\s\S]*?)\n```\n/.exec(readme)?.[1];
	assert.equal(withoutTimes(shown ?? ''), withoutTimes(stdout));
});
