import { posix } from 'node:path';
import type { Chunk, DocumentSummary } from '../core/document.ts';
import { stemmer } from '../text/stem.ts';
import { terms as forEachTerm } from '../text/words.ts';
import type { WeightedTerm } from './memory-index.ts';
import { codesOf } from './digests.ts';

/** Where the terms of a query stand in a chunk. */
export type Occurrences = {
	/** For each term whether one of its variants stands in the title, the file's name or a heading. */
	readonly inTitle: readonly boolean[];
	/** For each term the positions in the text, in words, at which one of its variants stands, rising. */
	readonly inText: readonly (readonly number[])[];
	/** The same as one list: the positions, rising, and for each the term (at equal positions rising, too). */
	readonly order: { readonly positions: readonly number[]; readonly found: readonly number[] };
};

type Named = Pick<DocumentSummary, 'title' | 'source' | 'language'>;

/** By cutting the headings and the text. */
export function occurrencesInText(
	terms: readonly WeightedTerm[],
	chunk: Pick<Chunk, 'headings' | 'text'>,
	document: Named,
): Occurrences {
	const found = new Found(terms, document);
	const wanted = new Map<string, number[]>();
	terms.forEach((term, i) => {
		for (const variant of term.variants) wanted.set(variant, [...(wanted.get(variant) ?? []), i]);
	});
	const stem = stemmer(document.language);
	forEachTerm(chunk.headings.join('\n'), stem, (term) => {
		for (const i of wanted.get(term) ?? []) found.inTitle[i] = true;
	});
	forEachTerm(chunk.text, stem, (term, position) => {
		for (const i of wanted.get(term) ?? []) found.add(i, position);
	});
	return found;
}

/** The positions in a query's terms that each term of an index is a variant of, by the term's number. */
export class Wanted {
	readonly #numbers = new Map<number, number[]>();
	/** Most terms of a text are not wanted: told by the last bits of their numbers. */
	readonly #marks = new Uint8Array(1024);

	add(number: number, at: number): void {
		const present = this.#numbers.get(number);
		if (present === undefined) this.#numbers.set(number, [at]);
		else present.push(at);
		this.#marks[number & 1023] = 1;
	}

	of(number: number): readonly number[] | undefined {
		return this.#marks[number & 1023] === 1 ? this.#numbers.get(number) : undefined;
	}
}

/** By what the index keeps of headings and text (see `Digests`): the same, without reading them. */
export function occurrencesInDigest(
	terms: readonly WeightedTerm[],
	{ digest, wanted }: { readonly digest: Uint8Array; readonly wanted: Wanted },
	document: Named,
): Occurrences {
	const found = new Found(terms, document);
	const codes = codesOf(digest);
	let isText = false;
	let wasOpen = 0;
	let position = -1;
	for (let place = 0; place < codes.length; place++) {
		const code = codes[place]!;
		if (code === 0) {
			isText = true;
			position = -1;
			continue;
		}
		const isOpen = code & 1;
		// A compound's whole, its last term, stands where its last part stands.
		if (isOpen === 1 || wasOpen === 0) position++;
		wasOpen = isOpen;
		const at = wanted.of((code >>> 1) - 1);
		if (at === undefined) continue;
		// No iterator: in a chunk that repeats a query's word, making them is most of the work.
		for (let next = 0; next < at.length; next++) {
			if (isText) found.add(at[next]!, position);
			else found.inTitle[at[next]!] = true;
		}
	}
	return found;
}

class Found implements Occurrences {
	readonly inTitle: boolean[];
	readonly inText: number[][];
	readonly order: { positions: number[]; found: number[] } = { positions: [], found: [] };

	constructor(terms: readonly WeightedTerm[], document: Named) {
		const names = namesOf(document);
		this.inTitle = terms.map(({ variants }) => variants.some((variant) => names.has(variant)));
		this.inText = terms.map(() => []);
	}

	add(term: number, position: number): void {
		this.inText[term]!.push(position);
		const { positions, found } = this.order;
		let at = positions.push(position) - 1;
		for (; at > 0 && positions[at - 1] === position && found[at - 1]! > term; at--) found[at] = found[at - 1]!;
		found[at] = term;
	}
}

/** Documents whose names are remembered before the memory starts over. */
const remembered = 4096;
const known = new Map<Named, ReadonlySet<string>>();

/** The terms of a document's title and, since a title may say less (`2023 Q2 AMZN.pdf`), its file's name. */
function namesOf(document: Named): ReadonlySet<string> {
	const present = known.get(document);
	if (present !== undefined) return present;
	const { title, source, language } = document;
	const names = new Set<string>();
	const text = `${title}\n${posix.basename(source, posix.extname(source))}`;
	forEachTerm(text, stemmer(language), (term) => names.add(term));
	if (known.size >= remembered) known.clear();
	known.set(document, names);
	return names;
}
