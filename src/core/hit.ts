/** What a document contributes to a hit or a citation. */
export type HitDocument = {
	readonly id: string;
	readonly source: string;
	readonly title: string;
	readonly version: number;
	readonly date: string | null;
};

/** The parts of a score; a part that did not run is null. `keyword` is BM25, `vector` a cosine, `rerank` a log-odds. */
export type ScoreParts = {
	readonly keyword: number | null;
	readonly vector: number | null;
	readonly rerank: number | null;
};

/** One chunk of a ranking. */
export type Hit = {
	/** 1 is best. */
	readonly rank: number;
	/** What the ranking is sorted by, larger is better; comparable within one search only. */
	readonly score: number;
	readonly parts: ScoreParts;
	/** The chunk's id. */
	readonly chunk: string;
	readonly text: string;
	readonly start: number;
	readonly end: number;
	readonly page: number | null;
	readonly headings: readonly string[];
	readonly document: HitDocument;
};
