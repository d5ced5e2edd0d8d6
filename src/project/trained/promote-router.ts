import { KnowhowError } from '../../core/error.ts';
import type { Route, Router } from '../../core/router.ts';
import { gate } from '../../evaluate/statistics/gate.ts';
import type { Manifest } from '../../models/artifact.ts';
import type { TextRouter } from '../../models/router.ts';
import { type LabelledText, toLabelledTexts } from '../../train/labelled-text.ts';
import { openRouter } from './classify.ts';
import { heldOutRows } from './held-out-rows.ts';
import type { PromoteOptions, PromoteReport } from './promote.ts';
import { promoted, type PromotionParts, recordPromotion } from './promotions.ts';
import { readTextRows, type TextRows } from './text-rows.ts';

type RouterPromotionParts = PromotionParts & { readonly folder: string };

/** How much smaller the share of guard texts that are treated rightly may be. */
const guardMargin = 0.1;
/** The share of texts of its classes that a router lets through by design. */
const acceptance = 0.95;

/**
 * Lets a trained router classify wherever none is named, when the gate passes: more target texts right than with the router that serves
 * (without one: than by always saying the commonest class), and guard texts no worse. Target are texts that were not learned from: a
 * file, or the dataset's test part. Without a guard its texts guard, too: as many of the router's classes must be let through as now
 * (without a router: 95 %). Throws `not_found`, `invalid_data`, `conflict`, and `invalid_argument` when there is nothing to measure.
 */
export async function promoteRouter(
	parts: RouterPromotionParts,
	manifest: Manifest,
	options: PromoteOptions,
): Promise<PromoteReport> {
	const { folder, records } = parts;
	const { id: model } = manifest;
	const replaced = await promoted(records, 'router');
	if (replaced === model) throw new KnowhowError('invalid_argument', `${model} serves already.`);
	const target = labelled(await heldOutRows(records, manifest, options));
	const guard = options.guard === undefined ? null : labelled(await readTextRows(records, { data: options.guard }));
	const candidate = await openRouter(folder, model);
	const current = replaced === null ? sayingAlways(commonest(target)) : await openRouter(folder, replaced);
	const promised = replaced === null ? acceptance : null;
	const verdict = gate(
		await differences({ candidate, current }, target, isRight),
		guard === null
			? await differences({ candidate, current, promised }, target, isLetThrough)
			: await differences({ candidate, current }, guard, isRight),
		{ margin: guardMargin },
	);
	const isPromoted = verdict.passes || options.force === true;
	const isForced = isPromoted && !verdict.passes;
	if (isPromoted) await recordPromotion(parts, { kind: 'router', model, replaced, verdict, isForced });
	const from = options.target === undefined ? 'dataset' : 'given';
	return {
		kind: 'router',
		model,
		replaced,
		isPromoted,
		isForced,
		sets: { target: from, guard: guard === null ? 'scope' : 'given' },
		verdict,
	};
}

function labelled({ rows, name }: TextRows): LabelledText[] {
	return toLabelledTexts(rows, name);
}

type Judge = (route: Route, gold: string, isKnown: boolean) => boolean;
const isRight: Judge = ({ label, outOfScope }, gold, isKnown) => (isKnown ? label === gold : outOfScope);
const isLetThrough: Judge = ({ outOfScope }, _, isKnown) => outOfScope !== isKnown;

type Pair = {
	readonly candidate: TextRouter;
	readonly current: Router;
	/** Held against this in place of the current one. */
	readonly promised?: number | null;
};

/** Candidate − current, for each text. Labels that the candidate does not know are out of its scope. */
async function differences(
	{ candidate, current, promised = null }: Pair,
	texts: readonly LabelledText[],
	judge: Judge,
): Promise<number[]> {
	const known = new Set(candidate.labels);
	const found: number[] = [];
	for (const { text, label } of texts) {
		const score = async (router: Router) => Number(judge(await router.route(text), label, known.has(label)));
		found.push((await score(candidate)) - (promised ?? (await score(current))));
	}
	return found;
}

function commonest(texts: readonly LabelledText[]): string {
	const counts = [...Map.groupBy(texts, ({ label }) => label)].map(([label, rows]) => [label, rows.length] as const);
	return counts.toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))[0]![0];
}

function sayingAlways(label: string): Router {
	return { id: 'commonest', route: () => Promise.resolve({ label, probability: 1, outOfScope: false }) };
}
