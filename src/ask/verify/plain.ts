/** A text without its markup, and where each of its characters stood. */
export type Plain = {
	readonly text: string;
	/** Offset of character i of `text` in the original (UTF-16 units); one more entry for the end. */
	readonly offsets: Uint32Array;
	/** Spans of `text` that stood in backticks or code tags. */
	readonly code: readonly { readonly start: number; readonly end: number }[];
};

// Left to right: code, links and images, tags, comments, entities, escapes, emphasis, heads of lines, citation markers.
const markup =
	/(?<code>`{1,3})|(?<link>!?\[(?=[^\][\n]{0,300}\]\())|(?<target>\]\([^()\s]{0,1000}(?:\s+"[^"\n]*")?\))|(?<codeTag><\/?(?:code|kbd|samp|tt)>)|(?<tag><\/?[a-z][a-z0-9]*(?:\s[^<>]{0,500})?\/?>|<!--[^]{0,2000}?-->)|(?<entity>&(?:nbsp|amp|lt|gt|quot|euro|pound|ndash|mdash|#\d{1,5});)|(?<escape>\\(?=[!-/:-@[-`{-~]))|(?<stars>\*{1,3}|~~)|(?<under>(?<![\p{L}\p{N}])_{1,3}(?=[\p{L}\p{N}*"'(])|(?<=[\p{L}\p{N}.!?)*"'%])_{1,3}(?![\p{L}\p{N}_]))|(?<head>(?<=^|\n)[ \t]*(?:#{1,6}[ \t]|>[ \t]?|[-+][ \t]))|(?<marker>[ \t]?\[\d{1,3}(?:,\s?\d{1,3})*\](?=[\s.,;:!?)[]|$))/giu;

const entities: Readonly<Record<string, string>> = {
	nbsp: ' ',
	amp: '&',
	lt: '<',
	gt: '>',
	quot: '"',
	euro: '€',
	pound: '£',
	ndash: '–',
	mdash: '—',
};

/**
 * Takes Markdown and HTML marks off and writes one form of spaces, quotation marks, minus signs and digits of other scripts.
 * Citation markers (`[1]`) go too, outside code.
 */
export function plain(original: string): Plain {
	const pieces: string[] = [];
	const offsets = new Uint32Array(original.length + 1);
	const code: { start: number; end: number }[] = [];
	let length = 0;
	let at = 0;
	let codeStart = -1;
	let fence = '';
	const keep = (text: string, from: number, fixed: boolean): void => {
		for (let i = 0; i < text.length; i++) offsets[length + i] = fixed ? from : from + i;
		pieces.push(text);
		length += text.length;
	};
	for (const match of original.matchAll(markup)) {
		const { code: ticks, codeTag, entity, tag, target, marker, head } = match.groups!;
		const inCode = codeStart !== -1;
		if (inCode && ticks !== fence && codeTag === undefined) continue;
		keep(original.slice(at, match.index), at, false);
		at = match.index + match[0].length;
		if (ticks !== undefined || codeTag !== undefined) {
			if (inCode) {
				code.push({ start: codeStart, end: length });
				codeStart = -1;
			} else if (ticks === undefined || original.includes(ticks, at)) {
				codeStart = length;
				fence = ticks ?? '';
			}
		} else if (entity !== undefined) {
			keep(entityText(entity), match.index, true);
		} else if (tag !== undefined || target !== undefined || marker !== undefined || head !== undefined) {
			keep(' ', match.index, true);
		}
	}
	keep(original.slice(at), at, false);
	offsets[length] = original.length;
	return { text: oneForm(pieces.join('')), offsets: offsets.subarray(0, length + 1), code };
}

function entityText(entity: string): string {
	const name = entity.slice(1, -1).toLowerCase();
	if (name.startsWith('#')) return String.fromCharCode(Number(name.slice(1)));
	return entities[name] ?? ' ';
}

// oxlint-disable-next-line no-control-regex -- ASCII is exactly this range
const ascii = /^[\x00-\x7f]*$/;

/** Same length, one unit for one unit. */
function oneForm(text: string): string {
	if (ascii.test(text)) return text;
	return text
		.replace(/[\u00a0\u2000-\u200a\u202f\u205f\u3000]/g, ' ')
		.replace(/[\u00ad\u200b-\u200f\u2060\ufeff\u202a-\u202e]/g, ' ')
		.replace(/[\u2018\u2019\u201b\u02bc\u00b4]/g, "'")
		.replace(/[\u201c\u201d\u201e\u201f\u00ab\u00bb]/g, '"')
		.replace(/[\u2010\u2011\u2212]/g, '-')
		.replace(/²/g, '2')
		.replace(/³/g, '3')
		.replace(/[\uff01-\uff5e]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
		.replace(/\p{Nd}/gu, asciiDigit);
}

/** Decimal digits stand in runs of ten; the run's zero is found by walking back (Unicode 5.22: contiguous ascending). */
function asciiDigit(digit: string): string {
	const code = digit.codePointAt(0)!;
	if (code < 128 || code > 0xffff) return digit;
	let zero = code;
	while (code - zero < 9 && /\p{Nd}/u.test(String.fromCharCode(zero - 1))) zero--;
	return String(code - zero);
}
