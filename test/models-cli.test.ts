import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { knowhow, temporaryFolder } from './run-program.ts';

const env = { OPENAI_API_KEY: 'sk-planted-1', ANTHROPIC_API_KEY: 'sk-planted-2', MISTRAL_API_KEY: undefined };

type Checks = { readonly ok: boolean; readonly checks: readonly Check[] };
type Check = { readonly name: string; readonly state: string; readonly message: string; readonly hint: string | null };

describe('language models at the prompt', () => {
	test('init names what is in reach and chooses nothing', async () => {
		await using folder = await temporaryFolder();
		const { code, stdout } = await knowhow(['init'], { cwd: folder.path, env });
		assert.equal(code, 0);
		assert.match(stdout, /until then nothing is sent/);
		assert.match(stdout, /OPENAI_API_KEY is set: --model openai\//);
		assert.match(stdout, /ANTHROPIC_API_KEY is set: --model anthropic\//);
		assert.doesNotMatch(stdout, /MISTRAL|planted/);
		const config = JSON.parse(await readFile(join(folder.path, 'knowhow.json'), 'utf8')) as { model: unknown };
		assert.equal(config.model, null);
	});

	test('doctor names what is in reach, what runs files here, and what a chosen model lacks', async () => {
		await using folder = await temporaryFolder();
		const examine = async (more: Record<string, string | undefined>): Promise<Checks> => {
			const { stdout } = await knowhow(['doctor', '--json'], { cwd: folder.path, env: { ...env, ...more } });
			assert.doesNotMatch(stdout, /planted/);
			return JSON.parse(stdout) as Checks;
		};
		const none = await examine({});
		assert.ok(none.ok);
		assert.match(check(none, 'language model').message, /none configured/);
		assert.match(check(none, 'in reach').hint ?? '', /--model openai\//);
		assert.match(check(none, 'node-llama-cpp').hint ?? '', /^npm install node-llama-cpp@/);
		assert.match(check(none, '@huggingface/transformers').hint ?? '', /^ONNXRUNTIME_NODE_INSTALL=skip npm install/);

		const chosen = await examine({ KNOWHOW_MODEL: 'openai/gpt-5.6-luna' });
		assert.match(check(chosen, 'language model').message, /openai\/gpt-5\.6-luna, reads 128000 tokens \(not called\)/);
		const keyless = await examine({ KNOWHOW_MODEL: 'mistral/mistral-small-latest' });
		assert.equal(keyless.ok, false);
		assert.match(check(keyless, 'language model').hint ?? '', /MISTRAL_API_KEY/);
	});
});

function check({ checks }: Checks, name: string): Check {
	return checks.find((found) => found.name === name) ?? assert.fail(`no check of ${name}`);
}
