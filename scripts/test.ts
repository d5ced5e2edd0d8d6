/**
 * `npm test`: unit tests (src, sample, weights) in one process, then whole-system tests (test) in a process each.
 * Lists every skipped test with its reason and ends with the counts of both runs, in the words of Node's test runner.
 * `npm test -- PATTERN…` runs only the files whose path contains one of the patterns.
 */
import { spawn, spawnSync } from 'node:child_process';
import { globSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import type { Summary } from './test-reporter.ts';

const patterns = process.argv.slice(2);
const summaryPath = '.cache/test-summary.jsonl';
const began = performance.now();

mkdirSync('.cache', { recursive: true });
rmSync(summaryPath, { force: true });

const runs = [
	{ files: testFiles('{src,sample,weights}/**/*.test.ts'), flags: ['--test-isolation=none'] },
	// The longest is the last by name: begun first, it keeps no core waiting at the end.
	{
		files: testFiles('test/*.test.ts').reverse(),
		flags: [`--test-concurrency=${Math.min(4, availableParallelism() + 1)}`],
	},
].filter(({ files }) => files.length > 0);

buildWebIfOlder();
if (runs.length === 0) {
	console.error(`No test file matches ${patterns.join(', ')}.`);
	process.exit(2);
}
let isGreen = true;
for (const { files, flags } of runs) isGreen = (await runTests(files, flags)) && isGreen;
const summaries = readSummaries();
print(summaries);
// A run that died before its summary must not pass for want of failures.
process.exitCode = isGreen && summaries.length === runs.length ? 0 : 1;

/** Tests see the web app as its sources are. They run side by side, so none of them may build it. */
function buildWebIfOlder(): void {
	const built = statSync('web/dist/index.html', { throwIfNoEntry: false })?.mtimeMs ?? 0;
	const sources = ['web/index.html', 'web/vite.config.ts', 'package-lock.json', ...globSync('web/{src,public}/**/*.*')];
	if (sources.every((path) => statSync(path).mtimeMs < built)) return;
	const { status } = spawnSync(process.execPath, ['scripts/build-web.ts'], { stdio: 'inherit' });
	if (status !== 0) process.exit(1);
}

function testFiles(glob: string): string[] {
	return globSync(glob)
		.sort()
		.filter((path) => patterns.length === 0 || patterns.some((pattern) => path.includes(pattern)));
}

async function runTests(files: readonly string[], flags: readonly string[]): Promise<boolean> {
	const child = spawn(
		process.execPath,
		[
			'--disable-warning=ExperimentalWarning',
			'--test',
			...flags,
			'--import=./scripts/seed-properties.ts',
			'--test-reporter=./scripts/test-reporter.ts',
			...files,
		],
		{
			stdio: ['ignore', 'inherit', 'inherit'],
			// Absolute: programs that tests start elsewhere share it, instead of writing one into their folder.
			env: { ...process.env, NODE_COMPILE_CACHE: resolve('.cache/compile'), KNOWHOW_TEST_SUMMARY: summaryPath },
		},
	);
	return await new Promise<boolean>((settle, reject) => {
		child.on('error', reject);
		child.on('close', (code) => settle(code === 0));
	});
}

function readSummaries(): Summary[] {
	try {
		const lines = readFileSync(summaryPath, 'utf8').trim().split('\n');
		return lines.map((line) => JSON.parse(line) as Summary);
	} catch (error) {
		console.error('No test run left a summary.', error);
		return [];
	}
}

function print(summaries: readonly Summary[]): void {
	const skipped = summaries.flatMap((summary) => summary.skipped);
	if (skipped.length > 0) console.log(`\nSkipped (${skipped.length}):`);
	for (const { name, file, reason } of skipped) console.log(`﹣ ${name} (${file}): ${reason}`);
	const failed = summaries.flatMap((summary) => summary.failed);
	if (failed.length > 0) console.log(`\nFailed (${failed.length}):`);
	for (const { name, file } of failed) console.log(`✖ ${name} (${file})`);
	console.log('');
	for (const count of ['tests', 'suites', 'pass', 'fail', 'cancelled', 'skipped', 'todo']) {
		console.log(`ℹ ${count} ${summaries.reduce((sum, { counts }) => sum + (counts[count] ?? 0), 0)}`);
	}
	console.log(`ℹ duration_ms ${Math.round(performance.now() - began)}`);
}
