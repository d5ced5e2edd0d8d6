/** What the server says is wrong and what to do about it, or that it cannot be reached. */
export class ApiError extends Error {
	override readonly name = 'ApiError';
	/** As docs/errors.md has them; `unreachable` when there was no answer at all. */
	readonly code: string;
	/** 0 when there was no answer. */
	readonly status: number;

	constructor(message: string, { code, status, cause }: { code: string; status: number; cause?: unknown }) {
		super(message, { cause });
		this.code = code;
		this.status = status;
	}

	static async of(response: Response): Promise<ApiError> {
		return ApiError.ofBody(await response.json().catch(() => null), response.status);
	}

	/** Of what the server sends in place of an answer, or as the last event of a stream. */
	static ofBody(body: unknown, status: number): ApiError {
		const { error } = (body ?? {}) as { error?: { message?: string; code?: string } };
		const { message = `The server answered with ${status}.`, code = 'error' } = error ?? {};
		return new ApiError(message, { code, status });
	}

	static unreachable(cause: unknown): ApiError {
		const message = 'The server cannot be reached. Is knowhow serve still running?';
		return new ApiError(message, { code: 'unreachable', status: 0, cause });
	}
}
