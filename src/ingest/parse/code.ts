import type { ParsedBody, ParsedSection } from './parse.ts';

/** How a language writes what it names. Patterns see a line without its indent and capture the name. */
type Language = {
	/** What may hold other symbols. */
	readonly container: RegExp;
	/** What is a symbol wherever one may stand. */
	readonly symbol: RegExp;
	/** What is a symbol inside a container only. */
	readonly member?: RegExp;
};

const scriptModifiers = '(?:export\\s+)?(?:default\\s+)?(?:declare\\s+)?(?:abstract\\s+)?(?:async\\s+)?';
const modifiers =
	'(?:(?:public|private|protected|internal|static|final|abstract|sealed|partial|open|override|virtual|inline|export|data|case|readonly|unsafe|async|suspend|extern|mutating|fileprivate|implicit|lazy|const|constexpr|operator|annotation|inner|default|required|convenience|synchronized|native)\\s+)*';
/** Words before a parenthesis that call nothing and declare nothing. */
const control =
	'(?!(?:if|for|foreach|while|switch|return|else|do|case|catch|using|new|throw|await|yield|super|this|assert|delete|lock|when|guard|sizeof|elseif|echo|print|require|include)\\b)';

const script: Language = {
	container: new RegExp(
		`^(?:${scriptModifiers}(?:class|namespace|module)\\s+|(?:describe|suite)(?:\\.\\w+)*\\(\\s*['"\`])([\\w$.]+|[^'"\`]+)`,
	),
	symbol: new RegExp(
		`^(?:${scriptModifiers}(?:function\\s*\\*?|interface|(?:const\\s+)?enum|type|const|let|var)\\s+|(?:test|it)(?:\\.\\w+)*\\(\\s*['"\`])([\\w$]+(?=\\s*[<({:=;,]|\\s+extends|\\s*$)|[^'"\`=({<:;,]+)`,
	),
	member: new RegExp(
		`^(?:(?:public|private|protected|static|readonly|abstract|override|async|get|set|accessor)\\s+)*\\*?${control}(#?[\\w$]+)\\s*(?:<[^>]*>)?\\([^;]*$`,
	),
};
const typed: Language = {
	container: new RegExp(
		`^(?:@\\w+\\s+)*${modifiers}(?:class|interface|@interface|enum(?:\\s+class)?|record|struct|trait|object|namespace|extension|protocol|actor|union)\\s+([\\w.:]+)(?![^{]*;)`,
	),
	symbol: new RegExp(
		`^${modifiers}(?:(?:fun|func|function|def)\\s+(?:<[^>]*>\\s*)?&?([\\w.]+)|${control}[A-Za-z_][\\w\\s*&:<>,.~?[\\]]*?\\b([\\w:~]+)\\s*\\([^;={]*(?:\\{.*)?$)`,
	),
	member: new RegExp(`^${modifiers}${control}(init|constructor|[A-Z]\\w*|~\\w+)\\s*\\([^;=]*$`),
};

