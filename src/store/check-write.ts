import { KnowhowError } from '../core/error.ts';
import type { DocumentWrite } from '../core/store.ts';
import { checkVector } from './vectors.ts';

/** Throws `invalid_argument` for a write that would break a law of the corpus. Looks at nothing stored. */
export function checkWrite(write: DocumentWrite): void {
	if ((write.id === null) !== (write.expected === 0)) {
		throw invalid('a new document has no id and expects version 0; a known one has both.');
	}
	checkText(write);
	checkChunks(write);
	for (const { space, rows } of write.vectors) {
		if (rows.length !== write.chunks.length) {
			throw invalid(`there are ${write.chunks.length} chunks and ${rows.length} vectors in ${space.space}.`);
		}
		for (const vector of rows) checkVector(space, vector);
	}
}

/** SQLite stores UTF-8: a lone surrogate would not come back as it went in, and NUL ends a text for its functions. */
function checkText({ text, source }: DocumentWrite): void {
	if (!text.isWellFormed() || text.includes('\0')) throw invalid('its text is not well-formed or contains NUL.');
	if (!source.isWellFormed() || source === '') throw invalid('its source is empty or not well-formed.');
}

function checkChunks({ text, chunks }: DocumentWrite): void {
	for (const { start, end, text: passage } of chunks) {
		if (start < 0 || end > text.length || passage !== text.slice(start, end) || !passage.isWellFormed()) {
			throw invalid(`the chunk ${start}-${end} is not that part of its text.`);
		}
	}
}

/** The source stays out of the message: errors are logged. */
function invalid(what: string): KnowhowError {
	return new KnowhowError('invalid_argument', `The document cannot be stored: ${what}`);
}
