import { KnowhowError } from '../core/error.ts';
import { isProject } from '../project/folder.ts';
import type { Knowhow } from '../project/knowhow.ts';
import type { ServingKind } from '../project/trained/promotions.ts';
import type { Call } from './command.ts';
import { openProject, projectFolder } from './project.ts';

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

/** What serves where no model of a kind was promoted. */
export function unpromoted(kind: ServingKind): string {
	return kind === 'router' || kind === 'extractor' ? `the ${kind} trained last` : 'what the package brings';
}

/** The id of the model of a kind that was promoted; undefined where none was, or where there is no project yet. */
export async function promotedModel(
	call: Pick<Call, 'cwd' | 'env' | 'project' | 'overrides'>,
	kind: ServingKind,
): Promise<string | undefined> {
	if (!(await isProject(await projectFolder(call)))) return undefined;
	await using knowhow = await openProject(call);
	return (await knowhow.models.serving(kind)) ?? undefined;
}
