import type { AnswerEvent } from '../core/answer.ts';
import type { Config } from '../core/config.ts';
import type { Generator, Message, Usage } from '../core/generator.ts';
import { costUsd } from '../core/prices.ts';
import type { HouseStyle } from '../core/system.ts';
import { inert, settledLength } from './inert.ts';
import { languageOf, phrasesIn } from './phrases.ts';

/** What an answer without documents is made with. */
export type AloneParts = {
	readonly generator: Generator;
	readonly settings: Pick<Config['ask'], 'answerTokens'>;
	readonly house: HouseStyle;
	/** `name@version` of the system that answers. */
	readonly system: string;
	/** Milliseconds since the epoch. */
	now(): number;
	/** The interaction's id. */
	readonly interaction: string;
	readonly signal?: AbortSignal | undefined;
};

/** What the model writes when it does not know. */
const notKnown = 'NOT_KNOWN';
const notKnownLike = /["'`*_“”]*NOT[ _\\-]?KNOWN[."'`*_“”]*/gi;

const instructions = `Answer the question from what you know, in its language, in few and short sentences, without introduction. No links, images, HTML or headings. When you do not know the answer, write ${notKnown} and nothing else.`;

/**
 * Answers from what the language model learned, without any document: what a search adds is measured against this. Nothing is
 * cited and nothing verified. Throws what the generator throws.
 */
export async function* answerAlone(question: string, parts: AloneParts): AsyncIterable<AnswerEvent> {
	const { generator, settings, signal } = parts;
	const startedAt = parts.now();
	const maxTokens = Math.min(settings.answerTokens, Math.floor(generator.contextTokens / 2));
	let raw = '';
	let sent = '';
	let usage: Usage | null = null;
	for await (const event of generator.generate(messagesFor(question, parts.house), { maxTokens, signal })) {
		if (event.type === 'generator-end') {
			usage = event.usage;
			break;
		}
		raw += event.text;
		const shown = clean(raw.slice(0, settledLength(raw)), question).trimEnd();
		if (shown.length <= sent.length || !shown.startsWith(sent)) continue;
		yield { type: 'text-delta', text: shown.slice(sent.length) };
		sent = shown;
	}
	const written = clean(raw, question).trim();
	const abstained = written === '';
	const text = abstained ? phrasesIn(await languageOf(question)).notKnown : written;
	if (text.startsWith(sent) && text.length > sent.length) yield { type: 'text-delta', text: text.slice(sent.length) };
	yield {
		type: 'answer-end',
		answer: {
			interaction: parts.interaction,
			question,
			standalone: null,
			answer: text,
			abstained,
			confidence: 0,
			conflicts: [],
			citations: [],
			hits: [],
			system: parts.system,
			model: generator.id,
			usage: usage ?? { inputTokens: 0, outputTokens: 0 },
			costUsd: costUsd(generator.id, usage),
			tookMs: parts.now() - startedAt,
		},
	};
}

/** Examples stand as turns that were answered before. */
function messagesFor(question: string, { prompt, examples }: HouseStyle): Message[] {
	return [
		{ role: 'system', content: [instructions, ...(prompt === null ? [] : [prompt])].join('\n\n') },
		...examples.flatMap((example): Message[] => [
			{ role: 'user', content: example.question },
			{ role: 'assistant', content: example.answer },
		]),
		{ role: 'user', content: question },
	];
}

/** Addresses stay only where the question names them. */
function clean(raw: string, question: string): string {
	return inert(raw, { sources: new Set(), text: question }).replaceAll(notKnownLike, '');
}
