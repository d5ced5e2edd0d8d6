import { z } from 'zod';
import type { Format } from '../../core/document.ts';
import { KnowhowError } from '../../core/error.ts';
import type { Knowhow } from '../../project/knowhow.ts';
import { defineRoute, type Route } from '../route.ts';
import { unknownDocument } from './documents.ts';

/** What a viewer shows by itself; everything else is shown as plain text, or saved. */
const typeOf: Readonly<Partial<Record<Format, string>>> = {
	pdf: 'application/pdf',
	docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
	pptx: 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
	xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
	odt: 'application/vnd.oasis.opendocument.text',
	odp: 'application/vnd.oasis.opendocument.presentation',
	ods: 'application/vnd.oasis.opendocument.spreadsheet',
	epub: 'application/epub+zip',
};
const plainText = 'text/plain; charset=utf-8';

export function documentContentRoutes(knowhow: Knowhow): Route[] {
	return [
		defineRoute({
			method: 'GET',
			path: '/api/documents/:document/content',
			summary:
				'The bytes that a document was made of, for viewing; of a page of the web or a changed file there are none',
			scope: 'read',
			answer: 'bytes',
			handle: async ({ params, caller: { access } }) => {
				const id = params['document'] ?? '';
				const document = await knowhow.document(id, { access });
				if (document === null) throw unknownDocument(id);
				const original = await knowhow.original(id, { access });
				if (original === null) {
					throw new KnowhowError('not_found', `The bytes of "${id}" are not at hand.`, {
						hint: 'Its text is; for the bytes, ingest the file again where it was.',
					});
				}
				return new Response(Buffer.from(original.bytes), { headers: headersFor(document.format, original.name) });
			},
		}),
		defineRoute({
			method: 'GET',
			path: '/api/documents/:document/versions',
			summary: 'The versions of a document, the current one last',
			scope: 'read',
			answer: z.object({
				data: z.array(
					z.object({
						version: z.int(),
						updatedAt: z.int(),
						characters: z.int().describe('UTF-16 units.'),
						chunks: z.int(),
						text: z.string().nullable().describe('Null: it was replaced, and `ingest.keepVersions` was off.'),
					}),
				),
			}),
			handle: async ({ params, caller: { access } }) => {
				const id = params['document'] ?? '';
				const versions = await knowhow.versions(id, { access });
				if (versions.length === 0) throw unknownDocument(id);
				// Its hash is for nobody.
				return { data: versions.map(({ hash: _hash, ...shown }) => shown) };
			},
		}),
	];
}

/** A browser shows it as what it is said to be, runs nothing of it, and lets it reach nothing. */
function headersFor(format: Format, name: string): Record<string, string> {
	const type = typeOf[format] ?? plainText;
	const disposition = format === 'pdf' || type === plainText ? 'inline' : 'attachment';
	return {
		'content-type': type,
		'content-disposition': `${disposition}; filename*=UTF-8''${encoded(name)}`,
		'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
		'x-content-type-options': 'nosniff',
	};
}

/** RFC 8187, section 3.2: beside letters and digits few characters stand for themselves. */
function encoded(name: string): string {
	const special = (character: string): string => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
	return encodeURIComponent(name.toWellFormed()).replaceAll(/['()*]/g, special);
}
