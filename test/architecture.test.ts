import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename, posix } from 'node:path';
import { describe, test } from 'node:test';
import { type Import, scanImports } from './scan-imports.ts';

/** What each folder of `src/` may import. To change the architecture, change this table and say why in docs/decisions/. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
	core: [],
	text: [],
	store: ['core', 'text'],
	models: ['core', 'text'],
	ingest: ['core', 'text'],
	search: ['core', 'text', 'store'],
	ask: ['core', 'text', 'search'],
	collect: ['core', 'text'],
	train: ['core', 'text', 'models', 'search', 'ask', 'collect'],
	evaluate: ['core', 'text', 'search', 'ask'],
	advise: ['core', 'evaluate'],
	project: ['core', 'text', 'store', 'models', 'ingest', 'search', 'ask', 'collect', 'train', 'evaluate', 'advise'],
	serve: ['core', 'text', 'ingest', 'search', 'ask', 'collect', 'train', 'evaluate', 'advise', 'project'],
	cli: ['*'],
	'index.ts': ['*'],
};

/** What each folder of `web/src/` may import; nothing there imports anything of `src/`. */
const webMayImport: Readonly<Record<string, readonly string[]>> = {
	api: [],
	state: [],
	components: ['api'],
	jobs: ['api', 'state', 'components'],
	document: ['api', 'components'],
	ask: ['api', 'state', 'components', 'document', 'jobs'],
	documents: ['api', 'state', 'components', 'document', 'jobs'],
	shell: ['*'],
	'main.tsx': ['shell', 'styles'],
};

/** Data that lies beside `src/` and that code reads by a path relative to itself. */
const dataOutside = ['weights/', 'sample/', 'package.json'];

/** Names that say nothing about what is inside. */
const drawers = ['utils', 'util', 'helpers', 'helper', 'types', 'common', 'misc', 'shared', 'lib'];

type Scanned = { readonly path: string; readonly imports: readonly Import[] };
type Edge = { readonly from: string; readonly to: string; readonly via: string };

const scanned: readonly Scanned[] = globSync('src/**/*.ts', { exclude: ['**/*.d.ts'] })
	.map((path) => path.replaceAll('\\', '/'))
	.sort()
	.map((path) => ({ path, imports: scanImports(path, readFileSync(path, 'utf8')) }));
const web: readonly Scanned[] = globSync('web/src/**/*.{ts,tsx}', { exclude: ['**/*.d.ts'] })
	.map((path) => path.replaceAll('\\', '/'))
	.sort()
	.map((path) => ({ path, imports: scanImports(path, readFileSync(path, 'utf8')) }));
const code = scanned.filter(({ path }) => !isTest(path));

