/** `npm run check`: types, lint, format, dead code and the architecture test, side by side; each says what it looked at. */
import { spawn } from 'node:child_process';

type Check = { readonly name: string; readonly command: readonly string[]; readonly seen: RegExp | null };
type Result = Check & { readonly isGreen: boolean; readonly output: string; readonly seconds: number };

/** `seen` finds in the output how much a tool looked at; a tool that passes without saying it has not been run right. */
const checks: readonly Check[] = [
	{ name: 'types', command: ['tsc', '-p', '.', '--diagnostics'], seen: /^Files:\s+(\d+)/m },
	{ name: 'types of web/', command: ['tsc', '-p', 'web', '--diagnostics'], seen: /^Files:\s+(\d+)/m },
	{ name: 'lint', command: ['oxlint', '--type-aware'], seen: /on (\d+) files/ },
	{ name: 'format', command: ['oxfmt', '--check', '.'], seen: /on (\d+) files/ },
	{ name: 'dead code', command: ['knip', '--no-progress'], seen: null },
	{
		name: 'architecture',
		command: ['node', '--test', '--test-reporter=spec', 'test/architecture.test.ts'],
		seen: /(\d+) files/,
	},
];

const results = await Promise.all(checks.map(run));
for (const { name, isGreen, output, seconds, seen } of results) {
	const looked = seen?.exec(output)?.[1];
	const isBlind = isGreen && seen !== null && !(Number(looked) > 0);
	const extent = looked === undefined ? '' : `, ${looked} files`;
	console.log(`${isGreen && !isBlind ? '✔' : '✖'} ${name} (${seconds.toFixed(1)} s${extent})`);
	if (isBlind) console.log('  It passed without saying what it looked at.');
	if (!isGreen) console.log(output.trimEnd());
	if (!isGreen || isBlind) process.exitCode = 1;
}

async function run(check: Check): Promise<Result> {
	const began = performance.now();
	const [tool, ...flags] = check.command as [string, ...string[]];
	const child = spawn(`node_modules/.bin/${tool}`, flags, { stdio: ['ignore', 'pipe', 'pipe'] });
	let output = '';
	child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
	child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
	const isGreen = await new Promise<boolean>((resolve, reject) => {
		child.on('error', reject);
		child.on('close', (code) => resolve(code === 0));
	});
	return { ...check, isGreen, output, seconds: (performance.now() - began) / 1000 };
}
