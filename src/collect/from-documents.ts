import type { Document } from '../core/document.ts';
import { type Block, blocks, headingText, plainText } from '../text/blocks.ts';
import { sentences } from '../text/sentences.ts';
import { toContent, toExample, toPassage } from './example.ts';
import type { Row } from './read-examples.ts';

/** Passages below and above this many characters teach little: a lone link, half a manual. */
const [shortest, longest] = [40, 4000];

type Section = {
	readonly heading: string;
	readonly path: readonly string[];
	readonly start: number;
	readonly end: number;
};
type Source = Pick<Document, 'id' | 'version' | 'source' | 'title' | 'text'>;

/**
 * Questions that a document asks and answers by itself: sections under their headings (a heading that is a question comes
 * with its answer), questions in running text or bold with the paragraph that follows, and sentences that say what
 * something is. Synthetic: nobody asked them, and their words are those of the passage.
 */
export function fromDocument(document: Source): Row[] {
	const found = blocks(document.text);
	const sections = sectionsOf(document, found);
	const rows = [
		...sections.flatMap((section) => fromSection(document, section)),
		...fromQuestions(document, found),
		...definitions(document, found),
	];
	return [...new Map(rows.map((row) => [row.example.query.toLowerCase(), row])).values()];
}

/** Each heading with the text up to the next one of any level. */
function sectionsOf({ text, title }: Source, found: readonly Block[]): Section[] {
	const headings = found.filter(({ kind }) => kind === 'heading');
	const path: string[] = [];
	return headings.map((block, at) => {
		const heading = headingText(text.slice(block.start, block.end)).replace(/^\d+(?:\.\d+)*[.)]?\s+/, '');
		path.length = Math.max(0, (block.level ?? 1) - 1);
		path[(block.level ?? 1) - 1] = heading;
		const above = [title, ...path.slice(0, -1)].filter((part) => part && part !== heading);
		return { heading, path: [...new Set(above)], start: block.end, end: headings[at + 1]?.start ?? text.length };
	});
}

function fromSection(document: Source, { heading, path, start, end }: Section): Row[] {
	const passage = document.text.slice(start, end).trim();
	if (heading === '' || passage.length < shortest || passage.length > longest) return [];
	if (isQuestion(heading)) return [toRow(document, { query: heading, answer: plainBlocks(passage), passage, start })];
	// "Overview" alone could be asked of any document.
	const above = path.at(-1);
	const isAlone = above === undefined || heading.split(/\s+/).length > 3;
	return [toRow(document, { query: isAlone ? heading : `${above}: ${heading}`, answer: null, passage, start })];
}

/** A paragraph that is one question, in bold or after "Q:", and the paragraph after it. */
function fromQuestions(document: Source, found: readonly Block[]): Row[] {
	const { text } = document;
	return found.flatMap((block, at) => {
		const next = found[at + 1];
		if (block.kind !== 'paragraph') return [];
		const [line = '', ...others] = text.slice(block.start, block.end).split('\n');
		const asked = plainText(line.replace(/^(?:\*\*|__)?(?:Q|F|Question|Frage)\s*[:.]\s*/i, '')).replace(
			/^\*\*|\*\*$/g,
			'',
		);
		const isMarked = /^(?:\*\*|__|(?:Q|F|Question|Frage)\s*[:.])/i.test(line) || others.length === 0;
		if (!isQuestion(asked) || !isMarked) return [];
		const inside = others.join('\n');
		const follows = inside === '' && next?.kind === 'paragraph' ? text.slice(next.start, next.end) : inside;
		const passage = follows.replace(/^(?:\*\*|__)?A(?:nswer|ntwort)?\s*[:.](?:\*\*|__)?\s*/i, '').trim();
		if (passage.length < shortest || passage.length > longest || isQuestion(passage)) return [];
		return [toRow(document, { query: asked, answer: plainBlocks(passage), passage, start: block.start })];
	});
}

function isQuestion(text: string): boolean {
	return /^[^\n]{6,200}\?$/.test(text.trim()) && text.trim().includes(' ');
}

/** What is said to be what, by language: the subject with its article, the verb, and how the question is put. */
const defining: readonly { readonly pattern: RegExp; readonly ask: (subject: string) => string }[] = [
	{
		pattern:
			/^((?:an? |the )?[^,.;:]{2,50}?) is (?:an? |the [\w-]+ (?:of|for|that|which|who|by|between|with|in|to)\b)/i,
		ask: (subject) => `What is ${subject}?`,
	},
	{
		pattern: /^["“]?((?:an? |the )?[^,.;:"”]{2,50}?)["”]? (?:means|refers to|stands for) \S/i,
		ask: (subject) => `What does ${subject} mean?`,
	},
	{
		pattern: /^((?:eine? |der |die |das )?[^,.;:]{2,50}?) ist (?:eine?|einer)\b/i,
		ask: (subject) => `Was ist ${subject}?`,
	},
	{ pattern: /^((?:una? |el |la )?[^,.;:]{2,50}?) es una?\b/i, ask: (subject) => `¿Qué es ${subject}?` },
	{ pattern: /^((?:une? |le |la |l’|l')?[^,.;:]{2,50}?) est une?\b/i, ask: (subject) => `Qu’est-ce que ${subject} ?` },
];

/** At the beginning of a sentence an article is written large. */
const article = /^(?:An?|The|Eine?|Der|Die|Das|Una?|El|La|Une?|Le|L[’'])(?=\s|[’'])/;

/** What begins so is no subject, or stands for something said before. */
const pronouns =
	/^(?:it|this|that|these|those|there|he|she|they|we|you|here|what|which|all|each|one|for|when|if|in|on|at|with|to|after|before|as|since|until|because|while|where|how|from|by|and|but|or|es|dies|das|er|sie|wir|wenn|für|bei|in|im|nach|esto|eso|para|si|cuando|en|ce|c'|il|elle|pour|quand|dans)\b/i;

function definitions(document: Source, found: readonly Block[]): Row[] {
	const { text } = document;
	const paragraphs = found.filter(({ kind }) => kind === 'paragraph');
	return paragraphs.flatMap(({ start, end }) =>
		sentences(text, start, end).flatMap((span) => {
			const answer = plainText(text.slice(span.start, span.end));
			if (answer.length < shortest || answer.length > 400 || !answer.endsWith('.')) return [];
			for (const { pattern, ask } of defining) {
				const subject = pattern.exec(answer)?.[1]?.trim();
				if (!subject || pronouns.test(subject) || subject.split(' ').length > 5) continue;
				const query = ask(subject.replace(article, (found) => found.toLowerCase()));
				return [toRow(document, { query, answer, passage: text.slice(start, end), start: span.start })];
			}
			return [];
		}),
	);
}

type Pair = {
	readonly query: string;
	readonly answer: string | null;
	readonly passage: string;
	readonly start: number;
};

function toRow({ id, version, source, text }: Source, { query, answer, passage, start }: Pair): Row {
	const content = toContent({ query, answer, positives: [toPassage(passage, { document: id, version })] });
	const example = toExample(content, { origin: { kind: 'document', of: source } });
	return { file: source, line: text.slice(0, start).split('\n').length, example };
}

/** Paragraphs as a reader sees them. */
function plainBlocks(markdown: string): string {
	return blocks(markdown)
		.map(({ start, end }) => plainText(markdown.slice(start, end)))
		.join('\n');
}
