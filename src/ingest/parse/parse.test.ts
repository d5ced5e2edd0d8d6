import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import * as fc from 'fast-check';
// oxlint-disable-next-line import/no-named-as-default -- the types know only the default export
import PDFDocument from 'pdfkit';
import type { KnowhowError } from '../../core/error.ts';
import { pageAt } from '../../core/document.ts';
import { blocks, cells } from '../../text/blocks.ts';
import { toDate } from './date.ts';
import { parse, type Parsed } from './parse.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const samples = fileURLToPath(new URL('../../../../shared/data/ingest-samples/', import.meta.url));

function read(content: string | Uint8Array, path: string, html: 'main' | 'full' = 'main'): Promise<Parsed> {
	return parse(typeof content === 'string' ? Buffer.from(content) : content, path, { html });
}

async function codeOf(content: string | Uint8Array, path: string): Promise<string> {
	return read(content, path).then(
		() => 'none',
		(error: KnowhowError) => error.code,
	);
}

function pdfBytes(options: PDFKit.PDFDocumentOptions, write: (pdf: PDFKit.PDFDocument) => void): Promise<Uint8Array> {
	return new Promise((resolve) => {
		const pdf = new PDFDocument(options);
		const parts: Buffer[] = [];
		pdf.on('data', (part: Buffer) => parts.push(part));
		pdf.on('end', () => resolve(Buffer.concat(parts)));
		write(pdf);
		pdf.end();
	});
}

describe('which format a file has', () => {
	test('the content decides where the extension lies', async () => {
		const pdf = await pdfBytes({}, (each) => each.text('Some words here.'));
		assert.equal((await read(pdf, 'a.txt')).format, 'pdf');
		assert.equal((await read('<!DOCTYPE html><p>Hello there</p>', 'a.md')).format, 'html');
		assert.equal((await read('<html><p>Hello there</p></html>', 'a.bin')).format, 'html');
		assert.equal((await read('Plain words', '-')).format, 'text');
		assert.equal((await read('Plain words', 'dir.d/README')).format, 'text');
	});

	test('what cannot be read says why', async () => {
		const pdf = await pdfBytes({}, (each) => each.text('Some words here.'));
		const random = Uint8Array.from({ length: 5000 }, (_, index) => (index * 7919) % 251);
		const encrypted = Buffer.concat([
			Buffer.from('d0cf11e0a1b11ae1', 'hex'),
			Buffer.from('EncryptedPackage', 'utf16le'),
		]);
		const old = Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.from('WordDocument', 'utf16le')]);
		const codes = {
			'a.xlsx': await codeOf('x', 'a.xlsx'),
			'a.xyz': await codeOf('x', 'a.xyz'),
			'a.xml': await codeOf('<?xml version="1.0"?><a>x</a>', 'a.xml'),
			'xml.txt': await codeOf('<?xml version="1.0"?><a>x</a>', 'xml.txt'),
			'letter.rtf': await codeOf('{\\rtf1 Dear Sir}', 'letter.rtf'),
			'letter.doc': await codeOf(old, 'letter.doc'),
			'letter.docx': await codeOf(old, 'letter.docx'),
			'a.eml': await codeOf('no header at all', 'a.eml'),
			'zip.xlsx': await codeOf('PK\x03\x04 xl/', 'zip.xlsx'),
			'binary.md': await codeOf(random, 'binary.md'),
			'zip.md': await codeOf('PK\x03\x04 zip', 'zip.md'),
			'text.pdf': await codeOf('no pdf at all', 'text.pdf'),
			'truncated.pdf': await codeOf(pdf.slice(0, 300), 'truncated.pdf'),
			'text.docx': await codeOf('no archive', 'text.docx'),
			'broken.docx': await codeOf('PK\x03\x04 word/ broken', 'broken.docx'),
			'encrypted.docx': await codeOf(encrypted, 'encrypted.docx'),
			'broken.json': await codeOf('{"a": ', 'broken.json'),
			'empty.md': await codeOf(' \n\t', 'empty.md'),
			'signs.md': await codeOf('---\n***\n', 'signs.md'),
			'nothing.html': await codeOf('<html><body><script>x</script></body></html>', 'nothing.html'),
			'blank.pdf': await codeOf(await pdfBytes({}, (each) => each.rect(0, 0, 9, 9).fill()), 'blank.pdf'),
		};
		assert.deepEqual(codes, {
			'a.xlsx': 'unreadable_file',
			'a.xyz': 'unsupported_format',
			'a.xml': 'unsupported_format',
			'xml.txt': 'unsupported_format',
			'letter.rtf': 'unsupported_format',
			'letter.doc': 'unsupported_format',
			'letter.docx': 'unsupported_format',
			'a.eml': 'unreadable_file',
			'zip.xlsx': 'unreadable_file',
			'binary.md': 'unreadable_file',
			'zip.md': 'unreadable_file',
			'text.pdf': 'unreadable_file',
			'truncated.pdf': 'unreadable_file',
			'text.docx': 'unreadable_file',
			'broken.docx': 'unreadable_file',
			'encrypted.docx': 'password_protected',
			'broken.json': 'unreadable_file',
			'empty.md': 'empty_document',
			'signs.md': 'empty_document',
			'nothing.html': 'empty_document',
			'blank.pdf': 'empty_document',
		});
	});

	test('of files without text only a PDF is sent to text recognition', async () => {
		const blank = await pdfBytes({}, (each) => each.rect(0, 0, 9, 9).fill());
		await assert.rejects(read(blank, 'a.pdf'), { code: 'empty_document', hint: /OCR/ });
		for (const text of ['', ' \n', '---\n***\n']) {
			await assert.rejects(read(text, 'a.md'), { code: 'empty_document', hint: /leave it out/ });
		}
	});

	test('encrypted PDFs are named as such, those anybody may open are read', async () => {
		const write = (pdf: PDFKit.PDFDocument) => void pdf.text('Some words here.');
		assert.equal(await codeOf(await pdfBytes({ userPassword: 'x' }, write), 'a.pdf'), 'password_protected');
		assert.equal((await read(await pdfBytes({ ownerPassword: 'x' }, write), 'a.pdf')).text, 'Some words here.');
		const real = `${samples}pdf_password/2206.01062_pg3.pdf`;
		if (existsSync(real)) assert.equal(await codeOf(readFileSync(real), real), 'password_protected');
	});

	test('any bytes under any extension give text or a KnowhowError', async () => {
		const names = 'md html csv tsv json jsonl txt docx pptx xlsx ods epub eml rst adoc vtt ts py sql';
		const extension = fc.constantFrom(...names.split(' '));
		const bytes = fc.oneof(
			fc.uint8Array({ maxLength: 200 }),
			fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
		);
		await fc.assert(
			fc.asyncProperty(bytes, extension, async (content, name) => {
				const parsed = await read(content, `a.${name}`).catch((error: unknown) => {
					assert.equal((error as Error).name, 'KnowhowError', String((error as Error).stack));
					return null;
				});
				if (parsed === null) return;
				assert.ok(parsed.text.isWellFormed() && !parsed.text.includes('\0') && !parsed.text.includes('\r'));
				assert.ok(parsed.title !== '' && parsed.title.isWellFormed());
			}),
			{ numRuns: 500 },
		);
	});
});

