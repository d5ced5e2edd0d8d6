import type { Answer } from '../../core/answer.ts';
import type { Interaction, KeptCitation } from '../../core/interaction.ts';
import { aboutAnswer, fileOf, quoteOf } from './answer-text.ts';
import type { ResponseRequest } from './responses.ts';

export type ResponseStatus = 'in_progress' | 'completed' | 'incomplete' | 'failed';

/** What OpenAI calls one answer and its parts: every one of these ids leads to what is kept of it. */
export function idsOf(interaction: string) {
	const rest = interaction.slice('int_'.length);
	return { response: `resp_${rest}`, search: `fs_${rest}`, message: `msg_${rest}` };
}

/** The interaction of a response; null when it cannot be the id of one. */
export function interactionOfResponse(id: string): string | null {
	return interactionOf(/^resp_([0-9a-z]{26})$/.exec(id));
}

/** The interaction of an item of a response, and whether the item is its message (else its search). */
export function interactionOfItem(id: string): { readonly interaction: string; readonly isMessage: boolean } | null {
	const interaction = interactionOf(/^(?:msg|fs)_([0-9a-z]{26})$/.exec(id));
	return interaction === null ? null : { interaction, isMessage: id.startsWith('msg_') };
}

function interactionOf(found: RegExpExecArray | null): string | null {
	return found === null ? null : `int_${found[1]}`;
}

type ResponseParts = {
	readonly id: string;
	/** Milliseconds since the epoch. */
	readonly at: number;
	readonly status: ResponseStatus;
	readonly model: string;
	readonly output: readonly object[];
	readonly isKept: boolean;
	/** Null as long as nobody knows. */
	readonly usage: Answer['usage'] | null;
	readonly request?: Partial<ResponseRequest>;
	/** Why it is incomplete. */
	readonly cut?: 'max_output_tokens' | 'content_filter' | null;
	readonly error?: { readonly code: string; readonly message: string } | null;
	/** What OpenAI's shape has no room for. */
	readonly knowhow?: object | null;
};

/** A response as OpenAI has it. */
export function toResponse(parts: ResponseParts): object {
	const {
		id,
		at,
		status,
		model,
		output,
		isKept,
		usage,
		request = {},
		cut = null,
		error = null,
		knowhow = null,
	} = parts;
	return {
		id,
		object: 'response',
		created_at: Math.floor(at / 1000),
		status,
		error,
		incomplete_details: cut === null ? null : { reason: cut },
		instructions: request.instructions ?? null,
		max_output_tokens: request.max_output_tokens ?? null,
		metadata: request.metadata ?? {},
		model,
		output,
		parallel_tool_calls: false,
		previous_response_id: request.previous_response_id ?? null,
		reasoning: { effort: null, summary: null },
		store: isKept,
		temperature: request.temperature ?? null,
		text: { format: { type: 'text' } },
		tool_choice: request.tool_choice ?? 'auto',
		tools: request.tools ?? [],
		top_p: null,
		truncation: 'disabled',
		...(usage === null ? {} : { usage: usageOf(usage) }),
		...(knowhow === null ? {} : { knowhow }),
	};
}

function usageOf({ inputTokens, outputTokens }: Answer['usage']): object {
	return {
		input_tokens: inputTokens,
		input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
		output_tokens: outputTokens,
		output_tokens_details: { reasoning_tokens: 0 },
		total_tokens: inputTokens + outputTokens,
	};
}

/** What a kept answer was, without what this reader may not read (any more). What was asked beside the question is not kept. */
export function keptResponse(kept: Interaction): object {
	const { id, at, system, question, hits, answer, citations, usage } = kept;
	const ids = idsOf(id);
	const search = { id: ids.search, type: 'file_search_call', status: 'completed', queries: [question], results: null };
	const quoted = citations.filter(({ quote }) => quote !== null);
	const content = answer === null ? [] : [textPart(answer, annotationsOf(quoted, 0))];
	return toResponse({
		id: ids.response,
		at,
		status: 'completed',
		model: system,
		output: [...(hits.length === 0 ? [] : [search]), messageItem(ids.message, 'completed', content)],
		isKept: true,
		usage,
		knowhow: aboutAnswer({ ...kept, interaction: id }),
	});
}

export function messageItem(id: string, status: ResponseStatus, content: readonly object[]): object {
	return { id, type: 'message', role: 'assistant', status, content };
}

export function textPart(text: string, annotations: readonly object[]) {
	return { type: 'output_text', text, annotations, logprobs: [] };
}

/** `offset`: where in the text the answer begins, UTF-16 units. */
export function annotationsOf(citations: readonly KeptCitation[], offset: number): object[] {
	return citations.map((citation) => {
		const { id, name } = fileOf(citation);
		const index = citation.answerEnd + offset;
		return { type: 'file_citation', file_id: id, filename: name, index, ...quoteOf(citation, offset) };
	});
}
