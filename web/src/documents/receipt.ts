import type { Receipt } from './document.ts';

/** What several deletions removed together. */
export function mergeReceipts(receipts: readonly Receipt[]): Receipt {
	const sum = (count: (receipt: Receipt) => number): number =>
		receipts.reduce((total, receipt) => total + count(receipt), 0);
	const datasets = Map.groupBy(
		receipts.flatMap((receipt) => receipt.datasets),
		({ dataset }) => dataset,
	);
	return {
		documents: sum(({ documents }) => documents),
		chunks: sum(({ chunks }) => chunks),
		vectors: sum(({ vectors }) => vectors),
		at: Math.max(...receipts.map(({ at }) => at)),
		interactions: [...new Set(receipts.flatMap(({ interactions }) => interactions))],
		datasets: [...datasets].map(([dataset, parts]) => {
			return { dataset, examples: [...new Set(parts.flatMap(({ examples }) => examples))] };
		}),
		models: [...new Set(receipts.flatMap(({ models }) => models))],
		erased: receipts.every(({ erased }) => erased),
	};
}
