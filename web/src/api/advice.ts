/** What an error means to somebody at the page, who has no command line and no settings. */
type Advice = { readonly what: string; readonly next: string };

const tooLarge: Advice = {
	what: 'This is larger than the server takes.',
	next: 'Split it into smaller files; whoever runs the server can raise the limit.',
};

/** By code, where the server speaks to whoever runs it. */
const advice: Readonly<Record<string, Advice>> = {
	forbidden_url: {
		what: 'This address is not on the public web.',
		next: 'Only pages of the public web are read; whoever runs the server can allow addresses of your own network.',
	},
	request_too_large: tooLarge,
	file_too_large: tooLarge,
	parse_timeout: { what: 'Reading it takes too long.', next: 'Split it into smaller files.' },
	parse_memory: { what: 'Reading it takes too much memory.', next: 'Split it into smaller files.' },
	forbidden: { what: 'Your key is not for this.', next: 'Ask whoever runs the server for one that is.' },
	unauthorized: { what: 'Your key is not, or no longer, valid.', next: 'Load the page again to sign in.' },
	model_not_found: {
		what: 'What was to answer is no longer there.',
		next: 'Load the page again, and choose another system.',
	},
	no_embedder: {
		what: 'This needs search by meaning, which is off here.',
		next: 'Whoever runs the server can turn it on.',
	},
	embedder_mismatch: {
		what: 'These documents have to be prepared anew before this works.',
		next: 'Whoever runs the server can do that: knowhow reindex.',
	},
};

/** What the same request, or the same file, is answered with again and again. */
const lasting: ReadonlySet<string> = new Set([
	...Object.keys(advice),
	'password_protected',
	'unsupported_format',
	'unreadable_file',
	'empty_document',
	'invalid_argument',
	'context_too_long',
	// Of files in a vector store, as OpenAI has them.
	'invalid_file',
	'unsupported_file',
]);

export function isLasting(code: string): boolean {
	return lasting.has(code);
}

/** What went wrong and what to do next, of what the server says in one. */
export function sayError({ code, message }: { readonly code: string; readonly message: string }): string {
	const known = advice[code];
	return known === undefined ? message : `${known.what} ${known.next}`;
}

/** What to do next; `hint` is the server's. */
export function nextStep(code: string, hint: string | null): string | null {
	return advice[code]?.next ?? hint;
}
