/**
 * `npm test`: the unit tests (src, sample, weights) in one process, and beside it the whole-system tests (test) in a process each.
 * Lists every skipped test with its reason and ends with the counts, in the words of Node's test runner.
 * `npm test -- PATTERN…` runs only the files whose path contains one of the patterns.
 */
import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { run } from 'node:test';
import { report, type Summary } from './test-reporter.ts';

const patterns = process.argv.slice(2);
const began = performance.now();

/** Begun first, so that none of them keeps one core busy when the others are done. */
const longest = ['code-blocks', 'trainer-embedder', 'cli', 'hostile-input', 'web-scenes', 'package', 'evaluate-cli'];

const unit = testFiles('{src,sample,weights}/**/*.test.ts');
const system = testFiles('test/*.test.ts').sort((a, b) => placeOf(a) - placeOf(b));
const files = [...(unit.length > 0 ? ['scripts/unit-tests.ts'] : []), ...system];
if (files.length === 0) {
	console.error(`No test file matches ${patterns.join(', ')}.`);
	process.exit(2);
}

mkdirSync('.cache', { recursive: true });
buildWebIfOlder();
// Absolute: programs that tests start elsewhere share it, instead of writing one into their folder.
process.env['NODE_COMPILE_CACHE'] = resolve('.cache/compile');
process.env['KNOWHOW_UNIT_TESTS'] = JSON.stringify(unit);
const summary = await report(
	run({
		files: files.map((path) => resolve(path)),
		concurrency: Math.min(4, availableParallelism() + 1),
		execArgv: ['--disable-warning=ExperimentalWarning', '--import=./scripts/seed-properties.ts'],
	}),
);
writeFileSync('.cache/test-summary.json', JSON.stringify(summary));
print(summary);
// A process that ended before it had told of its tests must not pass for want of failures.
const silent = files.filter((path) => !summary.files.some(({ file }) => file === path));
for (const path of silent) console.log(`✖ ${path} ended too early`);
const { fail, cancelled } = summary.counts;
process.exitCode = silent.length === 0 && fail === 0 && cancelled === 0 && summary.failed.length === 0 ? 0 : 1;

function testFiles(glob: string): string[] {
	return globSync(glob)
		.sort()
		.filter((path) => patterns.length === 0 || patterns.some((pattern) => path.includes(pattern)));
}

function placeOf(path: string): number {
	const place = longest.findIndex((name) => path === `test/${name}.test.ts`);
	return place === -1 ? longest.length : place;
}

/** Tests see the web app as its sources are. They run side by side, so none of them may build it. */
function buildWebIfOlder(): void {
	const built = statSync('web/dist/index.html', { throwIfNoEntry: false })?.mtimeMs ?? 0;
	const sources = ['web/index.html', 'web/vite.config.ts', 'package-lock.json', ...globSync('web/{src,public}/**/*.*')];
	if (sources.every((path) => statSync(path).mtimeMs < built)) return;
	const { status } = spawnSync(process.execPath, ['scripts/build-web.ts'], { stdio: 'inherit' });
	if (status !== 0) process.exit(1);
}

function print({ counts, failed, skipped, files: processes }: Summary): void {
	if (skipped.length > 0) console.log(`\nSkipped (${skipped.length}):`);
	for (const { name, file, reason } of skipped) console.log(`﹣ ${name} (${file}): ${reason}`);
	if (failed.length > 0) console.log(`\nFailed (${failed.length}):`);
	for (const { name, file } of failed) console.log(`✖ ${name} (${file})`);
	const slowest = processes.slice(0, 5).map(({ file, ms }) => `${file} ${Math.round(ms / 1000)} s`);
	console.log(`\nThe longest: ${slowest.join(', ')}`);
	for (const [count, value] of Object.entries(counts)) console.log(`ℹ ${count} ${value}`);
	console.log(`ℹ duration_ms ${Math.round(performance.now() - began)}`);
}
