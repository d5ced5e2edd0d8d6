import type { Turn } from '../core/conversation.ts';
import type { Found } from './ask.ts';
import { readCues, type Cues } from './follow-up-cues.ts';
import { addIdf, contentWords, formsIn, sharesForm, type ContentWord } from './follow-up-words.ts';

type Search = (query: string, k: number) => Promise<Found>;

/** What an earlier turn was about. */
type Topic = {
	/** Question and answer. */
	readonly text: string;
	readonly words: readonly ContentWord[];
	/** Words of the answer. */
	readonly said: readonly ContentWord[];
	/** Words of the title of the passage that answered. */
	readonly title: readonly ContentWord[];
	/** Forms in that passage, and in its title and headings. */
	readonly inText: ReadonlySet<string>;
	readonly inTitle: ReadonlySet<string>;
};

/** The shares and counts of the rule, tuned on the development conversations of the sample. */
const tuned = {
	/** Content words that a question should have; what it lacks is carried over, at least `fewest`. */
	wanted: 10,
	fewest: 3,
	/** What a word weighs by the turn it comes from. */
	last: 1,
	first: 0.8,
	between: 0.4,
	/** A turn that shares words with the question. */
	shared: 1.2,
	/** What a word weighs by where it stands. */
	answer: 0.3,
	title: 0.6,
	/** By whether the passage that answered its turn has it. */
	inTitle: 1.3,
	inText: 1,
	nowhere: 0.4,
	vague: 0.3,
	identifier: 1.2,
	/** A code or number that the question replaces by another one. */
	replaced: 0.15,
	/** Other turns than the one that the question returns to. */
	left: 0.15,
	/** A word's further occurrences. */
	again: 0.1,
	/** A question with so many content words of its own stands alone unless it points back. */
	alone: 3,
	/** A pronoun with so many content words before it stands for one of these. */
	inside: 2,
} as const;

/** The last turns that are read, besides the first one. */
const turnsRead = 5;

/**
 * The question with the words it takes for granted in brackets; null when it stands alone. The words come from the questions
 * and answers before it and from the titles of the passages that answer them, rare ones and those of that passage first.
 */
export async function carryOver(history: readonly Turn[], question: string, search: Search): Promise<string | null> {
	const turns = history.length > turnsRead + 1 ? [history[0]!, ...history.slice(-turnsRead)] : history;
	const idfOf = new Map<string, number>();
	const all = turns.flatMap((turn) => [turn.question, turn.answer ?? '']);
	addIdf((await search([...all, question].join('\n'), 1)).terms, idfOf);
	if (standsAlone(question, readCues(question, all.join('\n')), idfOf)) return null;
	const topics: Topic[] = [];
	for (const turn of turns) topics.push(await topicOf(turn, topics, { search, idfOf }));
	return withCarried(question, topics, idfOf);
}

/**
 * A question with a code or enough content words of its own stands alone, unless it goes on from the last turn or points back: a
 * pronoun with several content words before it is taken to stand for one of these.
 */
function standsAlone(question: string, cues: Cues, idfOf: ReadonlyMap<string, number>): boolean {
	const own = contentWords(question, idfOf);
	const isFull = own.some(({ kind }) => kind === 'identifier') || telling(question, idfOf) >= tuned.alone;
	if (cues.goesOn || cues.compares || !isFull) return false;
	return cues.pointsAt === null || telling(question.slice(0, cues.pointsAt), idfOf) >= tuned.inside;
}

function telling(text: string, idfOf: ReadonlyMap<string, number>): number {
	return contentWords(text, idfOf).filter(isTelling).length;
}

function isTelling({ kind, idf }: ContentWord): boolean {
	return kind !== 'vague' && (idf > 0 || kind !== 'word');
}

type Lookup = { readonly search: Search; readonly idfOf: Map<string, number> };

