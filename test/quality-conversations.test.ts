import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { standalone } from '../src/ask/follow-up.ts';
import type { Turn } from '../src/core/conversation.ts';
import { openFolder, type Collection } from '../weights/collection.ts';
import { sampleFolder, sampleQuestions } from '../weights/examples.ts';

type Evidence = readonly { readonly path: string; readonly quote: string }[];
type SampleTurn = {
	readonly question: string;
	readonly standalone: string;
	readonly answer: string | null;
	readonly evidence: Evidence;
};
type Conversation = { readonly id: string; readonly split: string; readonly turns: readonly SampleTurn[] };

/**
 * Turns two and later whose evidence (all quotes) is among the first five hits, of those that have evidence: searched as they
 * were typed, as the rule reads them, and as the sample's standalone question puts them. The rule sees the questions before and
 * the sample's answers to them, nothing else. It was tuned on dev; test was looked at when it was done.
 */
const stored = {
	dev: { turns: 63, raw: 38, rule: 58, gold: 63 },
	test: { turns: 61, raw: 37, rule: 59, gold: 61 },
} as const;

/** Questions that stand alone, asked after one about something else: how many are left as they are, and how many of the others lose their evidence. */
const storedAlone = { questions: 236, untouched: 221, lost: 1 } as const;

const conversations = readFileSync(new URL('conversations.jsonl', sampleFolder), 'utf8')
	.trim()
	.split('\n')
	.map((line) => JSON.parse(line) as Conversation);

describe('follow-up questions of the sample’s conversations', () => {
	let collection: Collection;
	before(async () => {
		collection = await openFolder(new URL('v1', sampleFolder).pathname);
	});
	after(async () => await collection[Symbol.asyncDispose]());

	const read = async (history: readonly Turn[], question: string): Promise<string> => {
		// As a project does: follow-ups are read by the words of the documents.
		const search = (query: string, k: number) => collection.search(query, k, { mode: 'keyword' });
		return (await standalone(history, question, { search, generator: null })).question;
	};
	const isFound = async (query: string, evidence: Evidence): Promise<boolean> => {
		const { hits } = await collection.search(query, 5);
		return evidence.every(({ path, quote }) =>
			hits.some(({ document, text }) => document.source === path && squash(text).includes(squash(quote))),
		);
	};

	for (const split of ['dev', 'test'] as const) {
		test(`their evidence is among the first five hits (${split})`, async (t) => {
			const found = { turns: 0, raw: 0, rule: 0, gold: 0 };
			for (const { turns } of conversations.filter((conversation) => conversation.split === split)) {
				for (const [i, { question, standalone: gold, evidence }] of turns.entries()) {
					if (i === 0 || evidence.length === 0) continue;
					found.turns++;
					if (await isFound(question, evidence)) found.raw++;
					if (await isFound(await read(turns.slice(0, i).map(toTurn), question), evidence)) found.rule++;
					if (await isFound(gold, evidence)) found.gold++;
				}
			}
			t.diagnostic(JSON.stringify({ ...found, stored: stored[split] }));
			assert.equal(found.turns, stored[split].turns);
			assert.ok(found.rule >= stored[split].rule, `${found.rule} found, stored ${stored[split].rule}`);
			assert.ok(found.rule / found.turns >= 0.8, `${found.rule} of ${found.turns}`);
		});
	}

	test('questions that stand alone are left alone after a change of topic (test)', async (t) => {
		const asked = sampleQuestions('test').filter(({ class: kind }) => kind !== 'unanswerable');
		const found = { questions: asked.length, untouched: 0, lost: 0 };
		for (const [i, { question, evidence: either }] of asked.entries()) {
			const other = asked[(i + 40) % asked.length]!;
			const evidence = 'v1' in either ? either.v1 : either;
			const history = [{ question: other.question, standalone: null, answer: 'Yes.', titles: [] }];
			const asRead = await read(history, question);
			if (asRead === question) found.untouched++;
			else if ((await isAnyFound(question, evidence)) && !(await isAnyFound(asRead, evidence))) found.lost++;
		}
		t.diagnostic(JSON.stringify({ ...found, stored: storedAlone }));
		assert.equal(found.questions, storedAlone.questions);
		assert.ok(found.untouched >= storedAlone.untouched && found.lost <= storedAlone.lost, JSON.stringify(found));
	});

	test('a new question without a cue is read as it is, by a rare word or by what the words before it would hide', async () => {
		const history = [
			toTurn({ question: 'What is the monthly rental for a PX-1200?', answer: 'PX-1200 – rental_eur_month: 12.50' }),
		];
		for (const question of [
			'How do I reset my password?',
			'What is the capital of Mongolia?',
			'What does a webhook send?',
		]) {
			assert.equal(await read(history, question), question);
		}
		assert.notEqual(await read(history, 'What is the battery life?'), 'What is the battery life?');
	});

	async function isAnyFound(query: string, evidence: Evidence): Promise<boolean> {
		for (const one of evidence) if (await isFound(query, [one])) return true;
		return false;
	}
});

function toTurn({ question, answer }: Pick<SampleTurn, 'question' | 'answer'>): Turn {
	return { question, standalone: null, answer, titles: [] };
}

/** Without white space and Markdown's marks: quotes are those of the source files, hits those of the converted text. */
function squash(text: string): string {
	return text.replace(/[\s*`\\]+/g, ' ').toLowerCase();
}
