import type { AnswerEvent } from '../core/answer.ts';
import type { Config } from '../core/config.ts';
import { KnowhowError } from '../core/error.ts';
import type { Generator, Message, Usage } from '../core/generator.ts';
import type { HouseStyle } from '../core/system.ts';
import { countTokens } from '../text/tokens.ts';
import { assemble, type Assembled } from './assemble.ts';
import type { Composed } from './compose.ts';
import { disagreement } from './disagree.ts';
import { noAnswer } from './disarm.ts';
import { inert, settledLength, type Allowed } from './inert.ts';
import { createJudge } from './judge.ts';
import { createLeadCheck } from './lead.ts';
import { pack, type Passage } from './pack.ts';
import type { Phrases } from './phrases.ts';
import { promptFor } from './prompt.ts';
import type { Question } from './question.ts';
import { segmentsOf, type Segment } from './segments.ts';
import type { Evidence } from './units.ts';

/** What a language model's answer is made with. */
export type GenerateParts = {
	readonly generator: Generator;
	/** Best first; not empty. */
	readonly evidence: readonly Evidence[];
	readonly settings: Config['ask'];
	readonly phrases: Phrases;
	/** That the documents do not say. */
	readonly refusal: Composed;
	/** How answers shall be worded. */
	readonly house?: HouseStyle | undefined;
	/** What the fence around the passages is told by; new for each call, and not to be guessed. */
	readonly code: string;
	readonly signal?: AbortSignal | undefined;
};

export type Generated = Composed &
	Pick<Assembled, 'unsupported' | 'unknownMarkers'> & {
		readonly abstained: boolean;
		/** Null when the server does not tell. */
		readonly usage: Usage | null;
	};

/** Our count of tokens may fall short of a model's by this factor (German, tables of numbers). */
const countMargin = 1.25;
/** Of its budget, what the passages get at the first try, and when the model finds the prompt too long. */
const shares = [1, 0.5];

/**
 * Lets a language model answer from the best hits and holds it to them: every sentence is tied to verbatim quotes and
 * verified. Streams deltas that are safe to show; what it returns is the answer. Throws `context_too_long` and what the
 * generator throws.
 */
export async function* generate(
	question: Question,
	parts: GenerateParts,
): AsyncGenerator<AnswerEvent, Generated, undefined> {
	for (const share of shares) {
		const { messages, passages, maxTokens } = prepare(question, parts, share);
		try {
			return yield* answerFrom(passages, messages, { ...parts, question, maxTokens });
		} catch (error) {
			const isTooLong = error instanceof KnowhowError && error.code === 'context_too_long';
			if (!isTooLong || share === shares.at(-1)) throw error;
		}
	}
	throw new Error('unreachable');
}

type Prepared = { readonly messages: Message[]; readonly passages: readonly Passage[]; readonly maxTokens: number };

function prepare(question: Question, parts: GenerateParts, share: number): Prepared {
	const { generator, evidence, settings, code, house } = parts;
	const maxTokens = Math.min(settings.answerTokens, Math.floor(generator.contextTokens / 2));
	const frame = promptFor(question.text, [], code, house).reduce((sum, { content }) => sum + countTokens(content), 0);
	const room = Math.floor((generator.contextTokens - maxTokens) / countMargin) - frame;
	const tokens = Math.floor(Math.min(settings.contextTokens, room) * share);
	const passages = pack(evidence, { passages: settings.passages, tokens });
	if (passages.length === 0) {
		throw new KnowhowError(
			'context_too_long',
			`No passage fits into the ${generator.contextTokens} tokens of ${generator.id}.`,
			{
				hint: 'Ask a shorter question, set ask.answerTokens lower, or take a model that reads more.',
			},
		);
	}
	return { messages: promptFor(question.text, passages, code, house), passages, maxTokens };
}

type Writing = GenerateParts & { readonly question: Question; readonly maxTokens: number };

async function* answerFrom(
	passages: readonly Passage[],
	messages: readonly Message[],
	parts: Writing,
): AsyncGenerator<AnswerEvent, Generated, undefined> {
	const { generator, signal, maxTokens } = parts;
	const writer = createWriter(passages, parts);
	let raw = '';
	let sent = '';
	let usage: Usage | null = null;
	let isCut = false;
	for await (const event of generator.generate(messages, { maxTokens, signal })) {
		if (event.type === 'generator-end') {
			usage = event.usage;
			isCut = event.reason === 'length';
			break;
		}
		raw += event.text;
		const shown = writer.soFar(raw);
		if (shown.length <= sent.length || !shown.startsWith(sent)) continue;
		yield { type: 'text-delta', text: shown.slice(sent.length) };
		sent = shown;
	}
	const written = writer.whole(raw, isCut);
	yield* remainder(written.text, sent);
	for (const citation of written.citations) yield { type: 'citation', citation };
	return { ...written, usage };
}

function* remainder(text: string, sent: string): Iterable<AnswerEvent> {
	if (!text.startsWith(sent)) return;
	for (const delta of text.slice(sent.length).match(/\S+\s*|\s+/g) ?? []) yield { type: 'text-delta', text: delta };
}

type Writer = {
	/** What can be shown of an unfinished answer; it only grows, but for rare corrections. */
	soFar(raw: string): string;
	whole(raw: string, isCut: boolean): Omit<Generated, 'usage'>;
};

function createWriter(passages: readonly Passage[], parts: Writing): Writer {
	const { question, settings, refusal } = parts;
	const allowed: Allowed = {
		sources: new Set(passages.map(({ evidence }) => evidence.document.source)),
		text: passages.map(({ text }) => text).join('\n'),
	};
	const options = {
		passages,
		judge: createJudge(passages),
		isLead: createLeadCheck(question.text, passages),
		unsupported: settings.unsupported,
	};
	const clean = (raw: string): string => withoutNoAnswer(inert(raw, allowed));
	return {
		soFar: (raw) => {
			const segments = segmentsOf(clean(raw.slice(0, settledLength(raw))));
			const { text } = assemble(segments.slice(0, -1), options);
			const last = segments.at(-1);
			return last === undefined || settings.unsupported === 'drop' ? text : text + beginningOf(last, text === '');
		},
		whole: (raw, isCut) => {
			const segments = segmentsOf(clean(raw));
			const isHalf = isCut && !/[.!?。！？؟]$/u.test(segments.at(-1)?.plain ?? '');
			const assembled = assemble(segments, { ...options, isCut: isHalf });
			const { unknownMarkers, unsupported } = assembled;
			if (assembled.supported === 0) return { ...refusal, abstained: true, unsupported: [], unknownMarkers };
			const { text, citations, conflicts } = disagreement(assembled, passages, { ...parts, allowed });
			return { text, citations, conflicts, unsupported, unknownMarkers, abstained: false };
		},
	};
}

/** A segment that is being written, up to its first marker; a row waits until it is whole. */
function beginningOf({ kind, before, text, markers }: Segment, isFirst: boolean): string {
	if (kind === 'row') return '';
	return ((isFirst ? before.replace(/^\s*\n|^\s+/, '') : before) + text.slice(0, markers[0]?.start)).trimEnd();
}

const noAnswerLike = new RegExp(`["'\`*_“”]*${noAnswer.replaceAll('_', '[ _\\\\-]?')}[."'\`*_“”]*`, 'gi');

function withoutNoAnswer(text: string): string {
	return text.replaceAll(noAnswerLike, '');
}
