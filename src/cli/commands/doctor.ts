import { defineCommand } from '../command.ts';
import { projectFolder } from '../project.ts';

export const doctor = defineCommand({
	describe:
		'Checks Node.js, SQLite, the settings, the database (reads all of it), every index, and the embedder and the language model where one is configured; lists the models in reach, with what selects them: keys in the environment by name, Ollama, LM Studio or llama.cpp on this machine. Exit code 1 when something is broken.',
	arguments: [],
	options: {},
	collections: 'none',
	examples: [{ command: 'knowhow doctor', describe: 'Is everything in order?' }],
	run: async (call) => {
		const { examine } = await import('../../project/doctor.ts');
		const { terminal } = call;
		const findings = await examine(await projectFolder(call), { env: call.env, signal: call.signal });
		const marks = {
			ok: terminal.style.green('✔'),
			warning: terminal.style.yellow('!'),
			failed: terminal.style.red('✖'),
		};
		const lines = findings.flatMap(({ name, state, message, hint }) => [
			`${marks[state]} ${name}: ${message}`,
			...(hint === null ? [] : [`  ${hint}`]),
		]);
		const isSound = findings.every(({ state }) => state !== 'failed');
		return { json: { ok: isSound, checks: findings }, text: lines.join('\n'), exitCode: isSound ? 0 : 1 };
	},
});
