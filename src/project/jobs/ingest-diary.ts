import type { Jobs } from '../../core/store.ts';
import type { IngestEvent } from '../../ingest/ingest.ts';
import { type IngestJobEvent, type IngestProgress, noProgress } from './ingest-job.ts';

/** Keeps what an ingest tells in its job, many events in one transaction: each costs the disk a moment. */
export class IngestDiary {
	readonly #jobs: Pick<Jobs, 'append'>;
	readonly #job: string;
	#unwritten: IngestJobEvent[] = [];
	#progress: IngestProgress = noProgress;
	#written: IngestProgress = noProgress;
	#writing: Promise<void> = Promise.resolve();

	constructor(jobs: Pick<Jobs, 'append'>, job: string) {
		this.#jobs = jobs;
		this.#job = job;
	}

	/** Takes note; `write` puts it on disk. */
	readonly note = (event: IngestEvent): void => {
		if (event.type === 'walk-end') this.#progress = { ...this.#progress, files: event.files };
		if (event.type === 'warning') this.#unwritten.push(event);
		if (event.type === 'file-fail') {
			this.#count('failed');
			this.#unwritten.push({ ...event, type: 'file-end', outcome: 'failed' });
		}
		if (event.type === 'file-remove') {
			this.#count('removed');
			this.#unwritten.push({ type: 'file-end', path: event.path, outcome: 'removed', chunks: 0 });
		}
		if (event.type === 'file-end') {
			this.#count('done');
			const { outcome } = event;
			// Its `file-fail` came before, and said why.
			if (outcome === 'failed') return;
			this.#count(outcome === 'moved' ? 'updated' : outcome);
			this.#unwritten.push({ ...event, outcome });
		}
	};

	/** When it resolves, everything noted before is on disk. */
	async write(): Promise<void> {
		const written = this.#writing.then(() => this.#append());
		this.#writing = written.catch(() => {});
		await written;
	}

	async #append(): Promise<void> {
		const [events, progress] = [[...this.#unwritten], this.#progress];
		if (events.length === 0 && progress === this.#written) return;
		await this.#jobs.append(this.#job, [...events, { type: 'progress', ...progress }]);
		this.#unwritten = this.#unwritten.slice(events.length);
		this.#written = progress;
	}

	#count(what: Exclude<keyof IngestProgress, 'files'>): void {
		this.#progress = { ...this.#progress, [what]: this.#progress[what] + 1 };
	}
}
