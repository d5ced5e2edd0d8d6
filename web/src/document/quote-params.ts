/** A span of a document's text, UTF-16 units, that is to be shown. */
export type Quote = {
	readonly start: number;
	readonly end: number;
	/** Counted from 1; null for formats without pages. */
	readonly page: number | null;
	/** Of the document when it was quoted; absent: the current one. */
	readonly version?: number;
	/** What it said, to look for when the document has changed. */
	readonly text?: string;
};

/** The quote that a URL points at: `?start=&end=&page=&version=`. */
export function quoteFrom(params: URLSearchParams): Quote | undefined {
	const [start, end, page, version] = ['start', 'end', 'page', 'version'].map((name) => wholeNumber(params.get(name)));
	if (start == null || end == null || end <= start) return undefined;
	return { start, end, page: page ?? null, ...(version == null ? {} : { version }) };
}

/** The names and values that `quoteFrom` reads. */
export function quoteParams({ start, end, page, version }: Quote): Record<string, string> {
	const named = Object.entries({ start, end, page, version });
	return Object.fromEntries(named.flatMap(([name, value]) => (value == null ? [] : [[name, String(value)]])));
}

function wholeNumber(value: string | null): number | null {
	return value !== null && /^\d{1,15}$/.test(value) ? Number(value) : null;
}
