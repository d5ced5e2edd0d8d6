import type { Access } from '../core/access.ts';
import type { Answer, AnswerEvent } from '../core/answer.ts';
import type { System } from '../core/system.ts';
import { quoteExactness } from './metrics/quote-exactness.ts';
import type { Answered } from './row.ts';

export type AnswerOneParts = {
	readonly access: Access;
	/** A document's text in that version; null when it is gone. */
	readonly textOf: (documentId: string, version: number) => Promise<string | null>;
	/** Milliseconds, from whenever. */
	readonly now: () => number;
	readonly signal?: AbortSignal | undefined;
};

/** Puts a question to a system and keeps the time of each stage. Throws what the system throws. */
export async function answerOne(system: System, question: string, parts: AnswerOneParts): Promise<Answered> {
	const { access, now, signal } = parts;
	const began = now();
	let last = began;
	const stages: Record<string, number> = {};
	const end = (stage: string): void => {
		const at = now();
		stages[stage] = at - last;
		last = at;
	};
	let route: Extract<AnswerEvent, { type: 'route-end' }> | null = null;
	for await (const event of system.answer(question, { access, signal })) {
		if (event.type === 'route-end') {
			route = event;
			end('route');
		}
		if (event.type === 'search-end') end('search');
		if (event.type !== 'answer-end') continue;
		end('answer');
		return {
			...toAnswered(event.answer),
			confidence: 'search' in stages ? event.answer.confidence : null,
			quoteExactness: await exactnessOf(event.answer, parts),
			route: route && { ...route.route, system: route.system },
			stages: { ...stages, total: last - began },
		};
	}
	throw new Error(`${system.name} ended without its last event.`);
}

type Timeless = Omit<Answered, 'confidence' | 'quoteExactness' | 'route' | 'stages'>;

function toAnswered({ answer, abstained, citations, hits, model, usage, costUsd }: Answer): Timeless {
	return {
		answer,
		abstained,
		citations: citations.map(({ answerStart, answerEnd, quote, chunk, source, documentId, version, supported }) => ({
			answerStart,
			answerEnd,
			quote,
			chunk,
			source,
			documentId,
			version,
			supported,
		})),
		hits: hits.map(({ chunk, document, headings, text }) => ({
			chunk,
			documentId: document.id,
			source: document.source,
			title: document.title,
			headings,
			text,
		})),
		model,
		usage,
		costUsd,
	};
}

async function exactnessOf({ citations }: Answer, { textOf }: AnswerOneParts): Promise<number | null> {
	const texts = new Map<string, string | null>();
	for (const { documentId, version } of citations) {
		const key = `${documentId}:${version}`;
		if (!texts.has(key)) texts.set(key, await textOf(documentId, version));
	}
	return quoteExactness(citations, (documentId, version) => texts.get(`${documentId}:${version}`) ?? null);
}
