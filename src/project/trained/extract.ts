import { isDeepStrictEqual } from 'node:util';
import { KnowhowError } from '../../core/error.ts';
import { loadExtractor } from '../../models/extractor-file.ts';
import type { Extraction, TextExtractor } from '../../models/extractor.ts';
import { type FieldText, readFieldTexts } from '../../train/field-text.ts';
import { countSpans, noSpans, spanScores } from '../../train/span-f1.ts';
import { modelFolder, newestModel } from './training.ts';

export type ExtractReport = {
	readonly model: string;
	readonly examples: number;
	/** Over all fields of all texts together, by name, beginning and end; null where there are none. */
	readonly precision: number | null;
	readonly recall: number | null;
	readonly f1: number | null;
	/** Share of the texts whose fields and kind are all right. */
	readonly exact: number;
	/** Share of the texts whose kind is right; null without kinds. */
	readonly kind: number | null;
	/** Rows that could not be read against the model. */
	readonly leftOut: readonly { readonly line: number; readonly reason: string }[];
};

/** The fields of one text. `model` is the id of an extractor of the project; the newest when absent. Throws `not_found`. */
export async function extract(
	folder: string,
	{ model, text }: { readonly model?: string | undefined; readonly text: string },
): Promise<Extraction> {
	if (text.trim() === '') throw new KnowhowError('invalid_argument', 'There is no text to extract from.');
	return (await openExtractor(folder, model)).extract(text);
}

/** How well an extractor does on a file of texts with their outputs. */
export async function extractAll(
	folder: string,
	{ model, path }: { readonly model?: string | undefined; readonly path: string },
): Promise<ExtractReport> {
	const extractor = await openExtractor(folder, model);
	const { fields, kindPath } = extractor;
	const { examples, leftOut } = await readFieldTexts(path, { shape: { fields, lists: [], kind: kindPath } });
	let [counts, exact, kinds] = [noSpans, 0, 0];
	for (const example of examples) {
		const found = extractFrom(extractor, example, fields);
		counts = countSpans(counts, found.spans, example.spans);
		if (found.isKindRight) kinds++;
		if (found.isRight) exact++;
	}
	return {
		model: extractor.id,
		examples: examples.length,
		...spanScores(counts),
		exact: exact / examples.length,
		kind: kindPath === null ? null : kinds / examples.length,
		leftOut,
	};
}

/** What an extractor finds in a text, its fields as their places in `fields`; `isRight`: the kind and every field are. */
export function extractFrom(
	extractor: TextExtractor,
	{ text, kind, spans: right }: FieldText,
	fields: readonly string[],
): { readonly spans: FieldText['spans']; readonly isKindRight: boolean; readonly isRight: boolean } {
	const { spans: found, kind: foundKind } = extractor.extract(text);
	const spans = found.map(({ field, start, end }) => ({ field: fields.indexOf(field), start, end }));
	const isKindRight = foundKind === kind;
	return { spans, isKindRight, isRight: isKindRight && isDeepStrictEqual(keys(spans), keys(right)) };
}

function keys(spans: FieldText['spans']): string[] {
	return spans.map(({ field, start, end }) => `${field} ${start} ${end}`).toSorted();
}

/** An extractor of the project by its id; the one trained last when absent. Throws `not_found` and `unreadable_file`. */
export async function openExtractor(folder: string, model?: string): Promise<TextExtractor> {
	return await loadExtractor(modelFolder(folder, model ?? (await newestModel(folder, 'extractor'))));
}
