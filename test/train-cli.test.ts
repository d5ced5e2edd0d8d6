import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { builtInFolder } from '../src/models/static-embedder.ts';
import { knowhow, temporaryFolder } from './run-program.ts';
import { toyRows, toyTexts } from './train-toy.ts';

const skip = existsSync(builtInFolder) ? false : `needs ${builtInFolder}`;

function lines(rows: readonly unknown[]): string {
	return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}

describe('training at a prompt', { skip }, () => {
	test('a router is trained, classifies and is measured', async () => {
		await using folder = await temporaryFolder();
		const outside = { text: 'what is the tallest mountain of Peru', label: 'none' };
		await writeFile(join(folder.path, 'train.jsonl'), lines(toyTexts(60, 1)));
		await writeFile(join(folder.path, 'test.jsonl'), lines([...toyTexts(30, 2), outside]));
		const none = await knowhow(['classify', 'my invoice', '--json'], { cwd: folder.path });
		assert.equal(none.code, 1);
		assert.match(none.stderr, /no trained router/);
		const trained = await knowhow(['train', 'router', '--data', 'train.jsonl', '--json'], { cwd: folder.path });
		assert.equal(trained.code, 0, trained.stderr);
		const { model, labels, metrics, tookMs } = JSON.parse(trained.stdout);
		assert.deepEqual(labels, ['access', 'billing', 'hardware']);
		assert.ok(metrics.heldOut.accuracy > 0.9 && tookMs > 0);
		const events = trained.stderr
			.trim()
			.split('\n')
			.map((line) => JSON.parse(line));
		assert.deepEqual([events[0].type, events[1].type], ['job', 'estimate']);
		assert.equal(events.at(-1).step, events.at(-1).steps);
		const one = await knowhow(['classify', 'my invoice has a wrong fee', '--model', model, '--json'], {
			cwd: folder.path,
		});
		const { label, probability, outOfScope } = JSON.parse(one.stdout);
		assert.equal(label, 'billing');
		assert.ok(probability > 0.5 && outOfScope === false);
		const all = await knowhow(['classify', '--data', 'test.jsonl', '--json'], { cwd: folder.path });
		const report = JSON.parse(all.stdout);
		assert.ok(report.accuracy > 0.9 && report.macroF1 > 0.9);
		assert.equal(report.perLabel.length, 3);
		assert.equal(report.outOfScope.examples, 1);
	});

	test('an extractor is trained, extracts and is measured', async () => {
		await using folder = await temporaryFolder();
		await writeFile(join(folder.path, 'train.jsonl'), lines(toyRows(120, 1)));
		await writeFile(join(folder.path, 'test.jsonl'), lines(toyRows(30, 2)));
		const trained = await knowhow(['train', 'extractor', '--data', 'train.jsonl', '--json'], { cwd: folder.path });
		assert.equal(trained.code, 0, trained.stderr);
		const { model } = JSON.parse(trained.stdout);
		const one = await knowhow(['extract', 'Will it rain in Oslo tomorrow', '--model', model], { cwd: folder.path });
		assert.deepEqual(JSON.parse(one.stdout), { intent: 'weather', slots: { city: 'Oslo' } });
		const all = await knowhow(['extract', '--data', 'test.jsonl', '--json'], { cwd: folder.path });
		assert.ok(JSON.parse(all.stdout).f1 > 0.95);
		const wrong = await knowhow(['classify', 'x', '--model', model], { cwd: folder.path });
		assert.equal(wrong.code, 2);
		assert.match(wrong.stderr, /is not a router/);
	});

	test('bad data is refused with its line, a missing file too', async () => {
		await using folder = await temporaryFolder();
		await writeFile(
			join(folder.path, 'bad.jsonl'),
			lines([
				{ text: 'a', label: 'x' },
				{ text: '', label: 'y' },
			]),
		);
		const bad = await knowhow(['train', 'router', '--data', 'bad.jsonl'], { cwd: folder.path });
		assert.equal(bad.code, 1);
		assert.match(bad.stderr, /line 2 has an empty text/);
		assert.equal((await knowhow(['train', 'router'], { cwd: folder.path })).code, 2);
		assert.equal((await knowhow(['train', 'router', '--data', 'no.jsonl'], { cwd: folder.path })).code, 1);
	});
});
