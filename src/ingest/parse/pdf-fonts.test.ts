import assert from 'node:assert/strict';
import { cp, rm } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { cidPdf, type CidPage } from '../../../test/cid-pdf.ts';
import { temporaryFolder } from '../../../test/run-program.ts';
import { parse, type Parsed } from './parse.ts';
import { parsePdf } from './pdf.ts';

const maps = fileURLToPath(new URL('../../../web/dist/pdf/cmaps/', import.meta.url));

/** Map, collection, the text, and its codes as Python's codecs write them (gbk, cp932, cp949, big5, euc_jp, euc_kr, utf-16-be). */
const written = [
	['GBK-EUC-H', 'GB1', '退款期限为三十天。', 'cdcbbfeec6dacfdeceaac8fdcaaecceca1a3'],
	['90ms-RKSJ-H', 'Japan1', '返金の期限は三十日です。', '95d48be082cc8afa8cc082cd8e4f8f5c93fa82c582b78142'],
	[
		'KSCms-UHC-H',
		'Korea1',
		'환불 기한은 삼십 일입니다. 똠',
		'c8afbad220b1e2c7d1c0ba20bbefbdca20c0cfc0d4b4cfb4d92e208c63',
	],
	['ETen-B5-H', 'CNS1', '退款期限為三十天。', 'b068b4dab4c1adadacb0a454a451a4d1a143'],
	['EUC-H', 'Japan1', '返金の期限は三十日です。', 'cad6b6e2a4ceb4fcb8c2a4cfbbb0bdbdc6fca4c7a4b9a1a3'],
	['KSC-EUC-H', 'Korea1', '환불 기한은 삼십 일입니다.', 'c8afbad220b1e2c7d1c0ba20bbefbdca20c0cfc0d4b4cfb4d92e'],
	['UniGB-UCS2-H', 'GB1', '退款期限为三十天。', '90006b3e671f96504e3a4e09534159293002'],
	['UniJIS-UTF16-H', 'Japan1', '返金の期限は三十日です。', '8fd491d1306e671f9650306f4e09534165e5306730593002'],
	[
		'UniKS-UTF16-H',
		'Korea1',
		'환불 기한은 삼십 일입니다.',
		'd658bd880020ae30d55cc7400020c0bcc2ed0020c77cc785b2c8b2e4002e',
	],
	['UniCNS-UTF16-H', 'CNS1', '退款期限為三十天。', '90006b3e671f965070ba4e09534159293002'],
	// Numbers of the collection's characters themselves.
	['Identity-H', 'Japan1', 'Aあ亜', '0022034b0465'],
] as const;

const read = async (pages: readonly CidPage[]): Promise<Parsed> =>
	await parse(cidPdf(pages), 'a.pdf', { html: 'main' });

describe('fonts that name a character map', () => {
	for (const [map, collection, text, codes] of written) {
		test(`${map} is read`, async () => {
			const parsed = await read([{ font: { map, collection }, lines: [codes] }]);
			assert.equal(parsed.text, text);
			assert.deepEqual([parsed.attributes, parsed.warning], [{}, undefined]);
		});
	}

	test('lines of Chinese and Japanese are joined without a space, those of Korean with one', async () => {
		const codesOf = (wanted: string): string => written.find(([map]) => map === wanted)?.[3] ?? '';
		const pages = [
			{ font: { map: 'GBK-EUC-H', collection: 'GB1' }, lines: ['cdcbbfeec6da', 'cfdeceaac8fdcaaecceca1a3'] },
			{ font: { map: 'KSC-EUC-H', collection: 'Korea1' }, lines: ['c8afbad2', codesOf('KSC-EUC-H').slice(10)] },
		];
		assert.equal((await read(pages)).text, '退款期限为三十天。\n\n환불 기한은 삼십 일입니다.');
	});

	test('a map that is not installed is an error that says so', async () => {
		await using folder = await temporaryFolder();
		await cp(maps, folder.path, { recursive: true });
		await rm(`${folder.path}/90ms-RKSJ-H.bcmap`);
		const [chinese, japanese] = written.map(([map, collection, , codes]) =>
			cidPdf([{ font: { map, collection }, lines: [codes] }]),
		);
		assert.equal((await parsePdf(chinese as Buffer, 'a.pdf', folder.path)).text, '退款期限为三十天。');
		await assert.rejects(parsePdf(japanese as Buffer, 'a.pdf', folder.path), {
			code: 'unreadable_file',
			message: /a\.pdf needs character maps that are not installed: 90ms-RKSJ-H\./,
			hint: /npm run build:web/,
		});
	});
});

describe('text that cannot be decoded', () => {
	const chinese = (codes: string): CidPage => ({ font: { map: 'GBK-EUC-H', collection: 'GB1' }, lines: [codes] });
	// "The refund window is thirty days." as numbers of glyphs, and nothing that says which letters these are.
	const garbled: CidPage = {
		font: { map: 'Identity-H', collection: 'Identity' },
		lines: ['The refund window is thirty days.'.replaceAll(/./g, glyphNumber)],
	};
	const unknown: CidPage = { font: { map: 'Unheard-Of-H', collection: 'GB1' }, lines: ['cdcbbfeec6da'] };

	test('is told with its pages, and the other pages are read', async () => {
		const { text, attributes, warning } = await read([
			chinese('cdcbbfeec6da'),
			garbled,
			chinese('c8fdcaaecceca1a3'),
			unknown,
		]);
		assert.match(text, /^退款期\n\n[^]*\n\n三十天。$/);
		assert.deepEqual(attributes, { undecodedPages: '2, 4' });
		assert.equal(warning?.message, 'a.pdf: text could not be decoded on pages 2, 4.');
		assert.match(warning.hint, /OCR/);
	});

	test('is why a document is empty, when there is no other', async () => {
		const hint = /fonts do not say which letters they show/;
		await assert.rejects(read([unknown]), { code: 'empty_document', hint });
	});

	function glyphNumber(letter: string): string {
		return (letter.charCodeAt(0) - 29).toString(16).padStart(4, '0');
	}
});
