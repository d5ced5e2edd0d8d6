import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { chunk } from '../chunk.ts';
import { codeExtensions } from './code.ts';
import { parse } from './parse.ts';

/** The headings of each section, and the line it begins with. */
async function sections(path: string, source: string): Promise<string[]> {
	const { text, sections: found = [] } = await parse(Buffer.from(source), path, { html: 'full' });
	assert.equal(text, source);
	return found.map(
		({ start, headings }) => `${headings.slice(1).join(' › ')}: ${text.slice(start).trim().split('\n')[0]}`,
	);
}

describe('source code is divided at its symbols', () => {
	test('TypeScript', async () => {
		const source = [
			"import { x } from './x.ts';",
			'',
			'/** What it does. */',
			'export async function run(): Promise<void> {',
			'\tif (x) return;',
			'}',
			'',
			'export class Store<T> {',
			'\t#rows: T[] = [];',
			'',
			'\t/** Adds. */',
			'\tadd(row: T): void {',
			'\t\tthis.#rows.push(row);',
			'\t}',
			'',
			'\t#size(): number {',
			'\t\treturn 1;',
			'\t}',
			'}',
			'',
			'export const limit = 5, other = 6;',
			"test('it works', () => {});",
			'',
			'await run();',
		].join('\n');
		assert.deepEqual(await sections('a.ts', source), [
			": import { x } from './x.ts';",
			'run: /** What it does. */',
			'Store: export class Store<T> {',
			'Store › add: /** Adds. */',
			'Store › #size: #size(): number {',
			'limit: export const limit = 5, other = 6;',
			"it works: test('it works', () => {});",
			': await run();',
		]);
	});

	test('Python', async () => {
		const source = [
			'"""Module."""',
			'import os',
			'',
			'@cache',
			'def load(',
			'    path,',
			') -> str:',
			'    def inner(): pass',
			'    return path',
			'',
			'class Store:',
			'    size = 1',
			'',
			'    # How many.',
			'    async def count(self):',
			'        return 1',
			'',
			"if __name__ == '__main__':",
			'    load("x")',
		].join('\n');
		assert.deepEqual(await sections('a.py', source), [
			': """Module."""',
			'load: @cache',
			'Store: class Store:',
			'Store › count: # How many.',
			": if __name__ == '__main__':",
		]);
	});

	test('Go, Java, Rust, C, C#, Ruby, PHP, shell and SQL', async () => {
		const sources: Record<string, [string, string[]]> = {
			'a.go': [
				'package a\n\nfunc (s *Store) Get(k string) int {\n\treturn 1\n}\n\ntype Store struct {\n\tx int\n}',
				['', 'Store.Get', 'Store'],
			],
			'A.java': [
				'package a;\n\n@Service\npublic final class A<T> extends B {\n    private final F f = new F();\n\n    public A(F f) {\n    }\n\n    @Override\n    public Map<String, List<T>> find(int a,\n            String b) throws E {\n        if (a > 1) { go(a); }\n    }\n}',
				['', 'A', 'A › A', 'A › find'],
			],
			'a.rs': [
				'use x;\n\nimpl<T> fmt::Display for Foo<T> {\n    pub fn fmt(&self) -> R {\n        go()\n    }\n}\n\n#[derive(Debug)]\npub struct Foo<T>(T);',
				['', 'Foo', 'Foo › fmt', 'Foo'],
			],
			'a.c': [
				'#include <a.h>\n\nstatic int add(int a, int b)\n{\n\treturn a;\n}\n\nstruct point { int x; };',
				['', 'add', 'point'],
			],
			'a.cs': [
				'namespace N\n{\n    public class C\n    {\n        public async Task<int> Run(int a)\n        {\n            return 1;\n        }\n    }\n}',
				['N', 'N › C', 'N › C › Run'],
			],
			'a.rb': ['module M\n  class C\n    def ok?(x)\n      true\n    end\n  end\nend', ['M', 'M › C', 'M › C › ok?']],
			'a.php': ['<?php\n\nclass C {\n    public function get($x) {\n        return 1;\n    }\n}', ['', 'C', 'C › get']],
			'a.sh': ['set -e\n\nbuild() {\n  make\n}\n\nfunction test {\n  true\n}\n\nbuild', ['', 'build', 'test', '']],
			'a.sql': [
				'-- People.\nCREATE TABLE IF NOT EXISTS users (\n  id int\n);\n\nINSERT INTO users VALUES (1);',
				['users', ''],
			],
		};
		for (const [path, [source, expected]] of Object.entries(sources)) {
			const found = await sections(path, source);
			assert.deepEqual(
				found.map((section) => section.replace(/: .*$/, '')),
				expected,
				path,
			);
		}
	});
});

test('chunks of code carry file and symbol, and small classes are whole', async () => {
	const method = (name: string): string => `\t${name}() {\n${'\t\tthis.work(1, 2, 3);\n'.repeat(8)}\t}\n`;
	const source = `class Small {\n\ta() {\n\t\treturn 1;\n\t}\n}\n\nclass Large {\n${['one', 'two', 'three'].map(method).join('\n')}}\n`;
	const chunks = chunk(await parse(Buffer.from(source), 'src/a.js', { html: 'full' }), { maxTokens: 120 });
	assert.deepEqual(
		chunks.map(({ headings }) => headings.join(' › ')),
		['a.js › Small', 'a.js › Large › one', 'a.js › Large › two', 'a.js › Large › three'],
	);
});

test('every character of any code is in one chunk', async () => {
	const line = fc.constantFrom(
		'',
		'def f():',
		'    x = 1',
		'class A:',
		'  # note',
		'}',
		'function g() {',
		'\tconst x = `',
		'public void h(int a) {',
		'*/',
		'x'.repeat(300),
	);
	await fc.assert(
		fc.asyncProperty(
			fc.array(line, { maxLength: 40 }),
			fc.constantFrom(...codeExtensions),
			async (lines, extension) => {
				const parsed = await parse(Buffer.from(['x1', ...lines].join('\n')), `a.${extension}`, { html: 'full' });
				const chunks = chunk(parsed, { maxTokens: 40 });
				let at = 0;
				for (const { start, end } of chunks) {
					assert.equal(parsed.text.slice(at, start).trim(), '');
					at = end;
				}
				assert.equal(parsed.text.slice(at).trim(), '');
			},
		),
	);
});
