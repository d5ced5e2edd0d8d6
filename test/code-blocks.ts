/** A fenced block of a Markdown page. */
export type CodeBlock = {
	readonly page: string;
	readonly line: number;
	readonly language: string;
	readonly code: string;
	/** Why it is not run: from a comment `<!-- not run: … -->` right above it. */
	readonly notRun: string | null;
};

/** The fenced blocks that name a language, in order. */
export function codeBlocks(page: string, text: string): CodeBlock[] {
	const pattern = /(?:<!-- not run: (.*?) -->\n+)?^```(\w+)\n([\s\S]*?)^```$/gm;
	return [...text.matchAll(pattern)].map((match) => ({
		page,
		line: text.slice(0, match.index + match[0].indexOf('```')).split('\n').length,
		language: match[2] as string,
		code: match[3] as string,
		notRun: match[1] ?? null,
	}));
}
