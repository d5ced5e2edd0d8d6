import { parse as parseYaml } from 'yaml';
import type { Attributes, AttributeValue } from '../../core/document.ts';
import { isBuiltIn } from '../../core/filter.ts';
import { blocks, headingText } from '../../text/blocks.ts';
import { toDate } from './date.ts';
import type { ParsedBody } from './parse.ts';

/**
 * Markdown is kept as it is, so offsets are those of the file. The title is the front matter's `title`, else the first
 * heading. Scalars of the front matter become attributes, unless filters know a key of that name by itself; of keys that name a date, the first of `dateKeys` is the
 * document's. Front matter that is no YAML says nothing and harms nothing.
 */
export function parseMarkdown(source: string): ParsedBody {
	const text = source.startsWith('\uFEFF') ? source.slice(1) : source;
	const found = blocks(text);
	const front = found[0]?.kind === 'front' ? frontMatter(text.slice(found[0].start, found[0].end)) : {};
	const heading = found.find((block) => block.kind === 'heading');
	const { title } = front;
	return {
		text,
		title:
			typeof title === 'string' || typeof title === 'number'
				? String(title)
				: heading === undefined
					? null
					: headingText(text.slice(heading.start, heading.end)),
		date: dateOf(front),
		attributes: attributesOf(front),
	};
}

/** Keys of a date, best first: when it was last true beats when it was written. */
const dateKeys = (
	'last_updated updated updated_at last_modified last_modified_at lastmod modified last_reviewed ' +
	'reviewed date date_approved published published_at effective_date effective created created_at'
).split(' ');

function frontMatter(block: string): Record<string, unknown> {
	try {
		const value: unknown = parseYaml(block.replace(/^---[^\n]*\n/, '').replace(/(?:^|\n)(?:---|\.\.\.)\s*$/, ''), {
			logLevel: 'error',
			uniqueKeys: false,
		});
		return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
	} catch {
		return {};
	}
}

function dateOf(front: Readonly<Record<string, unknown>>): string | null {
	const byKey = new Map(Object.entries(front).map(([key, value]) => [normalised(key), value]));
	for (const key of dateKeys) {
		const date = toDate(byKey.get(key));
		if (date !== null) return date;
	}
	return null;
}

/** `lastUpdated` and `Last-Updated` are `last_updated`. */
function normalised(key: string): string {
	return key
		.replaceAll(/([a-z])([A-Z])/g, '$1_$2')
		.replaceAll(/[-\s]+/g, '_')
		.toLowerCase();
}

function attributesOf(front: Readonly<Record<string, unknown>>): Attributes {
	const attributes: Record<string, AttributeValue> = {};
	for (const [key, value] of Object.entries(front)) {
		if (key === '' || isBuiltIn(key) || key === '__proto__') continue;
		if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))) attributes[key] = value;
		if (typeof value === 'string' && value.length <= 500) attributes[key] = value;
	}
	return attributes;
}
