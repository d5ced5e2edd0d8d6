import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import PdfDocument from 'pdfkit';
import { open, type IngestReport, type Knowhow, type KnowhowError } from '../src/index.ts';
import { ParsePool } from '../src/ingest/parse-pool.ts';
import { makeZip, type ZipEntry } from './make-zip.ts';

type Files = Readonly<Record<string, string | Uint8Array>>;

/** A project whose folder `docs` holds files that are fine before, between and after those given. */
async function project(t: TestContext, files: Files, settings: Readonly<Record<string, unknown>> = {}) {
	const folder = await mkdtemp(join(tmpdir(), 'knowhow-hostile-'));
	const docs = join(folder, 'docs');
	await mkdir(docs);
	const names = Object.keys(files).sort();
	for (const name of names) {
		await writeFile(join(docs, name), files[name] as string | Uint8Array);
		await writeFile(join(docs, `${name}-fine.md`), `# Fine\n\nThe file beside ${name} is a good one.\n`);
	}
	await writeFile(join(docs, '0.md'), 'The first file.');
	await writeFile(join(docs, 'zz.md'), 'The last file.');
	const knowhow = await open(folder, { settings });
	t.after(async () => {
		await knowhow.close();
		await rm(folder, { recursive: true, force: true });
	});
	return { folder, docs, knowhow, fine: names.length + 2 };
}

