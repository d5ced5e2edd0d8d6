/** Checks the log of interactions: shape, quotes, ratings, and that nothing of it is a test question's. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { quoteProblem } from './document-text.ts';
import { isHeldOut, nearestHeldOut, readHeldOut } from './held-out.ts';
import { type Check as CheckOf, holdsFor } from './holds.ts';
import { type LoggedInteraction, readInteractions } from './interactions.ts';
import splits from './splits.json' with { type: 'json' };

type Log = { interactions: readonly LoggedInteraction[] };
type Check = CheckOf<Log>;
type Citation = LoggedInteraction['citations'][number];

const ALL = 980;
const RATED = 755;
/** The smallest and largest share of the log. */
const SHARES = { up: [0.5, 0.62], down: [0.16, 0.22], none: [0.22, 0.28] } as const;
const CORRECTED = 50;
/** Quotes that two callers or more asked for, each in their own words. */
const THEMES = 75;
/** The share of accepted questions that have no word of more than three letters in common with their quote. */
const OTHER_WORDS = 0.6;
/** The largest share of the log that rests on documents of the test split. */
const ON_TEST_DOCUMENTS = 0.2;
const NEAR_QUESTION = 0.5;

const real: Log = { interactions: readInteractions() };
const heldOut = readHeldOut();
const holds = holdsFor(real, () => structuredClone(real));

/** The right citations as far as the log tells them. */
function goldOf({ acceptedCitations, correction }: LoggedInteraction): readonly Citation[] {
	return acceptedCitations ?? correction?.citations ?? [];
}

function allCitationsOf({ citations, acceptedCitations, correction }: LoggedInteraction): readonly Citation[] {
	return [...citations, ...(acceptedCitations ?? []), ...(correction?.citations ?? [])];
}

const longWords = (text: string) => new Set(text.toLowerCase().match(/\p{L}{4,}/gu));

const counts: Check = ({ interactions }) => {
	const problems: string[] = [];
	if (interactions.length !== ALL) problems.push(`${interactions.length} interactions, not ${ALL}`);
	for (const [name, [least, most]] of Object.entries(SHARES)) {
		const share = interactions.filter(({ rating }) => (rating ?? 'none') === name).length / interactions.length;
		if (!(share >= least && share <= most)) problems.push(`${(share * 100).toFixed(1)} % are rated ${name}`);
	}
	const rated = interactions.filter(({ rating }) => rating !== null).length;
	if (rated !== RATED) problems.push(`${rated} are rated, not ${RATED}`);
	const corrected = interactions.filter(({ correction }) => correction !== undefined).length;
	if (corrected < CORRECTED) problems.push(`${corrected} are corrected, fewer than ${CORRECTED}`);
	return problems;
};

const orderedByTime: Check = ({ interactions }) =>
	interactions.flatMap(({ id, at, system }, index) => {
		const before = interactions[index - 1];
		const isInOrder = Number(id.slice(2)) === index + 1 && (before === undefined || before.at < at);
		const isOfSystem = before === undefined || before.system <= system;
		return isInOrder && isOfSystem ? [] : [`${id} is out of order`];
	});

const shape: Check = ({ interactions }) =>
	interactions.flatMap((interaction) => {
		const { answer, abstained, citations, hits, rating, acceptedCitations, correction } = interaction;
		const problems: string[] = [];
		const sources = hits.map(({ source }) => source);
		if (abstained !== (answer === null) || abstained !== (citations.length === 0)) problems.push('is half an answer');
		if (new Set(sources).size !== sources.length) problems.push('finds a document twice');
		if (citations.some(({ source }) => !sources.includes(source))) problems.push('cites what was not found');
		if ((acceptedCitations !== undefined) !== (rating === 'up' && !abstained)) problems.push('accepts without cause');
		const cited = citations.map(({ source, quote }) => `${source} ${quote}`);
		if (acceptedCitations?.some(({ source, quote }) => !cited.includes(`${source} ${quote}`)))
			problems.push('accepts what was not cited');
		if (correction !== undefined && rating !== 'down') problems.push('corrects what was not wrong');
		if (correction?.citations.some(({ source, quote }) => cited.includes(`${source} ${quote}`)))
			problems.push('corrects a citation with itself');
		return problems.map((problem) => `${interaction.id} ${problem}`);
	});

const quotes: Check = ({ interactions }) =>
	interactions.flatMap((interaction) =>
		allCitationsOf(interaction).flatMap(({ source, quote }) => {
			const problem = quoteProblem(source, quote);
			return problem === null ? [] : [`${interaction.id}: ${problem}`];
		}),
	);

const askedOnce: Check = ({ interactions }) => {
	const asked = interactions.map(({ question }) => question.toLowerCase());
	return asked.filter((question, index) => asked.indexOf(question) !== index);
};

const themesRecur: Check = ({ interactions }) => {
	const callers = new Map<string, Set<string>>();
	for (const interaction of interactions)
		for (const { source, quote } of new Set([...interaction.citations, ...goldOf(interaction)])) {
			const key = `${source} ${quote}`;
			callers.set(key, (callers.get(key) ?? new Set()).add(interaction.caller));
		}
	const count = [...callers.values()].filter((of) => of.size > 1).length;
	return count < THEMES ? [`${count} quotes were asked for by two callers or more, fewer than ${THEMES}`] : [];
};

