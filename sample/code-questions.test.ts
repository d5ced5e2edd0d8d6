/** Checks the code questions: counts, splits by document, quotes. */
import { type CodeQuestion, readCodeQuestions } from './code-questions.ts';
import { quoteProblem } from './document-text.ts';
import { type Check as CheckOf, holdsFor } from './holds.ts';
import splits from './splits.json' with { type: 'json' };

type Questions = { questions: readonly CodeQuestion[] };
type Check = CheckOf<Questions>;

const EACH = 10;

const real: Questions = { questions: readCodeQuestions() };
const holds = holdsFor(real, () => structuredClone(real));

const counts: Check = ({ questions }) =>
	(['dev', 'test'] as const)
		.map((split) => ({ split, count: questions.filter((question) => question.split === split).length }))
		.filter(({ count }) => count !== EACH)
		.map(({ split, count }) => `${split}: ${count} questions`);

const idsAndQuestionsAreDistinct: Check = ({ questions }) =>
	questions.flatMap(({ id, question }, index) => {
		const isRepeated = questions.some((other, at) => at < index && other.question === question);
		return Number(id.slice(2)) === index + 1 && !isRepeated ? [] : [`${id} is out of order or asked twice`];
	});

const documentsKeepToTheirSplit: Check = ({ questions }) =>
	questions.flatMap(({ id, split, evidence }) =>
		evidence
			.filter(({ path }) => !path.startsWith('sdk/') || !splits[split].includes(path))
			.map(({ path }) => `${id} (${split}) uses ${path}`),
	);

const quotes: Check = ({ questions }) =>
	questions.flatMap(({ id, evidence }) =>
		evidence.flatMap(({ path, quote }) => {
			const problem = quoteProblem(path, quote);
			return problem === null ? [] : [`${id}: ${problem}`];
		}),
	);

const first = (data: Questions, change: Partial<CodeQuestion>) =>
	(data.questions = data.questions.map((question, index) => (index === 0 ? { ...question, ...change } : question)));

holds('there are ten code questions in each split', counts, (data) => first(data, { split: 'test' }));

holds(
	'code questions are numbered in order and asked once',
	idsAndQuestionsAreDistinct,
	(data) => first(data, { id: 'k-002' }),
	(data) => first(data, { question: data.questions[3]?.question ?? '' }),
);

holds(
	'a code question uses documents of the SDK folder and of its split',
	documentsKeepToTheirSplit,
	(data) => first(data, { split: 'test' }),
	(data) => first(data, { evidence: [{ path: 'api/payments.md', quote: 'Manual capture' }] }),
);

holds(
	'the quotes of code questions stand verbatim in the document',
	quotes,
	(data) => first(data, { evidence: [{ path: 'sdk/typescript/errors.md', quote: 'nobody wrote this' }] }),
	(data) => first(data, { evidence: [{ path: 'sdk/typescript/errors.md', quote: 'wrap a call in `safe`' }] }),
);
