/**
 * Checks the sample: the two revisions of the knowledge base, the split, the questions and the conversations.
 *
 *     node --test sample/check.test.ts
 *
 * Every check is a function from a sample to a list of problems. It must return none for the sample on disk, and at
 * least one for the copy that its test has spoilt.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { extname, join, relative } from 'node:path';
import { readCustomerWords } from './customer-words.ts';
import { crossesMarkup, MAX_QUOTE_WORDS, sectionsOf, squash, toPlainText } from './document-text.ts';
import { type Check as CheckOf, holdsFor } from './holds.ts';

type Revision = 'v1' | 'v2';
type Split = 'dev' | 'test';
type Evidence = { path: string; quote: string };
type Question = {
	id: string;
	split: Split;
	class: string;
	language: string;
	question: string;
	answer: string | string[] | { v1: string; v2: string } | null;
	evidence: Evidence[] | { v1: Evidence[]; v2: Evidence[] };
	near?: string[];
};
type Turn = { question: string; standalone: string; answer: string | null; evidence: Evidence[]; near?: string[] };
type Conversation = { id: string; split: Split; language: string; kind: string[]; turns: Turn[] };
type Sample = {
	questions: Question[];
	conversations: Conversation[];
	splits: { dev: string[]; test: string[] };
	/** Path to bytes. */
	v1: Map<string, Buffer>;
	v2: Map<string, Buffer>;
	/** Path to the text source of a PDF or DOCX. */
	sources: { v1: Map<string, string>; v2: Map<string, string> };
};
type Check = CheckOf<Sample>;

const here = import.meta.dirname;
const SPLITS: readonly Split[] = ['dev', 'test'];
const REVISIONS: readonly Revision[] = ['v1', 'v2'];
const MAX_BYTES = 3 * 1024 * 1024;

/** The fewest questions of a class: in both splits together, and in each. */
const CLASSES: Record<string, { total: number; each: number }> = {
	answerable: { total: 40, each: 6 },
	identifier: { total: 20, each: 6 },
	table: { total: 16, each: 6 },
	'how-to': { total: 14, each: 6 },
	mismatch: { total: 200, each: 100 },
	'multi-document': { total: 12, each: 6 },
	conflict: { total: 8, each: 4 },
	changed: { total: 15, each: 6 },
	unanswerable: { total: 48, each: 6 },
};

/** The most questions of class `mismatch` about a section of a document. */
const MISMATCHES_A_SECTION = 3;
/** Of the `mismatch` questions of a split: how many use a word of the lexicon, and how many of its entries they use, at least. */
const IN_CUSTOMERS_WORDS = { questions: 100, entries: 70 };

const LANGUAGES: readonly string[] = ['en', 'es', 'de'];
/** What makes the later turns of a conversation hang on the earlier ones, with the fewest conversations in each split. */
const KINDS: Record<string, number> = { pronoun: 8, ellipsis: 8, 'changed-entity': 8, return: 3, comparison: 3 };
const CONVERSATIONS_EACH = 20;
/** The share of turns that the documents do not answer. */
const UNANSWERABLE_TURNS = { least: 0.09, most: 0.15 };

const FORMATS: Record<string, number> = { '.md': 45, '.html': 6, '.pdf': 4, '.docx': 4, '.csv': 3, '.json': 3 };

// ---- reading --------------------------------------------------------------

function filesBelow(folder: string): string[] {
	if (!existsSync(folder)) return [];
	return readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
		.sort();
}

function load(): Sample {
	const bytes = (revision: Revision) =>
		new Map(filesBelow(join(here, revision)).map((path) => [path, readFileSync(join(here, revision, path))]));
	const texts = (revision: Revision) => {
		const folder = join(here, 'binaries', revision);
		return new Map(filesBelow(folder).map((path) => [path.slice(0, -4), readFileSync(join(folder, path), 'utf8')]));
	};
	const lines = (name: string) => readFileSync(join(here, name), 'utf8').trimEnd().split('\n');
	return {
		questions: lines('questions.jsonl').map((line) => JSON.parse(line) as Question),
		conversations: lines('conversations.jsonl').map((line) => JSON.parse(line) as Conversation),
		splits: JSON.parse(readFileSync(join(here, 'splits.json'), 'utf8')) as Sample['splits'],
		v1: bytes('v1'),
		v2: bytes('v2'),
		sources: { v1: texts('v1'), v2: texts('v2') },
	};
}

