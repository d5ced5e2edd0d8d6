import { z } from 'zod';
import { sectionsOf, squash } from './document-text.ts';
import { readLines } from './read-lines.ts';
import { readCodeQuestions } from './code-questions.ts';

const evidenceSchema = z.array(z.object({ path: z.string(), quote: z.string() }));
const questionSchema = z.object({
	split: z.enum(['dev', 'test']),
	question: z.string(),
	evidence: z.union([evidenceSchema, z.object({ v1: evidenceSchema, v2: evidenceSchema })]),
});
const conversationSchema = z.object({
	split: z.enum(['dev', 'test']),
	turns: z.array(z.object({ question: z.string(), standalone: z.string(), evidence: evidenceSchema })),
});

/** What nothing may be trained on: the questions of the test split, conversations and code included, and their evidence. */
export type HeldOut = {
	readonly questions: readonly string[];
	readonly evidence: readonly { readonly path: string; readonly quote: string }[];
	/** Of each question the words of more than three letters. */
	readonly words: readonly ReadonlySet<string>[];
};

export function readHeldOut(): HeldOut {
	const isTest = ({ split }: { readonly split: string }) => split === 'test';
	const asked = readLines('questions.jsonl', questionSchema).filter(isTest);
	const code = readCodeQuestions().filter(isTest);
	const turns = readLines('conversations.jsonl', conversationSchema)
		.filter(isTest)
		.flatMap((conversation) => conversation.turns);
	const questions = [
		...[...asked, ...code].map(({ question }) => question),
		...turns.flatMap(({ question, standalone }) => [question, standalone]),
	];
	return {
		questions,
		words: questions.map(longWords),
		evidence: [
			...asked.flatMap(({ evidence }) => (Array.isArray(evidence) ? evidence : [...evidence.v1, ...evidence.v2])),
			...[...code, ...turns].flatMap(({ evidence }) => evidence),
		],
	};
}

/** Whether a quote of a document stands in a section that a held-out question asks about. */
export function isHeldOut(path: string, quote: string, { evidence }: HeldOut): boolean {
	const own = evidence.filter((one) => one.path === path).map((one) => squash(one.quote));
	const sections = sectionsOf(path).map(squash);
	return sections.some((section) => section.includes(squash(quote)) && own.some((other) => section.includes(other)));
}

/** The most that a text shares with a held-out question: Jaccard index of their words of more than three letters, 0 to 1. */
export function nearestHeldOut(text: string, { words }: HeldOut): number {
	const own = longWords(text);
	return Math.max(...words.map((other) => jaccard(own, other)));
}

/** Size of the intersection over size of the union, 0 to 1; 0 of two empty sets. */
export function jaccard(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
	const shared = a.intersection(b).size;
	return shared === 0 ? 0 : shared / (a.size + b.size - shared);
}

function longWords(text: string): Set<string> {
	const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
	return new Set(words.filter((word) => word.length > 3));
}
