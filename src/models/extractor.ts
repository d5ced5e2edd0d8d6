import type { Bag } from './nn/bag-table.ts';
import { bestTagging } from './nn/chain.ts';
import { addRow, type QuantisedRows } from './quantised-rows.ts';
import { tagCount, toSpans } from './tags.ts';
import { type Gazetteer, tokenFeatures, tokensOf } from './token-features.ts';

/** What was found in a text. */
export type Extraction = {
	/** The shape of the outputs it was trained on: found values at their paths, and the kind of text. */
	readonly output: Readonly<Record<string, unknown>>;
	/** Where each value stands, in order; UTF-16 offsets. `field` is a JSON pointer into the output. */
	readonly spans: readonly {
		readonly field: string;
		readonly text: string;
		readonly start: number;
		readonly end: number;
	}[];
	/** The kind of text; null when it was trained without kinds. */
	readonly kind: string | null;
};

export type ExtractorParts = {
	readonly id: string;
	/** JSON pointers of the fields, and those of them that are always lists. */
	readonly fields: readonly string[];
	readonly lists: readonly string[];
	/** Where the kind of text stands in the output, and the kinds with the tags that a text of each may have; one nameless kind when null. */
	readonly kindPath: string | null;
	readonly kinds: readonly { readonly name: string; readonly tags: readonly number[] }[];
	readonly gazetteer: Gazetteer;
	readonly features: ReadonlyMap<string, number>;
	/** (features, tags) */
	readonly tags: QuantisedRows;
	/** (tags + 1, tags) */
	readonly transitions: Float32Array;
	readonly text: (text: string) => Bag;
	/** (text features + 1, kinds), the bias last. */
	readonly kindRows: QuantisedRows;
};

/** Finds fields in texts: a linear-chain CRF over tokens, restricted to the fields of the kind of text that a linear model sees. */
export class TextExtractor {
	readonly id: string;
	readonly #parts: ExtractorParts;

	constructor(parts: ExtractorParts) {
		this.id = parts.id;
		this.#parts = parts;
	}

	/** JSON pointers. */
	get fields(): readonly string[] {
		return this.#parts.fields;
	}

	get kindPath(): string | null {
		return this.#parts.kindPath;
	}

	extract(text: string): Extraction {
		const { fields, features, tags, transitions, gazetteer } = this.#parts;
		const kind = this.#kindOf(text);
		const tokens = tokensOf(text);
		const stride = tagCount(fields.length);
		const scores = new Float32Array(tokens.length * stride);
		tokenFeatures(tokens, gazetteer.marks(tokens, 1)).forEach((names, i) => {
			const row = scores.subarray(i * stride, (i + 1) * stride);
			for (const name of names) {
				const id = features.get(name);
				if (id !== undefined) addRow(tags, id, 1, row);
			}
		});
		const lattice = { length: tokens.length, stride, scores, active: kind.tags };
		const best = tokens.length === 0 ? [] : bestTagging({ tags: stride, transitions }, lattice);
		const spans = toSpans(tokens, best).map(({ field, start, end }) => {
			return { field: fields[field]!, text: text.slice(start, end), start, end };
		});
		const { kindPath } = this.#parts;
		return { output: this.#output(kind.name, spans), spans, kind: kindPath === null ? null : kind.name };
	}

	#kindOf(text: string): ExtractorParts['kinds'][number] {
		const { kinds, kindRows, text: toBag } = this.#parts;
		const scores = new Float32Array(kinds.length);
		const { ids, weights } = toBag(text);
		ids.forEach((id, i) => addRow(kindRows, id, weights[i]!, scores));
		addRow(kindRows, kindRows.scales.length - 1, 1, scores);
		return kinds[scores.indexOf(Math.max(...scores))]!;
	}

	#output(kind: string, spans: Extraction['spans']): Record<string, unknown> {
		const { fields, lists, kindPath } = this.#parts;
		const output: Record<string, unknown> = {};
		if (kindPath !== null) put(output, kindPath, kind);
		for (const field of fields) {
			const values = spans.filter((span) => span.field === field).map((span) => span.text);
			if (values.length > 0) put(output, field, values.length > 1 || lists.includes(field) ? values : values[0]);
		}
		// What holds the fields of other texts is there, empty, in this one too.
		for (const field of fields) openParents(output, field);
		return output;
	}
}

function keysOf(pointer: string): string[] {
	return pointer
		.slice(1)
		.split('/')
		.map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function openParents(output: Record<string, unknown>, pointer: string): Record<string, unknown> {
	return keysOf(pointer)
		.slice(0, -1)
		.reduce((at, key) => {
			if (!Object.hasOwn(at, key)) at[key] = {};
			return at[key] as Record<string, unknown>;
		}, output);
}

function put(output: Record<string, unknown>, pointer: string, value: unknown): void {
	openParents(output, pointer)[keysOf(pointer).at(-1)!] = value;
}