const askedInOtherWords: Check = ({ interactions }) => {
	const gold = interactions.filter((interaction) => goldOf(interaction).length > 0);
	const other = gold.filter((interaction) => {
		const words = longWords(interaction.question);
		return goldOf(interaction).every(({ quote }) => words.isDisjointFrom(longWords(quote)));
	});
	const share = other.length / gold.length;
	return share >= OTHER_WORDS ? [] : [`${(share * 100).toFixed(1)} % are in other words than the documents`];
};

const nothingOfTheTestQuestions: Check = ({ interactions }) =>
	interactions.flatMap((interaction) => {
		const held = allCitationsOf(interaction).filter(({ source, quote }) => isHeldOut(source, quote, heldOut));
		const isNear = nearestHeldOut(interaction.question, heldOut) >= NEAR_QUESTION;
		return [...held.map(({ source }) => `${interaction.id} cites ${source}`), ...(isNear ? [interaction.id] : [])];
	});

const mostlyDevelopment: Check = ({ interactions }) => {
	const count = interactions.filter((one) => allCitationsOf(one).some(({ source }) => splits.test.includes(source)));
	const share = count.length / interactions.length;
	return share > ON_TEST_DOCUMENTS ? [`${(share * 100).toFixed(1)} % rest on documents of the test split`] : [];
};

/** Changes the first interaction of a rating, or the first one. */
const change = (data: Log, changes: Partial<LoggedInteraction>, rating: LoggedInteraction['rating'] = 'up') => {
	const at = data.interactions.findIndex((one) => one.rating === rating && !one.abstained);
	data.interactions = data.interactions.map((one, index) => (index === at ? { ...one, ...changes } : one));
};

const cite = (source: string, quote: string) => ({ citations: [{ source, version: 1 as const, quote }] });
const testEvidence = heldOut.evidence.find(({ path }) => path === 'support/disputes.md');

holds(
	'there are 755 rated interactions, most of them good',
	counts,
	(data) => (data.interactions = data.interactions.slice(1)),
	(data) => change(data, { rating: null }),
	(data) => (data.interactions = data.interactions.map((one) => ({ ...one, rating: 'up' }))),
	(data) => (data.interactions = data.interactions.map((one) => ({ ...one, correction: undefined }))),
);

holds(
	'the log is in order of time',
	orderedByTime,
	(data) => change(data, { at: '2024-01-01T00:00:00Z' }),
	(data) => (data.interactions = data.interactions.toReversed()),
);

holds(
	'interactions have the shape of their rating',
	shape,
	(data) => change(data, { answer: null }),
	(data) => change(data, { acceptedCitations: cite('support/refunds.md', 'Refund from the Deck').citations }),
	(data) => change(data, cite('support/refunds.md', 'Refund from the Deck')),
	(data) => change(data, { rating: 'down' }),
	(data) => change(data, { correction: { answer: 'No.', ...cite('support/refunds.md', 'Refund from the Deck') } }),
	(data) => change(data, { hits: [] }),
);

holds(
	'quotes of the log stand verbatim in the document',
	quotes,
	(data) => change(data, cite('support/refunds.md', 'nobody wrote this')),
	(data) => change(data, { correction: { answer: 'No.', ...cite('support/refunds.md', 'state *waiting') } }, 'down'),
);

holds('no question of the log is asked twice in the same words', askedOnce, (data) =>
	change(data, { question: data.interactions.at(-1)?.question ?? '' }),
);

holds('themes recur', themesRecur, (data) => {
	data.interactions = data.interactions.map((one) => ({ ...one, caller: 'care/noor' }));
});

holds('people ask in words of their own', askedInOtherWords, (data) => {
	data.interactions = data.interactions.map((one) => ({ ...one, question: goldOf(one)[0]?.quote ?? one.question }));
});

holds(
	'the log asks nothing that a test question asks, and cites no section that one is about',
	nothingOfTheTestQuestions,
	(data) => change(data, { question: `please: ${heldOut.questions[0]}` }),
	(data) => change(data, cite(testEvidence?.path ?? '', testEvidence?.quote ?? '')),
);

holds('the log rests on documents for development, mostly', mostlyDevelopment, (data) => {
	data.interactions = data.interactions.map((one) => ({ ...one, ...cite('support/contact.md', 'Complaints') }));
});

test('the README has the counts of the log', () => {
	const readme = readFileSync(new URL('README.md', import.meta.url), 'utf8');
	const { interactions } = real;
	const count = (system: string | null, rating: LoggedInteraction['rating']) =>
		interactions.filter((one) => (system === null || one.system === system) && one.rating === rating).length;
	const corrected = interactions.filter(({ correction }) => correction !== undefined).length;
	const rows = [
		['up', 'up', ''] as const,
		['down', 'down', `, of which ${corrected} corrected`] as const,
		['not rated', null, ''] as const,
	].map(
		([name, rating, more]) =>
			`| ${name} | ${count('rag@1', rating)} | ${count('rag@2', rating)} | ${count(null, rating)}${more} |`,
	);
	const onTest = interactions.filter((one) => allCitationsOf(one).some(({ source }) => splits.test.includes(source)));
	for (const text of [...rows, `${onTest.length} interactions do cite other sections`]) {
		assert.ok(readme.includes(text), text);
	}
});
