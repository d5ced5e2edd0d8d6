import { resolve } from 'node:path';
import { findProject } from '../project/folder.ts';
import type { Knowhow } from '../project/knowhow.ts';
import type { Call } from './command.ts';

/** `--project`, else the nearest folder upward that has `.knowhow/`, else the current one. */
export async function projectFolder(call: Pick<Call, 'project' | 'cwd'>): Promise<string> {
	return call.project === undefined ? await findProject(call.cwd) : resolve(call.cwd, call.project);
}

/** Opens the project of a call, with the settings that its options override. */
export async function openProject(
	call: Pick<Call, 'project' | 'cwd' | 'env' | 'overrides'>,
	{ create = false, searchThread = false }: { create?: boolean; searchThread?: boolean } = {},
): Promise<Knowhow> {
	const { open } = await import('../project/open.ts');
	return await open(await projectFolder(call), { create, searchThread, env: call.env, settings: call.overrides });
}
