/** What is wrong with a row keeps it out of a dataset (`error`) or does not (`warning`). */
export type Severity = 'error' | 'warning';

/** Every fault that a check finds: how bad it is, what it means, and what to do. `--fix` does it where `isFixed` says so. */
export const faultCodes = {
	'not-json': { severity: 'error', what: 'The line is not JSON.', fix: 'Write one JSON object a line.' },
	'not-an-object': { severity: 'error', what: 'The row is not an object.', fix: 'Write an object with named fields.' },
	'missing-field': {
		severity: 'error',
		what: 'A field that the format is made of is missing.',
		fix: 'Add the field, or name the format with --format.',
	},
	'wrong-type': { severity: 'error', what: 'A field holds a value of another type.', fix: 'Write the type it names.' },
	'unclosed-quote': { severity: 'error', what: 'A quote of a CSV cell is never closed.', fix: 'Close it.' },
	'cell-count': {
		severity: 'error',
		what: 'A CSV row has more or fewer cells than the header.',
		fix: 'Put quotes around cells that hold the separator.',
	},
	'unknown-role': {
		severity: 'error',
		what: 'A turn is of somebody whom the format does not know.',
		fix: 'Use the roles of the format.',
	},
	'no-user-turn': { severity: 'error', what: 'Nobody asks.', fix: 'Add the turn of the user.' },
	'role-order': {
		severity: 'error',
		what: 'The turns are not in an order that a chat has.',
		fix: 'User and assistant take turns; the user begins.',
	},
	'system-not-first': {
		severity: 'error',
		what: 'Instructions come after the chat has begun.',
		fix: 'Move them to the beginning.',
	},
	'empty-query': { severity: 'error', what: 'The query says nothing.', fix: 'Write it or remove the row.' },
	'empty-answer': { severity: 'error', what: 'The answer says nothing.', fix: 'Write it or remove the row.' },
	'empty-turn': { severity: 'error', what: 'A turn says nothing.', fix: 'Write it or remove the turn.' },
	'empty-passage': { severity: 'error', what: 'A passage says nothing.', fix: 'Write it or remove it.' },
	'empty-label': { severity: 'error', what: 'The label says nothing.', fix: 'Write it or remove the row.' },
	'nothing-to-learn': {
		severity: 'error',
		what: 'The row has a query and neither an answer, a passage nor a label, or not the one that the goal needs.',
		fix: 'Add it, or collect for another goal.',
	},
	oversize: {
		severity: 'error',
		what: 'The row is longer than what the goal trains on; it would be cut in the middle.',
		fix: 'Shorten or divide it, or raise --max-tokens.',
	},
	'damaged-text': {
		severity: 'error',
		what: 'A character was lost in an earlier conversion (U+FFFD).',
		fix: 'Export the source again as UTF-8.',
	},
	mojibake: {
		severity: 'error',
		what: 'UTF-8 was read as Latin-1 (Ã¼ in place of ü).',
		fix: 'It is decoded as it should have been.',
		isFixed: true,
	},
	'control-character': {
		severity: 'error',
		what: 'The text holds a control character.',
		fix: 'It is taken out.',
		isFixed: true,
	},
	'outer-space': {
		severity: 'warning',
		what: 'A text begins or ends with white space, which would be learned.',
		fix: 'It is taken off.',
		isFixed: true,
	},
	'special-token': {
		severity: 'error',
		what: 'A text holds a mark of a chat template, which would end or forge a turn.',
		fix: 'It is taken out.',
		isFixed: true,
	},
	'personal-email': {
		severity: 'error',
		what: 'A text holds somebody’s e-mail address.',
		fix: 'It becomes [email].',
		isFixed: true,
	},
	'personal-phone': {
		severity: 'error',
		what: 'A text holds a telephone number.',
		fix: 'It becomes [phone].',
		isFixed: true,
	},
	'payment-card': {
		severity: 'error',
		what: 'A text holds the number of a payment card (its check digit is right).',
		fix: 'It becomes [card].',
		isFixed: true,
	},
	iban: {
		severity: 'error',
		what: 'A text holds the number of a bank account (its check digits are right).',
		fix: 'It becomes [iban].',
		isFixed: true,
	},
	'secret-key': {
		severity: 'error',
		what: 'A text holds a key, a token or a password.',
		fix: 'Revoke it: it becomes [key].',
		isFixed: true,
	},
	'same-as-rejected': {
		severity: 'error',
		what: 'The better and the worse answer are the same.',
		fix: 'Correct one or remove the row.',
	},
	'passage-both-ways': {
		severity: 'error',
		what: 'A passage is said to answer the query and not to.',
		fix: 'Remove it from one of the lists.',
	},
	'answer-is-query': {
		severity: 'error',
		what: 'The answer repeats the query.',
		fix: 'Write the answer or remove the row.',
	},
	duplicate: {
		severity: 'error',
		what: 'The same example was there before.',
		fix: 'The later one is removed.',
		isFixed: true,
	},
	'near-duplicate': {
		severity: 'warning',
		what: 'Nearly the same example was there before; it counts twice in training.',
		fix: 'Remove one of them if they came from one event.',
	},
	'train-test-overlap': {
		severity: 'error',
		what: 'The same or nearly the same query is in a part that measures: the result would flatter.',
		fix: 'The row that trains is removed.',
		isFixed: true,
	},
	'group-in-two-parts': {
		severity: 'error',
		what: 'Rows of one group are in two parts.',
		fix: 'Put the whole group into one part, or leave the parts to --seed.',
	},
	contradiction: {
		severity: 'error',
		what: 'One question has answers that cannot both be right.',
		fix: 'Keep the right one.',
	},
	'label-conflict': { severity: 'error', what: 'One text has two labels.', fix: 'Keep the right one.' },
	'label-spelling': {
		severity: 'warning',
		what: 'The label is another one but for capitals, spaces or hyphens.',
		fix: 'It gets the spelling that most rows have.',
		isFixed: true,
	},
	'rare-label': {
		severity: 'warning',
		what: 'The label has too few examples to be learned.',
		fix: 'Collect more, or give it to a broader label.',
	},
	'unseen-label': {
		severity: 'error',
		what: 'The label is measured and never trained.',
		fix: 'Put examples of it into the part that trains.',
	},
	'label-imbalance': {
		severity: 'warning',
		what: 'One label has twenty times as many examples as another, or nine tenths of all.',
		fix: 'Collect more of the rare one; look at macro F1, not at accuracy.',
	},
	stale: {
		severity: 'error',
		what: 'The document has changed since, and no longer says what the example was made of.',
		fix: 'Answer the question again from the new version.',
	},
	'source-gone': {
		severity: 'error',
		what: 'The document that the example was made of was removed.',
		fix: 'Remove the row.',
	},
	'too-few': {
		severity: 'warning',
		what: 'There are fewer examples than the goal needs.',
		fix: 'Collect more first.',
	},
	'synthetic-only': {
		severity: 'warning',
		what: 'Nobody asked these questions: they were made of documents or by a model.',
		fix: 'Add questions of users, at least for measuring.',
	},
	'unreviewed-model': {
		severity: 'warning',
		what: 'Every answer was written by a model, and nobody rated or corrected one.',
		fix: 'Rate a sample with `knowhow feedback`, or read a hundred of them.',
	},
} as const satisfies Record<
	string,
	{ readonly severity: Severity; readonly what: string; readonly fix: string; readonly isFixed?: boolean }
>;

export type FaultCode = keyof typeof faultCodes;

export type Fault = {
	/** The file, or what else the rows came from. */
	readonly file: string;
	/** Counted from 1; null for a fault of all rows together or of rows that lie in no file. */
	readonly line: number | null;
	readonly code: FaultCode;
	readonly severity: Severity;
	/** What is wrong in this row, as a clause; never the personal data itself. */
	readonly message: string;
	/** What to do. */
	readonly fix: string;
	/** The example's id; null when the row could not be read as one. */
	readonly example: string | null;
};

/** Whether `--fix` removes or rewrites. */
export function isFixable(code: FaultCode): boolean {
	return 'isFixed' in faultCodes[code];
}
