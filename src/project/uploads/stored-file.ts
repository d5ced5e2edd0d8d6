export const fileKind = 'file';

/** Uploaded bytes with what is known of them. */
export type StoredFile = {
	/** `file-…`; sorts by time. */
	readonly id: string;
	readonly name: string;
	readonly purpose: string;
	readonly bytes: number;
	readonly sha256: string;
	/** Whose it is; null: the owner of the project. */
	readonly owner: string | null;
	/** Milliseconds since the epoch. */
	readonly at: number;
	/** When it is removed by itself, or since when it is being removed; absent: never. */
	readonly expiresAt?: number | undefined;
};

export function isExpired({ expiresAt = Infinity }: StoredFile, now: number): boolean {
	return expiresAt <= now;
}

/** What the document made of a file is called in its collection: no path, so that no folder's ingest takes it for its own. */
export function uploadSource({ id, name }: Pick<StoredFile, 'id' | 'name'>): string {
	return `upload://${id}/${encodeURI(name.toWellFormed())}`;
}

/** The file that a document was made of; null when it came from elsewhere. */
export function fileOfSource(source: string): { readonly id: string; readonly name: string } | null {
	const [, id, name] = /^upload:\/\/(file-[0-9a-z]{26})\/(.*)$/s.exec(source) ?? [];
	if (id === undefined || name === undefined) return null;
	return { id, name: decoded(name) };
}

function decoded(name: string): string {
	try {
		return decodeURI(name);
	} catch {
		return name;
	}
}
