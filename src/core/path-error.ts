import { KnowhowError } from './error.ts';

/** What the operating system says of a path, and what to do about it. */
const reasons: Readonly<Record<string, readonly [why: string, hint: string]>> = {
	EACCES: ['it may not be read or written by you', 'Work as a user who may, or name another place.'],
	EPERM: ['it may not be read or written by you', 'Work as a user who may, or name another place.'],
	EROFS: ['its disk may only be read', 'Name another place.'],
	ENOENT: ['it is not there, and cannot be made there', 'Name a place in a folder that exists.'],
	ENOTDIR: ['a file stands where a folder would have to be', 'Name another place.'],
	EEXIST: ['a file stands where a folder would have to be', 'Name another place.'],
	EISDIR: ['it is a folder, and a file is needed', 'Name a file in it.'],
	ENOTEMPTY: ['it is a folder that is not empty', 'Name another place.'],
	ENOSPC: ['the disk is full', 'Make room on it, or name another place.'],
	EDQUOT: ['you have no more room on its disk', 'Make room on it, or name another place.'],
	ENAMETOOLONG: ['the name is too long', 'Name a shorter one.'],
	ELOOP: ['its links lead in a circle', 'Name another place.'],
};

/** An operating system's refusal of a path as an error of ours; null for any other error. */
export function pathError(error: unknown): KnowhowError | null {
	if (!(error instanceof Error) || error instanceof KnowhowError) return null;
	const { code = '', path, dest } = error as NodeJS.ErrnoException & { readonly dest?: string };
	const reason = reasons[code];
	if (reason === undefined || path === undefined) return null;
	const [why, hint] = reason;
	const shown = dest === undefined ? path : `${path} or ${dest}`;
	return new KnowhowError('unusable_path', `${shown} cannot be used: ${why} (${code}).`, { hint, cause: error });
}
