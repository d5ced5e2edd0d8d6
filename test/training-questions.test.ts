/**
 * Checks the training questions in weights/training: shape, counts, quotes that stand in their documents, and that
 * nothing of the sample's test half is used.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

type Question = {
	id: string;
	answerable: boolean;
	language: string;
	question: string;
	answer: string | null;
	evidence: { path: string; quote: string }[];
	near: string[];
};

const root = new URL('../', import.meta.url);
const handbook = new URL('../shared/data/handbook-18f/r1/', root);
const skip = existsSync(handbook) ? false : 'needs ../shared/data/handbook-18f';
const MAX_QUOTE_WORDS = 25;

/** The fewest questions of each kind, and over how many documents. */
const FILES: Record<string, { answerable: number; unanswerable: number; documents: number }> = {
	'sample-dev': { answerable: 100, unanswerable: 100, documents: 40 },
	handbook: { answerable: 140, unanswerable: 130, documents: 80 },
	other: { answerable: 20, unanswerable: 20, documents: 8 },
};

function read(name: string): Question[] {
	const text = readFileSync(new URL(`weights/training/${name}.jsonl`, root), 'utf8');
	return text
		.trim()
		.split('\n')
		.map((line) => JSON.parse(line) as Question);
}

function squash(text: string): string {
	return text.replaceAll('&euro;', '€').replace(/\s+/g, ' ').trim();
}

/** The paths of a question: those of its evidence, or the near ones. */
function paths({ evidence, near }: Question): string[] {
	return [...evidence.map(({ path }) => path), ...near];
}

/** Where the text of a document of the sample lies: PDF and DOCX are made from a text source. */
function sampleFile(path: string): URL {
	return new URL(/\.(?:pdf|docx)$/.test(path) ? `sample/binaries/v1/${path}.txt` : `sample/v1/${path}`, root);
}

function assertQuotes(questions: readonly Question[], locate: (path: string) => URL): void {
	const texts = new Map<string, string>();
	for (const question of questions) {
		for (const path of paths(question)) {
			if (!texts.has(path)) texts.set(path, squash(readFileSync(locate(path), 'utf8')));
		}
		for (const { path, quote } of question.evidence) {
			assert.ok(texts.get(path)!.includes(squash(quote)), `${question.id}: “${quote}” is not in ${path}`);
		}
	}
}

test('each training question is well formed and asked once', () => {
	const ids = new Set<string>();
	const asked = new Set<string>();
	for (const [name, least] of Object.entries(FILES)) {
		const questions = read(name);
		for (const question of questions) {
			const { id, answerable, language, answer, evidence, near } = question;
			assert.ok(!ids.has(id), `${id} is there twice`);
			ids.add(id);
			const words = question.question.toLowerCase().replace(/\W+/g, ' ').trim();
			assert.ok(words.length > 0 && !asked.has(words), `${id} is asked twice`);
			asked.add(words);
			assert.ok(['en', 'es', 'de'].includes(language), `${id}: language ${language}`);
			if (answerable) {
				assert.ok(typeof answer === 'string' && answer.length > 0, `${id} has no answer`);
				assert.ok(evidence.length > 0 && near.length === 0, `${id} needs evidence and nothing near`);
			} else {
				assert.equal(answer, null, `${id} has an answer`);
				assert.ok(evidence.length === 0 && near.length > 0, `${id} needs something near and no evidence`);
			}
			for (const { quote } of evidence) {
				assert.ok(quote.split(/\s+/).length <= MAX_QUOTE_WORDS, `${id}: quote too long`);
			}
		}
		const answerable = questions.filter((question) => question.answerable).length;
		assert.ok(answerable >= least.answerable, `${name}: ${answerable} answerable`);
		assert.ok(questions.length - answerable >= least.unanswerable, `${name}: ${questions.length - answerable} not`);
		const documents = new Set(questions.flatMap(paths));
		assert.ok(documents.size >= least.documents, `${name}: ${documents.size} documents`);
	}
});

test('the training questions over the sample use development documents, and none of its own questions', () => {
	const splits = JSON.parse(readFileSync(new URL('sample/splits.json', root), 'utf8')) as { dev: string[] };
	const dev = new Set(splits.dev);
	const questions = read('sample-dev');
	for (const question of questions) {
		for (const path of paths(question)) assert.ok(dev.has(path), `${question.id}: ${path} is not for development`);
	}
	const sample = readFileSync(new URL('sample/questions.jsonl', root), 'utf8').trim().split('\n');
	const taken = new Set(sample.map((line) => (JSON.parse(line) as Question).question.toLowerCase()));
	for (const { id, question } of questions) assert.ok(!taken.has(question.toLowerCase()), `${id} is a sample question`);
	assertQuotes(questions, sampleFile);
});

test('the quotes of the training questions over a team handbook stand in it', { skip }, () => {
	assertQuotes(read('handbook'), (path) => new URL(path, handbook));
});

test('the quotes of the training questions over the decisions stand in them', () => {
	assertQuotes(read('other'), (path) => new URL(path, root));
});