const real = load();
const lexicon = readCustomerWords();

/** The text a quote must come from. A PDF or DOCX is represented by its source. */
function textOf(sample: Sample, revision: Revision, path: string): string | undefined {
	const bytes = sample[revision].get(path);
	if (bytes === undefined) return undefined;
	if (/\.(pdf|docx)$/.test(path)) {
		const source = sample.sources[revision].get(path) ?? sample.sources.v1.get(path);
		return source === undefined ? undefined : toPlainText(path, source);
	}
	return toPlainText(path, bytes.toString('utf8'));
}

/** All evidence of a question with the revision it is in. Only `changed` questions are about v2 as well. */
function evidenceOf(question: Question): (Evidence & { revision: Revision })[] {
	const { evidence } = question;
	if (Array.isArray(evidence)) return evidence.map((item) => ({ ...item, revision: 'v1' }));
	return REVISIONS.flatMap((revision) => evidence[revision].map((item) => ({ ...item, revision })));
}

type Item = { id: string; split: Split; evidence: (Evidence & { revision: Revision })[]; near: string[] };

/** The questions and the turns of the conversations, with the documents they rest on. */
function itemsOf({ questions, conversations }: Sample): Item[] {
	return [
		...questions.map((question) => ({
			id: question.id,
			split: question.split,
			evidence: evidenceOf(question),
			near: question.near ?? [],
		})),
		...conversations.flatMap(({ id, split, turns }) =>
			turns.map(({ evidence, near = [] }, index) => ({
				id: `${id}, turn ${index + 1}`,
				split,
				evidence: evidence.map((item) => ({ ...item, revision: 'v1' as const })),
				near,
			})),
		),
	];
}

// ---- mismatch -------------------------------------------------------------

const STOP_WORDS = new Set(
	`about after again against also another because been before being between both cannot could does doing down during
	each else even every from have having here hers herself himself into itself just many more most much must myself
	nearly only other otherwise ourselves over same shall should since some somebody someone something such than that
	their theirs them themselves then there these they this those through till under until upon very want well were what
	when where whether which while whom whose will with within without would your yours yourself`.split(/\s+/),
);

const SHORT_STOP_WORDS = new Set(
	'all and any are but can did for get has how may not off one our out own the too two use was who why yes you'.split(
		' ',
	),
);

/** First five letters of the words that carry meaning: longer than two letters and no stop word, or with a digit. */
function stems(text: string): Set<string> {
	const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
	const content = words.filter(
		(word) => (word.length > 2 && !STOP_WORDS.has(word) && !SHORT_STOP_WORDS.has(word)) || /\p{N}/u.test(word),
	);
	return new Set(content.map((word) => word.slice(0, 5)));
}

/** Content words, numbers and identifiers; of plain words only the first five letters. */
function words(text: string): Set<string> {
	const found = text.toLowerCase().match(/[\p{L}\p{N}]+(?:[-/][\p{L}\p{N}]+)*/gu) ?? [];
	const content = found.filter((word) => word.length > 2 && !STOP_WORDS.has(word));
	return new Set(content.map((word) => (/^\p{L}+$/u.test(word) ? word.slice(0, 5) : word)));
}

