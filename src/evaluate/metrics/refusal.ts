export type Refusable = {
	/** Whether the documents answer the question. */
	readonly isAnswerable: boolean;
	readonly abstained: boolean;
};

export type RefusalScore = {
	/** Refused questions that have no answer, of all refused; null when nothing was refused. */
	readonly precision: number | null;
	/** Refused questions that have no answer, of all that have none; null when all have one. */
	readonly recall: number | null;
	/** Refused questions that have an answer, of all that have one; null when none has. */
	readonly falseRefusals: number | null;
};

/** How well a system knows when to say that it does not know. */
export function refusalScore(questions: readonly Refusable[]): RefusalScore {
	const refused = questions.filter(({ abstained }) => abstained);
	const answerable = questions.filter(({ isAnswerable }) => isAnswerable);
	const right = refused.filter(({ isAnswerable }) => !isAnswerable).length;
	return {
		precision: share(right, refused.length),
		recall: share(right, questions.length - answerable.length),
		falseRefusals: share(refused.length - right, answerable.length),
	};
}

function share(part: number, whole: number): number | null {
	return whole === 0 ? null : part / whole;
}
