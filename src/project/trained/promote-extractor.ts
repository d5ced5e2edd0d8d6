import { KnowhowError } from '../../core/error.ts';
import { gate } from '../../evaluate/statistics/gate.ts';
import type { Manifest } from '../../models/artifact.ts';
import type { TextExtractor } from '../../models/extractor.ts';
import { type FieldText, type OutputShape, toFieldTexts } from '../../train/field-text.ts';
import { countSpans, noSpans, spanScores } from '../../train/span-f1.ts';
import { extractFrom, openExtractor } from './extract.ts';
import { heldOutRows } from './held-out-rows.ts';
import type { PromoteOptions, PromoteReport } from './promote.ts';
import { promoted, type PromotionParts, recordPromotion } from './promotions.ts';
import { readTextRows, type TextRows } from './text-rows.ts';

type ExtractorPromotionParts = PromotionParts & { readonly folder: string };

/** How much lower the mean F1 of the guard texts, or the share of texts that are right as a whole, may be. */
const guardMargin = 0.05;

/**
 * Lets a trained extractor find the fields wherever none is named, when the gate passes: a higher F1 of fields on the target, as the
 * mean over its texts, than with the extractor that serves (without one: than by finding nothing), and guard texts no worse. Target are
 * texts that were not learned from: a file, or the dataset's test part. Without a guard its texts guard, too: as many of them must be
 * right as a whole, kind and every field. Throws as `promoteRouter` does.
 */
export async function promoteExtractor(
	parts: ExtractorPromotionParts,
	manifest: Manifest,
	options: PromoteOptions,
): Promise<PromoteReport> {
	const { folder, records } = parts;
	const { id: model } = manifest;
	const replaced = await promoted(records, 'extractor');
	if (replaced === model) throw new KnowhowError('invalid_argument', `${model} serves already.`);
	const candidate = await openExtractor(folder, model);
	const current = replaced === null ? null : await openExtractor(folder, replaced);
	const shape = shapeOfBoth(candidate, current);
	const examplesOf = ({ rows, name }: TextRows): readonly FieldText[] => toFieldTexts(rows, name, shape).examples;
	const target = examplesOf(await heldOutRows(records, manifest, options));
	const guard = options.guard === undefined ? null : examplesOf(await readTextRows(records, { data: options.guard }));
	const differences = (texts: readonly FieldText[], score: Score): number[] =>
		texts.map((text) => score(candidate, text, shape.fields) - score(current, text, shape.fields));
	const verdict = gate(
		differences(target, fieldF1),
		guard === null ? differences(target, isWhollyRight) : differences(guard, fieldF1),
		{ margin: guardMargin },
	);
	const isPromoted = verdict.passes || options.force === true;
	const isForced = isPromoted && !verdict.passes;
	if (isPromoted) await recordPromotion(parts, { kind: 'extractor', model, replaced, verdict, isForced });
	return {
		kind: 'extractor',
		model,
		replaced,
		isPromoted,
		isForced,
		sets: { target: options.target === undefined ? 'dataset' : 'given', guard: guard === null ? 'whole' : 'given' },
		verdict,
	};
}

/** Fields that one of them knows count for both: what one does not know, it does not find. */
function shapeOfBoth(candidate: TextExtractor, current: TextExtractor | null): OutputShape {
	return {
		fields: [...new Set([...candidate.fields, ...(current?.fields ?? [])])],
		lists: [],
		kind: candidate.kindPath ?? current?.kindPath ?? null,
	};
}

/** 0 to 1; null stands for finding nothing. */
type Score = (extractor: TextExtractor | null, text: FieldText, fields: readonly string[]) => number;

/** 1 where there is nothing to find and nothing was found. */
const fieldF1: Score = (extractor, text, fields) => {
	const found = extractor === null ? [] : extractFrom(extractor, text, fields).spans;
	return spanScores(countSpans(noSpans, found, text.spans)).f1 ?? 1;
};

const isWhollyRight: Score = (extractor, text, fields) => {
	if (extractor === null) return Number(text.spans.length === 0 && text.kind === null);
	return Number(extractFrom(extractor, text, fields).isRight);
};
