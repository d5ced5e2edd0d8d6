import { exampleSchema } from '../../core/dataset.ts';
import type { JsonObject } from '../difference.ts';
import { readBy, type RowFormat } from './format.ts';

/** Every field of an example but what belongs to one file: its id, its origin and the rest of another format's row. */
const rowSchema = exampleSchema.unwrap().partial({ id: true, origin: true }).loose();

/** Examples as datasets hold them; nothing is lost. */
export const knowhow: RowFormat = {
	name: 'knowhow',
	describe: 'examples with everything that is known of them: {"id", "query", "answer", "positives", "sources", …}',
	matches: (row) => typeof row['id'] === 'string' && row['id'].startsWith('ex_') && 'query' in row,
	read: (row) =>
		readBy(rowSchema, row, ({ query, earlier, steps, answer, rejected, label, positives, negatives }) => ({
			query,
			earlier,
			steps,
			answer,
			rejected,
			label,
			positives,
			negatives,
		})),
	write: (content) => ({ ...(content as unknown as JsonObject) }),
};
