/** A word, number or mark of a text; UTF-16 offsets. */
export type Token = { readonly text: string; readonly start: number; readonly end: number };

const pattern = /[\p{L}\p{M}\p{N}]+|[^\s\p{L}\p{M}\p{N}]/gu;

export function tokensOf(text: string): Token[] {
	return Array.from(text.matchAll(pattern), ({ 0: found, index }) => ({
		text: found,
		start: index,
		end: index + found.length,
	}));
}

/** Values of fields as training data had them, to recognise them again. */
export class Gazetteer {
	/** Field and how often, by the value's lower-cased tokens joined by spaces. */
	readonly #values = new Map<string, Map<number, number>>();
	#longest = 0;

	/** `values` are (field, tokens joined by spaces) as often as they occur. */
	constructor(values: Iterable<readonly [field: number, value: string]>) {
		for (const [field, value] of values) {
			const fields = this.#values.get(value) ?? new Map<number, number>();
			this.#values.set(value, fields.set(field, (fields.get(field) ?? 0) + 1));
			this.#longest = Math.max(this.#longest, value.split(' ').length);
		}
	}

	/**
	 * For each token the fields whose values it begins (`b3`) or continues (`i3`), longer values only where they are whole. A value counts when it was
	 * seen at least `least` times: 2 while learning from the very texts that the values come from.
	 */
	marks(tokens: readonly Token[], least: number): string[][] {
		const words = tokens.map(({ text }) => text.toLowerCase());
		const marks = words.map(() => new Set<string>());
		for (let i = 0; i < words.length; i++) {
			for (let length = Math.min(this.#longest, words.length - i); length > 0; length--) {
				const fields = this.#values.get(words.slice(i, i + length).join(' '));
				for (const [field, count] of fields ?? []) {
					if (count < least) continue;
					for (let k = 0; k < length; k++) marks[i + k]!.add(`${k === 0 ? 'b' : 'i'}${field}`);
				}
			}
		}
		return marks.map((found) => [...found]);
	}
}

/**
 * What a tagger knows of each token: the words around it, pieces of it, its shape, and the gazetteer's marks. The first character names
 * the family; families in capitals hold whole words.
 */
export function tokenFeatures(tokens: readonly Token[], marks: readonly (readonly string[])[]): string[][] {
	const words = tokens.map(({ text }) => text.toLowerCase());
	const shapes = tokens.map(({ text }) => shapeOf(text));
	const word = (i: number): string => words[i] ?? (i < 0 ? '^' : '$');
	const shape = (i: number): string => shapes[i] ?? (i < 0 ? '^' : '$');
	return words.map((text, i) => {
		const found = [
			'=',
			`W${text}`,
			`A${word(i - 1)}`,
			`B${word(i - 2)}`,
			`C${word(i - 3)}`,
			`D${word(i + 1)}`,
			`E${word(i + 2)}`,
			`F${word(i + 3)}`,
			`G${word(i - 1)} ${text}`,
			`H${text} ${word(i + 1)}`,
			`I${word(i - 2)} ${word(i - 1)}`,
			`J${word(i + 1)} ${word(i + 2)}`,
			`K${word(i - 1)} ${word(i + 1)}`,
			`s${shape(i)}`,
			`t${shape(i - 1)} ${shape(i)}`,
			`u${shape(i)} ${shape(i + 1)}`,
			`v${shape(i - 1)} ${shape(i)} ${shape(i + 1)}`,
			`n${Math.min(i, 4)}`,
			`N${word(0)} ${word(1)}`,
		];
		for (let length = 1; length <= 4 && length <= text.length; length++) {
			found.push(`p${text.slice(0, length)}`, `q${text.slice(-length)}`);
		}
		found.push(`x${word(i - 1).slice(-3)}`, `y${word(i + 1).slice(-3)}`);
		for (const mark of marks[i]!) found.push(`g${mark}`);
		for (const mark of marks[i - 1] ?? []) found.push(`h${mark}`);
		for (const mark of marks[i + 1] ?? []) found.push(`j${mark}`);
		return found;
	});
}

/** `McDonald` → XxXx, `20th` → 9x, `USA` → X: runs of one kind once. */
function shapeOf(text: string): string {
	return text
		.replace(/\p{Lu}+/gu, 'X')
		.replace(/\p{N}+/gu, '9')
		.replace(/[\p{L}\p{M}]+/gu, (run) => (run === 'X' ? run : run.replace(/[^X]+/g, 'x')));
}
