/**
 * How much a model reads, by the name of its family, in tokens. Deliberately the smallest size that a member of the family
 * was sold with lately, and a small one for names that are not here: too little context costs a passage, too much costs the
 * answer. The setting `modelContextTokens` wins.
 */
const sizes: readonly (readonly [pattern: RegExp, tokens: number])[] = [
	[/^gpt-(4o|4\.1|oss|[5-9])/, 128_000],
	[/^o[1-9]/, 128_000],
	[/^claude/, 200_000],
	[/^gemini/, 1_000_000],
	[/^(mistral|ministral|magistral|codestral)/, 32_000],
	[/^grok/, 128_000],
	[/^deepseek/, 64_000],
];

/**
 * Local servers may cut what is longer than their own setting without saying so. Ollama's is 4,096 on machines with less than
 * 24 GiB of graphics memory (docs.ollama.com/context-length).
 */
const localTokens = 4_096;
const unknownTokens = 8_192;

/** Tokens that a prompt and its answer may have together. `model` may begin with the name of a vendor. */
export function contextTokensOf(model: string, { isLocal = false }: { isLocal?: boolean } = {}): number {
	if (isLocal) return localTokens;
	const name = model.toLowerCase().split('/').at(-1) as string;
	return sizes.find(([pattern]) => pattern.test(name))?.[1] ?? unknownTokens;
}
