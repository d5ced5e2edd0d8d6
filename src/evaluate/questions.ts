import { z } from 'zod';
import { KnowhowError } from '../core/error.ts';

/** A question with what is known to be right. */
export type GoldQuestion = {
	/** Unique in its file. */
	readonly id: string;
	readonly question: string;
	/** Wordings of the right answer, each of one or several parts that all belong to it; empty when none is known. */
	readonly answers: readonly (readonly string[])[];
	/** Whether the documents answer it; null when nobody says. */
	readonly answerable: boolean | null;
	/** Verbatim passages that answer it, all of them needed; `source` is how a document's source ends, null when unknown. */
	readonly evidence: readonly { readonly source: string | null; readonly quote: string }[];
	readonly class: string | null;
	/** ISO 639-1. */
	readonly language: string | null;
	readonly split: string | null;
};

export type QuestionOptions = {
	/** Only the questions of this split. */
	readonly split?: string | undefined;
	/** Which of several revisions of an answer holds; the first one when absent. */
	readonly revision?: string | undefined;
};

const text = z.string('must be a text').refine((value) => value.trim() !== '', 'is empty');
const told = z.union([text, z.array(text).min(1, 'is empty'), z.null()]);
const wording = z.union([text, z.object({ text })], 'must be a text');
const quote = z.object({ path: z.string().optional(), source: z.string().optional(), quote: text });
const quotes = z.array(quote);

/** One line of a file of questions; keys that are not here are left alone. */
const lineSchema = z.object({
	id: z.union([z.string().min(1), z.number()]).optional(),
	question: text,
	/** The right answer, or the parts that all belong to it; null: the documents do not say; or one of these a revision. */
	answer: z
		.union([told, z.record(z.string(), told)], 'must be a text, a list of texts, null, or these by revision')
		.optional(),
	/** Other wordings of it. */
	answers: z.array(wording).optional(),
	answerable: z.boolean().optional(),
	is_impossible: z.boolean().optional(),
	evidence: z.union([quotes, z.record(z.string(), quotes)]).optional(),
	/** The document that the answers stand in (SQuAD as JSON lines). */
	doc_id: z.string().optional(),
	class: z.string().nullish(),
	language: z.string().nullish(),
	split: z.string().nullish(),
});

type Line = z.output<typeof lineSchema>;

const squadSchema = z.object({
	data: z.array(
		z.object({
			title: z.string().optional(),
			paragraphs: z.array(z.object({ qas: z.array(lineSchema) })),
		}),
	),
});

/**
 * Reads questions: JSON lines, or SQuAD's one JSON object. `name` is for messages. Throws `invalid_data` with the line, also for
 * a file without questions, for an id that is there twice, and for a revision that none of its answers by revision has.
 */
export function parseQuestions(text: string, name: string, options: QuestionOptions = {}): GoldQuestion[] {
	const bare = text.replace(/^\uFEFF/, '');
	const lines = parseSquad(bare) ?? parseLines(bare, name);
	checkRevision(lines, name, options);
	const questions = lines.map((line, i) => toQuestion(line, i, options));
	const wanted = questions.filter(({ split }) => options.split === undefined || split === options.split);
	const seen = new Set<string>();
	for (const { id } of wanted) {
		if (seen.has(id)) throw new KnowhowError('invalid_data', `${name}: the question "${id}" is there twice.`);
		seen.add(id);
	}
	if (wanted.length > 0) return wanted;
	const splits = [...new Set(questions.flatMap(({ split }) => split ?? []))];
	const of = options.split === undefined ? '' : ` of split "${options.split}"`;
	throw new KnowhowError('invalid_data', `${name} holds no questions${of}.`, {
		hint: splits.length > 0 ? `Its splits: ${splits.join(', ')}.` : 'docs/evaluate.md shows a line.',
	});
}

function checkRevision(lines: readonly Line[], name: string, { revision }: QuestionOptions): void {
	const known = new Set(lines.flatMap(({ answer, evidence }) => [...revisionsOf(answer), ...revisionsOf(evidence)]));
	if (revision === undefined || known.size === 0 || known.has(revision)) return;
	throw new KnowhowError('invalid_data', `${name} tells no answers of the revision "${revision}".`, {
		hint: `Its revisions: ${[...known].join(', ')}.`,
	});
}

function revisionsOf(value: unknown): string[] {
	return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : [];
}

/** Null when it is not one JSON object with `data`. */
function parseSquad(text: string): Line[] | null {
	if (!/^\s*\{[^\n]*$|^\s*\{\s*"(?:version|data)"/.test(text.slice(0, 2000).trimStart())) return null;
	try {
		const parsed = squadSchema.safeParse(JSON.parse(text));
		if (!parsed.success) return null;
		return parsed.data.data.flatMap(({ paragraphs }) => paragraphs.flatMap(({ qas }) => qas));
	} catch {
		return null;
	}
}

function parseLines(text: string, name: string): Line[] {
	return text.split('\n').flatMap((line, i) => (line.trim() === '' ? [] : [parseLine(line, `${name}:${i + 1}`)]));
}

function parseLine(line: string, where: string): Line {
	let value: unknown;
	try {
		value = JSON.parse(line);
	} catch (cause) {
		throw new KnowhowError('invalid_data', `${where} is not JSON.`, { cause, hint: 'Write one JSON object a line.' });
	}
	const parsed = lineSchema.safeParse(value);
	if (parsed.success) return parsed.data;
	const { path, message } = parsed.error.issues[0]!;
	throw new KnowhowError('invalid_data', `${where}: ${path.join('.') || 'the line'}: ${message}.`, {
		hint: 'docs/evaluate.md shows a line.',
	});
}

function toQuestion(line: Line, index: number, { revision }: QuestionOptions): GoldQuestion {
	const answer = ofRevision<z.output<typeof told>>(line.answer, revision);
	const others = (line.answers ?? []).map((one) => (typeof one === 'string' ? one : one.text));
	const wordings = [
		...(answer == null ? [] : [typeof answer === 'string' ? [answer] : answer]),
		...others.map((one) => [one]),
	];
	const isAnswerable = answerableOf(line, answer, wordings.length);
	const given = ofRevision<z.output<typeof quotes>>(line.evidence, revision);
	const stated =
		line.doc_id === undefined || others[0] === undefined ? [] : [{ source: line.doc_id, quote: others[0] }];
	return {
		id: String(line.id ?? index + 1),
		question: line.question,
		answers: isAnswerable === false ? [] : wordings,
		answerable: isAnswerable,
		evidence: given?.map(({ path, source, quote }) => ({ source: source ?? path ?? null, quote })) ?? stated,
		class: line.class ?? null,
		language: line.language ?? null,
		split: line.split ?? null,
	};
}

function answerableOf({ answerable, is_impossible }: Line, answer: unknown, wordings: number): boolean | null {
	if (answerable !== undefined) return answerable;
	if (is_impossible !== undefined) return !is_impossible;
	if (wordings > 0) return true;
	return answer === null ? false : null;
}

function ofRevision<T>(
	value: T | Readonly<Record<string, T>> | undefined,
	revision: string | undefined,
): T | undefined {
	if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
	const byRevision = value as Readonly<Record<string, T>>;
	return byRevision[revision ?? Object.keys(byRevision)[0] ?? ''];
}
