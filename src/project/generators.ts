import type { Config } from '../core/config.ts';
import { KnowhowError } from '../core/error.ts';
import type { Generator } from '../core/generator.ts';
import type { LanguageModel } from '../models/language-model.ts';
import type { Environment } from './config.ts';

/** The language models of an open project: each made once, when it is first needed. Nothing is sent before it is asked. */
export class Generators implements AsyncDisposable {
	readonly #config: Config;
	readonly #env: Environment;
	readonly #given: LanguageModel | Generator | undefined;
	readonly #open = new Map<string | null, Promise<Generator | null>>();

	/** `given`, from the program, stands in for the configured one. */
	constructor(config: Config, env: Environment, given: LanguageModel | Generator | undefined) {
		this.#config = config;
		this.#env = env;
		this.#given = given;
	}

	/** The one that the settings name; null when they name none. */
	async configured(): Promise<Generator | null> {
		return await this.#once(null, async () => {
			const { createProjectGenerator } = await import('./generator.ts');
			return await createProjectGenerator(this.#config, { env: this.#env, model: this.#given });
		});
	}

	/** By its id. The settings' own key and context size are for their own model alone. */
	async named(id: string): Promise<Generator> {
		const configured = await this.configured();
		if (configured?.id === id) return configured;
		const opened = await this.#once(id, async () => {
			const { createProjectGenerator } = await import('./generator.ts');
			const { modelTimeoutSeconds } = this.#config;
			return await createProjectGenerator({ model: id, modelTimeoutSeconds }, { env: this.#env });
		});
		if (opened !== null) return opened;
		throw new KnowhowError('invalid_argument', `"${id}" is no language model.`);
	}

	/** A model in memory is let go; one that the program gave is the program's to close. */
	async [Symbol.asyncDispose](): Promise<void> {
		for (const [id, opening] of this.#open) {
			if (id === null && this.#given !== undefined) continue;
			const generator = await opening.catch(() => null);
			if (generator && Symbol.asyncDispose in generator) await (generator as AsyncDisposable)[Symbol.asyncDispose]();
		}
	}

	/** Once; again after a failure. */
	async #once(id: string | null, open: () => Promise<Generator | null>): Promise<Generator | null> {
		const opening = this.#open.get(id) ?? open();
		this.#open.set(id, opening);
		opening.catch(() => this.#open.delete(id));
		return await opening;
	}
}
