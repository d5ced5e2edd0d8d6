import type { RemovalReceipt } from '../core/receipt.ts';

/** What became of the kept answers and examples that hold text of removed documents, for people; empty when there are none. */
export function removalText(receipt: RemovalReceipt, eraseCommand: string): string {
	const { interactions, datasets, models, erased } = receipt;
	const count = interactions.length;
	const examples = datasets.reduce((sum, found) => sum + found.examples.length, 0);
	const lines: string[] = [];
	if (erased) {
		if (count > 0) lines.push(`Erased what ${count} kept answers took from them.`);
		for (const { dataset, examples: ids } of datasets) lines.push(`Erased ${ids.length} examples of ${dataset}.`);
	} else {
		if (count > 0) lines.push(`${count} kept answers still quote them: ${interactions.join(', ')}.`);
		for (const { dataset, examples: ids } of datasets)
			lines.push(`${ids.length} examples of ${dataset} still hold their text.`);
		if (count + examples > 0) lines.push(`Erase what is left of them with \`${eraseCommand}\`.`);
	}
	if (models.length > 0)
		lines.push(`These models learned from them, and forget only by training anew: ${models.join(', ')}.`);
	return lines.map((line) => `\n${line}`).join('');
}
