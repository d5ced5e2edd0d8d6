import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { cidPdf } from '../../test/cid-pdf.ts';
import type { KnowhowError } from '../core/error.ts';
import { ParsePool, sandbox, type ParseOrder } from './parse-pool.ts';

const limits = { timeoutSeconds: 60, memoryMb: 1024, concurrency: 1 };

function order(path: string, text: string): ParseOrder {
	return { path, bytes: Buffer.from(text), html: 'main', chunkTokens: 256 };
}

test('files are parsed, chunked and their language detected; failures come back as they are', async () => {
	await using pool = new ParsePool(limits);
	const text = '# Rückgabe\n\nDie Rückgabe ist innerhalb von dreißig Tagen nach dem Kauf möglich.\n';
	const [one, two] = await Promise.allSettled([pool.read(order('a.md', text)), pool.read(order('b.pdf', 'none'))]);
	assert.ok(one.status === 'fulfilled' && two.status === 'rejected');
	assert.equal(one.value.parsed.text, text);
	assert.equal(one.value.parsed.title, 'Rückgabe');
	assert.equal(one.value.language, 'de');
	for (const each of one.value.chunks) assert.equal(each.text, text.slice(each.start, each.end));
	const { code, hint, message } = two.reason as KnowhowError;
	assert.equal(code, 'unreadable_file');
	assert.match(message, /b\.pdf/);
	assert.ok(hint);
});

test('character maps of PDFs are within what a parser may read', async () => {
	await using pool = new ParsePool(limits);
	const font = { map: '90ms-RKSJ-H', collection: 'Japan1' };
	const bytes = cidPdf([{ font, lines: ['95d48be082cc8afa8cc082cd8e4f8f5c93fa82c582b78142'] }]);
	const { parsed, language } = await pool.read({ ...order('a.pdf', ''), bytes });
	assert.deepEqual([parsed.text, language], ['返金の期限は三十日です。', 'ja']);
});

test('a file that takes too long costs its worker and nothing else', async () => {
	await using pool = new ParsePool({ ...limits, timeoutSeconds: 0.3 });
	// Tens of seconds of work.
	const slow = pool.read(order('slow.csv', 'a,b,c\n'.repeat(8e6)));
	const next = pool.read(order('next.md', 'Next.'));
	await assert.rejects(slow, { code: 'parse_timeout', hint: /timeoutSeconds/ });
	assert.equal((await next).parsed.text, 'Next.');
});

test('a file that takes too much memory costs its worker and nothing else, in one native call too', async () => {
	await using pool = new ParsePool({ ...limits, memoryMb: 256 });
	// Filling a thread's heap with one call of JSON.parse ends the whole program.
	const large = pool.read(order('large.json', `[${'{},'.repeat(6e6)}{}]`));
	const next = pool.read(order('next.md', 'Next.'));
	await assert.rejects(large, { code: 'parse_memory', hint: /memoryMb/ });
	assert.equal((await next).parsed.text, 'Next.');
});

test('an aborted file is given up at once, a waiting one before it begins', async () => {
	await using pool = new ParsePool(limits);
	const stop = new AbortController();
	const slow = pool.read(order('slow.csv', 'a,b,c\n'.repeat(4e6)), stop.signal);
	const waiting = pool.read(order('waiting.md', 'Waiting.'), stop.signal);
	const next = pool.read(order('next.md', 'Next.'));
	stop.abort();
	await assert.rejects(slow, { name: 'AbortError' });
	await assert.rejects(waiting, { name: 'AbortError' });
	assert.equal((await next).parsed.text, 'Next.');
});

test('parsers can neither write files nor start programs nor read beyond their own code', async () => {
	const { execArgv, env } = sandbox(256);
	const attempt = `
		const tries = {
			write: () => require('node:fs').writeFileSync('planted', ''),
			read: () => require('node:fs').readFileSync('/etc/hostname'),
			start: () => require('node:child_process').execFileSync('ls'),
			environment: () => process.env.PATH ?? process.env.HOME,
		};
		for (const [name, run] of Object.entries(tries)) {
			try { console.log(name, run()) } catch (error) { console.log(name, error.code) }
		}`;
	const { stdout } = await promisify(execFile)(process.execPath, [...execArgv, '-e', attempt], { env });
	const denied = 'ERR_ACCESS_DENIED';
	assert.equal(stdout, `write ${denied}\nread ${denied}\nstart ${denied}\nenvironment undefined\n`);
});
