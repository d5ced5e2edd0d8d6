import { mayRead } from '../../core/access.ts';
import { KnowhowError } from '../../core/error.ts';
import type { Job, JobEnd, Store } from '../../core/store.ts';
import type { IngestEvent, IngestFailure, IngestReport } from '../../ingest/ingest.ts';
import type { IngestOptions } from '../knowhow.ts';
import { allJobs } from './all-jobs.ts';
import { IngestDiary } from './ingest-diary.ts';
import { ingestKind, type IngestSpec } from './ingest-job.ts';
import { releaseDead, workerName } from './worker.ts';

export type IngestJobsParts = {
	readonly store: Store;
	/** Ingests into a collection by its name; paths are relative to the folder of `base`. */
	readonly ingest: (
		paths: readonly string[],
		options: IngestOptions & { readonly base: IngestSpec['base'] },
	) => Promise<IngestReport>;
	/** Milliseconds since the epoch. */
	readonly now: () => number;
};

/** Longer than a machine stands still; a worker that lives lengthens it. */
const leaseMs = 120_000;
/** How often what happened is written, and a cancelling by another process is noticed. */
const tickMs = 250;

type Work = { readonly stop: AbortController; readonly done: PromiseWithResolvers<void> };

/** Ingests as jobs of the store, one at a time: what a killed process had begun, the next one goes on with. */
export class IngestJobs {
	readonly #parts: IngestJobsParts;
	readonly #work = new Map<string, Work>();
	/** Something was added since the queue was looked at. */
	#isDue = false;
	#taking: Promise<void> | null = null;
	#isClosed = false;

	constructor(parts: IngestJobsParts) {
		this.#parts = parts;
	}

	/** Whether nothing is done any more until the next `resume`. */
	get isClosed(): boolean {
		return this.#isClosed;
	}

	/** Begins an ingest, after those that were begun before. */
	async begin(spec: IngestSpec): Promise<Job> {
		const job = await this.#parts.store.jobs.enqueue({ kind: ingestKind, spec });
		this.#take();
		return job;
	}

	/** Goes on with what was begun before a stop. */
	async resume(): Promise<void> {
		const { jobs } = this.#parts.store;
		this.#isClosed = false;
		for await (const job of allJobs(jobs)) {
			if (job.kind === ingestKind && !this.#work.has(job.id)) await releaseDead(jobs, job);
		}
		this.#take();
	}

	/** Cancels an ingest that has not ended; on return this process writes nothing of it any more. Throws `not_found`. */
	async cancel(id: string): Promise<Job> {
		const job = await this.#parts.store.jobs.cancel(id);
		const work = this.#work.get(id);
		work?.stop.abort();
		await work?.done.promise;
		return job;
	}

	/** Resolves when nothing is to be done. */
	async settled(): Promise<void> {
		while (this.#taking !== null) await this.#taking;
	}

	/** Ends what is being done; it goes on at the next `resume`, in whichever process that is. */
	async close(): Promise<void> {
		this.#isClosed = true;
		for (const { stop } of this.#work.values()) stop.abort();
		await this.settled();
	}

	#take(): void {
		this.#isDue = true;
		this.#taking ??= this.#takeAll();
	}

	async #takeAll(): Promise<void> {
		try {
			while (this.#isDue) {
				this.#isDue = false;
				for (let job = await this.#claim(); job !== null; job = await this.#claim()) await this.#run(job);
			}
		} catch {
			// The database cannot be had (a full disk, another process that holds it): the job stays for the next look at the queue.
		} finally {
			this.#taking = null;
		}
	}

	async #claim(): Promise<Job | null> {
		return this.#isClosed ? null : await this.#parts.store.jobs.claim(workerName(), [ingestKind], leaseMs);
	}

	async #run({ id, spec }: Job): Promise<void> {
		const { jobs } = this.#parts.store;
		const diary = new IngestDiary(jobs, id);
		const work: Work = { stop: new AbortController(), done: Promise.withResolvers() };
		this.#work.set(id, work);
		const timer = setInterval(() => void this.#tick(id, diary, work.stop), tickMs).unref();
		try {
			const end = await this.#endOf(spec as IngestSpec, work.stop.signal, diary);
			clearInterval(timer);
			await diary.write();
			await this.#finish(id, end, work.stop.signal);
		} finally {
			clearInterval(timer);
			this.#work.delete(id);
			work.done.resolve();
		}
	}

	async #endOf(spec: IngestSpec, signal: AbortSignal, { note }: IngestDiary): Promise<JobEnd> {
		try {
			return { status: 'succeeded', result: await this.#ingest(spec, signal, note) };
		} catch (error) {
			return { status: 'failed', error: reasonOf(error) };
		}
	}

	async #ingest(spec: IngestSpec, signal: AbortSignal, onEvent: (event: IngestEvent) => void): Promise<IngestReport> {
		const { store, ingest } = this.#parts;
		const { base, sync, sitemaps } = spec;
		const collection = (await store.corpus.collections()).find(({ id }) => id === spec.collection);
		if (collection === undefined) throw new KnowhowError('not_found', 'The collection is gone.');
		const refused = await this.#refused(spec);
		for (const failure of refused.values()) onEvent({ type: 'file-fail', ...failure });
		const sources = spec.sources.filter((source) => !refused.has(source));
		const report = await ingest(sources, { collection: collection.name, base, sync, sitemaps, signal, onEvent });
		return { ...report, failed: [...refused.values(), ...report.failed] };
	}

	/** The pages that are documents already which whoever asked may not read: nor may they change them. */
	async #refused({ sources, collection, access }: IngestSpec): Promise<Map<string, IngestFailure>> {
		const refused = new Map<string, IngestFailure>();
		if (access === 'everything') return refused;
		const { corpus } = this.#parts.store;
		for (const source of sources) {
			const url = URL.parse(source);
			if (url !== null) url.hash = '';
			const known = url && (await corpus.documentAt(collection, url.href, 'everything'));
			if (known === null || mayRead(access, known.readers)) continue;
			const message = `${source} is a document of this collection that others read.`;
			refused.set(source, { path: source, code: 'forbidden', message, hint: 'Ingest it into another collection.' });
		}
		return refused;
	}

	/** Writes what happened; lengthens the lease while it is this process's, and stops when it is not. */
	async #tick(id: string, diary: IngestDiary, stop: AbortController): Promise<void> {
		const { jobs } = this.#parts.store;
		try {
			await diary.write();
			const job = await jobs.get(id);
			const isOurs = job?.status === 'running' && job.worker === workerName();
			const isLate = (job?.leaseUntil ?? 0) - this.#parts.now() < leaseMs / 2;
			if (!isOurs || (isLate && !(await jobs.extend(id, workerName(), leaseMs)))) stop.abort();
		} catch {
			// The next tick tries again; what cannot be written at the end fails the job.
		}
	}

	async #finish(id: string, end: JobEnd, signal: AbortSignal): Promise<void> {
		const { jobs } = this.#parts.store;
		try {
			if (signal.aborted) await jobs.extend(id, workerName(), 0);
			else await jobs.finish(id, workerName(), end);
		} catch (error) {
			// It was cancelled at the last moment.
			if (!(error instanceof KnowhowError) || error.code !== 'conflict') throw error;
		}
	}
}

/** Unexpected errors tell nothing of where they happened. */
function reasonOf(error: unknown): { code: string; message: string; hint?: string } {
	if (!(error instanceof KnowhowError))
		return { code: 'unexpected', message: 'The ingest ended by a mistake of the server.' };
	const { code, message, hint } = error;
	return { code, message, ...(hint === undefined ? {} : { hint }) };
}
