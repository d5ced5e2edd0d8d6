import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Embedder } from '../core/embedder.ts';
import { openStore } from '../store/store.ts';
import { reindex } from './reindex.ts';

test('reindex gives every chunk a vector, swaps, and goes on where an interrupted run stopped', async (t) => {
	const folder = await mkdtemp(join(tmpdir(), 'knowhow-reindex-'));
	t.after(() => rm(folder, { recursive: true }));
	await using store = await openStore(folder);
	const { corpus } = store;
	const { id } = await corpus.createCollection('default');
	const sentences = Array.from({ length: 600 }, (_, i) => `Sentence number ${i}.`);
	const text = sentences.join('\n');
	const chunks = sentences.map((sentence) => ({
		start: text.indexOf(sentence),
		end: text.indexOf(sentence) + sentence.length,
		text: sentence,
		headings: [],
		page: null,
	}));
	await corpus.replace({
		id: null,
		expected: 0,
		collection: id,
		source: 'a.txt',
		title: 'A',
		text,
		hash: '1',
		format: 'text',
		language: 'en',
		date: null,
		attributes: {},
		readers: 'everyone',
		pages: [],
		chunks,
		vectors: [],
		keepVersion: false,
	});
	let calls = 0;
	const embedder: Embedder = {
		id: 'one',
		space: 'one/2',
		dimensions: 2,
		embed: async (texts) => {
			if (++calls === 2) throw new Error('the service went away');
			return texts.map(() => Float32Array.of(1, 0));
		},
	};
	const parts = { corpus, embedder };
	await assert.rejects(reindex(id, parts), /went away/);
	assert.equal((await corpus.collection('default'))?.space, null);
	assert.equal(await reindex(id, parts), 600 - 256);
	assert.equal((await corpus.collection('default'))?.space, 'one/2');
	assert.equal(await reindex(id, parts), 0);
});
