import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import wabt from 'wabt';
import { repository } from './run-program.ts';

test('every module of WASM is what its text compiles to (npm run wasm)', async () => {
	const compiler = await wabt();
	const texts = globSync('src/**/*.wat', { cwd: repository }).map((path) => `${repository}/${path}`);
	assert.ok(texts.length >= 3);
	for (const path of texts) {
		const compiled = compiler.parseWat(path, readFileSync(path, 'utf8'), { simd: true, threads: true }).toBinary({});
		const kept = readFileSync(path.replace(/\.wat$/, '.wasm.ts'), 'utf8');
		assert.ok(kept.includes(`'${Buffer.from(compiled.buffer).toString('base64')}'`), `${path} has changed since`);
	}
});
