import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { strToU8, zipSync } from 'fflate';
import { parse, type Parsed } from './parse.ts';

function eml(...lines: readonly string[]): Promise<Parsed> {
	return parse(Buffer.from(lines.join('\r\n'), 'latin1'), 'a.eml', { html: 'full' });
}

describe('messages', () => {
	test('multipart, encoded words, quoted-printable and base64 are read; attachments are named', async () => {
		const parsed = await eml(
			'From: =?UTF-8?Q?J=C3=B6rg?= <j@example.org>',
			'To: a@example.org, "B, C" <b@example.org>',
			'Subject: =?ISO-8859-1?Q?Geb=FChr?= 2025',
			'Date: Fri, 7 Mar 2025 09:30:00 +0100',
			'MIME-Version: 1.0',
			'Content-Type: multipart/mixed; boundary="x"',
			'',
			'--x',
			'Content-Type: multipart/alternative; boundary="y"',
			'',
			'--y',
			'Content-Type: text/plain; charset=iso-8859-1',
			'Content-Transfer-Encoding: quoted-printable',
			'',
			'Die Geb=FChr ist 5 =',
			'Euro.',
			'--y',
			'Content-Type: text/html; charset=utf-8',
			'Content-Transfer-Encoding: base64',
			'',
			Buffer.from(
				'<p>Die <b>Gebühr</b> ist 5 Euro.</p><table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td>2</td></tr></table>',
			).toString('base64'),
			'--y--',
			'--x',
			'Content-Type: application/pdf; name="Liste.pdf"',
			'Content-Disposition: attachment; filename="Liste.pdf"',
			'Content-Transfer-Encoding: base64',
			'',
			'JVBERi0xLjQ=',
			'--x--',
		);
		assert.equal(parsed.title, 'Gebühr 2025');
		assert.equal(parsed.date, '2025-03-07');
		assert.deepEqual(parsed.attributes, {
			from: 'Jörg <j@example.org>',
			to: 'a@example.org, B, C <b@example.org>',
			attachments: 'Liste.pdf',
		});
		assert.equal(
			parsed.text,
			'# Gebühr 2025\n\nFrom: Jörg <j@example.org>\nTo: a@example.org, B, C <b@example.org>\nDate: 2025-03-07 09:30 +0100\nAttachments: Liste.pdf\n\n' +
				'Die Gebühr ist 5 Euro.\n\n| A | B |\n| --- | --- |\n| 1 | 2 |',
		);
	});

	test('HTML that says much less than the plain text gives way to it', async () => {
		const { text } = await eml(
			'Subject: Hi',
			'Content-Type: multipart/alternative; boundary=y',
			'',
			'--y',
			'Content-Type: text/plain',
			'',
			'A long answer to everything that was asked.',
			'--y',
			'Content-Type: text/html',
			'',
			'<p>See text.</p>',
			'--y--',
		);
		assert.equal(text, '# Hi\n\nA long answer to everything that was asked.');
	});
});

describe('books', () => {
	const book = (more: Readonly<Record<string, string>> = {}): Uint8Array =>
		zipSync(
			Object.fromEntries(
				Object.entries({
					mimetype: 'application/epub+zip',
					'META-INF/container.xml': '<container><rootfiles><rootfile full-path="OEBPS/b.opf"/></rootfiles></container>',
					'OEBPS/b.opf':
						'<package><metadata><dc:title>The Book</dc:title><dc:creator>Ann</dc:creator><dc:creator>Bo</dc:creator><dc:date>2020-02-01</dc:date></metadata>' +
						'<manifest><item id="n" href="nav.xhtml" properties="nav"/><item id="one" href="text/1.xhtml"/><item id="two" href="text/chapter%202.xhtml"/></manifest>' +
						'<spine><itemref idref="n"/><itemref idref="two"/><itemref idref="one"/></spine></package>',
					'OEBPS/nav.xhtml': '<html><body><nav><a href="text/1.xhtml#top">End</a></nav></body></html>',
					'OEBPS/text/1.xhtml': '<html><body><p>Last words.</p></body></html>',
					'OEBPS/text/chapter 2.xhtml': '<html><body><h2>Start</h2><p>First words.</p></body></html>',
					...more,
				}).map(([name, text]) => [name, strToU8(text)]),
			),
			{ level: 0 },
		);

	test('chapters come in the order of the spine, named by the contents where they name themselves not', async () => {
		const parsed = await parse(book(), 'b.epub', { html: 'main' });
		assert.equal(parsed.text, '## Start\n\nFirst words.\n\n## End\n\nLast words.');
		assert.equal(parsed.title, 'The Book');
		assert.equal(parsed.date, '2020-02-01');
		assert.deepEqual(parsed.attributes, { author: 'Ann, Bo' });
	});

	test('scrambled fonts do no harm, scrambled chapters are copy protection', async () => {
		const encryption = (uri: string): Record<string, string> => ({
			'META-INF/encryption.xml': `<encryption><enc:CipherReference URI="${uri}"/></encryption>`,
		});
		assert.equal((await parse(book(encryption('OEBPS/a.otf')), 'b.epub', { html: 'main' })).title, 'The Book');
		await assert.rejects(parse(book(encryption('OEBPS/text/1.xhtml')), 'b.epub', { html: 'main' }), {
			code: 'password_protected',
		});
	});
});
