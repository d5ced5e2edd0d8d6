import type { paths } from '../api/schema.d.ts';

/** A job as the server shows it. */
export type Job = paths['/api/jobs/{job}']['get']['responses'][200]['content']['application/json'];

/** Something that happened in a job, with its number. */
export type JobEvent =
	paths['/api/jobs/{job}/events']['get']['responses'][200]['content']['application/json']['data'][number];

/** A file or page that could not be read, and what to do about it. */
export type FileFailure = {
	readonly path: string;
	readonly code: string;
	readonly message: string;
	readonly hint: string | null;
};

export function hasEnded({ endedAt }: Job): boolean {
	return endedAt !== null;
}

/** What it reads, in one line. */
export function sourcesOf({ spec }: Job): string {
	if (!('sources' in spec)) return 'a training';
	const { sources, sitemaps } = spec as { readonly sources: readonly string[]; readonly sitemaps: readonly string[] };
	const [first = 'nothing', ...others] = [...sources, ...sitemaps];
	return others.length === 0 ? first : `${first} and ${others.length} more`;
}
