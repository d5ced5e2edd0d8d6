import { oldPriceDays, priceAgeDays, prices as known } from '../../core/prices.ts';
import { defineCommand } from '../command.ts';
import { table } from '../style.ts';

export const prices = defineCommand({
	describe:
		'Prints the prices that costs are counted with: US dollars for a million tokens, the page that says so and the day it was read. A model that is not here has no known cost; that is not 0.',
	arguments: [],
	options: {
		model: { type: 'string', value: 'SPEC', describe: 'Only this model.' },
	},
	collections: 'none',
	examples: [{ command: 'knowhow prices', describe: 'What is known, and how old it is' }],
	run: async ({ options, terminal: { style } }) => {
		const now = Date.now();
		const rows = known
			.filter(({ model }) => options.model === undefined || model === options.model)
			.flatMap((price) => {
				const { model, input, output, upToInputTokens, source, checked } = price;
				const ageDays = priceAgeDays(price, now);
				const of = {
					model,
					currency: 'USD',
					unit: '1,000,000 tokens',
					source,
					checked,
					ageDays,
					isOld: ageDays > oldPriceDays,
				};
				return [
					{ ...of, kind: 'input', price: input, upToInputTokens },
					{ ...of, kind: 'output', price: output, upToInputTokens },
				];
			});
		const inputs = rows.filter(({ kind }) => kind === 'input');
		const shown = inputs.map(({ model, price, checked, ageDays, isOld }) => [
			model,
			price.toFixed(2),
			(rows.find((row) => row.model === model && row.kind === 'output')?.price ?? 0).toFixed(2),
			checked,
			isOld ? style.yellow(`${ageDays} days: old`) : `${ageDays} days`,
		]);
		const sources = [...new Set(inputs.map(({ source }) => source))].map((source) => style.dim(source));
		const head = ['USD for 1,000,000 tokens', 'in', 'out', 'read', 'age'];
		const text =
			shown.length === 0
				? `The price of ${options.model ?? 'any model'} is not known. That is not 0.`
				: `${table([head, ...shown])}\n\n${sources.join('\n')}`;
		return { json: { prices: rows }, text };
	},
});
