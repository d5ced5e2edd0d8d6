import { randomBytes } from 'node:crypto';
import type { AnswerEvent } from '../core/answer.ts';
import type { Config } from '../core/config.ts';
import type { Document } from '../core/document.ts';
import { KnowhowError } from '../core/error.ts';
import type { Generator } from '../core/generator.ts';
import type { Hit } from '../core/hit.ts';
import { costUsd } from '../core/prices.ts';
import type { HouseStyle } from '../core/system.ts';
import type { WeightedTerm } from '../search/memory-index.ts';
import { confidence, shippedWeights } from './answerable.ts';
import { compose, refuse, type Composed } from './compose.ts';
import type { Generated } from './generate.ts';
import { languageOf, phrasesIn } from './phrases.ts';
import { readQuestion } from './question.ts';
import { rank } from './rank.ts';
import type { Evidence } from './units.ts';

/** What `ask` needs of a search. */
export type Found = {
	readonly hits: readonly Hit[];
	/** The terms of the query with their weight in the collection. */
	readonly terms: readonly WeightedTerm[];
};

/** What an answer is made with. */
export type AskParts = {
	search(query: string, k: number): Promise<Found>;
	/** The document now, null when it is gone or the asker may not read it. */
	document(id: string): Promise<Document | null>;
	/** The language model that writes; null or absent: the documents' own sentences. */
	readonly generator?: Generator | null;
	readonly settings: Config['ask'];
	/** How a language model shall word the answer. */
	readonly house?: HouseStyle;
	/** `name@version` of the system that answers. */
	readonly system: string;
	/** Milliseconds since the epoch. */
	now(): number;
	/** The interaction's id. */
	readonly interaction: string;
	/** That many bytes that nobody can guess; cryptographic when absent. */
	readonly random?: (bytes: number) => Uint8Array;
	readonly signal?: AbortSignal;
};

/**
 * Answers a question from the documents alone: without a language model in the sentences, table cells or steps that answer,
 * each with its verbatim quote; with one in its words, each sentence held to quotes. Or says that the documents do not say.
 * Throws `cancelled`, and what the parts throw.
 */
export async function* ask(question: string, parts: AskParts): AsyncIterable<AnswerEvent> {
	const startedAt = parts.now();
	const { evidence, terms } = await gather(question, parts);
	const hits = evidence.map(({ hit }) => hit);
	yield { type: 'search-end', hits };

	const read = readQuestion(question, terms);
	const ranked = rank(read, evidence);
	const probability = confidence(read, ranked);
	const isBelow = ranked.length === 0 || probability < (parts.settings.threshold ?? shippedWeights().threshold);
	const phrases = phrasesIn(await languageOf(question));
	const { generator = null, settings, random = randomBytes, signal } = parts;
	const refusal = refuse(ranked[0] ?? null, evidence, phrases);
	const isWritten = generator !== null && evidence.length > 0 && !(isBelow && settings.veto);
	let generated: Generated | null = null;
	if (isWritten) {
		const { generate } = await import('./generate.ts');
		const code = Buffer.from(random(6)).toString('hex');
		generated = yield* generate(read, {
			generator,
			evidence,
			settings,
			phrases,
			refusal,
			code,
			house: parts.house,
			signal,
		});
	}
	const composed = generated ?? (isBelow ? refusal : compose(read, ranked, evidence, phrases));
	if (generated === null) yield* stream(composed);
	yield {
		type: 'answer-end',
		answer: {
			interaction: parts.interaction,
			question,
			standalone: null,
			answer: composed.text,
			abstained: generated?.abstained ?? isBelow,
			confidence: probability,
			conflicts: composed.conflicts,
			citations: composed.citations,
			...(generated && { unsupported: generated.unsupported, unknownMarkers: generated.unknownMarkers }),
			hits,
			system: parts.system,
			model: generator?.id ?? 'extractive',
			usage: generated?.usage ?? { inputTokens: 0, outputTokens: 0 },
			costUsd: generator && generated ? costUsd(generator.id, generated.usage) : 0,
			tookMs: parts.now() - startedAt,
		},
	};
}

type Gathered = { readonly evidence: readonly Evidence[]; readonly terms: readonly WeightedTerm[] };

/** Searches and reads what was found. When a document changed in between, searches once more. */
async function gather(question: string, parts: AskParts): Promise<Gathered> {
	const first = await searchAndRead(question, parts);
	return first.isStale ? searchAndRead(question, parts) : first;
}

async function searchAndRead(question: string, parts: AskParts): Promise<Gathered & { readonly isStale: boolean }> {
	throwIfCancelled(parts.signal);
	const { hits, terms } = await parts.search(question, parts.settings.hits);
	throwIfCancelled(parts.signal);
	const documents = new Map<string, Document | null>();
	for (const { document } of hits) {
		if (!documents.has(document.id)) documents.set(document.id, await parts.document(document.id));
	}
	const evidence = hits.flatMap((hit) => {
		const document = documents.get(hit.document.id) ?? null;
		return document !== null && isCurrent(hit, document) ? [{ hit, document }] : [];
	});
	return { evidence, terms, isStale: evidence.length < hits.length };
}

function isCurrent(hit: Hit, document: Document): boolean {
	return document.version === hit.document.version && document.text.slice(hit.start, hit.end) === hit.text;
}

function throwIfCancelled(signal: AbortSignal | undefined): void {
	if (signal?.aborted === true) {
		throw new KnowhowError('cancelled', 'The question was cancelled.', { cause: signal.reason });
	}
}

function* stream({ text, citations }: Composed): Iterable<AnswerEvent> {
	for (const delta of text.match(/\S+\s*|\s+/g) ?? []) yield { type: 'text-delta', text: delta };
	for (const citation of citations) yield { type: 'citation', citation };
}
