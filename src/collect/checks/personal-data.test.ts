import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { personalData, withoutPersonalData } from './personal-data.ts';

/** Joined here, so that no scanner takes this file for a leak. */
const keys = {
	stripe: ['sk', 'live', '51Hc9dKlQwErTyUiOpAsDf'].join('_'),
	openai: ['sk', 'proj', 'Ab3dEf6hIj9kLm2nOp5qRs8t'].join('-'),
	amazon: ['AKIA', 'J3N7QPL5WZ2RTX8V'].join(''),
	github: ['ghp', 'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8'].join('_'),
	google: ['AIza', 'SyA1bC2dE3fG4hI5jK6lM7nO8pQ9rS0tU1v'].join(''),
	token: ['eyJhbGciOiJIUzI1NiJ9', 'eyJzdWIiOiIxMjM0NTY3OCJ9', 'dBjftJeZ4CVPmB92K27uhb'].join('.'),
	pem: ['-----BEGIN', 'PRIVATE KEY-----\nMIIB\n-----END', 'PRIVATE KEY-----'].join(' '),
};

/** A text, and what is left of it. */
const found: readonly (readonly [string, string])[] = [
	['Write to ann.lee+shop@mailbox.org, please.', 'Write to [email], please.'],
	['Schreib an jörg@müller.de!', 'Schreib an [email]!'],
	['Call +49 151 2034 8871 or (415) 867-5309.', 'Call [phone] or [phone].'],
	['Tel. 030 901820-15, Fax 0911/4455667', 'Tel. [phone], Fax [phone]'],
	['+34612987604', '[phone]'],
	['card 4539 1488 0343 6467 exp 12/27', 'card [card] exp 12/27'],
	['card 4539148803436467.', 'card [card].'],
	['amex 371144371144376', 'amex [card]'],
	['to DE02 1203 0000 0000 2020 51 today', 'to [iban] today'],
	['IBAN: GB33BUKB20201555555555', 'IBAN: [iban]'],
	['password: hunter2hunter', 'password: [key]'],
	['api_key="9f8e7d6c5b4a3928"', 'api_key="[key]"'],
	...Object.values(keys).map((key) => [`use ${key} now`, 'use [key] now'] as const),
];

const harmless = [
	'2026-03-01 10:15, order 2026-000123, page 12 of 400',
	'4539 1488 0343 6468 has a wrong check digit',
	'test with 4242 4242 4242 4242',
	'DE02 1203 0000 0000 2020 52 has a wrong check digit',
	'support@tallyport.example and sales@shop.com',
	'call 555-0142 or +44 20 7946 0018',
	'from 10 000 to 100 000 EUR, 0.5 - 1.5 %',
	'version 4.12.0.1881, 192.168.10.254, ERR_1042',
	'ISBN 978-3-16-148410-0, part PX-1200/B',
	'the password is written on the label',
	'Authorization: Bearer YOUR_API_KEY_123',
	'1750000000000 milliseconds since the epoch',
];

describe('personal data', () => {
	for (const [text, left] of found) {
		test(`is found: ${left}`, () => assert.equal(withoutPersonalData(text), left));
	}
	for (const text of harmless) {
		test(`is not: ${text}`, () => assert.deepEqual(personalData(text), []));
	}
	test('is looked for in long texts without end', () => {
		for (const piece of [
			'1',
			'01 1',
			' ',
			'eyJ',
			'a@',
			'a.',
			'-----BEGIN PRIVATE KEY-----',
			'password',
			'+1',
			'DE02 ',
		]) {
			assert.ok(personalData(`01 ${piece.repeat(Math.ceil(40_000 / piece.length))}x`).length < 40_000, piece);
		}
	});
	test('is not found again where it was taken out', () => {
		for (const [text] of found) assert.deepEqual(personalData(withoutPersonalData(text)), [], text);
	});
});