/** Finds the passage that answered a turn: what was asked and said there finds it again. */
async function topicOf(turn: Turn, before: readonly Topic[], { search, idfOf }: Lookup): Promise<Topic> {
	const asked = turn.standalone ?? withCarried(turn.question, before, idfOf) ?? turn.question;
	const [hit] = (await search(`${asked} ${turn.answer ?? ''}`, 1)).hits;
	const title = turn.titles[0] ?? hit?.document.title ?? '';
	if (title !== '') addIdf((await search(title, 1)).terms, idfOf);
	return {
		text: `${turn.question}\n${turn.answer ?? ''}`,
		words: contentWords(turn.question, idfOf),
		said: contentWords(turn.answer ?? '', idfOf),
		title: contentWords(title, idfOf).filter(({ kind }) => kind !== 'vague'),
		inText: formsIn(hit?.text ?? ''),
		inTitle: formsIn([title, ...(hit?.headings ?? [])].join('\n')),
	};
}

/** The question with the words carried over; null when there is nothing to carry. */
function withCarried(question: string, topics: readonly Topic[], idfOf: ReadonlyMap<string, number>): string | null {
	const cues = readCues(question, topics.map(({ text }) => text).join('\n'));
	const own = contentWords(question, idfOf);
	const present = own.reduce((sum, word) => sum + (isTelling(word) ? 1 : tuned.vague), 0);
	const count = Math.max(tuned.fewest, Math.round(tuned.wanted - present));
	const carried = candidates(cues, own, topics)
		.sort((a, b) => b.score - a.score)
		.slice(0, count)
		.sort((a, b) => a.order - b.order);
	return carried.length === 0 ? null : `${question.trim()} (${carried.map(({ word }) => word.text).join(' ')})`;
}

type Candidate = { readonly word: ContentWord; readonly order: number; score: number };

/** Every word that could be carried over, once, in the order in which it came up. */
function candidates(cues: Cues, own: readonly ContentWord[], topics: readonly Topic[]): Candidate[] {
	const found: Candidate[] = [];
	const add = (word: ContentWord, weight: number): void => {
		if (word.idf === 0 || own.some((one) => sharesForm(one.forms, word.forms))) return;
		const score = word.idf * weight * kindWeight(word, own, cues);
		const same = found.find((candidate) => sharesForm(candidate.word.forms, word.forms));
		if (same === undefined) found.push({ word, order: found.length, score });
		else same.score = Math.max(same.score, score) + tuned.again * Math.min(same.score, score);
	};
	const weights = turnWeights(cues, own, topics);
	for (const [i, topic] of topics.entries()) {
		const weight = weights[i]!;
		for (const word of topic.words) add(word, weight * placeWeight(word, topic));
		for (const word of topic.said) add(word, weight * placeWeight(word, topic) * tuned.answer);
		for (const word of topic.title) add(word, weight * tuned.title);
	}
	return found;
}

function turnWeights(cues: Cues, own: readonly ContentWord[], topics: readonly Topic[]): number[] {
	const shared = topics.map((topic) => sharedWeight(own, topic));
	const most = Math.max(...shared, 0);
	const last = topics.length - 1;
	return topics.map((_, i) => {
		const weight = i === last ? tuned.last : i === 0 ? tuned.first : tuned.between;
		const isShared = most > 0 && shared[i] === most;
		if (cues.returnsTo === null) return isShared ? weight * tuned.shared : weight;
		const isTarget = most > 0 && cues.returnsTo !== 'first' ? isShared : i === 0;
		return isTarget ? tuned.shared : tuned.left;
	});
}

/** How much of the question an earlier turn has: the sum of the idf of the words they share. */
function sharedWeight(own: readonly ContentWord[], { words, said, title }: Topic): number {
	const theirs = [...words, ...said, ...title];
	return own
		.filter((word) => word.kind !== 'vague' && theirs.some(({ forms }) => sharesForm(forms, word.forms)))
		.reduce((sum, { idf }) => sum + idf, 0);
}

function placeWeight(word: ContentWord, { inTitle, inText }: Topic): number {
	if (word.forms.some((form) => inTitle.has(form))) return tuned.inTitle;
	return word.forms.some((form) => inText.has(form)) ? tuned.inText : tuned.nowhere;
}

/** A code or number gives way to another one of its kind in the question, unless the question compares. */
function kindWeight({ kind }: ContentWord, own: readonly ContentWord[], { compares }: Cues): number {
	const isReplaced = (kind === 'identifier' || kind === 'number') && own.some((word) => word.kind === kind);
	if (isReplaced && !compares) return tuned.replaced;
	return kind === 'vague' ? tuned.vague : kind === 'identifier' ? tuned.identifier : 1;
}
