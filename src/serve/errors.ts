import { type ErrorCode, KnowhowError } from '../core/error.ts';

/** The HTTP status of each code. */
export const statusOf: Readonly<Record<ErrorCode, number>> = {
	invalid_argument: 400,
	invalid_config: 500,
	invalid_filter: 400,
	invalid_data: 400,
	unsupported_parameter: 400,
	forbidden: 403,
	unauthorized: 401,
	limit_reached: 429,
	keys_required: 500,
	not_found: 404,
	model_not_found: 404,
	method_not_allowed: 405,
	conflict: 409,
	already_exists: 409,
	request_too_large: 413,
	unsupported_media_type: 415,
	key_reused: 422,
	unusable_path: 500,
	unsupported_format: 400,
	unreadable_file: 400,
	file_too_large: 413,
	password_protected: 400,
	parse_timeout: 400,
	parse_memory: 400,
	forbidden_url: 400,
	fetch_failed: 502,
	empty_document: 400,
	store_newer: 500,
	store_corrupt: 500,
	store_busy: 503,
	embedder_mismatch: 409,
	embedder_failed: 502,
	search_failed: 503,
	no_embedder: 400,
	generator_failed: 502,
	generator_limited: 429,
	context_too_long: 400,
	cancelled: 503,
	stopping: 503,
	unsupported_node: 500,
};

/** Seconds after which the same request may succeed, by status. */
const retryAfter: Readonly<Record<number, number>> = { 429: 10, 502: 5, 503: 2 };

/** An error as OpenAI's clients read it. */
export type ErrorBody = {
	readonly error: {
		readonly message: string;
		readonly type: string;
		/** The parameter that is wrong, when it is one. */
		readonly param: string | null;
		readonly code: string;
	};
};

export type Failure = {
	readonly status: number;
	readonly body: ErrorBody;
	readonly headers: Readonly<Record<string, string>>;
};

/** What a client is told of an error; of an unexpected one nothing but that it happened. */
export function toFailure(error: unknown): Failure {
	if (!(error instanceof KnowhowError)) return failure(500, 'The server made a mistake.', 'unexpected', null);
	const { code, message, hint, details } = error;
	const param = typeof details?.['param'] === 'string' && details['param'] !== '' ? details['param'] : null;
	const { status, body, headers } = failure(
		statusOf[code],
		hint === undefined ? message : `${message} ${hint}`,
		code,
		param,
	);
	const { retryAfterSeconds, retryAfterMs, allow } = details ?? {};
	// A language model's provider says it of itself.
	const seconds =
		typeof retryAfterMs === 'number' && retryAfterMs > 0 ? Math.ceil(retryAfterMs / 1000) : retryAfterSeconds;
	return {
		status,
		body,
		headers: {
			...headers,
			...(typeof seconds === 'number' ? { 'retry-after': String(seconds) } : {}),
			...(typeof allow === 'string' ? { allow } : {}),
		},
	};
}

function failure(status: number, message: string, code: string, param: string | null): Failure {
	const seconds = retryAfter[status];
	return {
		status,
		body: { error: { message, type: typeOf(status), param, code } },
		headers: {
			...(seconds === undefined ? {} : { 'retry-after': String(seconds) }),
			...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
		},
	};
}

function typeOf(status: number): string {
	if (status === 429) return 'rate_limit_error';
	if (status === 401) return 'authentication_error';
	if (status === 403) return 'permission_error';
	return status < 500 ? 'invalid_request_error' : 'server_error';
}

/** An error about one parameter of a request. */
export function wrongParameter(
	code: 'invalid_argument' | 'unsupported_parameter',
	param: string,
	message: string,
	hint?: string,
): KnowhowError {
	return new KnowhowError(code, message, { details: { param }, ...(hint === undefined ? {} : { hint }) });
}
