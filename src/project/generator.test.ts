import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Generator } from '../core/generator.ts';
import { createProjectGenerator } from './generator.ts';

const settings = { model: null, modelContextTokens: undefined, modelKeyVariable: undefined, modelTimeoutSeconds: 120 };
const env = { OPENAI_API_KEY: 'sk-test', MY_KEY: 'sk-mine' };

describe('the language model of a project', () => {
	test('is none without a setting, whatever keys there are, and none by name', async () => {
		assert.equal(await createProjectGenerator(settings, { env }), null);
		assert.equal(await createProjectGenerator({ ...settings, model: 'extractive' }, { env }), null);
	});

	test('is the configured one, with its settings', async () => {
		const model = 'https://models.example/v1#big';
		const generator = await createProjectGenerator(
			{ ...settings, model, modelContextTokens: 32_000, modelKeyVariable: 'MY_KEY' },
			{ env },
		);
		assert.deepEqual([generator?.id, generator?.contextTokens], [model, 32_000]);
		const unset = createProjectGenerator({ ...settings, model, modelKeyVariable: 'OTHER_KEY' }, { env });
		await assert.rejects(unset, { code: 'invalid_config', hint: /OTHER_KEY/ });
	});

	test('is what the program gives before what is configured: a model object or a generator', async () => {
		const configured = { ...settings, model: 'openai/gpt-5.6-luna' };
		const object = {
			provider: 'mine.chat',
			modelId: 'm',
			doStream: async () => await Promise.reject(new Error('called')),
		};
		assert.equal((await createProjectGenerator(configured, { env, model: object }))?.id, 'mine/m');
		const own: Generator = { id: 'own', contextTokens: 1000, generate: () => assert.fail('called') };
		assert.equal(await createProjectGenerator(configured, { env, model: own }), own);
	});
});
