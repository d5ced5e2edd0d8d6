import { KnowhowError } from '../core/error.ts';
import type { Knowhow } from '../project/knowhow.ts';

/** Metrics without the scores of single questions, which are in the model's folder. */
export function summary(metrics: Readonly<Record<string, unknown>>): Record<string, unknown> {
	return Object.fromEntries(Object.entries(metrics).filter(([name]) => name !== 'differences'));
}

/** The id of the model that was trained last, of a kind where one is named. Throws `not_found`. */
export async function newest({ models }: Pick<Knowhow, 'models'>, kind?: string): Promise<string> {
	const found = (await models.list()).find((model) => kind === undefined || model.kind === kind);
	if (found) return found.id;
	throw new KnowhowError('not_found', `No ${kind ?? 'model'} has been trained yet.`, {
		hint: 'Begin with `knowhow train retriever --data FILE`.',
	});
}