test('UTF-16 without a mark is known by its zeros, other encodings by what the file declares', async () => {
	const wide = Buffer.from('Some plain words.\n', 'utf16le');
	assert.equal((await read(wide, 'a.txt')).text, 'Some plain words.\n');
	assert.equal((await read(Buffer.from(wide).swap16(), 'a.txt')).text, 'Some plain words.\n');
	const russian = Buffer.from([0xcf, 0xf0, 0xe8, 0xe2, 0xe5, 0xf2]);
	const page = Buffer.concat([
		Buffer.from('<html><meta charset="windows-1251"><p>'),
		russian,
		Buffer.from('</p></html>'),
	]);
	assert.equal((await read(page, 'a.html')).text, 'Привет');
	const japanese = Buffer.concat([
		Buffer.from('# -*- coding: shift_jis -*-\nx = "'),
		Buffer.from([0x93, 0xfa, 0x96, 0x7b]),
		Buffer.from('"'),
	]);
	assert.match((await read(japanese, 'a.py')).text, /日本/);
	const unknown = Buffer.concat([
		Buffer.from('<meta charset="nonsense"><p>Gr'),
		Buffer.from([0xf6]),
		Buffer.from('sse</p>'),
	]);
	assert.equal((await read(unknown, 'a.html')).text, 'Grösse');
});

test('text comes from UTF-8, UTF-16 with a mark, and else from windows-1252', async () => {
	const expected = 'Größe – 5 €\nzweite Zeile';
	const utf16 = Buffer.from(`\uFEFF${expected}`, 'utf16le');
	assert.equal((await read(`\uFEFF${expected.replace('\n', '\r\n')}`, 'a.txt')).text, expected);
	assert.equal((await read(utf16, 'a.txt')).text, expected);
	assert.equal((await read(utf16.swap16(), 'a.txt')).text, expected);
	const latin = Buffer.from(expected.replace('–', '\x96').replace('€', '\x80'), 'latin1');
	assert.equal((await read(latin, 'a.txt')).text, expected);
});

