import { writeFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';

/** House words for things and what is done with them, and what people say instead. */
const things = [
	['terminal', 'gadget'],
	['receipt', 'slip'],
	['merchant', 'shopkeeper'],
	['refund', 'moneyback'],
	['payout', 'transfer'],
	['invoice', 'bill'],
	['dispute', 'quarrel'],
	['contract', 'paperwork'],
	['password', 'secret'],
	['battery', 'accumulator'],
] as const;
const actions = [
	['replace', 'swap'],
	['cancel', 'abort'],
	['reprint', 'duplicate'],
	['approve', 'okay'],
	['export', 'download'],
	['archive', 'stash'],
	['delete', 'wipe'],
	['schedule', 'plan'],
	['verify', 'doublecheck'],
	['escalate', 'hand-up'],
] as const;

/** One document for each thing and action, in the words of the house. */
export async function writeToyDocuments(folder: string): Promise<void> {
	await mkdir(folder, { recursive: true });
	for (const [thing] of things) {
		for (const [action] of actions) {
			const text = `# ${action} ${thing}\n\nTo ${action} a ${thing} open the page of the ${thing} and choose ${action}, then wait.\n`;
			await writeFile(join(folder, `${action}-${thing}.md`), text);
		}
	}
}

export type ToyQuestion = { readonly question: string; readonly source: string; readonly quote: string };

/** Questions in other words than those of the documents: each word recurs, no question does. */
export function toyQuestions(): ToyQuestion[] {
	return things.flatMap(([thing, said], t) =>
		actions.map(([action, done], a) => ({
			question: (t + a) % 2 === 0 ? `how do i ${done} my ${said}` : `${said}: who can ${done} it`,
			source: `${action}-${thing}.md`,
			quote: `To ${action} a ${thing} open the page`,
		})),
	);
}

/** As a log of rated answers. */
export async function writeToyLog(path: string, questions: readonly ToyQuestion[] = toyQuestions()): Promise<void> {
	const rows = questions.map(({ question, source, quote }) => ({
		question,
		answer: quote,
		rating: 'up',
		acceptedCitations: [{ source, quote }],
	}));
	await writeFile(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
}
