import { withoutTemplateTokens } from './disarm.ts';
import { withoutHidden } from './hidden.ts';

/** What an answer may name: addresses that the passages say to the letter, and links to the passages' own sources. */
export type Allowed = {
	/** Sources of the documents that the model read. */
	readonly sources: ReadonlySet<string>;
	/** All that the model read of them. */
	readonly text: string;
};

/** Stands for what was taken out. */
const removed = '…';
const keptOpen = '\ue000';
const keptClose = '\ue001';

/**
 * What a model wrote as text that does nothing when it is shown, in a terminal or as Markdown: no images, no HTML, no links but
 * to the passages' own sources, no special tokens of chat models. An address that a passage says to the letter stays, as code,
 * which no renderer turns into a link; any other address goes, because it can carry away what the model has read.
 * Holds for code as well, since renderers differ in what they take for code. Cleaning twice changes nothing more.
 */
export function inert(written: string, allowed: Allowed): string {
	const kept: string[] = [];
	const keep = (link: string): string => `${keptOpen}${kept.push(link) - 1}${keptClose}`;
	const text = withoutTemplateTokens(withoutHidden(withoutThinking(written))).replaceAll(/[\ue000\ue001]/g, '');
	const shown = breakLinks(addresses(withoutTags(withoutLinks(text, allowed, keep)), allowed));
	// Once more: what was taken out may have stood between the signs of a token (`<</script>|`).
	return withoutTemplateTokens(shown).replaceAll(/\ue000(\d+)\ue001/g, (_, at: string) => kept[Number(at)] ?? '');
}

/** Some servers leave a model's thinking in its text. */
function withoutThinking(text: string): string {
	return text.replace(/^\s*<think(?:ing)?>[^]*?(?:<\/think(?:ing)?>\s*|$)/i, '');
}