test('dates are read as written, and those that could be two are not', () => {
	const dates = {
		'2025-03-07': '2025-03-07',
		'2025-03-07T23:30:00-08:00': '2025-03-07',
		'2025/3/7': '2025-03-07',
		"D:20250307120000+01'00'": '2025-03-07',
		'March 7, 2025': '2025-03-07',
		'Fri, 7 Mar 2025 10:00:00 GMT': '2025-03-07',
		'7th of March': null,
		'03/07/2025': null,
		'2025-02-30': null,
		'12345678901': null,
		'': null,
	};
	for (const [text, date] of Object.entries(dates)) assert.equal(toDate(text), date, text);
});

describe('markdown', () => {
	test('front matter gives title, date and attributes; the text stays as it is', async () => {
		const text =
			'---\ntitle: "Leave: rules"\nlastUpdated: 2024-05-06\ndate: 2020-01-01\nyear: 2024\ndraft: false\ntags: [a, b]\n---\n\n# Heading\n\nWords.\n';
		const parsed = await read(text, 'leave.md');
		assert.deepEqual(parsed, {
			format: 'markdown',
			title: 'Leave: rules',
			text,
			date: '2024-05-06',
			attributes: { lastUpdated: '2024-05-06', year: 2024, draft: false },
			pages: [],
		});
	});

	test('the title is else the first heading, else the name of the file; bad front matter does no harm', async () => {
		assert.equal((await read('Intro\n\n## The *first* heading ##\n', 'a.md')).title, 'The first heading');
		assert.equal((await read('Words only', 'docs/how-to_return.v2.md')).title, 'how to return.v2');
		const broken = await read('---\na: [b\n: c\n---\n# H\n\nWords', 'a.md');
		assert.deepEqual([broken.title, broken.attributes], ['H', {}]);
	});
});

describe('html', () => {
	const page = readFileSync(`${root}test/fixtures/ingest/page.html.txt`);

	test('structure is kept, what is hidden or around the content is not', async () => {
		const parsed = await read(page, 'page.html');
		assert.deepEqual(
			[parsed.title, parsed.date, parsed.attributes],
			['Returns', '2025-04-02', { author: 'Support Team' }],
		);
		assert.equal(
			parsed.text,
			[
				'# Returns',
				'You may return a device within 30 days, see our terms.\nKeep the box.',
				'## How',
				'3. Print the `RMA` form.\n   - In colour\n   - Or not\n4. Pack it.\n\n   Carefully.',
				'Fees by model',
				'| Model | Fee | Note |\n| --- | --- | --- |\n| X-1200/B | 10 EUR | a \\| b |\n| X-1200/B | 12 EUR | abroad |\n| Others |  | free |',
				'```sh\nknowhow ingest ./docs\n# not a heading\n```',
				'> Fair is fair.',
				'- RMA: Return merchandise authorisation',
				'### Layout',
				'In a table.',
				'A parcel',
			].join('\n\n'),
		);
	});

	test('text that inline styles leave nothing to see of is dropped, other styles hide nothing', async () => {
		const hiding = [
			'display:none',
			'visibility: hidden',
			'font-size:0',
			'opacity:0.01',
			'color:#fff;background:#FFFFFF',
			'background-color: white; color: white',
		];
		const showing = ['font-size:0.9em', 'opacity:0.5', 'opacity:1', 'color:#fff;background:#000', 'color:white'];
		const paragraphs = [...hiding, ...showing].map((style, i) => `<p style="${style}">word${i}</p>`);
		const { text } = await read(`<html><body><main><p>Start</p>${paragraphs.join('')}</main></body></html>`, 'a.html');
		const seen = [...hiding, ...showing].filter((_, i) => new RegExp(`word${i}\\b`).test(text));
		assert.deepEqual(seen, showing);
	});

	test('full keeps what is around the content, and main falls back to it when nothing else is there', async () => {
		const { text } = await read(page, 'page.html', 'full');
		for (const words of ['Prices', 'Related articles', '© Example Shop']) assert.ok(text.includes(words));
		for (const words of ['Secret', 'Invisible', 'alert', 'color']) assert.ok(!text.includes(words));
		assert.equal((await read('<body><nav><a href=a>Only</a> <a href=b>links</a></nav>', 'a.html')).text, 'Only links');
	});
});

