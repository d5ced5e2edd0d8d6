import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export const repository = resolve(import.meta.dirname, '..');
export const launcher = join(repository, 'bin/knowhow');

export type Finished = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

export type RunOptions = {
	readonly cwd?: string;
	/** Added to this process's environment; undefined removes a variable. */
	readonly env?: Readonly<Record<string, string | undefined>>;
	readonly input?: string;
	readonly timeoutMs?: number;
};

/** Runs a program to its end. Rejects when it cannot be started or takes longer than `timeoutMs` (60 s). */
export async function runProgram(
	command: string,
	words: readonly string[],
	{ cwd, env = {}, input, timeoutMs = 60_000 }: RunOptions = {},
): Promise<Finished> {
	const child = spawn(command, words, { cwd, env: { ...cleanEnvironment(), ...env }, stdio: 'pipe' });
	let [stdout, stderr] = ['', ''];
	child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
	child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
	child.stdin.on('error', () => {});
	child.stdin.end(input ?? '');
	return await new Promise<Finished>((resolved, reject) => {
		const timer = setTimeout(() => {
			child.kill('SIGKILL');
			reject(new Error(`${command} ${words.join(' ')} took longer than ${timeoutMs} ms.\n${stdout}\n${stderr}`));
		}, timeoutMs);
		child.on('error', reject);
		child.on('close', (code) => {
			clearTimeout(timer);
			resolved({ code, stdout, stderr });
		});
	});
}

/** Runs `bin/knowhow`. */
export async function knowhow(words: readonly string[], options: RunOptions = {}): Promise<Finished> {
	return await runProgram(launcher, words, options);
}

/** This process's environment without what the test runner and a user's shell leave in it. */
function cleanEnvironment(): Record<string, string | undefined> {
	const kept = Object.entries(process.env).filter(
		([name]) => !/^(NODE_TEST_|NODE_OPTIONS$|KNOWHOW_|NO_COLOR$|FORCE_COLOR$|npm_)/.test(name),
	);
	return Object.fromEntries(kept);
}

/** A folder that is removed with `await using`. */
export async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
	const path = await mkdtemp(join(tmpdir(), 'knowhow-test-'));
	return { path, [Symbol.asyncDispose]: async () => await rm(path, { recursive: true, force: true }) };
}
