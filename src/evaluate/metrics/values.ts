import { checkValues } from '../../ask/verify/value-check.ts';
import { read } from '../../ask/verify/read.ts';
import type { Value } from '../../ask/verify/values.ts';

export type ValueOptions = {
	/** ISO 639-1 code: how numbers and dates are written and called; null reads English. */
	readonly language?: string | null;
};

/**
 * The share of the gold answer's numbers, dates, times and weekdays that the answer says too, units included: `10 days` is not
 * `10 weeks`, `2 hours` is `120 minutes`, `1,500` is `1500`. The best over the gold answers that hold any; null when none does.
 * Read as the verifier of `ask` reads them, number words included; `a` and `one` said in passing are not asked for.
 */
export function numericCorrectness(answer: string, golds: readonly string[], options?: ValueOptions): number | null {
	return bestShare(answer, golds, ({ kind }) => kind !== 'identifier', options);
}

/** As `numericCorrectness`, for identifiers: `X-1200/B`, `ERR_1042`, `--dry-run`. Connectors and case do not count. */
export function identifierCorrectness(answer: string, golds: readonly string[], options?: ValueOptions): number | null {
	return bestShare(answer, golds, ({ kind }) => kind === 'identifier', options);
}

function bestShare(
	answer: string,
	golds: readonly string[],
	isMeant: (value: Value) => boolean,
	{ language = null }: ValueOptions = {},
): number | null {
	const evidence = { quote: read(answer, language), context: read('', language) };
	const shares = golds.flatMap((gold) => {
		const asked = checkValues(read(gold, language), evidence).filter(
			({ value, level }) => level !== 'unasked' && isMeant(value),
		);
		return asked.length === 0 ? [] : [asked.filter(({ level }) => level !== 'none').length / asked.length];
	});
	return shares.length === 0 ? null : Math.max(...shares);
}
