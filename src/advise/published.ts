/** What a page says a quantity is. */
export type Claim = {
	readonly low: number;
	readonly high: number;
	/** “and more” stands behind it. */
	readonly isOpen: boolean;
	/** An address, or what the page is when its address was not kept. */
	readonly source: string;
	/** The day on which it was read. */
	readonly date: string;
};

/** A number that articles about retrieval and tuning give, with what each of them says. */
export type Quantity = {
	readonly id: string;
	readonly label: string;
	readonly unit: 'USD' | 'USD/month' | 'ms' | 'queries/day' | 'queries' | 'examples' | 'days';
	readonly claims: readonly Claim[];
};

export type Contradiction = { readonly quantity: string; readonly text: string };

/** The day on which every claim was read. */
export const publishedRead = '2026-11-20';
const articleA = 'comparison article A, address not kept';
const articleB = 'comparison article B, address not kept';
const articleC = 'comparison article C, address not kept';
const cognival = 'https://www.cognival.co/blog/fine-tuning-vs-rag-which-to-use';
const lumien = 'https://lumienai.com/news/rag-vs-fine-tuning-when-to-use-each';
const atlas = 'https://llmatlas.xyz/learn/fine-tuning-vs-prompting';
const finhub = 'https://aifinhub.io/articles/rag-cost-model-vs-fine-tuning/';
const burner = 'https://www.tokenburner.dev/insights/fine-tuning-vs-rag-cost';
const openai = 'https://developers.openai.com/docs/guides/distillation';
const augustyniak = 'https://augustyniak.ai/blog/rag-vs-finetuning-enterprise-ai-guide';

/** The published priors, quoted so that the user's own numbers can be held against them. None of them states its workload. */
export const published: readonly Quantity[] = [
	quantity('store-monthly', 'Vector store', 'USD/month', [20, 200, articleB], [30, 300, cognival]),
	quantity(
		'retrieval-build',
		'Building retrieval',
		'USD',
		[500, 2000, articleB],
		[4000, 12_000, lumien],
		[50, 500, atlas],
	),
	quantity('retrieval-monthly', 'Running retrieval', 'USD/month', [50, 300, articleB], [0, 200, lumien]),
	quantity('gpu-run', 'GPU time of a training run', 'USD', [5, 500, articleB], [50, 500, cognival]),
	quantity(
		'tuning-run',
		'A tuning run, all in',
		'USD',
		[500, 5000, articleB],
		[1000, 10_000, articleA, 'and more'],
		[20, 2000, atlas],
		[2000, 35_000, lumien],
	),
	quantity('retrieval-latency', 'What retrieval adds', 'ms', [100, 500, articleA], [100, 500, cognival]),
	quantity('tuned-latency', 'A tuned model’s answer', 'ms', [50, 200, articleA]),
	quantity(
		'break-even-volume',
		'Tuning pays from',
		'queries/day',
		[10_000, 10_000, articleA, 'and more'],
		[3300, 3300, finhub, 'and more'],
	),
	quantity(
		'break-even-queries',
		'Tuning pays after',
		'queries',
		[10_000, 50_000, articleA],
		[33_000, 33_000, burner, 'and more'],
	),
	quantity(
		'examples',
		'Examples that tuning needs',
		'examples',
		[500, 2000, articleC],
		[500, 5000, articleB],
		[50, 100, openai],
	),
	quantity('retrieval-time', 'Time to retrieval', 'days', [1, 7, articleA], [7, 14, augustyniak]),
	quantity('tuning-time', 'Time to a tuned model', 'days', [14, 90, articleA], [30, 60, augustyniak]),
];

type Row = readonly [low: number, high: number, source: string, open?: 'and more'];

function quantity(id: string, label: string, unit: Quantity['unit'], ...rows: readonly Row[]): Quantity {
	const claims = rows.map(([low, high, source, open]): Claim => ({
		low,
		high,
		isOpen: open !== undefined,
		source,
		date: publishedRead,
	}));
	return { id, label, unit, claims };
}

/** Where two claims about one quantity differ by more than a factor of two at either end, in words. */
export function contradictions(quantities: readonly Quantity[] = published): Contradiction[] {
	return quantities
		.filter(({ claims }) => claims.some((one) => claims.some((other) => differ(one, other))))
		.map(({ id, label, unit, claims }) => ({
			quantity: id,
			text: `${label}: ${claims.map((claim) => `${rangeText(claim)} ${unit} (${claim.source})`).join(', yet ')}.`,
		}));
}

function differ(one: Claim, other: Claim): boolean {
	const isFar = (a: number, b: number): boolean => Math.max(a, b) > 2 * Math.min(a, b);
	return isFar(one.low, other.low) || isFar(one.high, other.high);
}

/** `500–2,000`, `10,000 and more` */
export function rangeText({ low, high, isOpen }: Omit<Claim, 'source' | 'date'>): string {
	const [from, to] = [low, high].map((value) => value.toLocaleString('en-US'));
	return `${low === high ? from : `${from}–${to}`}${isOpen ? ' and more' : ''}`;
}
