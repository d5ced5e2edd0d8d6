import { squadNormal } from './squad-normal.ts';

/** 1 when the answer equals one of the gold answers in SQuAD's normal form, else 0; null without gold answers. */
export function exactMatch(answer: string, golds: readonly string[]): number | null {
	if (golds.length === 0) return null;
	const normal = squadNormal(answer);
	return golds.some((gold) => squadNormal(gold) === normal) ? 1 : 0;
}
