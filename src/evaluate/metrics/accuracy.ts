/** What was said of one thing, and what is right. */
export type Labelled = { readonly label: string; readonly gold: string };

/** The share of right labels; null for none. */
export function accuracy(labelled: readonly Labelled[]): number | null {
	if (labelled.length === 0) return null;
	return labelled.filter(({ label, gold }) => label === gold).length / labelled.length;
}