describe('csv', () => {
	test('delimiters are detected, cells escaped, rows padded', async () => {
		const expected = '| Model | Fee |\n| --- | --- |\n| X \\| Y | 1,5 |\n| "Z" |  |';
		assert.equal((await read('Model,Fee\nX | Y,"1,5"\n"""Z"""\n', 'a.csv')).text, expected);
		assert.equal((await read('Model;Fee\nX | Y;1,5\n"""Z"""\n', 'a.csv')).text, expected);
		assert.equal((await read('Model\tFee\nX | Y\t1,5\n"""Z"""\n', 'a.tsv')).text, expected);
		assert.equal((await read('sep=;\r\nModel;Fee\r\nX | Y;1,5\r\n"""Z"""\r\n', 'a.csv')).text, expected);
		assert.equal(
			(await read('Name,Text\nA,"two\nlines"', 'a.csv')).text,
			'| Name | Text |\n| --- | --- |\n| A | two lines |',
		);
	});

	test('what a table holds can be read back', async () => {
		const cell = fc
			.stringMatching(/^[a-z0-9|;,"\\ é]{1,8}$/)
			.map((text) => `${text.replaceAll(/[\\\s]+/g, ' ').trim()}x`);
		const row = fc.tuple(cell, cell, cell);
		await fc.assert(
			fc.asyncProperty(fc.array(row, { minLength: 2, maxLength: 6 }), async (rows) => {
				const csv = rows.map((each) => each.map((text) => `"${text.replaceAll('"', '""')}"`).join(',')).join('\n');
				const { text } = await read(csv, 'a.csv');
				const found = blocks(text).filter((block) => block.row !== 'delimiter');
				assert.deepEqual(
					found.map((block) => cells(text.slice(block.start, block.end))),
					rows,
				);
			}),
			{ numRuns: 200 },
		);
	});
});

describe('json', () => {
	test('lists of flat objects are tables, nested values come under headings', async () => {
		const value = {
			title: 'Price list',
			currency: 'EUR',
			tags: ['a', 'b'],
			empty: null,
			models: [
				{ model: 'X-1', fee: 1 },
				{ model: 'X-2', fee: 2, note: 'a|b' },
			],
			contact: { mail: 'a@b.example', text: 'First line\nsecond line' },
			offices: [{ name: 'Oslo', rooms: { big: { seats: 1 } } }],
			people: [{ name: 'Ada', address: { city: 'London' } }],
		};
		const parsed = await read(JSON.stringify(value), 'prices.json');
		assert.equal(parsed.title, 'Price list');
		assert.equal(
			parsed.text.replaceAll(/\n{2,}/g, '\n'),
			[
				'title: Price list',
				'currency: EUR',
				'tags: a, b',
				'# models',
				'| model | fee | note |',
				'| --- | --- | --- |',
				'| X-1 | 1 |  |',
				'| X-2 | 2 | a\\|b |',
				'# contact',
				'mail: a@b.example',
				'text:',
				'First line',
				'second line',
				'# offices',
				'## Oslo',
				'name: Oslo',
				'### rooms',
				'#### big',
				'seats: 1',
				'# people',
				'| name | address.city |',
				'| --- | --- |',
				'| Ada | London |',
			].join('\n'),
		);
	});

	test('json lines are one list, also under the name .json', async () => {
		const lines = '{"q":"How long?","a":"30 days"}\n{"q":"Fee?","a":"None"}\n';
		for (const name of ['a.jsonl', 'a.json']) {
			assert.match((await read(lines, name)).text, /^\| q \| a \|\n\| --- \| --- \|\n\| How long\? \| 30 days \|/);
		}
	});

	test('deep nesting is refused or flattened, never a crash', async () => {
		const deep = `${'{"a":'.repeat(20_000)}"word"${'}'.repeat(20_000)}`;
		assert.ok(['none', 'unreadable_file'].includes(await codeOf(deep, 'a.json')));
		assert.equal(await codeOf(`${'<div>'.repeat(20_000)}word`, 'a.html'), 'none');
	});
});

describe('pdf', () => {
	test('the PDFs of the sample come back as they were written: columns, tables, lists, headings, no footers', async () => {
		const sources = globSync(`${root}sample/binaries/v1/**/*.pdf.txt`);
		assert.ok(sources.length >= 5);
		for (const source of sources) {
			const path = source.replace('/binaries/v1/', '/v1/').replace(/\.txt$/, '');
			const { text, pages, date } = await read(readFileSync(path), path);
			assert.equal(contentOf(text), contentOf(sourceText(source)), path);
			assert.match(date ?? '', /^\d{4}-\d{2}-\d{2}$/);
			assert.ok(pages.length >= 1 && pages[0] === 0);
		}
	});

	test('pages begin where they do, words divided at line ends are whole, sentences go on over pages', async () => {
		const bytes = await pdfBytes({ margin: 72, info: { Title: 'On pages' } }, (pdf) => {
			pdf.fontSize(20).text('First heading').fontSize(11);
			pdf.text('The operation was a hyphen-').text('ated success and operation went').addPage();
			pdf.text('on after the break. A second sentence.').addPage();
			pdf.text('Third page.');
		});
		const { text, pages, title } = await read(bytes, 'a.pdf');
		assert.equal(title, 'On pages');
		assert.match(text, /operation went on after the break\./);
		assert.equal(pages.length, 3);
		assert.equal(pageAt(pages, text.indexOf('went')), 1);
		assert.equal(pageAt(pages, text.indexOf('on after')), 2);
		assert.equal(pageAt(pages, text.indexOf('Third')), 3);
	});

	test(
		'word recall on the sample files is at least 0.95 in the median',
		{ skip: !existsSync(samples) && 'needs ../shared/data/ingest-samples' },
		async (t) => {
			await assertRecall(t, 'pdf', 0.95);
		},
	);
});

describe('docx', () => {
	test('the Word files of the sample come back as they were written', async () => {
		const sources = globSync(`${root}sample/binaries/v1/**/*.docx.txt`);
		assert.ok(sources.length >= 5);
		for (const source of sources) {
			const path = source.replace('/binaries/v1/', '/v1/').replace(/\.txt$/, '');
			const { text, title, date, attributes } = await read(readFileSync(path), path);
			assert.equal(contentOf(text), contentOf(sourceText(source)), path);
			assert.ok(title !== '' && date !== null && typeof attributes['author'] === 'string');
		}
	});

	test('a truncated file is unreadable', async () => {
		const [path = ''] = globSync(`${root}sample/v1/**/*.docx`);
		assert.equal(await codeOf(readFileSync(path).subarray(0, 3000), 'a.docx'), 'unreadable_file');
	});
});

for (const format of ['md', 'html', 'docx', 'csv']) {
	test(
		`${format}: word recall on the sample files is at least 0.97 in the median`,
		{ skip: !existsSync(samples) && 'needs ../shared/data/ingest-samples' },
		async (t) => {
			await assertRecall(t, format, 0.97);
		},
	);
}

/** What a source of sample/binaries says; its tables have no delimiter row and its rules no meaning. */
function sourceText(path: string): string {
	const [, , text = ''] = readFileSync(path, 'utf8').split(/^---\n/m);
	return text;
}

/** Lines without empty ones and delimiter rows. */
function contentOf(text: string): string {
	return text
		.split('\n')
		.map((line) => line.trim().replaceAll(/\s+/g, ' '))
		.filter((line) => line !== '' && !/^\|(?: --- \|)+$/.test(line) && line !== '---')
		.join('\n');
}

async function assertRecall(t: { diagnostic(message: string): void }, format: string, least: number): Promise<void> {
	const recalls: number[] = [];
	for (const path of globSync(`${samples}${format}/*.${format}`)) {
		const expected = [`${path}.md`, path.replace(/\.pdf$/, '.md')]
			.map((name) => name.replace(/([^/]+)$/, 'expected/$1'))
			.find((name) => existsSync(name));
		if (expected === undefined) continue;
		const { text } = await read(readFileSync(path), path, 'full');
		recalls.push(recall(wordsOf(readFileSync(expected, 'utf8')), wordsOf(text)));
	}
	const median = recalls.toSorted((a, b) => a - b)[recalls.length >> 1] ?? 0;
	t.diagnostic(`${recalls.length} files, median ${median.toFixed(3)}`);
	assert.ok(recalls.length >= 5 && median >= least, `${median} of ${recalls.length} files`);
}

function wordsOf(text: string): string[] {
	const plain = text
		.replaceAll(/<!--[^]*?-->|\]\([^)]*\)/g, ' ')
		.replaceAll('&amp;', '&')
		.replaceAll('_', ' ');
	return (
		plain
			.normalize('NFKC')
			.toLowerCase()
			.match(/[\p{L}\p{N}]+/gu) ?? []
	);
}

function recall(wanted: readonly string[], found: readonly string[]): number {
	const counts = new Map<string, number>();
	for (const word of found) counts.set(word, (counts.get(word) ?? 0) + 1);
	const hits = wanted.filter((word) => {
		const left = counts.get(word) ?? 0;
		counts.set(word, left - 1);
		return left > 0;
	});
	return wanted.length === 0 ? 1 : hits.length / wanted.length;
}
