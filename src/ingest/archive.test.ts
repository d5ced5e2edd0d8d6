import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { zipSync } from 'fflate';
import { makeZip, type ZipEntry } from '../../test/make-zip.ts';
import { KnowhowError, type ErrorCode } from '../core/error.ts';
import { maxUnpacked, readArchive } from './archive.ts';

const all = (): boolean => true;

function text(files: ReadonlyMap<string, Uint8Array>): [string, string][] {
	return [...files].map(([name, content]) => [name, Buffer.from(content).toString()]);
}

function refused(bytes: Uint8Array, code: ErrorCode, message: RegExp, wanted: (name: string) => boolean = all): void {
	assert.throws(
		() => readArchive(bytes, wanted, 'a.docx'),
		(error) => {
			assert.ok(error instanceof KnowhowError, String(error));
			assert.equal(error.code, code, error.message);
			assert.match(error.message, message);
			assert.ok(error.hint !== undefined && error.hint !== '');
			return true;
		},
	);
}

test('wanted entries come whole and in order, packed or stored, with zip64 fields too', () => {
	const entries: ZipEntry[] = [
		{ name: 'folder/', content: '', method: 0 },
		{ name: 'b.xml', content: 'Bé'.repeat(1000) },
		{ name: 'a.xml', content: 'A', method: 0 },
		{ name: 'c.png', content: 'C' },
		{ name: 'empty.xml', content: '' },
	];
	const expected = [
		['b.xml', 'Bé'.repeat(1000)],
		['a.xml', 'A'],
		['empty.xml', ''],
	];
	const wanted = (name: string): boolean => name.endsWith('.xml');
	assert.deepEqual(text(readArchive(makeZip(entries), wanted, '')), expected);
	const large = makeZip(
		entries.map((entry) => ({ ...entry, zip64: true })),
		{ zip64: true },
	);
	assert.deepEqual(text(readArchive(large, wanted, '')), expected);
});

test('what another program packed is unpacked, with a comment behind it too', () => {
	fc.assert(
		fc.property(
			fc.dictionary(fc.stringMatching(/^[a-z]{1,9}\.x$/), fc.uint8Array({ maxLength: 3000 }), { maxKeys: 6 }),
			(files) => {
				const bytes = zipSync(files);
				const read = readArchive(bytes, all, '');
				assert.deepEqual(
					Object.fromEntries([...read].map(([name, content]) => [name, [...content]])),
					Object.fromEntries(Object.entries(files).map(([name, content]) => [name, [...content]])),
				);
			},
		),
		{ numRuns: 30 },
	);
	const bytes = Buffer.concat([makeZip([{ name: 'a', content: 'A' }]), Buffer.from('later')]);
	bytes.writeUInt16LE(5, bytes.length - 7);
	assert.deepEqual(text(readArchive(bytes, all, '')), [['a', 'A']]);
});

test('bombs are refused: by declared size, by ratio, by number, by overlap, and while inflating', () => {
	refused(makeZip([{ name: 'a', content: 'x', declared: maxUnpacked + 1 }]), 'file_too_large', /times its size/);
	const many = Array.from({ length: 4 }, (_, index) => ({
		name: `${index}`,
		content: Buffer.alloc(400_000, 'abcdefghij'.repeat(40)),
		declared: 80e6,
		method: 0 as const,
	}));
	refused(makeZip(many), 'file_too_large', /more than 300 MB/);
	refused(makeZip([{ name: 'a', content: Buffer.alloc(20e6) }]), 'file_too_large', /times its size/);
	refused(makeZip([{ name: 'a', content: 'x' }], { count: 60_000 }), 'file_too_large', /60000 files/);
	refused(
		makeZip([
			{ name: 'a', content: 'x'.repeat(1000) },
			{ name: 'b', content: 'x'.repeat(1000), overlaps: true },
		]),
		'unreadable_file',
		/overlap/,
	);
	refused(
		makeZip([{ name: 'a', content: Buffer.alloc(5e6), declared: 100 }]),
		'file_too_large',
		/more than it declares/,
	);
});

test('what nobody wants is not unpacked, an archive inside the archive among it', () => {
	const inner = makeZip([{ name: 'x', content: Buffer.alloc(1e6) }]);
	const bytes = makeZip([
		{ name: 'a', content: 'A' },
		{ name: 'bomb', content: 'x', declared: 4e9 },
		{ name: 'inner.zip', content: inner, method: 0 },
	]);
	assert.deepEqual(text(readArchive(bytes, (name) => name === 'a', '')), [['a', 'A']]);
	const nested = readArchive(bytes, (name) => name === 'inner.zip', '').get('inner.zip');
	assert.deepEqual(Buffer.from(nested ?? []), inner);
});

test('names that lead out of the archive, double names and encrypted entries are refused, wanted or not', () => {
	const none = (): boolean => false;
	for (const name of ['../a', 'a/../../b', '/etc/passwd', 'C:\\a', '..\\a', 'a\0b']) {
		refused(makeZip([{ name, content: 'x' }]), 'unreadable_file', /outside of it/, none);
	}
	const twice = { name: 'word/document.xml', content: 'x' };
	refused(makeZip([twice, twice]), 'unreadable_file', /twice/, none);
	refused(makeZip([{ name: 'a', content: 'x', flags: 1 }]), 'password_protected', /encrypted/, none);
	refused(makeZip([{ name: 'a', content: 'x', method: 99 }]), 'password_protected', /encrypted/, none);
	assert.deepEqual(text(readArchive(makeZip([{ name: 'a..b/...', content: 'x' }]), all, '')), [['a..b/...', 'x']]);
});

test('an archive cut off or changed anywhere is refused or read as it was, never anything else', () => {
	const whole = makeZip([
		{ name: 'a.xml', content: 'Hello '.repeat(50) },
		{ name: 'b.xml', content: 'Bye' },
	]);
	const expected = contentsOf(whole);
	for (let length = 0; length < whole.length; length++)
		refused(whole.subarray(0, length), 'unreadable_file', /archive/);
	fc.assert(
		fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, value) => {
			const changed = Buffer.from(whole);
			changed[at] = value;
			const contents = contentsOf(changed);
			// Names carry no checksum.
			if (contents !== null) assert.deepEqual(contents, expected);
		}),
		{ numRuns: 2000 },
	);
});

/** Null when the archive is refused. */
function contentsOf(bytes: Uint8Array): string[] | null {
	try {
		return text(readArchive(bytes, all, ''))
			.map(([, content]) => content)
			.sort();
	} catch (error) {
		if (error instanceof KnowhowError) return null;
		throw error;
	}
}
