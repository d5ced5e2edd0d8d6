import { KnowhowError } from '../../core/error.ts';
import type { Route } from '../../core/router.ts';
import { accuracy } from '../../evaluate/metrics/accuracy.ts';
import { type LabelScore, macroF1, perLabel } from '../../evaluate/metrics/macro-f1.ts';
import { loadRouter } from '../../models/router-file.ts';
import type { LabelledText } from '../../train/labelled-text.ts';
import { modelFolder, newestModel } from './training.ts';

export type ClassifyReport = {
	readonly model: string;
	readonly examples: number;
	/** Over texts of the classes that the router knows, whether it accepts them or not; null when there are none. */
	readonly accuracy: number | null;
	readonly macroF1: number | null;
	readonly perLabel: readonly LabelScore[];
	readonly outOfScope: {
		/** Share of the texts of known classes that are taken for in scope; null when there are none. */
		readonly accepted: number | null;
		/** Texts with a label that the router does not know, and the share of them that is found out of scope. */
		readonly examples: number;
		readonly recall: number | null;
	};
};

/** The class of one text. `model` is the id of a router of the project; the newest when absent. Throws `not_found`. */
export async function classify(
	folder: string,
	{ model, text }: { readonly model?: string | undefined; readonly text: string },
): Promise<Route> {
	if (text.trim() === '') throw new KnowhowError('invalid_argument', 'There is no text to classify.');
	return await (await openRouter(folder, model)).route(text);
}

/** How well a router does on labelled texts; labels that it does not know count as out of scope. */
export async function classifyAll(
	folder: string,
	examples: readonly LabelledText[],
	{ model, signal }: { readonly model?: string | undefined; readonly signal?: AbortSignal | undefined } = {},
): Promise<ClassifyReport> {
	const router = await openRouter(folder, model);
	const known = new Set(router.labels);
	const routed: { readonly label: string; readonly gold: string; readonly isIn: boolean }[] = [];
	for (const { text, label: gold } of examples) {
		const { label, outOfScope } = await router.route(text, signal);
		routed.push({ label, gold, isIn: !outOfScope });
	}
	const inside = routed.filter(({ gold }) => known.has(gold));
	const outside = routed.filter(({ gold }) => !known.has(gold));
	return {
		model: router.id,
		examples: routed.length,
		accuracy: accuracy(inside),
		macroF1: macroF1(inside),
		perLabel: perLabel(inside),
		outOfScope: {
			accepted: share(inside, ({ isIn }) => isIn),
			examples: outside.length,
			recall: share(outside, ({ isIn }) => !isIn),
		},
	};
}

/** A router of the project by its id; the one trained last when absent. Throws `not_found` and `unreadable_file`. */
export async function openRouter(folder: string, model?: string): ReturnType<typeof loadRouter> {
	return await loadRouter(modelFolder(folder, model ?? (await newestModel(folder, 'router'))));
}

function share<T>(items: readonly T[], isSo: (item: T) => boolean): number | null {
	return items.length === 0 ? null : items.filter(isSo).length / items.length;
}