/** The codes of what failed, by name. Every failure says what to do. */
function codes({ failed }: IngestReport): Record<string, string> {
	for (const { path, message, hint } of failed) assert.ok(hint !== null && message.includes(path), message);
	return Object.fromEntries(failed.map(({ path, code }) => [path.replace(/^docs\//, ''), code]));
}

async function textOf(knowhow: Knowhow, source: string): Promise<string> {
	const found = (await knowhow.documents({ limit: 1000 })).find((document) => document.source === source);
	return (await knowhow.document(found?.id ?? ''))?.text ?? '';
}

function docx(body: string, more: readonly ZipEntry[] = [], head = ''): Buffer {
	const xml = `<?xml version="1.0"?>${head}<w:document xmlns:w="w"><w:body>${body}</w:body></w:document>`;
	return makeZip([{ name: 'word/document.xml', content: xml }, ...more]);
}

function paragraph(text: string): string {
	return `<w:p><w:r><w:t>${text}</w:t></w:r></w:p>`;
}

async function pdf(options: ConstructorParameters<typeof PdfDocument>[0]): Promise<Buffer> {
	const document = new PdfDocument(options);
	const parts: Buffer[] = [];
	document.on('data', (part: Buffer) => parts.push(part));
	for (const word of 'alpha beta gamma delta epsilon zeta eta theta'.split(' ')) {
		document.addPage().text(`The page of ${word} says something of its own.`);
	}
	document.end();
	await once(document, 'end');
	return Buffer.concat(parts);
}

/** A PDF of these objects, without a table of where they are. */
function rawPdf(...objects: readonly string[]): string {
	const body = objects.map((object, index) => `${index + 1} 0 obj\n${object}\nendobj\n`).join('');
	return `%PDF-1.7\n${body}trailer\n<</Root 1 0 R /Size ${objects.length + 1}>>\nstartxref\n0\n%%EOF\n`;
}

test('archives that are bombs, lie, or reach out of themselves fail by themselves', async (t) => {
	const bomb = Buffer.alloc(50e6, 'A');
	const inner = makeZip([{ name: 'bomb', content: bomb }]);
	const laughs = Array.from({ length: 9 }, (_, level) => `<!ENTITY l${level + 1} "${`&l${level};`.repeat(10)}">`).join(
		'',
	);
	const overlapping = { name: 'word/styles.xml', content: 'x', overlaps: true };
	const { knowhow, fine } = await project(t, {
		'bomb.docx': makeZip([{ name: 'word/document.xml', content: bomb }]),
		'lies.docx': makeZip([{ name: 'word/document.xml', content: bomb.subarray(0, 5e6), declared: 1000 }]),
		'overlap.docx': makeZip([{ name: 'word/document.xml', content: 'x' }, overlapping]),
		'escape.docx': docx(paragraph('Text'), [{ name: '../../.bashrc', content: 'x' }]),
		'twice.docx': docx(paragraph('Text'), [{ name: 'word/document.xml', content: 'x' }]),
		'locked.docx': docx(paragraph('Text'), [{ name: 'word/styles.xml', content: 'x', flags: 1 }]),
		'locked-whole.docx': Buffer.concat([
			Buffer.from('D0CF11E0A1B11AE1', 'hex'),
			Buffer.alloc(1000),
			Buffer.from('EncryptedPackage', 'utf16le'),
		]),
		'nested.docx': docx(paragraph('Only the outer archive is read.'), [{ name: 'word/inner.docx', content: inner }]),
		'plain.docx': makeZip([{ name: 'something', content: 'else' }]),
		'cut.docx': docx(paragraph('Text'.repeat(500))).subarray(0, 200),
		'deep.docx': docx(`${'<w:p>'.repeat(50_000)}${paragraph('At the bottom.')}${'</w:p>'.repeat(50_000)}`),
		'laughs.docx': docx(paragraph('Ha &l9;'), [], `<!DOCTYPE w [<!ENTITY l0 "ha">${laughs}]>`),
		'outside.docx': docx(paragraph('Host &host;'), [], '<!DOCTYPE w [<!ENTITY host SYSTEM "file:///etc/passwd">]>'),
	});
	const report = await knowhow.ingest('docs');
	assert.deepEqual(codes(report), {
		'bomb.docx': 'file_too_large',
		'cut.docx': 'unreadable_file',
		'deep.docx': 'empty_document',
		'escape.docx': 'unreadable_file',
		'lies.docx': 'file_too_large',
		'locked-whole.docx': 'password_protected',
		'locked.docx': 'password_protected',
		'overlap.docx': 'unreadable_file',
		'plain.docx': 'unreadable_file',
		'twice.docx': 'unreadable_file',
	});
	assert.equal(report.added, fine + 3);
	assert.equal(await textOf(knowhow, 'docs/nested.docx'), 'Only the outer archive is read.');
	assert.ok((await textOf(knowhow, 'docs/laughs.docx')).length < 100);
	assert.doesNotMatch(await textOf(knowhow, 'docs/outside.docx'), /root:/);
});

test('broken, endless and encrypted PDFs fail by themselves', async (t) => {
	const whole = await pdf({});
	const catalog = '<</Type/Catalog/Pages 2 0 R>>';
	const noise = Buffer.from(Array.from({ length: 20_000 }, (_, index) => (index * index * 31 + 7) % 256));
	const text = '4 0 R>>\nendobj\n4 0 obj\n<</Length 999999999999>>\nstream\nBT (Hello) Tj ET\nendstream';
	const { knowhow, fine } = await project(t, {
		'garbage.pdf': Buffer.concat([Buffer.from('%PDF-1.7\n'), noise]),
		'header.pdf': '%PDF-1.7',
		'cut.pdf': whole.subarray(0, whole.length / 3),
		'recursive.pdf': rawPdf(catalog, '<</Type/Pages/Count 2/Kids[2 0 R 2 0 R]>>'),
		'many.pdf': rawPdf(catalog, '<</Type/Pages/Count 999999999/Kids[]>>'),
		'stream.pdf': rawPdf(catalog, '<</Type/Pages/Count 1/Kids[3 0 R]>>', `<</Type/Page/Parent 2 0 R/Contents ${text}`),
		'loop.pdf': rawPdf('1 0 R'),
		'locked.pdf': await pdf({ userPassword: 'secret' }),
		'whole.pdf': whole,
	});
	const report = await knowhow.ingest('docs');
	t.diagnostic(JSON.stringify(report.failed.map(({ path, message }) => [path, message])));
	const { 'cut.pdf': cut, 'stream.pdf': stream, ...rest } = codes(report);
	assert.deepEqual(rest, {
		'garbage.pdf': 'unreadable_file',
		'header.pdf': 'unreadable_file',
		'locked.pdf': 'password_protected',
		'loop.pdf': 'unreadable_file',
		'many.pdf': 'empty_document',
		'recursive.pdf': 'empty_document',
	});
	assert.ok([undefined, 'unreadable_file'].includes(cut) && [undefined, 'empty_document'].includes(stream));
	assert.equal(report.added + report.failed.length, fine + 9);
	assert.match(await textOf(knowhow, 'docs/whole.pdf'), /The page of theta says/);
});

test('text that is deep, binary, badly encoded or one endless line is bounded', async (t) => {
	const depth = 100_000;
	const { knowhow, fine } = await project(t, {
		'deep.html': `${'<div>'.repeat(depth)}At the bottom.${'</div>'.repeat(depth)}`,
		'deep-list.html': `<h1>List</h1>${'<ul><li>'.repeat(10_000)}At the bottom.`,
		'deep-table.html': `${'<table><tr><td>'.repeat(10_000)}At the bottom.`,
		'deep.json': `${'[1,'.repeat(depth)}1${']'.repeat(depth)}`,
		'deep-object.json': `${'{"a":'.repeat(depth)}"At the bottom."${'}'.repeat(depth)}`,
		'deep.md': `${'> '.repeat(depth)}At the bottom.\n\n${'- '.repeat(depth)}\n\n${'['.repeat(depth)}`,
		'laughs.md': `---\na: &a [x]\n${'bcdefghijk'.replaceAll(
			/./g,
			(name) =>
				`${name}: &${name} [${Array(9)
					.fill(`*${String.fromCodePoint(name.charCodeAt(0) - 1)}`)
					.join(',')}]\n`,
		)}---\n\nText.`,
		'binary.md': Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 131) % 256)),
		'invalid.md': Buffer.from([...Buffer.from('Caf\xE9 \xFF au lait', 'latin1')]),
		'half.md': Buffer.concat([Buffer.from('Half a character: '), Buffer.from('é').subarray(0, 1)]),
		'control.txt': `One\0two\x1B[31m three${' and more words'.repeat(50)}\uD800`,
		'line.txt': 'a'.repeat(5e6),
		'words.md': 'word '.repeat(1e6),
		'quotes.csv': `a,b\n"${'x,'.repeat(100_000)}\n`,
		'columns.csv': `${'a,'.repeat(200_000)}\n1,2`,
	});
	const report = await knowhow.ingest('docs');
	t.diagnostic(`${report.tookMs} ms ${JSON.stringify(report.failed.map(({ path, message }) => [path, message]))}`);
	const found = codes(report);
	assert.deepEqual(found, {
		'binary.md': 'unreadable_file',
		'deep-table.html': 'empty_document',
		...('deep.json' in found ? { 'deep.json': 'unreadable_file' } : {}),
		...('deep-object.json' in found ? { 'deep-object.json': 'unreadable_file' } : {}),
		...('quotes.csv' in found ? { 'quotes.csv': 'unreadable_file' } : {}),
	});
	assert.equal(report.added + report.failed.length, fine + 15);
	for (const name of ['deep.html', 'deep.md']) {
		assert.match(await textOf(knowhow, `docs/${name}`), /At the bottom/, name);
	}
	assert.match(await textOf(knowhow, 'docs/invalid.md'), /Café ÿ au lait/);
	assert.match(await textOf(knowhow, 'docs/control.txt'), /^Onetwo/);
});

test('what is too large or takes too much memory fails by itself, and keeps its old version', async (t) => {
	const { knowhow, docs, fine } = await project(
		t,
		{ 'memory.json': '{"a": "before"}' },
		{ 'ingest.timeoutSeconds': 60, 'ingest.memoryMb': 300 },
	);
	assert.equal((await knowhow.ingest('docs')).added, fine + 1);
	await writeFile(join(docs, 'huge.md'), '');
	// A file of holes: 1 GB that takes no room.
	await truncate(join(docs, 'huge.md'), 1e9);
	await writeFile(join(docs, 'memory.json'), `[${'{},'.repeat(6e6)}{}]`);
	await writeFile(join(docs, 'zz.md'), 'The last file, changed.');
	const report = await knowhow.ingest('docs', { sync: true });
	assert.deepEqual(codes(report), { 'huge.md': 'file_too_large', 'memory.json': 'parse_memory' });
	assert.deepEqual([report.updated, report.removed], [1, 0]);
	assert.match(await textOf(knowhow, 'docs/memory.json'), /before/);
});

test('pipes, sockets, devices, loops and links out of the folder are named and never followed', async (t) => {
	const { knowhow, folder, docs, fine } = await project(t, {});
	await mkdir(join(docs, 'inside'));
	await writeFile(join(docs, 'inside/real.md'), 'Inside.');
	await writeFile(join(folder, 'secret.md'), 'Outside.');
	await mkdir(join(folder, 'secrets'));
	await writeFile(join(folder, 'secrets/key.md'), 'Outside.');
	const links = {
		'loop.md': 'loop.md',
		'ring-a.md': 'ring-b.md',
		'ring-b.md': 'ring-a.md',
		'out.md': '../secret.md',
		'out-folder': '../secrets',
		'passwd.txt': '/etc/passwd',
		'device.md': '/dev/zero',
		parent: '.',
		'link.md': 'inside/real.md',
	};
	for (const [name, target] of Object.entries(links)) await symlink(target, join(docs, name));
	execFileSync('mkfifo', [join(docs, 'pipe.md')]);
	const server = createServer().listen(join(docs, 'socket.md'));
	await once(server, 'listening');
	t.after(() => server.close());
	const report = await knowhow.ingest('docs');
	assert.deepEqual(codes(report), {
		'device.md': 'unreadable_file',
		'loop.md': 'unreadable_file',
		'out-folder': 'unreadable_file',
		'out.md': 'unreadable_file',
		'passwd.txt': 'unreadable_file',
		'pipe.md': 'unreadable_file',
		'ring-a.md': 'unreadable_file',
		'ring-b.md': 'unreadable_file',
		'socket.md': 'unreadable_file',
	});
	assert.equal(report.added, fine + 2);
	const named = await knowhow.ingest(['docs/out.md', 'docs/out-folder']);
	assert.deepEqual([named.added, codes(named)], [2, {}]);
});

test('a file that vanishes, cannot be opened or changes while it is read fails by itself', async (t) => {
	const { knowhow, docs, fine } = await project(t, { 'gone.md': 'Gone.', 'locked.md': 'Locked.' });
	const isRoot = process.getuid?.() === 0;
	if (!isRoot) await chmod(join(docs, 'locked.md'), 0);
	const report = await knowhow.ingest('docs', {
		onEvent: (event) => {
			// Between the walk and the reading.
			if (event.type === 'walk-end') execFileSync('rm', [join(docs, 'gone.md')]);
		},
	});
	assert.deepEqual(codes(report), { 'gone.md': 'not_found', ...(isRoot ? {} : { 'locked.md': 'unreadable_file' }) });
	assert.equal(report.added, fine + (isRoot ? 1 : 0));
	assert.equal(await readFile(join(docs, 'zz.md'), 'utf8'), 'The last file.');
});

test('no pattern repeated for 200,000 characters makes a scanner backtrack', async (t) => {
	const patterns =
		'a|a |. |1.|1. |- |* |> |#|# || a|- |`|``` |~~~|(|[|[a](|![|<|<a |<!--|<p>|<li>|<td>|&|&#|{|"|""|,|\\\\|_|**|http://|a@|a.b|a-|--|!|?!|e.g. |“|é|0.|1,000|10:00 |X-1/B |ERR_|a: |$|{{|::|..|.. a::'
			.split('|')
			.concat(
				'|',
				'| a ',
				'|-',
				'\n',
				' ',
				'\t',
				'\f',
				' \n\n',
				'---\n',
				'===\n',
				'a\n',
				'- a\n',
				'|a|b|\n',
				'\u00a0',
				'\u0301',
				'\u00ad',
			)
			.filter((pattern) => pattern !== '');
	await using pool = new ParsePool({ timeoutSeconds: 20, memoryMb: 2048, concurrency: 2 });
	const began = performance.now();
	const read = async (pattern: string, path: string): Promise<string | null> => {
		const text = `Word ${pattern.repeat(200_000 / pattern.length)}x`;
		const order = { bytes: Buffer.from(text), path, html: 'full', chunkTokens: 256 } as const;
		return await pool.read(order).then(
			() => null,
			(error: KnowhowError) =>
				error.code.startsWith('parse_') ? `${path} ${JSON.stringify(pattern)} ${error.code}` : null,
		);
	};
	const slow: (string | null)[] = [];
	for (const pattern of patterns) {
		slow.push(...(await Promise.all(['a.md', 'a.html', 'a.csv', 'a.txt'].map((path) => read(pattern, path)))));
	}
	t.diagnostic(`${patterns.length} patterns in 4 formats, ${Math.round(performance.now() - began)} ms`);
	assert.deepEqual(slow.filter(Boolean), []);
});
