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
	/** A code or number of another series than that in the question. */
	other: 0.15,
	/** Other turns than the one that the question returns to. */
	left: 0.15,
	/** A word's further occurrences. */
	again: 0.1,
	/** A question with so many content words of its own stands alone unless it points back. */
	alone: 3,
	/** A pronoun with so many content words before it stands for one of these. */
	inside: 2,
	/** A word is rare from this idf on: one passage in a hundred has it. */
	rare: 4.6,
} as const;

/** The last turns that are read, besides the first one. */
const turnsRead = 5;

/** A question beside what was said before it. */
type Beside = {
	readonly question: string;
	readonly cues: Cues;
	/** Its content words that say something, and those of them that no earlier turn has. */
	readonly own: readonly ContentWord[];
	readonly fresh: readonly ContentWord[];
};

/**
 * The question with the words it takes for granted in brackets; null when it stands alone. The words come from the questions
 * and answers before it and from the titles of the passages that answer them, rare ones and those of that passage first.
 */
export async function carryOver(history: readonly Turn[], question: string, search: Search): Promise<string | null> {
	const turns = history.length > turnsRead + 1 ? [history[0]!, ...history.slice(-turnsRead)] : history;
	const idfOf = new Map<string, number>();
	const all = turns.flatMap((turn) => [turn.question, turn.answer ?? '']).join('\n');
	addIdf((await search(`${all}\n${question}`, 1)).terms, idfOf);
	const beside = setBeside(question, all, idfOf);
	if (standsAlone(beside, idfOf)) return null;
	const topics: Topic[] = [];
	for (const turn of turns) topics.push(await topicOf(turn, topics, { search, idfOf }));
	const carried = withCarried(question, topics, idfOf);
	return carried === null || (await isLost(beside, carried, search)) ? null : carried;
}

function setBeside(question: string, before: string, idfOf: ReadonlyMap<string, number>): Beside {
	const said = new Set(contentWords(before, idfOf).flatMap(({ forms }) => forms));
	const own = contentWords(question, idfOf).filter(isTelling);
	const fresh = own.filter(({ forms }) => !forms.some((form) => said.has(form)));
	return { question, cues: readCues(question, before), own, fresh };
}

/**
 * A question with a code or enough content words of its own stands alone, unless it goes on from the last turn or points back: a
 * pronoun with several content words before it is taken to stand for one of these. So does one without any such cue that has a
 * rare word of its own; a number is none, as in `65?`.
 */
function standsAlone({ question, cues, own, fresh }: Beside, idfOf: ReadonlyMap<string, number>): boolean {
	if (!hasCue(cues) && fresh.some(({ kind, idf }) => kind !== 'number' && idf >= tuned.rare)) return true;
	const isFull = own.some(({ kind }) => kind === 'identifier') || own.length >= tuned.alone;
	if (cues.goesOn || cues.compares || !isFull) return false;
	if (cues.pointsAt === null) return true;
	return contentWords(question.slice(0, cues.pointsAt), idfOf).filter(isTelling).length >= tuned.inside;
}

/** Whether it may lean on earlier turns; in a language whose cues are not known it always may. */
function hasCue({ isKnown, goesOn, compares, pointsAt }: Cues): boolean {
	return !isKnown || goesOn || compares || pointsAt !== null;
}

/**
 * Whether carried words lead a question without a cue away from what it asks: the best passage has none of its fresh words, and
 * without them it has. A question with a cue means the turns before it, whatever passages elsewhere have its words.
 */
async function isLost({ question, cues, fresh }: Beside, carried: string, search: Search): Promise<boolean> {
	if (hasCue(cues) || fresh.length === 0) return false;
	return !(await bestHas(fresh, carried, search)) && (await bestHas(fresh, question, search));
}

async function bestHas(some: readonly ContentWord[], query: string, search: Search): Promise<boolean> {
	const [hit] = (await search(query, 1)).hits;
	if (hit === undefined) return false;
	const has = formsIn([hit.document.title, ...hit.headings, hit.text].join('\n'));
	return some.some(({ forms }) => forms.some((form) => has.has(form)));
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
		if (word.idf === 0 || own.some((one) => sharesForm(one.forms, word.forms)) || isReplaced(word, own, cues)) return;
		const score = word.idf * weight * kindWeight(word, own, cues);
		const same = found.find((candidate) => sharesForm(candidate.word.forms, word.forms));
		if (same === undefined) found.push({ word, order: found.length, score });
		else same.score = Math.max(same.score, score) + tuned.again * Math.min(same.score, score);
	};
	const weights = turnWeights(cues, own, topics);
	for (const [i, topic] of topics.entries()) {
		const weight = weights[i]!;
		for (const word of topic.words) add(word, weight * placeWeight(word, topic));
		for (const word of stillSaid(topic, own, cues)) add(word, weight * placeWeight(word, topic) * tuned.answer);
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

/** `and for the PX-1200?` asks again with another code or number of a series: the one before it is no longer meant. */
function isReplaced(word: ContentWord, own: readonly ContentWord[], { goesOn, compares }: Cues): boolean {
	return goesOn && !compares && own.some((one) => one.kind === word.kind && isOfSeries(one, word));
}

/** Codes that begin with the same letters are of one series, and so are years, and other numbers. */
function isOfSeries(a: ContentWord, b: ContentWord): boolean {
	if (a.kind === 'number') return isYear(a.text) === isYear(b.text);
	return a.kind === 'identifier' && lettersOf(a.text) === lettersOf(b.text);
}

function isYear(number: string): boolean {
	return /^(?:19|20)\d\d$/.test(number);
}

function lettersOf(code: string): string {
	return /\p{L}+/u.exec(code.toLowerCase())?.[0] ?? '';
}

/** Words of an answer, without its values when what was asked about is replaced: they were those of that. */
function stillSaid({ words, said }: Topic, own: readonly ContentWord[], cues: Cues): readonly ContentWord[] {
	const isOld = words.some((word) => isReplaced(word, own, cues));
	return isOld ? said.filter(({ kind }) => kind !== 'number') : said;
}

function kindWeight({ kind }: ContentWord, own: readonly ContentWord[], { compares }: Cues): number {
	const isOther = (kind === 'identifier' || kind === 'number') && own.some((word) => word.kind === kind);
	if (isOther && !compares) return tuned.other;
	return kind === 'vague' ? tuned.vague : kind === 'identifier' ? tuned.identifier : 1;
}
