/** Which of the sample's questions the shipped weights and the built-in embedder learned from: new ones do not join them unseen. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { isByFirstAuthor } from '../sample/first-author.ts';
import { sampleQuestions } from '../weights/examples.ts';
import { repository } from './run-program.ts';

/**
 * Of the questions as they stand in the file: other words make other weights as well. `dev` is what was learned from, `test` what the
 * published figures are of. To change one is to make the weights, and the figures, again.
 */
const stored = {
	dev: { questions: 142, sha256: '98849368de69beb0c6e04e3aaccc499abcaee6b290a81aa1a833f9128fea847e' },
	test: { questions: 147, sha256: '47c144c07dd80612c2b2993bc53629fd8fb614e3d43401ca1a5aed9943cd9be2' },
} as const;

const learned = sampleQuestions('dev').filter(isByFirstAuthor);

for (const split of ['dev', 'test'] as const) {
	test(`the first author's questions (${split}) are those that there were`, () => {
		const questions = sampleQuestions(split).filter(isByFirstAuthor);
		const sha256 = createHash('sha256').update(JSON.stringify(questions)).digest('hex');
		assert.deepEqual({ questions: questions.length, sha256 }, stored[split]);
	});
}

test('the lineage of the answerer counts them', () => {
	const { lineage } = JSON.parse(readFileSync(join(repository, 'weights/answerer.json'), 'utf8'));
	const own = learned.filter(({ class: kind }) => kind !== 'mismatch');
	const { questions, leftOut } = lineage.data.sample;
	assert.equal(own.length, questions);
	assert.equal(own.filter(({ class: kind }) => kind !== 'unanswerable').length, leftOut);
});

const python = '.cache/python/ready';
const skip = existsSync(join(repository, python)) ? false : `needs ${python}`;

test('the recipe of the embedder chooses by 81 of them', { skip }, async () => {
	const program =
		'import json, pathlib, sys, texts; print(json.dumps(texts.sample(pathlib.Path(sys.argv[1])).queries))';
	const { stdout } = await promisify(execFile)(
		join(repository, '.cache/python/bin/python'),
		['-B', '-c', program, repository],
		{ cwd: join(repository, 'trainer/embedder') },
	);
	const queries = JSON.parse(stdout) as string[];
	const asked = new Set(learned.map(({ question }) => question));
	assert.equal(queries.length, 81);
	assert.deepEqual(
		queries.filter((query) => !asked.has(query)),
		[],
	);
});
