import { z } from 'zod';
import type { JsonObject } from '../difference.ts';
import { toContent, toPassage } from '../example.ts';
import { readBy, type RowFormat } from './format.ts';

/** Variables that hold the question, the likeliest first, and those that hold a passage. */
const asked = ['question', 'query', 'input', 'prompt', 'message', 'user_input', 'text', 'topic'] as const;
const given = ['context', 'passage'] as const;

/** Assertions whose value is an answer. */
const expecting = ['factuality', 'equals', 'similar', 'contains', 'icontains', 'answer', 'llm-rubric', 'starts-with'];

const rowSchema = z.looseObject({
	vars: z.record(z.string(), z.json()),
	assert: z.array(z.looseObject({ type: z.string(), value: z.json().optional() })).nullish(),
});

/**
 * A test of promptfoo (the list `tests` of its configuration, or a file of tests). The answer is the value of the first
 * assertion that states one; it is written as `factuality`, which a model grades against the reference.
 */
export const promptfoo: RowFormat = {
	name: 'promptfoo',
	describe: 'promptfoo tests: {"vars": {"question"}, "assert": [{"type": "factuality", "value"}]}',
	matches: (row) => 'vars' in row,
	read: (row) =>
		readBy(rowSchema, row, ({ vars, assert }) => {
			const name = queryName(vars);
			const query = name === undefined ? undefined : vars[name];
			if (typeof query !== 'string') {
				const message = `none of the variables ${Object.keys(vars).join(', ') || '(there is none)'} is a question`;
				return [{ code: 'missing-field', message }];
			}
			const stated = assert?.find(({ type, value }) => expecting.includes(type) && typeof value === 'string');
			const passages = given.map((key) => vars[key]).filter((text) => typeof text === 'string');
			return toContent({
				query,
				answer: (stated?.value as string | undefined) ?? null,
				positives: passages.map((text) => toPassage(text)),
			});
		}),
	write: ({ query, answer, positives: [first] }) => ({
		vars: { question: query, ...(first === undefined ? {} : { context: first.text }) },
		...(answer === null ? {} : { assert: [{ type: 'factuality', value: answer }] }),
	}),
};

/** A name that says so, else the only variable. */
function queryName(vars: JsonObject): string | undefined {
	const named = asked.find((name) => typeof vars[name] === 'string');
	const names = Object.keys(vars);
	return named ?? (names.length === 1 ? names[0] : undefined);
}
