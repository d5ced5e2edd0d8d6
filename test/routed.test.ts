import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { builtInFolder } from '../src/models/static-embedder.ts';
import { open } from '../src/project/open.ts';
import { knowhow as run, repository, runProgram, temporaryFolder } from './run-program.ts';

const skip = existsSync(builtInFolder) ? false : `needs ${builtInFolder}`;

test('one router and three systems are held against the best single system, with an interval', { skip }, async (t) => {
	const program = ['scripts/routed.ts', '--json', '--on', 'dev', '--every', '8'];
	const { code, stdout, stderr } = await runProgram(process.execPath, program, { cwd: repository });
	assert.equal(code, 0, stderr);
	const told = JSON.parse(stdout);
	const { router, dev, chosen, verdict } = told;
	t.diagnostic(JSON.stringify({ right: dev.right, verdict }));
	assert.deepEqual([router.examples, dev.questions], [94, 18]);
	assert.ok(router.heldOut.accuracy > 0.75, 'three classes of tickets');
	assert.deepEqual(Object.keys(chosen), ['code', 'troubleshooting', 'general', 'single']);
	const [routed, single] = [told['dev: routed'].mean, told[`dev: ${chosen.single}`].mean];
	assert.ok(Math.abs(routed - single - verdict.difference) < 1e-9);
	const { low, high } = verdict.interval;
	assert.ok(low <= verdict.difference && verdict.difference <= high);
	assert.equal(verdict.verdict === 'better', low > 0 && verdict.p <= 0.05);
});

test(
	'a saved system draws on the documents of its filter alone, whatever a question asks for besides',
	{ skip },
	async () => {
		await using folder = await temporaryFolder();
		const cwd = folder.path;
		await mkdir(join(cwd, 'docs'));
		await writeFile(join(cwd, 'docs', 'fees.md'), '# Fees\n\nThe fee for a refund is 12 euros.\n');
		await writeFile(join(cwd, 'docs', 'sdk.md'), '# SDK\n\nThe fee for a refund is in the field fee.\n');
		await run(['ingest', 'docs'], { cwd });
		const filter = JSON.stringify({ type: 'eq', key: 'title', value: 'SDK' });
		const saved = await run(['systems', 'save', 'sdk', '--filter', filter, '--json'], { cwd });
		assert.equal(saved.code, 0, saved.stderr);
		await using project = await open(cwd);
		const titles = async (system: string, title?: string): Promise<string[]> => {
			const asked = title === undefined ? null : ({ type: 'eq', key: 'title', value: title } as const);
			const { hits } = await project.ask('What is the fee for a refund?', { system, filter: asked });
			return hits.map(({ document }) => document.title).toSorted();
		};
		assert.deepEqual(await titles('rag'), ['Fees', 'SDK']);
		assert.deepEqual(await titles('sdk'), ['SDK']);
		assert.deepEqual(await titles('sdk', 'Fees'), []);
		const wrong = await run(['systems', 'save', 'sdk', '--filter', '{"type":"like"}'], { cwd });
		assert.equal(wrong.code, 2);
	},
);
