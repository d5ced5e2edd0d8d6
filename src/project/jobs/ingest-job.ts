import type { Access } from '../../core/access.ts';
import type { IngestFailure, IngestEvent } from '../../ingest/ingest.ts';

export const ingestKind = 'ingest';

/** What an ingest was asked to do; the `spec` of its job. */
export type IngestSpec = {
	/** Paths, absolute or relative to the base, and URLs. */
	readonly sources: readonly string[];
	/** URLs of sitemaps, whose pages are read as well. */
	readonly sitemaps?: readonly string[];
	/** The id of the collection. */
	readonly collection: string;
	readonly sync: boolean;
	/** Where relative paths begin, and what the documents’ sources are relative to: the project, or what comes with the package. */
	readonly base: 'project' | 'package';
	/** Whose it is; null: the owner of the project. */
	readonly owner: string | null;
	/** What they might read when they asked: a page that is a document already is fetched again for its readers alone. */
	readonly access: Access;
};

/** How far an ingest is: counts of files and pages. One that was renamed counts as updated. */
export type IngestProgress = {
	/** How many there are; null until that is known. */
	readonly files: number | null;
	readonly done: number;
	readonly added: number;
	readonly updated: number;
	readonly unchanged: number;
	readonly removed: number;
	readonly failed: number;
};

/** What an ingest tells while it runs; each kept in its job. */
export type IngestJobEvent =
	| {
			readonly type: 'file-end';
			readonly path: string;
			readonly outcome: 'added' | 'updated' | 'moved' | 'unchanged' | 'removed';
			/** Chunks written; 0 unless added or updated. */
			readonly chunks: number;
	  }
	| ({ readonly type: 'file-end'; readonly outcome: 'failed' } & IngestFailure)
	| Extract<IngestEvent, { readonly type: 'warning' }>
	/** Comes last in what is written together, so that the last event of a job says how far it is. */
	| ({ readonly type: 'progress' } & IngestProgress);

export const noProgress: IngestProgress = {
	files: null,
	done: 0,
	added: 0,
	updated: 0,
	unchanged: 0,
	removed: 0,
	failed: 0,
};