const link =
	/(!?)\[((?:[^[\]\\\n]|\\.|\[[^[\]\n]{0,80}\]){0,500})\]\(\s*<?((?:[^\s()<>]|\([^\s()]{0,200}\)){0,2000})>?(?:\s+(?:"[^"]{0,500}"|'[^']{0,500}'|\([^()]{0,500}\)))?\s*\)/g;

/** A link around an image is one inside the other. */
const deepestLink = 3;

/** Images become their descriptions and links their texts. */
function withoutLinks(text: string, { sources }: Allowed, keep: (link: string) => string): string {
	let shown = text;
	for (let depth = 0; depth < deepestLink; depth++) {
		shown = shown.replaceAll(link, (_, image: string, label: string, target: string) =>
			image === '' && sources.has(target) && isPlainLabel(label) ? keep(`[${label}](${target})`) : label,
		);
	}
	return shown;
}

function isPlainLabel(label: string): boolean {
	return /^[^[\]<>`\\!\ue000\ue001]*$/.test(label) && !address.test(label);
}

/** What is left of link syntax is broken: `](` begins a target, `]:` a definition; one that follows only words on its line cannot be one. */
function breakLinks(text: string): string {
	return text.replaceAll(/\](?=\()/g, '] ').replaceAll(/\]:/g, (sign, at: number) => {
		const open = text.lastIndexOf('[', at);
		const line = text.slice(text.lastIndexOf('\n', open) + 1, Math.max(0, open));
		return open !== -1 && /^[^[]*\p{L}[^[]*$/u.test(line) ? sign : '] :';
	});
}

const elements =
	'a|abbr|acronym|address|animate|animatetransform|applet|area|article|aside|audio|b|base|basefont|bdi|bdo|bgsound|big|blink|blockquote|body|br|button|' +
	'canvas|caption|center|cite|code|col|colgroup|data|datalist|dd|del|details|dfn|dialog|dir|div|dl|dt|em|embed|fieldset|figcaption|figure|font|footer|' +
	'foreignobject|form|frame|frameset|h[1-6]|head|header|hgroup|hr|html|i|iframe|image|img|input|ins|isindex|kbd|keygen|label|layer|legend|li|link|main|' +
	'map|mark|marquee|math|menu|menuitem|meta|meter|nav|nobr|noembed|noframes|noscript|object|ol|optgroup|option|output|p|param|picture|plaintext|portal|' +
	'pre|progress|q|rp|rt|ruby|s|samp|script|search|section|select|set|slot|small|source|span|strike|strong|style|sub|summary|sup|svg|table|tbody|td|' +
	'template|textarea|tfoot|th|thead|time|title|tr|track|tt|u|ul|use|var|video|wbr|xml|xmp';
const autolink = /<([a-z][a-z0-9+.-]{1,20}:[^\s<>]{0,2000})>/gi;
const hiddenElement = /<(script|style|template|noscript|iframe|svg|math|object)\b[^>]*>[^]*?<\/\1\s*>/gi;
const tag = new RegExp(
	`<!--[^]*?-->|<[!?][^<>]*>|</[a-z][^<>]*>|<(?:${elements})(?=[\\s/>])[^<>]*>|<[a-z][\\w:-]*\\s[^<>]*=[^<>]*>`,
	'gi',
);
/** `<id>`, `<your name>`, `Map<string, number>`: a gap to fill in, as documentation writes it, or a type. */
const placeholder = new RegExp(`^<(?!(?:${elements})(?![\\w]))[a-z][\\w .,|-]{0,40}>`, 'i');

/** HTML goes; what is left of it cannot begin a tag. */
function withoutTags(text: string): string {
	return text
		.replaceAll(autolink, '$1')
		.replaceAll(hiddenElement, '')
		.replaceAll(tag, '')
		.replaceAll(/<(?=[a-z/!?])/gi, (sign, at: number, all: string) =>
			placeholder.test(all.slice(at, at + 50)) ? sign : '‹',
		);
}

const address = /(?:[a-z][a-z0-9+.-]{1,20}:\/\/|\bwww\.)[^\s<>"'`\\^{}|‹›…\ue000\ue001]*/i;
const everyAddress = new RegExp(
	`${address.source}|(?:javascript|vbscript|livescript):\\S*|data:(?=[\\w.+-]+/|[,;])\\S*|(?:mailto|file|blob|tel|sms):(?=\\S)[^\\s<>"'\`]*`,
	'gi',
);

function addresses(text: string, allowed: Allowed): string {
	return text.replaceAll(everyAddress, (found, at: number) => {
		const { name, rest } = split(found);
		if (!/^(?:https?:\/\/|www\.)/i.test(name) || !isSaid(name, allowed)) return removed + rest;
		return isInCode(text, at, at + name.length) ? found : `\`${name}\`${rest}`;
	});
}

/** An address and the punctuation behind it; a closing bracket belongs to it only when it opens one. */
function split(found: string): { name: string; rest: string } {
	let end = found.length;
	while (end > 0) {
		const sign = found[end - 1]!;
		const name = found.slice(0, end);
		const isLoose = (sign === ')' && !balanced(name, '(', ')')) || (sign === ']' && !balanced(name, '[', ']'));
		if (!isLoose && !/[.,;:!?*_~]/.test(sign)) break;
		end--;
	}
	const bracket = found.slice(0, end).search(/\[\d{1,3}\]$/);
	if (bracket !== -1) end = bracket;
	return { name: found.slice(0, end), rest: found.slice(end) };
}

function balanced(text: string, open: string, close: string): boolean {
	return text.split(open).length >= text.split(close).length;
}

/** Whether a source or a passage holds the address, and not only the beginning of a longer one. */
function isSaid(name: string, { sources, text }: Allowed): boolean {
	if (sources.has(name)) return true;
	for (let at = text.indexOf(name); at !== -1; at = text.indexOf(name, at + 1)) {
		const rest = text.slice(at + name.length, at + name.length + 2);
		if (!/^(?:[\w/?#&=%@+~$-]|[.:,;!*](?=[\w/?#&=%]))/.test(rest)) return true;
	}
	return false;
}

/** Whether backticks stand around it on its line, or a fence is open above it. */
function isInCode(text: string, start: number, end: number): boolean {
	const from = text.lastIndexOf('\n', start - 1) + 1;
	const to = text.indexOf('\n', end);
	const before = text.slice(from, start).split('`').length - 1;
	const after = text.slice(end, to === -1 ? text.length : to).includes('`');
	const fences = text.slice(0, from).match(/^[ \t]*```/gm)?.length ?? 0;
	return fences % 2 === 1 || (before % 2 === 1 && after);
}

/** An opened construct longer than this is taken for text. */
const longestOpen = 2000;

/** How much of an unfinished text can be cleaned without waiting for more: up to a space, before anything that is still open. */
export function settledLength(text: string): number {
	const space = Math.max(text.lastIndexOf(' '), text.lastIndexOf('\n')) + 1;
	const thinking = /^\s*<think(?:ing)?>/i.test(text) && !/<\/think(?:ing)?>/i.test(text);
	if (thinking) return 0;
	const open = Math.min(openAt(text, '[', ']', space), openAt(text, '<', '>', space), openTarget(text, space));
	return text.length - open > longestOpen ? space : open;
}

function openAt(text: string, open: string, close: string, space: number): number {
	const at = text.lastIndexOf(open, space - 1);
	if (at === -1 || isBefore(text.indexOf(close, at), space)) return space;
	return text[at - 1] === '!' ? at - 1 : at;
}

/** A target `](…` whose end has not come; the label begins at the last bracket that opens. */
function openTarget(text: string, space: number): number {
	const target = text.lastIndexOf('](', space);
	if (target === -1 || isBefore(text.indexOf(')', target), space)) return space;
	const at = text.lastIndexOf('[', target);
	return at === -1 ? target : Math.min(space, text[at - 1] === '!' ? at - 1 : at);
}

function isBefore(found: number, at: number): boolean {
	return found !== -1 && found < at;
}
