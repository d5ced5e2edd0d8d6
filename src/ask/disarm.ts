import { withoutHidden } from './hidden.ts';

/** What a model writes when the passages do not answer; no passage contains it. */
export const noAnswer = 'NOT_IN_PASSAGES';

const tokenNames =
	'start_of_turn|end_of_turn|start_of_image|end_of_image|s|bos|eos|pad|unk|mask|think|thinking|tool_call|tool_response|tool_use|function_call|function_results|' +
	'context|contexts|document|documents|passage|passages|instructions?|system|user|assistant|task|im_start|im_end|endoftext';
const markNames =
	'INST|SYSTEM_PROMPT|TOOL_CALLS|TOOL_RESULTS|AVAILABLE_TOOLS|IMG|PREFIX|SUFFIX|MIDDLE|THINK|gMASK|sop|eop|BOS|EOS|PAD|UNK|CLS|SEP|MASK';
/** Special tokens of chat models and the tags of prompts: ChatML, Llama, Mistral, Gemma, DeepSeek and their kin. */
const templateTokens = [
	new RegExp(`<(?=[|｜])|<(?=/?(?:${tokenNames})\\s*/?>)|<(?=<\\s*/?SYS)`, 'gi'),
	new RegExp(`\\[(?=/?(?:${markNames})\\])`, 'g'),
];

/** Breaks the special tokens of chat models, so that no tokenizer takes text for the frame around it. */
export function withoutTemplateTokens(text: string): string {
	return templateTokens
		.reduce((broken, token) => broken.replaceAll(token, '$& '), text)
		.replaceAll(/(?<=[|｜])>/g, ' >');
}

/** What could be taken for a citation marker: `[1]`, `[1, 2]`, `[^1]`, `【1】`, `【4:0†source】`. */
const markerLike =
	/([[［【〔⟦])([ \t]*(?:passages?|sources?|quellen?|doc(?:ument)?s?)?[ \t]*\^?\d[^\][［］【】〔〕⟦⟧\n]{0,60})(?=[\]］】〕⟧])/giu;

/**
 * Text of a document as a model may read it: without what a reader does not see, and with everything broken that has a
 * meaning in a prompt or an answer. `[1]` becomes `[ 1 ]`, which is no marker and still the same program or JSON.
 */
export function disarm(text: string): string {
	return withoutTemplateTokens(withoutHidden(text))
		.replaceAll(markerLike, (_, open: string, inside: string) => `${open} ${inside.trim()} `)
		.replaceAll(noAnswer, noAnswer.replaceAll('_', ' '));
}

/** The same on one line of at most `limit` characters. */
export function disarmLine(text: string, limit: number): string {
	const line = disarm(text).replaceAll(/\s+/g, ' ').trim();
	return line.length <= limit ? line : `${line.slice(0, limit).toWellFormed()}…`;
}
