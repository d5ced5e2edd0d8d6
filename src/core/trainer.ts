/** Numbers of a model under a name, row-major. */
export type Weight = { readonly shape: readonly number[]; readonly numbers: Float32Array | Int8Array };

/** A number that says how good something is, for people and reports. */
export type NamedMetric = { readonly name: string; readonly value: number };

/** Everything needed to go on: training resumed from it ends with the same bytes as if it had never stopped. */
export type Checkpoint = {
	readonly step: number;
	/** What the numbers belong to, as JSON. */
	readonly state: string;
	readonly weights: Readonly<Record<string, Float32Array>>;
};

/** What a training makes; `writeArtifact` in models/ gives it an id and a folder. */
export type TrainedModel = {
	readonly kind: string;
	/** What the model needs to run beside its numbers: labels, thresholds; JSON. */
	readonly settings: Readonly<Record<string, unknown>>;
	readonly weights: Readonly<Record<string, Weight>>;
	/** Files of lines (vocabularies), by name. */
	readonly texts: Readonly<Record<string, string>>;
	/** Where it comes from: hash of the data, base model, seed, training settings; JSON. */
	readonly lineage: Readonly<Record<string, unknown>>;
	/** As measured on data held out from training; JSON. */
	readonly metrics: Readonly<Record<string, unknown>>;
};

export type TrainerEvent =
	| {
			readonly type: 'progress';
			readonly step: number;
			readonly steps: number;
			/** Mean of the last steps. */
			readonly loss: number;
			/** Measured last on held-out data; null before the first time. */
			readonly metric: NamedMetric | null;
	  }
	/** Its arrays hold until the next event is asked for: write or copy them before. */
	| { readonly type: 'checkpoint'; readonly checkpoint: Checkpoint }
	| { readonly type: 'trained'; readonly model: TrainedModel };

export type Estimate = { readonly steps: number; readonly seconds: number; readonly memoryMb: number };

export type TrainOptions = {
	/** Continue here. Throws `invalid_data` when it belongs to another job. */
	readonly checkpoint?: Checkpoint | undefined;
	/** Throws `cancelled` when aborted. */
	readonly signal?: AbortSignal | undefined;
};

/** Makes models of one kind. Touches no disk and no clock; equal jobs give equal bytes. */
export interface Trainer<Job> {
	readonly id: string;
	/** How long one core of a common machine takes, to a factor of about two. Throws what `train` would throw for a bad job. */
	estimate(job: Job): Promise<Estimate>;
	/** Events in order, `trained` last. */
	train(job: Job, options?: TrainOptions): AsyncIterable<TrainerEvent>;
}
