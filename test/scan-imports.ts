import { parseSync } from 'oxc-parser';

/** One place where a file reaches for another. */
export type Import = {
	/** As written; null when it is computed, so that nobody can tell what it loads. */
	readonly specifier: string | null;
	readonly kind: 'import' | 'type' | 'dynamic' | 'url' | 'require' | 're-export';
	readonly line: number;
};

type Node = { readonly type: string; readonly start: number; readonly [key: string]: unknown };

/**
 * Every import of a TypeScript source: static, type-only (`import type`, `import('x').T`), dynamic, re-exports,
 * `require`, `import.meta.resolve` and `new URL('…', import.meta.url)`, which is how workers are started.
 * Throws when the source does not parse: an unread file must not look like one without imports.
 */
export function scanImports(path: string, source: string): Import[] {
	const { program, errors } = parseSync(path, source);
	if (errors.length > 0) throw new Error(`${path} does not parse: ${errors[0]?.message}`);
	const imports: Import[] = [];
	visit(program as unknown as Node, (node) => {
		const found = importOf(node);
		if (found) imports.push({ ...found, line: source.slice(0, node.start).split('\n').length });
	});
	return imports;
}

function importOf(node: Node): Omit<Import, 'line'> | null {
	switch (node.type) {
		case 'ImportDeclaration':
			return { specifier: textOf(node['source']), kind: node['importKind'] === 'type' ? 'type' : 'import' };
		case 'ExportAllDeclaration':
			return { specifier: textOf(node['source']), kind: 're-export' };
		case 'ExportNamedDeclaration':
			return node['source'] ? { specifier: textOf(node['source']), kind: 're-export' } : null;
		case 'ImportExpression':
			return { specifier: textOf(node['source']), kind: 'dynamic' };
		case 'TSImportType':
			return { specifier: textOf(node['source'] ?? node['argument']), kind: 'type' };
		case 'TSExternalModuleReference':
			return { specifier: textOf(node['expression']), kind: 'require' };
		case 'CallExpression':
			return callOf(node);
		case 'NewExpression':
			return urlOf(node);
		default:
			return null;
	}
}

function callOf(node: Node): Omit<Import, 'line'> | null {
	const callee = node['callee'] as Node;
	const first = (node['arguments'] as Node[])[0];
	if (callee.type === 'Identifier' && callee['name'] === 'require')
		return { specifier: textOf(first), kind: 'require' };
	if (isImportMeta(callee, 'resolve')) return { specifier: textOf(first), kind: 'dynamic' };
	return null;
}

function urlOf(node: Node): Omit<Import, 'line'> | null {
	const callee = node['callee'] as Node;
	const [first, second] = node['arguments'] as Node[];
	const isModuleUrl = callee.type === 'Identifier' && callee['name'] === 'URL' && isImportMeta(second, 'url');
	return isModuleUrl ? { specifier: textOf(first), kind: 'url' } : null;
}

function isImportMeta(node: Node | undefined, property: string): boolean {
	if (node?.type !== 'MemberExpression') return false;
	const object = node['object'] as Node;
	return object.type === 'MetaProperty' && (node['property'] as Node)['name'] === property;
}

/** The text of a string literal or of a template without holes, null for anything computed. */
function textOf(node: unknown): string | null {
	const literal = node as Node | undefined;
	if (literal?.type === 'TSLiteralType') return textOf(literal['literal']);
	if (literal?.type === 'Literal' && typeof literal['value'] === 'string') return literal['value'];
	if (literal?.type === 'TemplateLiteral' && (literal['expressions'] as Node[]).length === 0) {
		const [quasi] = literal['quasis'] as { value: { cooked: string } }[];
		return quasi?.value.cooked ?? null;
	}
	return null;
}

function visit(node: Node, see: (node: Node) => void): void {
	see(node);
	for (const value of Object.values(node)) {
		for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) visit(child, see);
	}
}

function isNode(value: unknown): value is Node {
	return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';
}
