import { createHash } from 'node:crypto';

/** What `trainer/embedder/texts.py` holds out: the embedder has not seen these questions with their answers. */
const heldOutArticles = new Set(['huguenot', 'warsaw']);

/** Whether a passage of SQuAD 2.0 belongs to one of the development articles that the embedder was not trained on. */
export function isHeldOutPassage(passage: string): boolean {
	return heldOutArticles.has(passage.replace(/-\d+$/, ''));
}

/** Whether a training claim of SciFact belongs to the third that the embedder was not trained on. */
export function isHeldOutClaim(claim: string): boolean {
	const portion = Number.parseInt(createHash('sha256').update(claim).digest('hex').slice(0, 8), 16) / 2 ** 32;
	return portion < 1 / 3;
}
