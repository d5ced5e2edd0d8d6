import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { strToU8, zipSync } from 'fflate';
import { pageAt } from '../../core/document.ts';
import { cellFormat } from './cell-format.ts';
import { parse, type Parsed } from './parse.ts';
import { sheetText } from './sheet.ts';

const relations = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';

function read(files: Readonly<Record<string, string>>, path: string): Promise<Parsed> {
	const entries = Object.entries(files).map(([name, text]) => [name, strToU8(text)]);
	return parse(zipSync(Object.fromEntries(entries), { level: 0 }), path, { html: 'full' });
}

/** A relationships part; ids count from 1. */
function rels(...targets: readonly (readonly [kind: string, target: string])[]): string {
	const all = targets.map(
		([kind, target], index) => `<Relationship Id="r${index + 1}" Type="${relations}/${kind}" Target="${target}"/>`,
	);
	return `<Relationships>${all.join('')}</Relationships>`;
}

function deck(slides: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<Parsed> {
	return read(
		{
			'_rels/.rels': rels(['officeDocument', 'ppt/presentation.xml']),
			'ppt/presentation.xml': `<p:presentation><p:sldIdLst>${slides.map((_, index) => `<p:sldId r:id="r${index + 1}"/>`).join('')}</p:sldIdLst></p:presentation>`,
			'ppt/_rels/presentation.xml.rels': rels(
				...slides.map((_, index) => ['slide', `slides/slide${index + 1}.xml`] as const),
			),
			...Object.fromEntries(slides.map((slide, index) => [`ppt/slides/slide${index + 1}.xml`, slide])),
			...more,
		},
		'a.pptx',
	);
}

function slide(...shapes: readonly string[]): string {
	return `<p:sld><p:cSld><p:spTree><p:nvGrpSpPr/><p:grpSpPr/>${shapes.join('')}</p:spTree></p:cSld></p:sld>`;
}

function shape(placeholder: string, paragraphs: string): string {
	return `<p:sp><p:nvSpPr><p:cNvPr id="1"/><p:nvPr>${placeholder}</p:nvPr></p:nvSpPr><p:txBody>${paragraphs}</p:txBody></p:sp>`;
}

function paragraph(text: string, properties = ''): string {
	return `<a:p>${properties}<a:r><a:t>${text}</a:t></a:r></a:p>`;
}

const titled = (text: string): string => shape('<p:ph type="title"/>', paragraph(text));

describe('slides', () => {
	test('are sections and pages, with lists, tables, notes and no footers', async () => {
		const table =
			'<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id="2"/></p:nvGraphicFramePr><a:tbl>' +
			`<a:tr><a:tc>${paragraph('Plan')}</a:tc><a:tc>${paragraph('Fee')}</a:tc></a:tr>` +
			`<a:tr><a:tc rowSpan="2">${paragraph('Basic')}</a:tc><a:tc>${paragraph('5 €')}</a:tc></a:tr>` +
			`<a:tr><a:tc vMerge="1">${paragraph('')}</a:tc><a:tc>${paragraph('6 €')}</a:tc></a:tr></a:tbl></p:graphicFrame>`;
		const parsed = await deck(
			[
				slide(
					shape('<p:ph type="ftr"/>', paragraph('Confidential')),
					shape(
						'<p:ph idx="1"/>',
						paragraph('Why:', '<a:pPr><a:buNone/></a:pPr>') +
							paragraph('Fast') +
							paragraph('On disk', '<a:pPr lvl="1"/>'),
					),
					titled('Our plans'),
				),
				'<p:sld show="0"><p:cSld><p:spTree><p:nvGrpSpPr/><p:grpSpPr/></p:spTree></p:cSld></p:sld>',
				slide(table),
			],
			{
				'ppt/slides/_rels/slide3.xml.rels': rels(['notesSlide', '../notesSlides/notesSlide1.xml']),
				'ppt/notesSlides/notesSlide1.xml': slide(
					shape('<p:ph type="body"/>', paragraph('Mention the discount.')),
					shape('<p:ph type="sldNum"/>', paragraph('3')),
				),
			},
		);
		assert.equal(
			parsed.text,
			'# Our plans\n\nWhy:\n\n- Fast\n   - On disk\n\n# Slide 3\n\n' +
				'| Plan | Fee |\n| --- | --- |\n| Basic | 5 € |\n| Basic | 6 € |\n\nNotes: Mention the discount.',
		);
		assert.equal(parsed.title, 'Our plans');
		assert.deepEqual(parsed.attributes, { hiddenSlides: 1 });
		assert.equal(pageAt(parsed.pages, parsed.text.indexOf('Fast')), 1);
		assert.equal(pageAt(parsed.pages, parsed.text.indexOf('Plan |')), 3);
	});

	test('keep the numbers a chart was drawn from', async () => {
		const frame =
			'<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id="2"/></p:nvGraphicFramePr><c:chart r:id="r1"/></p:graphicFrame>';
		const points = (tag: string, ...values: readonly string[]): string =>
			`<c:${tag}>${values.map((value, index) => `<c:pt idx="${index}"><c:v>${value}</c:v></c:pt>`).join('')}</c:${tag}>`;
		const { text } = await deck([slide(titled('Sales'), frame)], {
			'ppt/slides/_rels/slide1.xml.rels': rels(['chart', '../charts/chart1.xml']),
			'ppt/charts/chart1.xml':
				`<c:chartSpace><c:chart><c:title><a:t>Revenue</a:t></c:title><c:plotArea><c:barChart>` +
				`<c:ser>${points('tx', 'North')}${points('cat', 'Q1', 'Q2')}${points('val', '0.10000000000000001', '2')}</c:ser>` +
				`<c:ser>${points('tx', 'South')}${points('cat', 'Q1', 'Q2')}${points('val', '3')}</c:ser>` +
				`</c:barChart></c:plotArea></c:chart></c:chartSpace>`,
		});
		assert.equal(
			text,
			'# Sales\n\nRevenue\n\n|  | North | South |\n| --- | --- | --- |\n| Q1 | 0.1 | 3 |\n| Q2 | 2 |  |',
		);
	});
});

function workbook(
	sheet: string,
	more: Readonly<Record<string, string>> = {},
	sheets = '<sheet name="Fees" r:id="r1"/>',
): Promise<Parsed> {
	return read(
		{
			'_rels/.rels': rels(['officeDocument', 'xl/workbook.xml']),
			'xl/workbook.xml': `<workbook><sheets>${sheets}</sheets></workbook>`,
			'xl/_rels/workbook.xml.rels': rels(
				['worksheet', 'worksheets/sheet1.xml'],
				['styles', 'styles.xml'],
				['sharedStrings', '/xl/sharedStrings.xml'],
			),
			'xl/worksheets/sheet1.xml': `<worksheet>${sheet}</worksheet>`,
			...more,
		},
		'a.xlsx',
	);
}

describe('workbooks', () => {
	test('cells of every type read as they are shown', async () => {
		const { text } = await workbook(
			'<sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>When</t></is></c><c r="C1" t="str"><v>Rate</v></c><c r="D1" t="str"><v>Paid</v></c></row>' +
				'<row r="2"><c r="A2" t="s"><v>1</v></c><c r="B2" s="1"><v>45000</v></c><c r="C2" s="2"><v>0.125</v></c><c r="D2" t="b"><v>1</v></c></row>' +
				'<row><c><v>0.30000000000000004</v></c><c s="3"><v>1234.5</v></c><c t="e"><v>#N/A</v></c><c><f>SUM(A1)</f></c></row></sheetData>',
			{
				'xl/sharedStrings.xml':
					'<sst><si><r><t>Mo</t></r><r><t>del</t></r></si><si><t>a|b_x0041_</t><rPh><t>kana</t></rPh></si></sst>',
				'xl/styles.xml':
					'<styleSheet><numFmts><numFmt numFmtId="164" formatCode="#,##0.00\\ &quot;€&quot;"/></numFmts>' +
					'<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="10"/><xf numFmtId="164"/></cellXfs></styleSheet>',
			},
		);
		assert.equal(
			text,
			'# Fees\n\n| Model | When | Rate | Paid |\n| --- | --- | --- | --- |\n' +
				'| a\\|bA | 2023-03-15 | 12.50% | TRUE |\n| 0.3 | 1,234.50 € | #N/A | =SUM(A1) |',
		);
	});

	test('hidden sheets are named, not read; comments are', async () => {
		const { text, attributes } = await workbook(
			'<sheetData><row r="1"><c r="A1"><v>7</v></c></row></sheetData>',
			{
				'xl/worksheets/_rels/sheet1.xml.rels': rels(['comments', '../comments1.xml']),
				'xl/comments1.xml':
					'<comments><authors><author>Jo</author></authors><commentList><comment ref="A1" authorId="0"><text><t>net of tax</t></text></comment></commentList></comments>',
			},
			'<sheet name="Shown" r:id="r1"/><sheet name="Secret" state="veryHidden" r:id="r9"/>',
		);
		assert.equal(text, '# Shown\n\n7\n\n- Comment on A1 by Jo: net of tax');
		assert.deepEqual(attributes, { hiddenSheets: 'Secret' });
	});

	test('no number format and no number breaks formatting', () => {
		fc.assert(
			fc.property(
				fc.string({
					unit: fc.constantFrom(...'0 # ? . , % ; [ ] _ * " @ \\ y m d h s e + - / E €'.split(' ')),
					maxLength: 20,
				}),
				fc.double(),
				(pattern, value) => {
					assert.equal(typeof cellFormat(pattern, false)(value), 'string');
				},
			),
		);
	});

	test('formats show numbers as a sheet does, and days without doubt', () => {
		const shown = (pattern: string, value: number, is1904 = false): string => cellFormat(pattern, is1904)(value);
		assert.deepEqual(
			[
				shown('General', 1 / 3),
				shown('General', 123_456_789_012),
				shown('00000', 123),
				shown('0.0,,"M"', 12_345_678),
				shown('_($* #,##0.00_);_($* (#,##0.00)', -5),
				shown('m/d/yy', 45_000),
				shown('dd.mm.yyyy hh:mm', 45_000.5),
				shown('mmm-yy', 45_000),
				shown('[h]:mm', 1.5),
				shown('yyyy-mm-dd', 0, true),
				shown(';;;', 5),
			],
			[
				'0.33333333333',
				'123456789012',
				'00123',
				'12.3M',
				'$(5.00)',
				'2023-03-15',
				'2023-03-15 12:00',
				'March 2023',
				'36:00',
				'1904-01-01',
				'5',
			],
		);
	});
});

describe('sheets as text', () => {
	const rows = (...lines: readonly (readonly string[])[]) =>
		lines.map((cells, index) => ({
			index,
			cells: new Map(cells.map((text, column) => [column, text] as const).filter(([, text]) => text !== '')),
		}));

	test('a line above a table is its title, an empty row divides, tables side by side part', () => {
		const text = sheetText(
			rows(
				['Ducks per year'],
				['Year', 'Ducks'],
				['2019', '120'],
				[],
				['A', 'B', '', '', ''],
				['1', '2', '', 'C', 'D'],
				['3', '', '', '4', '5'],
			),
			[],
		);
		assert.equal(
			text,
			'Ducks per year\n\n| Year | Ducks |\n| --- | --- |\n| 2019 | 120 |\n\n' +
				'| A | B |\n| --- | --- |\n| 1 | 2 |\n| 3 |  |\n\n| C | D |\n| --- | --- |\n| 4 | 5 |',
		);
	});

	test('a gap in a table does not tear its rows apart, and merged cells are in every row', () => {
		const text = sheetText(rows(['Item', '2024', '', 'Change'], ['Fees', '5', '', '1'], ['', '6', '', '2']), [
			{ top: 1, left: 0, bottom: 999_999, right: 0 },
		]);
		assert.equal(text, '| Item | 2024 | Change |\n| --- | --- | --- |\n| Fees | 5 | 1 |\n| Fees | 6 | 2 |');
	});

	test('every cell is somewhere in the text', () => {
		const grid = fc.array(fc.array(fc.constantFrom('', 'x1', 'name', 'a b', '7'), { maxLength: 8 }), { maxLength: 12 });
		fc.assert(
			fc.property(grid, (lines) => {
				const numbered = lines.map((line, row) =>
					line.map((cell, column) => (cell === '' ? '' : `${cell}_${row}_${column}_`)),
				);
				const text = sheetText(rows(...numbered), []);
				for (const cell of numbered.flat()) assert.ok(text.includes(cell), `${cell} is lost in ${text}`);
			}),
		);
	});
});

describe('OpenDocument', () => {
	const mimetype = 'application/vnd.oasis.opendocument.';
	test('texts keep headings, lists, tables and notes, and lose what was deleted', async () => {
		const { text, format, title } = await read(
			{
				mimetype: `${mimetype}text`,
				'content.xml':
					'<office:document-content><office:automatic-styles><text:list-style style:name="L1"><text:list-level-style-number text:level="1" style:num-format="1"/></text:list-style></office:automatic-styles>' +
					'<office:body><office:text><text:tracked-changes><text:p>Gone</text:p></text:tracked-changes>' +
					'<text:h text:outline-level="2">Fees</text:h><text:p>Paid<text:s text:c="2"/>monthly<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>Or yearly.</text:p></text:note-body></text:note>.</text:p>' +
					'<text:list text:style-name="L1"><text:list-item><text:p>One</text:p></text:list-item><text:list-item><text:p>Two</text:p></text:list-item></text:list>' +
					'<table:table><table:table-row><table:table-cell><text:p>A</text:p></table:table-cell><table:table-cell><text:p>B</text:p></table:table-cell></table:table-row><table:table-row><table:table-cell><text:p>1</text:p></table:table-cell><table:table-cell><text:p>2</text:p></table:table-cell></table:table-row></table:table>' +
					'</office:text></office:body></office:document-content>',
			},
			'a.odt',
		);
		assert.equal(format, 'odt');
		assert.equal(title, 'Fees');
		assert.equal(
			text,
			'## Fees\n\nPaid  monthly.\n\n[1] Or yearly.\n\n1. One\n2. Two\n\n| A | B |\n| --- | --- |\n| 1 | 2 |',
		);
	});

	test('sheets that claim a million cells are read at once', async () => {
		const { text } = await read(
			{
				mimetype: `${mimetype}spreadsheet`,
				'content.xml':
					'<office:body><office:spreadsheet><table:table table:name="S"><table:table-row><table:table-cell><text:p>A</text:p></table:table-cell><table:table-cell table:number-columns-repeated="16382"/></table:table-row>' +
					'<table:table-row table:number-rows-repeated="1048575"><table:table-cell table:number-columns-repeated="16384"/></table:table-row></table:table></office:spreadsheet></office:body>',
			},
			'a.ods',
		);
		assert.equal(text, '# S\n\nA');
	});
});

test('a zip says what it is by what it holds, not by what a file in it holds', async () => {
	const inner = zipSync({ 'xl/workbook.xml': strToU8('<workbook/>') }, { level: 0 });
	const outer = zipSync(
		{
			'word/embeddings/a.xlsx': inner,
			'word/document.xml': strToU8('<w:document><w:body><w:p><w:r><w:t>Words</w:t></w:r></w:p></w:body></w:document>'),
		},
		{ level: 0 },
	);
	assert.equal((await parse(outer, 'a.bin', { html: 'full' })).format, 'docx');
});
