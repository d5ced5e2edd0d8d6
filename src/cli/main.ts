#!/usr/bin/env node
// Nothing is imported before the version is known, and nothing here is newer than Node 12, so that an old Node
// prints this sentence and not a syntax error.
const oldest = 24;
if (Number(process.versions.node.split('.')[0]) < oldest) {
	const code = 'unsupported_node';
	console.error(`error (${code}): Knowhow needs Node.js ${oldest} or newer, and this is ${process.version}.`);
	console.error('Get a newer one from https://nodejs.org.');
	process.exitCode = 1;
} else {
	void main();
}

async function main(): Promise<void> {
	const { enableCompileCache } = await import('node:module');
	enableCompileCache();
	const { run } = await import('./run.ts');
	const { createStyle, wantsColour } = await import('./style.ts');
	const { stdin, stdout, stderr, env } = process;
	const interrupt = new AbortController();
	process.on('SIGINT', () => {
		if (interrupt.signal.aborted) process.exit(130);
		interrupt.abort();
	});
	// A reader that stops early, such as `head`, is not a failure, and progress that nobody reads stops nothing.
	stdout.on('error', (error) => process.exit((error as { code?: string }).code === 'EPIPE' ? 0 : 1));
	stderr.on('error', () => {});
	process.exitCode = await run(process.argv.slice(2), {
		cwd: process.cwd(),
		env,
		signal: interrupt.signal,
		terminal: {
			stdin,
			writeOut: (text) => void stdout.write(text),
			writeError: (text) => void stderr.write(text),
			style: createStyle(wantsColour(stdout.isTTY, env)),
			isTerminal: stdout.isTTY,
			isInteractive: stderr.isTTY,
			columns: stderr.columns ?? 80,
		},
	});
}
