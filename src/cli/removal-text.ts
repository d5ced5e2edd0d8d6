import type { RemovalReceipt } from '../core/receipt.ts';

/** What became of the kept answers that quote removed documents, as sentences for people; empty when there are none. */
export function removalText({ interactions, erased }: RemovalReceipt, eraseCommand: string): string {
	const count = interactions.length;
	if (count === 0) return '';
	if (erased) return `\nErased what ${count} kept answers took from them.`;
	return `\n${count} kept answers still quote them: ${interactions.join(', ')}.\nErase the quotes with \`${eraseCommand}\`.`;
}
