import { squadTokens } from './squad-normal.ts';

/**
 * 1 when the words of a gold answer stand in the answer, in a row (SQuAD's normal form), else 0. For answers in whole sentences, whose
 * token F1 is low however right they are. Gold answers without words say nothing; null when no other is there.
 */
export function containment(answer: string, golds: readonly string[]): number | null {
	const wanted = golds.map(squadTokens).filter((words) => words.length > 0);
	if (wanted.length === 0) return null;
	const said = ` ${squadTokens(answer).join(' ')} `;
	return wanted.some((words) => said.includes(` ${words.join(' ')} `)) ? 1 : 0;
}