describe('architecture', () => {
	test('the scan looked at every file and found imports in it', (t) => {
		const imports = scanned.reduce((sum, file) => sum + file.imports.length, 0);
		t.diagnostic(`${scanned.length} files, ${imports} imports`);
		assert.ok(scanned.length >= 11 && imports >= 10, `only ${scanned.length} files and ${imports} imports`);
		for (const { path, imports: found } of scanned) {
			const lines = readFileSync(path, 'utf8').match(/^import .*from '/gm)?.length ?? 0;
			assert.ok(found.length >= lines, `${path}: ${lines} import lines, ${found.length} imports found`);
		}
	});

	test('every folder is in the table', () => {
		const folders = new Set(scanned.map(({ path }) => folderOf(path)));
		assert.deepEqual(
			[...folders].filter((folder) => !(folder in mayImport)),
			[],
		);
	});

	test('folders import only what the table allows', () => {
		assert.deepEqual(code.flatMap(violations), []);
	});

	test('code never imports a test, and only tests import from test/', () => {
		const wrong = code.flatMap(({ path, imports }) =>
			imports
				.map((found) => resolved(path, found))
				.filter((target) => target !== null && (isTest(target) || target.startsWith('test/')))
				.map((target) => `${path} imports ${target}`),
		);
		assert.deepEqual(wrong, []);
	});

	test('no folder cycles', () => {
		assert.deepEqual(cycles(code.flatMap(edges)), []);
	});

	test('only index.ts re-exports', () => {
		const wrong = code.filter(({ path }) => path !== 'src/index.ts').filter(reexports);
		assert.deepEqual(
			wrong.map(({ path }) => path),
			[],
		);
	});

	test('no drawer files', () => {
		assert.deepEqual([...scanned, ...web].map(({ path }) => path).filter(isDrawer), []);
	});

	test('the web app imports only what its table allows, and nothing of src/', () => {
		assert.ok(web.length >= 8, `only ${web.length} files`);
		assert.deepEqual(web.flatMap(webViolations), []);
		assert.deepEqual(
			webViolations({ path: 'web/src/api/planted.ts', imports: sample(`import type { X } from '../../../src/x.ts'`) }),
			['web/src/api/planted.ts:1 imports src/x.ts'],
		);
		assert.deepEqual(
			webViolations({ path: 'web/src/api/planted.ts', imports: sample(`import { X } from '../ask/x.tsx'`) }),
			['web/src/api/planted.ts:1 imports web/src/ask/x.tsx'],
		);
	});
});

describe('the scan itself', () => {
	test('finds every way to reach another file', () => {
		assert.deepEqual(
			specifiers(`
				import a from './a.ts';
				import type { B } from './b.ts';
				import './c.ts';
				export { d } from './d.ts';
				export * from './e.ts';
				export type { F } from './f.ts';
				const g = await import('./g.ts');
				type H = import('./h.ts').H;
				new Worker(new URL('./i.ts', import.meta.url));
				const j = require('./j.ts');
				const k = import.meta.resolve('./k.ts');
				const l = () => import(\`./l.ts\`);
			`),
			['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l'].map((name) => `./${name}.ts`),
		);
	});

	test('is not fooled by comments, strings, templates and regular expressions', () => {
		assert.deepEqual(
			specifiers(`
				// import a from './a.ts';
				/* import('./b.ts') */
				const c = "import('./c.ts')";
				const d = \`import d from './d.ts' \${"import('./e.ts')"}\`;
				const f = /import\\('\\.\\/f\\.ts'\\)/;
			`),
			[],
		);
	});

	test('reports a computed import instead of passing over it', () => {
		const file = { path: 'src/ask/planted.ts', imports: sample('const name = "x"; await import(name);') };
		assert.deepEqual(violations(file), ['src/ask/planted.ts:1 imports a computed path']);
	});

	test('throws on a file that does not parse', () => {
		assert.throws(() => sample('import {'), /does not parse/);
	});

	test('a forbidden import, a type and a worker URL among them, is a violation', () => {
		for (const source of [
			`import { x } from '../ingest/x.ts'`,
			`import type { X } from '../ingest/x.ts'`,
			`new URL('../ingest/x.ts', import.meta.url)`,
			`const x = () => import('../ingest/x.ts')`,
			`type X = import('../ingest/x.ts').X`,
		]) {
			const found = violations({ path: 'src/ask/planted.ts', imports: sample(source) });
			assert.deepEqual(found, ['src/ask/planted.ts:1 imports src/ingest/x.ts (ask may not import ingest)']);
		}
		const outside = violations({ path: 'src/ask/planted.ts', imports: sample(`import '../../web/x.ts'`) });
		assert.deepEqual(outside, ['src/ask/planted.ts:1 imports web/x.ts (outside src)']);
	});

	test('a cycle between folders is found', () => {
		const found = cycles([
			{ from: 'a', to: 'b', via: 'a/x.ts' },
			{ from: 'b', to: 'c', via: 'b/x.ts' },
			{ from: 'c', to: 'a', via: 'c/x.ts' },
		]);
		assert.deepEqual(found, ['a → b → c → a']);
	});

	test('drawers and re-exports are found', () => {
		assert.equal(isDrawer('src/ask/utils.ts'), true);
		assert.equal(isDrawer('src/ask/common.test.ts'), true);
		assert.equal(isDrawer('src/ask/route.ts'), false);
		assert.equal(reexports({ path: 'src/ask/x.ts', imports: sample(`export { y } from './y.ts'`) }), true);
	});
});

function sample(source: string): Import[] {
	return scanImports('src/ask/planted.ts', source);
}

function specifiers(source: string): (string | null)[] {
	return sample(source).map(({ specifier }) => specifier);
}

function violations({ path, imports }: Scanned): string[] {
	const from = folderOf(path);
	return imports.flatMap((found) => {
		if (found.specifier === null) return [`${path}:${found.line} imports a computed path`];
		const target = resolved(path, found);
		if (target === null || dataOutside.some((data) => target.startsWith(data))) return [];
		if (!target.startsWith('src/')) return [`${path}:${found.line} imports ${target} (outside src)`];
		const to = folderOf(target);
		const allowed = mayImport[from] ?? [];
		if (from === to || allowed.includes('*') || allowed.includes(to)) return [];
		return [`${path}:${found.line} imports ${target} (${from} may not import ${to})`];
	});
}

function webViolations({ path, imports }: Scanned): string[] {
	const from = path.split('/')[2] as string;
	const allowed = webMayImport[from] ?? [];
	return imports.flatMap((found) => {
		const target = resolved(path, found);
		if (target === null) return [];
		const [top, folder, to = ''] = target.split('/');
		const isIn = top === 'web' && folder === 'src';
		if (isIn && (to === from || allowed.includes('*') || allowed.includes(to))) return [];
		return [`${path}:${found.line} imports ${target}`];
	});
}

function edges({ path, imports }: Scanned): Edge[] {
	return imports
		.map((found) => resolved(path, found))
		.filter((target) => target?.startsWith('src/') === true)
		.map((target) => ({ from: folderOf(path), to: folderOf(target as string), via: path }))
		.filter(({ from, to }) => from !== to);
}

/** Each cycle once, beginning with its alphabetically first folder. */
function cycles(graph: readonly Edge[]): string[] {
	const found = new Set<string>();
	const walk = (folder: string, trail: readonly string[]): void => {
		const at = trail.indexOf(folder);
		if (at >= 0) {
			const ring = trail.slice(at);
			const first = ring.indexOf([...ring].sort()[0] as string);
			found.add([...ring.slice(first), ...ring.slice(0, first), ring[first]].join(' → '));
			return;
		}
		const next = new Set(graph.filter(({ from }) => from === folder).map(({ to }) => to));
		for (const to of next) walk(to, [...trail, folder]);
	};
	for (const { from } of graph) walk(from, []);
	return [...found];
}

function reexports({ imports }: Scanned): boolean {
	return imports.some(({ kind }) => kind === 're-export');
}

/** The path from the repository's root, null for packages and Node's own modules. */
function resolved(path: string, { specifier }: Import): string | null {
	if (specifier === null || !specifier.startsWith('.')) return null;
	return posix.normalize(posix.join(posix.dirname(path), specifier));
}

/** `src/ask/pack.ts` → `ask`, `src/index.ts` → `index.ts`. */
function folderOf(path: string): string {
	return path.split('/')[1] as string;
}

function isTest(path: string): boolean {
	return path.endsWith('.test.ts');
}

function isDrawer(path: string): boolean {
	return drawers.includes(basename(path).split('.')[0] as string);
}
