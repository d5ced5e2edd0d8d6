import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { generatedPages } from '../scripts/generate-docs.ts';
import { commands } from '../src/cli/commands.ts';
import { optionsOf } from '../src/cli/parse.ts';
import { errorCodes } from '../src/core/error.ts';
import { settingKeys } from '../src/project/settings.ts';
import { repository } from './run-program.ts';

function read(path: string): string {
	return readFileSync(join(repository, path), 'utf8');
}

describe('docs', () => {
	test('the generated pages are up to date (npm run docs)', async () => {
		const pages = await generatedPages();
		assert.equal(pages.size, 4);
		for (const [path, text] of pages) assert.equal(read(path), text, path);
	});

	test('every command and option is on its page', async () => {
		const page = read('docs/cli.md');
		for (const entry of commands) {
			const [, section] = page.split(`\n## knowhow ${entry.name}\n`);
			assert.ok(section, entry.name);
			for (const name of Object.keys(optionsOf(await entry.load()))) {
				assert.ok(section.includes(name.length === 1 ? `\`-${name}` : `\`--${name}`), `${entry.name} --${name}`);
			}
		}
	});

	test('every setting is on its page', () => {
		const page = read('docs/config.md');
		const keys = settingKeys();
		assert.ok(keys.length > 10);
		for (const { path, variable, description } of keys) {
			assert.ok(page.includes(`\`${path}\``) && page.includes(`\`${variable}\``), path);
			assert.notEqual(description, '', path);
		}
	});

	test('the table of error codes and its page are equal', () => {
		const rows = [...read('docs/errors.md').matchAll(/^\| `(\w+)` \| (.*) \|$/gm)];
		assert.deepEqual(Object.fromEntries(rows.map(([, code, meaning]) => [code, meaning])), errorCodes);
	});

	test('every code that is thrown is in the table, and every code in the table is thrown', () => {
		const thrown = new Set<string>();
		for (const path of globSync('src/**/*.ts', { cwd: repository })) {
			if (path.endsWith('.test.ts') || path.endsWith('core/error.ts')) continue;
			for (const [, code] of read(path).matchAll(/'(\w+)'/g)) if (code && code in errorCodes) thrown.add(code);
		}
		assert.deepEqual(
			Object.keys(errorCodes).filter((code) => !thrown.has(code)),
			[],
		);
	});

	test('every export of the package is explained', () => {
		const exports = read('src/index.ts')
			.replace(/\/\*[\s\S]*?\*\//g, '')
			.matchAll(/export (?:type )?\{([^}]*)\}/g)
			.flatMap(([, names]) => (names ?? '').split(','))
			.map((name) => name.replace(/^\s*type /, '').trim())
			.filter((name) => name !== '')
			.toArray();
		assert.ok(exports.length > 20);
		const page = read('docs/library.md');
		assert.deepEqual(
			exports.filter((name) => !new RegExp(`\`[^\`]*\\b${name}\\b`).test(page)),
			[],
		);
	});

	test('links between pages lead somewhere', () => {
		const pages = globSync(['*.md', 'docs/**/*.md', 'examples/**/*.md'], { cwd: repository });
		assert.ok(pages.length > 4);
		const broken = pages.flatMap((page) =>
			[...read(page).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)[^)]*\)/g)]
				.map(([, target]) => join(dirname(page), target ?? ''))
				.filter((target) => globSync(target, { cwd: repository }).length === 0)
				.map((target) => `${page} → ${target}`),
		);
		assert.deepEqual(broken, []);
	});
});
