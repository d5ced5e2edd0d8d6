import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { Nodes } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { frontmatterFromMarkdown } from 'mdast-util-frontmatter';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { frontmatter } from 'micromark-extension-frontmatter';
import { gfm } from 'micromark-extension-gfm';
import { type Block, blocks, cells, headingText, plainText, toTable } from './blocks.ts';

const handbook = new URL('../../../shared/data/handbook-18f/', import.meta.url);

/** `kind:start` of everything comparable, by the reference parser. */
function reference(text: string): string[] {
	const found: string[] = [];
	const visit = (node: Nodes, inQuote: boolean, inItem: boolean, inStep: boolean): void => {
		const start = node.position?.start.offset ?? 0;
		if (inStep || inQuote) return;
		if (node.type === 'heading' && !inItem) found.push(`heading${node.depth}:${start}`);
		if (node.type === 'code' && text.slice(start).match(/^[`~]{3}/)) found.push(`code:${start}`);
		if (node.type === 'tableRow') found.push(`row:${start}`);
		const ordered = node.type === 'list' && node.ordered === true;
		for (const child of 'children' in node ? node.children : []) {
			if (child.type === 'listItem') found.push(`${ordered ? 'step' : 'bullet'}:${child.position?.start.offset ?? 0}`);
			visit(child, node.type === 'blockquote', inItem || child.type === 'listItem', inStep || ordered);
		}
	};
	const extensions = [gfm(), frontmatter()];
	const tree = fromMarkdown(text, { extensions, mdastExtensions: [gfmFromMarkdown(), frontmatterFromMarkdown()] });
	visit(tree, false, false, false);
	return found;
}

function ours(text: string): string[] {
	return blocks(text).flatMap((block) => {
		if (block.kind === 'heading') return [`heading${block.level}:${block.start}`];
		if (block.kind === 'code') return block.info === undefined ? [] : [`code:${block.start}`];
		if (block.kind === 'row') return block.row === 'delimiter' ? [] : [`row:${block.start}`];
		return block.kind === 'step' || block.kind === 'bullet' ? [`${block.kind}:${block.start}`] : [];
	});
}

function shape(text: string): string[] {
	return blocks(text).map(
		(block) => `${block.kind}${block.level ?? block.row ?? ''} ${text.slice(block.start, block.end)}`,
	);
}

function assertCovers(text: string, found: readonly Block[]): void {
	let at = 0;
	for (const block of found) {
		assert.equal(text.slice(at, block.start).trim(), '', `nothing is left out before ${block.start}`);
		assert.ok(block.start >= at && block.end > block.start);
		at = block.end;
	}
	assert.equal(text.slice(at).trim(), '');
}

const written = `---
title: Sample
---

Intro with | a pipe
and a lazy second line.

Setext one
==========

Setext two
---

# ATX closed ##
#not a heading
####### not either

1. First
   still first

   - nested bullet
   \`\`\`sh
   # not a heading
   \`\`\`
2. Second
lazy line
10) Other list

- one
  - nested
    continued
- two

  more of two
* star
+ plus

    indented code
    # still code

\`\`\`js title="x"
# no heading
- no bullet

~~~
\`\`\`

~~~
| no | row |
~~~

| a | b \\| c |
| - | :-: |
| 1 | 2 |
| 3

Model | Fee
--- | ---
X | 1
> quoted
lazy quote
> # inside

***

<!-- comment

# not a heading
-->

<div>
# not a heading either
</div>

# Real heading

{% raw %}
# Another
{% endraw %}
- {% include "x" %}
`;

test('written fixtures have the headings, fences, rows and items the reference parser finds', () => {
	assert.deepEqual(ours(written), reference(written));
});

for (const revision of ['r1', 'r2']) {
	const folder = new URL(revision, handbook);
	const files = existsSync(folder) ? globSync('**/*.md', { cwd: folder.pathname }) : [];
	test(
		`Markdown files of handbook ${revision} agree with the reference parser on 99.5 % of structures`,
		{ skip: files.length === 0 && 'needs ../shared/data/handbook-18f' },
		() => {
			let equal = 0;
			let all = 0;
			const different: string[] = [];
			for (const file of files) {
				const text = readFileSync(`${folder.pathname}/${file}`, 'utf8');
				const expected = new Set(reference(text));
				const found = new Set(ours(text));
				equal += 2 * expected.intersection(found).size;
				all += expected.size + found.size;
				assertCovers(text, blocks(text));
				for (const one of expected.symmetricDifference(found)) different.push(`${file} ${one} ${expected.has(one)}`);
			}
			assert.ok(all > 10_000, `compared only ${all}`);
			assert.ok(equal / all >= 0.995, `${equal} of ${all}:\n${different.slice(0, 40).join('\n')}`);
		},
	);
}

test('every non-space character lies in exactly one block, in order, for any text', () => {
	const line = fc.constantFrom(
		'# H',
		'text',
		'  more',
		'- a',
		'  - b',
		'1. x',
		'   y',
		'> q',
		'| a | b |',
		'| - | - |',
		'---',
		'===',
		'```js',
		'```',
		'~~~',
		'    code',
		'<!-- c',
		'-->',
		'<div>',
		'',
		'\t- t',
		'a | b',
		'- | -',
		'<pre>',
		'\u00A0',
		'***',
	);
	fc.assert(
		fc.property(
			fc.array(fc.oneof(line, fc.string({ unit: 'grapheme', maxLength: 12 })), { maxLength: 20, size: 'max' }),
			(lines) => {
				const text = lines.join('\n');
				assertCovers(text, blocks(text));
			},
		),
		{ numRuns: 2000 },
	);
});

test('a range is scanned as if it were the whole text', () => {
	const text = 'before\n\n# Heading\n\n1. step\n\nafter';
	const start = text.indexOf('# ');
	const end = text.indexOf('\n\nafter');
	assert.deepEqual(
		blocks(text, start, end),
		blocks(text.slice(start, end)).map((block) => ({ ...block, start: block.start + start, end: block.end + start })),
	);
});

test('fragments without their beginning keep their structure', () => {
	assert.deepEqual(shape('| X-1200/B | 40 EUR |\n| X-1300 | 45 EUR |\n\nNote.'), [
		'rowbody | X-1200/B | 40 EUR |',
		'rowbody | X-1300 | 45 EUR |',
		'paragraph Note.',
	]);
	assert.deepEqual(shape('    - nested bullet\n    - another'), ['bullet1 - nested bullet', 'bullet1 - another']);
	assert.deepEqual(shape('3. Third\n4. Fourth'), ['step1 3. Third', 'step1 4. Fourth']);
	assert.deepEqual(shape('---\n\nAfter a rule: text\n\n---'), [
		'paragraph ---',
		'paragraph After a rule: text',
		'paragraph ---',
	]);
});

test('a step holds its nested content and a bullet ends where a nested item, fence or table begins', () => {
	assert.deepEqual(shape('1. a\n   - b\n\n   c\n2. d\n- e\n  f\n  - g\n\n  ```\n  h\n  ```\n  i'), [
		'step1 1. a\n   - b\n\n   c',
		'step1 2. d',
		'bullet1 - e\n  f',
		'bullet2 - g',
		'code ```\n  h\n  ```',
		'paragraph i',
	]);
});

test('cells splits at unescaped pipes and toTable writes what cells reads', () => {
	assert.deepEqual(cells('| a | b \\| c | |'), ['a', 'b | c', '']);
	assert.deepEqual(cells('a | b'), ['a', 'b']);
	const cell = fc.string({ maxLength: 8 }).map((text) => text.replaceAll(/[\\\s]+/g, ' ').trim());
	fc.assert(
		fc.property(fc.array(fc.array(cell, { minLength: 2, maxLength: 2 }), { minLength: 1, maxLength: 4 }), (rows) => {
			const table = toTable(rows[0] ?? [], rows.slice(1)).split('\n');
			table.splice(1, 1);
			assert.deepEqual(table.map(cells), rows);
		}),
	);
});

test('heading and inline text lose their marks and keep their words', () => {
	assert.equal(headingText('## The `X-1200/B` **fee** {#fee} ##'), 'The X-1200/B fee');
	assert.equal(headingText('Setext [link](http://a.b/c(d))\n==='), 'Setext link');
	assert.equal(headingText('# C#'), 'C#');
	assert.equal(
		plainText('see ![alt](a.png) and [two][2], snake_case_name, 2 * 3 * 4, \\*kept\\*'),
		'see alt and two, snake_case_name, 2 * 3 * 4, *kept*',
	);
	assert.equal(plainText('<b>bold</b> and *it* and ~~gone~~'), 'bold and it and gone');
});
