import { randomNumbers, shuffled } from '../models/nn/random.ts';

/** The fold of each example, 0 to `folds` − 1: seeded, every class spread as evenly as its size allows. */
export function stratifiedFolds(labels: readonly number[], folds: number, seed: number): Uint32Array {
	const order = shuffled(labels.length, randomNumbers(seed, 0x666f6c64));
	const seen = new Map<number, number>();
	const found = new Uint32Array(labels.length);
	for (const i of order) {
		const label = labels[i]!;
		const before = seen.get(label) ?? label;
		found[i] = before % folds;
		seen.set(label, before + 1);
	}
	return found;
}