const byExtension: Readonly<Record<string, Language>> = {
	...of('ts tsx mts cts js jsx mjs cjs', script),
	...of('java kt kts scala groovy cs swift dart php c h cc cpp cxx hpp hh m', typed),
	...of('py pyi', { container: /^class\s+(\w+)/, symbol: /^(?:async\s+)?def\s+(\w+)/ }),
	...of('go', {
		container: /^(?!)()/,
		symbol: /^(?:func\s+(?:\(\s*(?:\w+\s+)?\*?(\w+)[^)]*\)\s*)?(\w+)|(?:type|var|const)\s+(\w+))/,
	}),
	...of('rs', {
		container:
			/^(?:(?:pub(?:\([^)]*\))?\s+)?(?:unsafe\s+)?(?:mod|trait)\s+(\w+)|(?:unsafe\s+)?impl(?:<.*?>)?\s+(?:[\w:<>', &]+?\s+for\s+)?&?([\w:]+))(?!.*;)/,
		symbol:
			/^(?:pub(?:\([^)]*\))?\s+)?(?:(?:default|async|unsafe|const|extern(?:\s+"[^"]*")?)\s+)*(?:fn|struct|enum|union|type|static|const|macro_rules!)\s+(?:mut\s+)?(\w+)/,
	}),
	...of('rb rake', {
		container: /^(?:(?:class|module)\s+([\w:]+)|(?:RSpec\.)?(?:describe|context)\s+['"]?([^'"]+?)['"]?(?:\s+do|,))/,
		symbol: /^(?:def\s+([\w.]+[?!=]?)|it\s+['"]([^'"]+)['"])/,
	}),
	...of('sh bash zsh', { container: /^(?!)()/, symbol: /^(?:function\s+([\w:.-]+)|([\w:.-]+)\s*\(\s*\))/ }),
	...of('lua', { container: /^(?!)()/, symbol: /^(?:local\s+)?function\s+([\w.:]+)/ }),
	...of('sql', {
		container: /^(?!)()/,
		symbol:
			/^(?:create|alter)\s+(?:or\s+replace\s+)?(?:(?:temp|temporary|unique|materialized|global|local|unlogged|external|virtual)\s+)*(?:table|view|function|procedure|trigger|index|type|schema|sequence|policy|role|extension|domain)\s+(?:concurrently\s+)?(?:if\s+(?:not\s+)?exists\s+)?(?:only\s+)?([\w."`[\]]+)/i,
	}),
};

function of(extensions: string, language: Language): Record<string, Language> {
	return Object.fromEntries(extensions.split(' ').map((extension) => [extension, language]));
}

/** Extensions of source code. */
export const codeExtensions: readonly string[] = Object.keys(byExtension);

/**
 * Source code, kept as it is, so that quotes are verbatim. Its sections are its symbols, found line by line from what
 * begins a line and how far it is indented: well-formatted code is divided rightly, other code still divided. A symbol
 * brings the comments and decorators directly above it.
 */
export function parseCode(source: string, extension: string, name: string): ParsedBody {
	const text = source.startsWith('\uFEFF') ? source.slice(1) : source;
	const language = byExtension[extension];
	return { title: name, text, sections: language === undefined ? [] : sectionsOf(text, language, name) };
}

type Open = { readonly name: string; readonly indent: number; readonly isContainer: boolean };

function sectionsOf(text: string, language: Language, file: string): ParsedSection[] {
	const sections: ParsedSection[] = [{ start: 0, headings: [file] }];
	const open: Open[] = [];
	/** Where the comments and decorators directly above begin, -1 when there are none. */
	let lead = -1;
	let isAfterBlank = true;
	for (let start = 0; start < text.length;) {
		const newline = text.indexOf('\n', start);
		const end = newline === -1 ? text.length : newline;
		const line = text.slice(start, Math.min(end, start + 400));
		const content = line.trimStart();
		if (content === '') {
			isAfterBlank = true;
			lead = -1;
		} else if (isLead(content)) {
			if (lead === -1) lead = start;
		} else {
			const indent = line.length - content.length;
			const found = closesNothing(content) ? null : symbolAt(content, indent, open, language);
			const from = lead === -1 ? start : lead;
			if (found !== null) {
				open.push(found);
				sections.push({ start: from, headings: [file, ...open.map((each) => each.name)] });
			} else if (indent === 0 && isAfterBlank && open.length === 0 && sections.at(-1)?.headings.length !== 1) {
				sections.push({ start: from, headings: [file] });
			}
			lead = -1;
			isAfterBlank = false;
		}
		start = end + 1;
	}
	return sections.filter((section, index) => section.start !== sections[index + 1]?.start);
}

/** Comments, decorators, attributes and templates: they belong to what follows. */
function isLead(content: string): boolean {
	return /^(?:\/\/|\/\*|\*(?![\w*]*\()|#(?=[\s#![]|$)(?!\s*(?:if|else|elif|endif|include|define|pragma|region))|--|@(?!interface)[\w.]+(?:\(.*\)?)?$|\[[\w(,:" ).]+\]$|template\s*<[^;]*>$|""")/.test(
		content,
	);
}

/** Lines that go on with what is open, at whatever column they stand. */
function closesNothing(content: string): boolean {
	return /^(?:[)\]}{;,:|&?+*/<>=.]|-[^-]|#\s*(?:if|else|elif|endif|include|define|undef|pragma|region|endregion|error)|end\b|else\b|elif\b|except\b|finally\b|rescue\b|ensure\b|when\b|case\b|default\b(?!\s+\w+\s*\()|where\b|public:|private:|protected:|\w+:$|EOF\b)/.test(
		content,
	);
}

/** Closes what ended above this line; the symbol that it begins, if it does. */
function symbolAt(content: string, indent: number, open: Open[], language: Language): Open | null {
	while ((open.at(-1)?.indent ?? -1) >= indent) open.pop();
	const parent = open.at(-1);
	if (parent === undefined ? indent > 0 : !parent.isContainer || open.length > 3) return null;
	const container = nameOf(language.container, content);
	if (container !== '') return { name: container, indent, isContainer: true };
	const name =
		nameOf(language.symbol, content) ||
		(parent === undefined || language.member === undefined ? '' : nameOf(language.member, content));
	return name === '' ? null : { name, indent, isContainer: false };
}

function nameOf(pattern: RegExp, content: string): string {
	const groups = pattern.exec(content)?.slice(1) ?? [];
	return groups
		.filter((group) => group !== undefined)
		.join('.')
		.trim()
		.slice(0, 100);
}
