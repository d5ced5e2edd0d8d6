import type { StaticModel } from '../src/models/static-folder.ts';
import { uncased } from '../src/models/wordpiece.ts';
import { randomNumbers } from '../src/models/nn/random.ts';
import type { LabelledText } from '../src/train/labelled-text.ts';

const words = {
	billing: ['invoice', 'charge', 'fee', 'price', 'payment'],
	hardware: ['screen', 'cable', 'printer', 'battery', 'button'],
	access: ['password', 'login', 'account', 'code', 'locked'],
} as const;
const fillers = ['my', 'the', 'is', 'wrong', 'please', 'help', 'with', 'again', 'today', 'about'];

/** A base model of a few dozen words with random vectors. */
export function toyBase(): StaticModel {
	const vocabulary = ['[UNK]', ...fillers, ...Object.values(words).flat()];
	const random = randomNumbers(11);
	const numbers = Float32Array.from({ length: vocabulary.length * 16 }, () => random() - 0.5);
	const weights = new Float32Array(vocabulary.length).fill(1);
	return { id: 'toy', hash: 'toy', vocabulary, bert: uncased, dimensions: 16, numbers, weights };
}

/** Sentences that name a thing of their class among words that say nothing. */
export function toyTexts(count: number, seed: number): LabelledText[] {
	const random = randomNumbers(seed);
	const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
	const labels = Object.keys(words) as (keyof typeof words)[];
	return Array.from({ length: count }, (_, i) => {
		const label = labels[i % labels.length]!;
		const text = [pick(fillers), pick(words[label]), pick(fillers), pick(fillers), pick(words[label])].join(' ');
		return { text, label, line: i + 1 };
	});
}

/** Rows for an extractor: bookings with a city and a number, and questions about weather with a city. */
export function toyRows(
	count: number,
	seed: number,
): { text: string; output: { intent: string; slots: Record<string, string> } }[] {
	const random = randomNumbers(seed);
	const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
	const cities = ['Oslo', 'New York', 'Paris', 'Cape Town', 'Lima', 'Rome', 'Quito', 'San Jose', 'Bern', 'Turin'];
	return Array.from({ length: count }, (_, i) => {
		const city = pick(cities);
		if (i % 2 === 0) {
			const people = pick(['two', 'three', '4', 'five']);
			const text = pick([
				`Book a table for ${people} in ${city}`,
				`I need seats for ${people} people in ${city} please`,
			]);
			return { text, output: { intent: 'book', slots: { city, people } } };
		}
		const text = pick([`What is the weather in ${city}?`, `Will it rain in ${city} tomorrow`]);
		return { text, output: { intent: 'weather', slots: { city } } };
	});
}
