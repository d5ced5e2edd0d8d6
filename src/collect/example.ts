import { createHash } from 'node:crypto';
import type { Example, Origin, Passage, Turn } from '../core/dataset.ts';

/** What an example says, without where it came from and where it goes. */
export type Content = Pick<
	Example,
	'query' | 'earlier' | 'steps' | 'answer' | 'rejected' | 'label' | 'positives' | 'negatives'
>;

const empty: Omit<Content, 'query'> = {
	earlier: [],
	steps: [],
	answer: null,
	rejected: null,
	label: null,
	positives: [],
	negatives: [],
};

/** Content with nothing but a query, and what is given. */
export function toContent(given: Pick<Content, 'query'> & Partial<Content>): Content {
	return { ...empty, ...given };
}

/** An example of this content: its id is a hash of what is said, its sources are those of its passages and those given. */
export function toExample(
	content: Content,
	from: { readonly origin: Origin } & Partial<Pick<Example, 'split' | 'group' | 'sources' | 'rest'>>,
): Example {
	const { query, earlier, steps, answer, rejected, label, positives, negatives } = content;
	const { origin, split = null, group = null, sources = [], rest = null } = from;
	return {
		id: exampleId(content),
		query,
		earlier,
		steps,
		answer,
		rejected,
		label,
		positives,
		negatives,
		split,
		group,
		origin,
		sources: distinctSources([...sources, ...[...positives, ...negatives].flatMap(sourceOf)]),
		rest,
	};
}

export function toPassage(text: string, from: Partial<Passage> = {}): Passage {
	return { text, document: null, version: null, chunk: null, ...from };
}

function exampleId({ query, earlier, steps, answer, rejected, label, positives, negatives }: Content): string {
	const said = [query, earlier.map(turn), steps.map(turn), answer, rejected, label, texts(positives), texts(negatives)];
	return `ex_${createHash('sha256').update(JSON.stringify(said)).digest('hex').slice(0, 20)}`;
}

function turn({ role, content }: Turn): readonly string[] {
	return [role, content];
}

function texts(passages: readonly Passage[]): string[] {
	return passages.map(({ text }) => text);
}

function sourceOf({ document, version }: Passage): Example['sources'] {
	return document === null || version === null ? [] : [{ document, version }];
}

function distinctSources(sources: Example['sources']): Example['sources'] {
	const byKey = new Map(sources.map((source) => [`${source.document}:${source.version}`, source]));
	return [...byKey.values()];
}

/** The example with every text replaced, what its file said besides included; it gets the id of what it says then. */
export function rewriteTexts(example: Example, rewrite: (text: string) => string): Example {
	const ofTurn = (given: Turn): Turn => ({ role: given.role, content: rewrite(given.content) });
	const ofPassage = (passage: Passage): Passage => ({ ...passage, text: rewrite(passage.text) });
	const content: Content = {
		query: rewrite(example.query),
		earlier: example.earlier.map(ofTurn),
		steps: example.steps.map(ofTurn),
		answer: example.answer === null ? null : rewrite(example.answer),
		rejected: example.rejected === null ? null : rewrite(example.rejected),
		label: example.label === null ? null : rewrite(example.label),
		positives: example.positives.map(ofPassage),
		negatives: example.negatives.map(ofPassage),
	};
	const { rest } = example;
	return toExample(content, {
		...example,
		rest: rest && { format: rest.format, difference: rewriteJson(rest.difference, rewrite) },
	});
}

/** The texts of what its file said besides. */
export function restTexts({ rest }: Example): string[] {
	const found: string[] = [];
	if (rest) rewriteJson(rest.difference, (text) => (found.push(text), text));
	return found;
}

type Json = NonNullable<Example['rest']>['difference'];

function rewriteJson(value: Json, rewrite: (text: string) => string): Json {
	if (typeof value === 'string') return rewrite(value);
	if (Array.isArray(value)) return value.map((item) => rewriteJson(item, rewrite));
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, rewriteJson(item, rewrite)]));
}

/** Every text of an example with the name of where it stands, in order. */
export function textsOf(example: Content): { readonly field: string; readonly text: string }[] {
	const { query, earlier, steps, answer, rejected, positives, negatives } = example;
	return [
		...earlier.map(({ role, content }) => ({ field: `${role} turn`, text: content })),
		{ field: 'query', text: query },
		...steps.map(({ role, content }) => ({ field: `${role} turn`, text: content })),
		...(answer === null ? [] : [{ field: 'answer', text: answer }]),
		...(rejected === null ? [] : [{ field: 'rejected answer', text: rejected }]),
		...positives.map(({ text }) => ({ field: 'passage', text })),
		...negatives.map(({ text }) => ({ field: 'wrong passage', text })),
	];
}
