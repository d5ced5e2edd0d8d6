import { z } from 'zod';
import type { RemovalReceipt } from '../../core/receipt.ts';

/** What a removal took along, as it goes over the wire. */
export const removalReceipt = z
	.object({
		documents: z.int(),
		chunks: z.int(),
		vectors: z.int(),
		at: z.int().describe('Milliseconds since the epoch.'),
		interactions: z.array(z.string()).describe('Kept answers that quote it.'),
		datasets: z
			.array(z.object({ dataset: z.string(), examples: z.array(z.string()) }))
			.describe('Datasets that hold text of it, and which of their examples.'),
		models: z.array(z.string()).describe('Models that were trained on such a dataset.'),
		erased: z.boolean().describe('Whether these answers, quotes and examples were erased too.'),
	})
	.meta({ id: 'RemovalReceipt' }) satisfies z.ZodType<RemovalReceipt>;
