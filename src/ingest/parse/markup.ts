import { Parser } from 'htmlparser2';

/** An element of HTML or XML. Text is a string among its children. */
export type Element = {
	/** As written in XML (with its prefix), lower case in HTML. */
	readonly name: string;
	readonly attributes: Readonly<Record<string, string>>;
	readonly children: readonly (Element | string)[];
};

/** What is not there: no name, no attributes, no content. */
export const nothing: Element = { name: '', attributes: {}, children: [] };

type Growing = Element & { readonly children: (Element | string)[] };

/** Deeper nesting than this is flattened: nothing people write is so deep, and the walks over the tree recurse. */
const maxDepth = 512;

/** The tree of a document under a nameless root. Never throws: what is broken is read as browsers would, about. */
export function parseMarkup(source: string, mode: 'html' | 'xml'): Element {
	const root: Growing = { name: '', attributes: {}, children: [] };
	const open: Growing[] = [root];
	let tooDeep = 0;
	const parser = new Parser(
		{
			onopentag(name, attributes) {
				if (open.length >= maxDepth) {
					tooDeep++;
					return;
				}
				const element: Growing = { name, attributes, children: [] };
				open.at(-1)?.children.push(element);
				open.push(element);
			},
			ontext(text) {
				const siblings = open.at(-1)?.children;
				const last = siblings?.at(-1);
				if (typeof last === 'string') siblings?.splice(-1, 1, last + text);
				else siblings?.push(text);
			},
			onclosetag() {
				if (tooDeep > 0) tooDeep--;
				else if (open.length > 1) open.pop();
			},
		},
		{ xmlMode: mode === 'xml', decodeEntities: true },
	);
	parser.end(source);
	return root;
}

/** The elements directly inside `element`. */
export function children(element: Element): Element[] {
	return element.children.filter((child): child is Element => typeof child !== 'string');
}

/** All elements below `element` that pass, in document order; what passes is not searched again. */
export function findAll(element: Element, passes: (element: Element) => boolean): Element[] {
	const found: Element[] = [];
	const visit = (each: Element): void => {
		for (const child of each.children) {
			if (typeof child === 'string') continue;
			if (passes(child)) found.push(child);
			else visit(child);
		}
	};
	visit(element);
	return found;
}

/** The first element below `element` with this name. */
export function first(element: Element, name: string): Element | undefined {
	for (const child of element.children) {
		if (typeof child === 'string') continue;
		const found = child.name === name ? child : first(child, name);
		if (found !== undefined) return found;
	}
	return undefined;
}

/** All text below `element`, as written. */
export function textOf(element: Element): string {
	return element.children.map((child) => (typeof child === 'string' ? child : textOf(child))).join('');
}
