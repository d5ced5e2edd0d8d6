/** Every code a Knowhow error can carry, with what it means. `docs/errors.md` lists the same table; a test keeps them equal. */
export const errorCodes = {
	invalid_argument: 'A value given by the caller is outside what the call accepts.',
	invalid_config: 'knowhow.json or an environment variable holds a key or value that is not in the schema.',
	invalid_filter: 'A metadata filter is not in the documented shape.',
	invalid_data: 'A data file (dataset, question file, backup) is not in the documented format.',
	not_found: 'The named document, collection, chunk or file does not exist, or the caller may not know that it does.',
	conflict: 'Something else changed the same thing first; read it again and retry.',
	already_exists: 'The name is taken.',
	unusable_path:
		'A file or folder cannot be made, read or written: no permission, no space, or something else lies there.',
	unsupported_format: 'No parser reads this kind of file.',
	unreadable_file: 'The file could not be read or is not what its name says.',
	file_too_large: 'The file is larger than the limit.',
	password_protected: 'The file is encrypted and needs a password.',
	parse_timeout: 'Reading the file took longer than the limit.',
	parse_memory: 'Reading the file took more memory than the limit.',
	forbidden_url: 'The URL is not one that is fetched: not of the web, or leading to a private or local address.',
	fetch_failed: 'The web server did not answer, or refused.',
	empty_document: 'The file holds no text that could be indexed.',
	store_newer: 'The project was written by a newer version of Knowhow.',
	store_corrupt: 'The database failed its integrity check.',
	store_busy: 'Another process holds the database; it did not let go in time.',
	embedder_mismatch: 'Vectors were made by another embedder than the one configured.',
	embedder_failed: 'The embedding service refused or did not answer.',
	search_failed: 'The thread that searches ended before it had an answer.',
	no_embedder: 'The call needs vectors and no embedder is configured.',
	generator_failed: 'The language model refused the call, did not answer or broke off.',
	generator_limited: 'The language model takes no more calls for now (rate limit or quota).',
	context_too_long: 'The prompt is longer than the language model can read.',
	cancelled: 'The caller cancelled the work.',
	unsupported_parameter: 'A parameter of a request asks for something that this server does not do.',
	model_not_found: 'No system, language model or embedder of this name may be used here.',
	forbidden: 'The caller may not do this.',
	unauthorized: 'The request carries no key, or one that is unknown, expired or revoked.',
	limit_reached: 'The key has had what it may have for now: requests a minute, or cost a day.',
	keys_required: 'The address can be reached by others, and nothing says who may do what.',
	method_not_allowed: 'The path exists, and does not take this HTTP method.',
	request_too_large: 'The body of the request is larger than the limit.',
	unsupported_media_type: 'The body of the request is of another type than the route takes.',
	key_reused: 'An Idempotency-Key came a second time, with another request.',
	stopping: 'The server is shutting down and takes no more requests.',
	unsupported_node: 'This version of Node.js is too old.',
} as const;

export type ErrorCode = keyof typeof errorCodes;

export type ErrorOptions = {
	/** What to do next, as a sentence. */
	readonly hint?: string;
	/** Machine-readable facts about the failure; never document text, never secrets. */
	readonly details?: Readonly<Record<string, unknown>>;
	readonly cause?: unknown;
};

/** The one error class: `message` says what failed on what, `hint` what to do next, `code` is one of `errorCodes`. */
export class KnowhowError extends Error {
	readonly code: ErrorCode;
	readonly hint: string | undefined;
	readonly details: Readonly<Record<string, unknown>> | undefined;

	constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
		super(message, options.cause === undefined ? undefined : { cause: options.cause });
		this.name = 'KnowhowError';
		this.code = code;
		this.hint = options.hint;
		this.details = options.details;
	}
}