/** The sentences and table rows of a text that the quote touches. */
function passageOf(text: string, quote: string): string {
	const blocks: string[] = [];
	let open = false;
	for (const line of text.split('\n')) {
		const startsBlock = !open || /^\s*(\||[-*>#] ?|\d+\. )/.test(line);
		open = line.trim() !== '' && !/^\s*[|#]/.test(line);
		if (line.trim() === '') continue;
		if (startsBlock) blocks.push(line);
		else blocks.push(`${blocks.pop() ?? ''} ${line}`);
	}
	for (const block of blocks.map(squash)) {
		const from = block.indexOf(squash(quote));
		if (from < 0) continue;
		const to = from + squash(quote).length;
		let at = 0;
		const touched: string[] = [];
		for (const sentence of block.split(/(?<=[.!?]) (?=[\p{Lu}"*])/u)) {
			if (at < to && at + sentence.length > from) touched.push(sentence);
			at += sentence.length + 1;
		}
		return touched.join(' ');
	}
	throw new Error(`no passage holds the quote “${quote}”`);
}

/** The entries of the lexicon of which a question has a word. */
function customersTerms(question: string): string[] {
	const says = (phrase: string) =>
		new RegExp(`(?<!\\p{L})${RegExp.escape(phrase.toLowerCase())}s?(?!\\p{L})`, 'u').test(question.toLowerCase());
	return lexicon.filter(({ said }) => said.some(says)).map(({ term }) => term);
}

// ---- checks ---------------------------------------------------------------

const formats: Check = ({ v1 }) => {
	const problems = v1.size < 64 ? [`v1 has ${v1.size} documents, fewer than 64`] : [];
	for (const [extension, least] of Object.entries(FORMATS)) {
		const count = [...v1.keys()].filter((path) => extname(path) === extension).length;
		if (count < least) problems.push(`v1 has ${count} ${extension} documents, fewer than ${least}`);
	}
	for (const path of v1.keys()) if (!(extname(path) in FORMATS)) problems.push(`${path}: unknown format`);
	return problems;
};

const binariesAreReal: Check = (sample) =>
	REVISIONS.flatMap((revision) =>
		[...sample[revision]].flatMap(([path, bytes]) => {
			const magic = path.endsWith('.pdf') ? '%PDF-' : path.endsWith('.docx') ? 'PK' : '';
			if (magic === '') return [];
			if (!bytes.subarray(0, 8).toString('latin1').startsWith(magic)) return [`${revision}/${path}: wrong type`];
			if (!sample.sources.v1.has(path) && !sample.sources.v2.has(path)) return [`${revision}/${path}: no source`];
			const isCopy = sample.v1.get(path)?.equals(bytes) ?? false;
			const isRevised = revision === 'v2' && sample.sources.v2.has(path);
			return revision === 'v2' && isCopy === isRevised ? [`${path}: v2 and its source do not agree`] : [];
		}),
	);

const size: Check = (sample) => {
	const total = REVISIONS.flatMap((revision) => [...sample[revision].values()]).reduce((sum, b) => sum + b.length, 0);
	return total > MAX_BYTES ? [`the documents take ${total} bytes, more than ${MAX_BYTES}`] : [];
};

const revisions: Check = ({ v1, v2 }) => {
	const vanished = [...v1.keys()].filter((path) => !v2.has(path));
	const appeared = [...v2.keys()].filter((path) => !v1.has(path));
	const isSame = (a: string, b: string) => v2.get(b)?.equals(v1.get(a) ?? Buffer.alloc(0)) ?? false;
	const renamed = vanished.filter((path) => appeared.some((other) => isSame(path, other)));
	const kept = [...v1.keys()].filter((path) => isSame(path, path));
	const problems: string[] = [];
	if (vanished.length - renamed.length < 3) problems.push(`${vanished.length - renamed.length} files vanish`);
	if (appeared.length - renamed.length < 4) problems.push(`${appeared.length - renamed.length} files appear`);
	if (renamed.length < 1) problems.push('no file is renamed unchanged');
	if (kept.length * 2 < v1.size) problems.push(`only ${kept.length} of ${v1.size} files are kept byte for byte`);
	return problems;
};

const splits: Check = ({ splits, v1, v2 }) => {
	const problems: string[] = [];
	const documents = new Set([...v1.keys(), ...v2.keys()]);
	const listed = [...splits.dev, ...splits.test];
	for (const path of documents) {
		const times = listed.filter((other) => other === path).length;
		if (times !== 1) problems.push(`${path} is in ${times} splits`);
	}
	for (const path of listed) if (!documents.has(path)) problems.push(`${path} is in a split but does not exist`);
	return problems;
};

const documentsKeepToTheirSplit: Check = (sample) =>
	itemsOf(sample).flatMap(({ id, split, evidence, near }) =>
		[...evidence.map(({ path }) => path), ...near]
			.filter((path) => !sample.splits[split].includes(path))
			.map((path) => `${id} (${split}) uses ${path}`),
	);

const counts: Check = ({ questions }) => {
	const problems: string[] = [];
	for (const [name, least] of Object.entries(CLASSES)) {
		const ofClass = questions.filter((question) => question.class === name);
		if (ofClass.length < least.total) problems.push(`${name}: ${ofClass.length}, fewer than ${least.total}`);
		for (const split of SPLITS) {
			const count = ofClass.filter((question) => question.split === split).length;
			if (count < least.each) problems.push(`${name} in ${split}: ${count}, fewer than ${least.each}`);
		}
	}
	for (const split of SPLITS) {
		const count = questions.filter((question) => question.split === split).length;
		if (count < 80) problems.push(`${split}: ${count} questions, fewer than 80`);
	}
	return problems;
};

const shape: Check = ({ questions }) => {
	const problems: string[] = [];
	questions.forEach((question, index) => {
		const say = (text: string) => problems.push(`${question.id}: ${text}`);
		const { answer, evidence } = question;
		const paths = new Set(evidenceOf(question).map(({ path }) => path));
		if (question.id !== `q-${String(index + 1).padStart(3, '0')}`) say('ids must be in order');
		if (questions.findIndex((other) => other.question === question.question) !== index) say('asked twice');
		if (!SPLITS.includes(question.split)) say('unknown split');
		if (!(question.class in CLASSES)) say('unknown class');
		if (!LANGUAGES.includes(question.language)) say('unknown language');
		if (question.class === 'unanswerable') {
			if (answer !== null || paths.size > 0) say('must have neither answer nor evidence');
			if (!question.near?.length) say('must name the nearest documents');
		} else if (question.class === 'changed') {
			const isPair = answer !== null && typeof answer === 'object' && !Array.isArray(answer);
			if (!isPair || answer.v1 === answer.v2) say('must have two different answers');
			if (Array.isArray(evidence) || !evidence.v1.length || !evidence.v2.length) say('must have evidence for both');
		} else if (question.class === 'how-to') {
			if (!Array.isArray(answer) || answer.length < 3) say('must have at least three steps');
			else if (evidenceOf(question).length !== answer.length) say('must have one quote for each step');
		} else {
			if (typeof answer !== 'string' || answer === '') say('must have an answer');
			if (paths.size === 0) say('must have evidence');
			if (['multi-document', 'conflict'].includes(question.class) && paths.size < 2) say('must use two documents');
		}
	});
	return problems;
};

const languages: Check = ({ questions }) => {
	const problems: string[] = [];
	for (const language of ['es', 'de']) {
		const ofLanguage = questions.filter((question) => question.language === language);
		if (ofLanguage.length < 3) problems.push(`${language}: ${ofLanguage.length} questions, fewer than 3`);
		if (new Set(ofLanguage.map(({ split }) => split)).size !== 1) problems.push(`${language}: not in one split`);
	}
	return problems;
};

const quotes: Check = (sample) =>
	itemsOf(sample).flatMap(({ id, evidence }) =>
		evidence.flatMap(({ path, quote, revision }) => {
			const text = textOf(sample, revision, path);
			if (text === undefined) return [`${id}: ${revision}/${path} does not exist`];
			if (quote.trim() === '') return [`${id}: empty quote`];
			if (quote.split(/\s+/).length > MAX_QUOTE_WORDS) return [`${id}: long quote “${quote}”`];
			return squash(text).includes(squash(quote)) ? [] : [`${id}: ${path} has no “${quote}”`];
		}),
	);

const quotesAvoidMarkup: Check = (sample) =>
	itemsOf(sample).flatMap(({ id, evidence }) =>
		evidence
			.filter(({ path, quote, revision }) =>
				crossesMarkup(path, sample[revision].get(path)?.toString('utf8') ?? '', quote),
			)
			.map(({ path, quote }) => `${id}: “${quote}” of ${path} crosses markup`),
	);

const nearDocumentsExist: Check = (sample) =>
	itemsOf(sample).flatMap(({ id, near }) =>
		near.filter((path) => !sample.v1.has(path)).map((path) => `${id}: no v1/${path}`),
	);

const conversationCounts: Check = ({ conversations }) => {
	const problems: string[] = [];
	for (const split of SPLITS) {
		const ofSplit = conversations.filter((conversation) => conversation.split === split);
		if (ofSplit.length !== CONVERSATIONS_EACH) problems.push(`${split}: ${ofSplit.length} conversations`);
		for (const [kind, least] of Object.entries(KINDS)) {
			const count = ofSplit.filter((conversation) => conversation.kind.includes(kind)).length;
			if (count < least) problems.push(`${kind} in ${split}: ${count}, fewer than ${least}`);
		}
		const turns = ofSplit.flatMap((conversation) => conversation.turns);
		const share = turns.filter(({ answer }) => answer === null).length / turns.length;
		if (!(share >= UNANSWERABLE_TURNS.least && share <= UNANSWERABLE_TURNS.most))
			problems.push(`${split}: ${(share * 100).toFixed(1)} % of the turns are unanswerable`);
	}
	const foreign = conversations.filter(({ language }) => language !== 'en').length;
	if (foreign < 3) problems.push(`${foreign} conversations in Spanish or German, fewer than 3`);
	return problems;
};

const conversationShape: Check = ({ conversations }) => {
	const problems: string[] = [];
	conversations.forEach(({ id, split, language, kind, turns }, index) => {
		const say = (text: string) => problems.push(`${id}: ${text}`);
		if (id !== `c-${String(index + 1).padStart(3, '0')}`) say('ids must be in order');
		if (!SPLITS.includes(split)) say('unknown split');
		if (!LANGUAGES.includes(language)) say('unknown language');
		if (kind.length === 0) say('must name what it asks of its reader');
		if (kind.some((name) => !(name in KINDS)) || new Set(kind).size !== kind.length) say('unknown or repeated kind');
		if (turns.length < 3 || turns.length > 5) say(`${turns.length} turns`);
		if (new Set(turns.map(({ standalone }) => standalone)).size !== turns.length) say('asks something twice');
		turns.forEach((turn, at) => {
			if (turn.question.trim() === '' || turn.standalone.trim() === '') say(`turn ${at + 1} is empty`);
			if (turn.answer === null) {
				if (at === 0) say('the first turn must have an answer');
				if (turn.evidence.length > 0) say(`turn ${at + 1} has evidence but no answer`);
				if (!turn.near?.length) say(`turn ${at + 1} must name the nearest documents`);
			} else if (typeof turn.answer !== 'string' || turn.answer === '' || turn.evidence.length === 0)
				say(`turn ${at + 1} must have an answer and evidence`);
		});
	});
	return problems;
};

/** The first turn stands alone. Every later one takes at least one content word from what was said before it. */
const followUpsNeedTheHistory: Check = ({ conversations }) =>
	conversations.flatMap(({ id, turns }) =>
		turns.flatMap(({ question, standalone }, index) => {
			if (index === 0) return question === standalone ? [] : [`${id}: the first turn must stand alone`];
			const said = turns.slice(0, index).flatMap((turn) => [turn.question, turn.standalone, turn.answer ?? '']);
			const known = words(said.join(' '));
			const own = words(question);
			const isTaken = [...words(standalone)].some((word) => known.has(word) && !own.has(word));
			return isTaken ? [] : [`${id}: turn ${index + 1} takes nothing from the turns before it`];
		}),
	);

const mismatches: Check = (sample) =>
	sample.questions
		.filter((question) => question.class === 'mismatch')
		.flatMap((question) =>
			evidenceOf(question).flatMap(({ path, quote, revision }) => {
				const passage = stems(passageOf(textOf(sample, revision, path) ?? '', quote));
				const shared = [...stems(question.question)].filter((stem) => passage.has(stem));
				return shared.map((stem) => `${question.id}: question and passage share “${stem}”`);
			}),
		);

const mismatchesAreSpread: Check = ({ questions }) => {
	const sections = Map.groupBy(
		questions.filter((question) => question.class === 'mismatch').flatMap((question) => evidenceOf(question)),
		({ path, quote }) =>
			`${path}\n${sectionsOf(path).find((section) => squash(section).includes(squash(quote))) ?? ''}`,
	);
	return [...sections]
		.filter(([, of]) => of.length > MISMATCHES_A_SECTION)
		.map(([section, of]) => `${of.length} questions about ${section.slice(0, 80)}`);
};

const mismatchesAreInCustomersWords: Check = ({ questions }) =>
	SPLITS.flatMap((split) => {
		const asked = questions.filter((question) => question.class === 'mismatch' && question.split === split);
		const known = asked.map(({ question }) => customersTerms(question)).filter((terms) => terms.length > 0);
		const entries = new Set(known.flat()).size;
		return [
			...(known.length < IN_CUSTOMERS_WORDS.questions ? [`${split}: ${known.length} use a word of customers`] : []),
			...(entries < IN_CUSTOMERS_WORDS.entries ? [`${split}: ${entries} entries of the lexicon are used`] : []),
		];
	});

const changes: Check = (sample) => {
	const problems: string[] = [];
	const facts = new Set<string>();
	for (const question of sample.questions) {
		if (question.class !== 'changed') continue;
		let isChanged = true;
		for (const { path, quote, revision } of evidenceOf(question)) {
			const other = textOf(sample, revision === 'v1' ? 'v2' : 'v1', path);
			if (!other || !squash(other).includes(squash(quote))) continue;
			isChanged = false;
			problems.push(`${question.id}: “${quote}” of ${revision}/${path} is in the other revision too`);
		}
		if (isChanged)
			facts.add(
				evidenceOf(question)
					.map(({ path, quote }) => `${path}\n${quote}`)
					.join('\n'),
			);
	}
	if (facts.size < 15) problems.push(`${facts.size} changed facts, fewer than 15`);
	return problems;
};

// ---- tests ----------------------------------------------------------------

/** A copy of the sample on disk that may be spoilt. */
function copy(): Sample {
	return {
		questions: structuredClone(real.questions),
		conversations: structuredClone(real.conversations),
		splits: structuredClone(real.splits),
		v1: new Map(real.v1),
		v2: new Map(real.v2),
		sources: { v1: new Map(real.sources.v1), v2: new Map(real.sources.v2) },
	};
}

function find(sample: Sample, name: string): Question {
	const question = sample.questions.find((question) => question.class === name);
	assert.ok(question, `there is no ${name} question`);
	return question;
}

function firstEvidence(questions: Question[]): Evidence {
	const evidence = questions[0]?.evidence;
	assert.ok(Array.isArray(evidence) && evidence[0]);
	return evidence[0];
}

function turnOf(sample: Sample, wanted: (turn: Turn, index: number) => boolean): Turn {
	const turn = sample.conversations.flatMap(({ turns }) => turns.filter(wanted))[0];
	assert.ok(turn, 'there is no such turn');
	return turn;
}

const isFirst = (_turn: Turn, index: number) => index === 0;
const isFollowUp = (_turn: Turn, index: number) => index > 0;
const isUnanswerable = ({ answer }: Turn) => answer === null;

function conversationOf(sample: Sample, split: Split): Conversation {
	const conversation = sample.conversations.find((conversation) => conversation.split === split);
	assert.ok(conversation, `there is no ${split} conversation`);
	return conversation;
}

const holds = holdsFor(real, copy);

function replaceText(sample: Sample, revision: Revision, path: string, edit: (text: string) => string): void {
	sample[revision].set(path, Buffer.from(edit(sample[revision].get(path)?.toString('utf8') ?? '')));
}

holds(
	'v1 has enough documents of every format',
	formats,
	({ v1 }) => [...v1.keys()].filter((path) => path.endsWith('.csv')).forEach((path) => v1.delete(path)),
	({ v1 }) => [...v1.keys()].slice(0, 60).forEach((path) => v1.delete(path)),
	({ v1 }) => v1.set('notes.rtf', Buffer.from('x')),
);

holds(
	'PDF and DOCX are what they say and come from a source',
	binariesAreReal,
	({ v1 }) => v1.set('policies/data-retention.pdf', Buffer.from('text')),
	({ sources }) => sources.v1.delete('policies/data-retention.pdf'),
	({ v1, v2 }) =>
		v2.set('finance/settlement-calendar.pdf', v1.get('finance/settlement-calendar.pdf') ?? Buffer.alloc(0)),
);

holds('the documents stay below 3 MB', size, ({ v1 }) => v1.set('big.md', Buffer.alloc(MAX_BYTES)));

holds(
	'between v1 and v2 files vanish, appear, are renamed and are kept',
	revisions,
	({ v1, v2 }) => v1.forEach((bytes, path) => v2.set(path, bytes)),
	({ v2 }) => ['api/subscriptions.md', 'releases/2026-02.md'].forEach((path) => v2.delete(path)),
	({ v2 }) => v2.set('support/sign-in-help.md', Buffer.from('changed')),
	({ v2 }) => [...v2.keys()].forEach((path) => v2.set(path, Buffer.from(path))),
);

holds(
	'every document is in exactly one split',
	splits,
	({ splits }) => splits.dev.pop(),
	({ splits }) => splits.dev.push(splits.test[0] ?? ''),
	({ splits }) => splits.dev.push('no/such.md'),
);

holds(
	'a question or conversation uses documents of its own split only',
	documentsKeepToTheirSplit,
	(sample) => (find(sample, 'answerable').split = 'test'),
	(sample) => (find(sample, 'unanswerable').near = ['support/contact.md']),
	(sample) => (conversationOf(sample, 'dev').split = 'test'),
	(sample) => (turnOf(sample, isUnanswerable).near = ['support/contact.md']),
);

holds(
	'there are enough questions of every class in each split',
	counts,
	(sample) => (sample.questions = sample.questions.filter((question) => question.class !== 'conflict')),
	(sample) => (sample.questions = sample.questions.filter((question) => question.split !== 'test')),
);

holds(
	'questions have the shape of their class',
	shape,
	(sample) => (find(sample, 'unanswerable').answer = 'yes'),
	(sample) => delete find(sample, 'unanswerable').near,
	(sample) => (find(sample, 'changed').answer = { v1: 'same', v2: 'same' }),
	(sample) => (find(sample, 'how-to').answer = ['one step']),
	(sample) => (find(sample, 'answerable').evidence = []),
	(sample) => (find(sample, 'conflict').evidence as Evidence[]).pop(),
	(sample) => (find(sample, 'table').id = 'q-001'),
	(sample) => (find(sample, 'table').question = find(sample, 'identifier').question),
);

holds(
	'Spanish and German questions keep to one split each',
	languages,
	(sample) => (find(sample, 'answerable').language = 'de'),
	(sample) => (sample.questions = sample.questions.filter((question) => question.language === 'en')),
);

holds(
	'quotes are short and stand verbatim in the document',
	quotes,
	({ questions }) => (firstEvidence(questions).quote = 'nobody wrote this'),
	({ questions }) => (firstEvidence(questions).quote = ' '),
	({ questions }) => (firstEvidence(questions).path = 'no/such.md'),
	(sample) => sample.v1.delete('support/invoices.html'),
	(sample) => replaceText(sample, 'v1', 'support/invoices.html', (text) => text.replace('7.50', '8.50')),
	// Front matter is no part of the text.
	(sample) => (find(sample, 'answerable').evidence = [{ path: 'pricing/plans.md', quote: 'valid_from' }]),
	({ sources }) => sources.v1.set('legal/terms-of-service.docx', '---\ntitle: x\n---\nempty\n'),
	(sample) => {
		const question = find(sample, 'answerable');
		const path = evidenceOf(question)[0]?.path ?? '';
		question.evidence = [{ path, quote: squash(textOf(sample, 'v1', path) ?? '') }];
	},
	(sample) => (turnOf(sample, isFirst).evidence = [{ path: 'pricing/plans.md', quote: 'nobody wrote this' }]),
	(sample) => (turnOf(sample, isFollowUp).evidence = [{ path: 'no/such.md', quote: 'x' }]),
);

holds(
	'quotes cross no markup',
	quotesAvoidMarkup,
	(sample) => (find(sample, 'answerable').evidence = [{ path: 'pricing/plans.md', quote: '| €0 | €29 |' }]),
	(sample) => (find(sample, 'table').evidence = [{ path: 'pricing/price-list.csv', quote: '89.00,6.50' }]),
	(sample) => (find(sample, 'table').evidence = [{ path: 'api/limits.json', quote: '"currency": "EUR"' }]),
	(sample) =>
		(find(sample, 'table').evidence = [{ path: 'support/card-declines.html', quote: '91 Issuer unavailable' }]),
	(sample) => (turnOf(sample, isFollowUp).evidence = [{ path: 'support/refunds.md', quote: '**Balance → Top up**' }]),
);

holds(
	'the near documents of unanswerable questions exist',
	nearDocumentsExist,
	(sample) => (find(sample, 'unanswerable').near = ['no/such.md']),
	(sample) => (turnOf(sample, isUnanswerable).near = ['no/such.md']),
);

holds(
	'mismatch questions share no content word with their passage',
	mismatches,
	(sample) => {
		const question = find(sample, 'mismatch');
		question.question += ` ${evidenceOf(question)[0]?.quote}`;
	},
	(sample) => {
		const question = find(sample, 'mismatch');
		question.question = 'Up to 45?';
		question.evidence = [{ path: 'support/refunds.md', quote: 'up to 45 days after capture' }];
	},
	// Only the sentence around the quote says "refunds"; the quote itself does not.
	(sample) => {
		const question = find(sample, 'mismatch');
		question.question = 'Must I pay for refunding?';
		question.evidence = [{ path: 'support/refunds.md', quote: 'are free of charge' }];
	},
);

holds('mismatch questions are spread over the documents', mismatchesAreSpread, (sample) => {
	const { evidence } = find(sample, 'mismatch');
	for (const question of sample.questions) if (question.class === 'mismatch') question.evidence = evidence;
});

holds(
	'mismatch questions are in customers’ words',
	mismatchesAreInCustomersWords,
	(sample) => sample.questions.forEach((question) => (question.question = 'How long does it take?')),
	(sample) => sample.questions.forEach((question) => (question.question = 'How long does the swiper take?')),
);

holds(
	'changed facts differ between v1 and v2',
	changes,
	({ v1, v2 }) => v2.set('pricing/plans.md', v1.get('pricing/plans.md') ?? Buffer.alloc(0)),
	({ v1, v2 }) => v1.set('pricing/plans.md', v2.get('pricing/plans.md') ?? Buffer.alloc(0)),
	(sample) => (sample.questions = sample.questions.filter((question) => question.class !== 'changed')),
);

holds(
	'there are enough conversations of every kind in each split',
	conversationCounts,
	({ conversations }) => conversations.pop(),
	({ conversations }) => conversations.forEach(({ kind }) => kind.splice(0, kind.length, 'pronoun')),
	({ conversations }) => conversations.forEach((conversation) => (conversation.language = 'en')),
	// No unanswerable turn, and too many of them.
	({ conversations }) => conversations.forEach(({ turns }) => turns.forEach((turn) => (turn.answer ??= 'yes'))),
	({ conversations }) => conversations.forEach(({ turns }) => turns.forEach((turn) => (turn.answer = null))),
);

holds(
	'conversations have their shape',
	conversationShape,
	(sample) => (conversationOf(sample, 'test').id = 'c-001'),
	(sample) => (conversationOf(sample, 'dev').language = 'fr'),
	(sample) => (conversationOf(sample, 'dev').kind = []),
	(sample) => (conversationOf(sample, 'dev').kind = ['riddle']),
	(sample) => (conversationOf(sample, 'dev').kind = ['pronoun', 'pronoun']),
	(sample) => conversationOf(sample, 'dev').turns.splice(2),
	(sample) => {
		const more = ['One more?', 'Another?', 'And a last one?'];
		const turns = more.map((standalone) => ({ ...turnOf(sample, isFollowUp), standalone }));
		conversationOf(sample, 'dev').turns.push(...turns);
	},
	(sample) => (turnOf(sample, isFollowUp).standalone = turnOf(sample, isFirst).standalone),
	(sample) => (turnOf(sample, isFollowUp).question = ' '),
	(sample) => (turnOf(sample, isFollowUp).evidence = []),
	(sample) => (turnOf(sample, isFollowUp).answer = ''),
	(sample) => Object.assign(turnOf(sample, isFirst), { answer: null, evidence: [], near: ['pricing/plans.md'] }),
	(sample) => (turnOf(sample, isUnanswerable).evidence = turnOf(sample, isFirst).evidence),
	(sample) => delete turnOf(sample, isUnanswerable).near,
);

holds(
	'the first turn of a conversation stands alone and the later ones need it',
	followUpsNeedTheHistory,
	(sample) => (turnOf(sample, isFirst).standalone += ' Please.'),
	(sample) => {
		const turn = turnOf(sample, isFollowUp);
		turn.question = turn.standalone;
	},
	(sample) => (turnOf(sample, isFollowUp).standalone = 'Who won the cup?'),
);
