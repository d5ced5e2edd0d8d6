import type { Document } from '../../core/document.ts';
import type { Example } from '../../core/dataset.ts';
import type { ShapeFault } from '../formats/format.ts';

/** The current state of a document; null when it was removed. */
export type Lookup = (id: string) => Promise<Pick<Document, 'version' | 'text'> | null>;

/**
 * Whether the documents that an example was made of still say so. A newer version that has every passage word for word is
 * fine; one that lacks a passage, or of which no passage is known, is not.
 */
export async function staleFaults({ sources, positives }: Example, document: Lookup): Promise<ShapeFault[]> {
	const faults: ShapeFault[] = [];
	const quoted = new Set(positives.map(({ document: id }) => id));
	// What a language model had before it and nobody cited may change.
	const decisive = positives.length > 0 ? sources.filter(({ document: id }) => quoted.has(id)) : sources;
	for (const { document: id, version } of decisive) {
		const now = await document(id);
		if (now === null) {
			faults.push({ code: 'source-gone', message: `the document ${id} was removed` });
			continue;
		}
		if (now.version === version) continue;
		const passages = positives.filter((passage) => passage.document === id);
		if (passages.length > 0 && passages.every(({ text }) => now.text.includes(text))) continue;
		const message = `made of version ${version} of ${id}; version ${now.version} no longer has its passage`;
		faults.push({ code: 'stale', message });
	}
	return faults;
}
