/** A file on its way into a collection. */
export type Upload = {
	readonly id: number;
	readonly file: File;
	/** With the folders it was dropped in. */
	readonly path: string;
	/** The name or id of the collection. */
	readonly collection: string;
	/** `reading`: it has been sent, and is being taken apart and indexed. */
	readonly state: 'waiting' | 'sending' | 'reading' | 'completed' | 'failed';
	readonly error: { readonly code: string; readonly message: string } | null;
};

/** A file with its path below what was chosen or dropped. */
export type ChosenFile = { readonly file: File; readonly path: string };

export function isUnderWay({ state }: Upload): boolean {
	return state === 'sending' || state === 'reading';
}

export function isSettled({ state }: Upload): boolean {
	return state === 'completed' || state === 'failed';
}
