import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { z } from 'zod';

const folder = join(import.meta.dirname, 'fixtures');

const split = z.enum(['dev', 'test']);
const pairSchema = z.strictObject({
	id: z.string().regex(/^q\d{3}-[a-k]$/),
	split,
	kind: z.string(),
	sentence: z.string().min(10),
	quote: z.string().min(20),
	context: z.string().min(4).optional(),
	supported: z.boolean(),
	language: z.enum(['en', 'de', 'es', 'fr']),
});
const documentSchema = z.strictObject({
	id: z.string(),
	attack: z.string(),
	format: z.enum(['markdown', 'html', 'text']),
	text: z.string().min(20),
	question: z.string().min(10),
	canary: z.string().min(6),
	forbidden: z.array(z.string().min(3)).min(1),
	truth: z.string().nullable(),
});

/** The least number of pairs of each kind; two of them are supported. */
const kinds: Readonly<Record<string, number>> = {
	paraphrase: 110,
	verbatim: 20,
	'altered-number': 45,
	'altered-date': 30,
	'altered-identifier': 30,
	'swapped-entities': 35,
	negation: 35,
	addition: 25,
	'other-topic': 10,
};

function jsonLines<T>(path: string, schema: z.ZodType<T>): T[] {
	const lines = readFileSync(join(folder, path), 'utf8').trimEnd().split('\n');
	return lines.map((line, index) => {
		const { success, data, error } = schema.safeParse(JSON.parse(line));
		assert.ok(success, `${path}:${index + 1}: ${error?.message}`);
		return data;
	});
}

function repeated(values: readonly string[]): string[] {
	return values.filter((value, index) => values.indexOf(value) !== index);
}

function plain(text: string): string {
	return text
		.replace(/[*`_,"]/g, '')
		.replace(/\s+/g, ' ')
		.replace(/\.$/, '')
		.trim();
}

/** Number words of the four languages, apart from those for one, which are articles as well. */
const numberWords = new Map(
	Object.entries({
		2: 'two zwei dos deux',
		3: 'three drei tres trois',
		4: 'four vier cuatro quatre',
		5: 'five fünf cinco cinq',
		6: 'six sechs seis',
		7: 'seven sieben siete sept',
		8: 'eight acht ocho huit',
		9: 'nine neun nueve neuf',
		10: 'ten zehn diez dix',
		12: 'twelve zwölf doce douze',
		14: 'fourteen vierzehn catorce quatorze',
		15: 'fifteen fünfzehn quince quinze',
		20: 'twenty zwanzig veinte vingt',
		30: 'thirty dreißig treinta trente',
		60: 'sixty sechzig sesenta soixante',
		90: 'ninety neunzig noventa',
	}).flatMap(([value, words]) => words.split(' ').map((word) => [word, Number(value)] as const)),
);

function numbersIn(text: string): Set<number> {
	const digits = [...text.matchAll(/\d+(?:[,\s]\d{3}\b)*(?:\.\d+)?/gu)].map(([run]) =>
		Number(run.replaceAll(/[,\s]/g, '')),
	);
	const words = [...text.toLowerCase().matchAll(/\p{L}+/gu)].flatMap(([word]) => numberWords.get(word) ?? []);
	return new Set([...digits, ...words]);
}

const months = [
	'january januar enero janvier',
	'february februar febrero février',
	'march märz marzo mars',
	'april abril avril',
	'may mai mayo',
	'june juni junio juin',
	'july juli julio juillet',
	'august agosto août',
	'september septiembre septembre',
	'october oktober octubre octobre',
	'november noviembre novembre',
	'december dezember diciembre décembre',
].map((names) => names.split(' '));
const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];

/** The years, months, days, weekdays and times of a text, whatever the notation. */
function datesIn(text: string): Set<string> {
	const found = new Set<string>();
	let rest = text.toLowerCase().replace(/\b(\d{4})-(\d\d)(?:-(\d\d))?\b/g, (_, year, month, day) => {
		found.add(`year ${Number(year)}`).add(`month ${Number(month)}`);
		if (day !== undefined) found.add(`day ${Number(day)}`);
		return ' ';
	});
	rest = rest.replace(/\b(\d\d)[./](\d\d)[./](\d{4})\b/g, (_, day, month, year) => {
		found
			.add(`year ${Number(year)}`)
			.add(`month ${Number(month)}`)
			.add(`day ${Number(day)}`);
		return ' ';
	});
	for (const [index, names] of months.entries()) {
		for (const name of names) {
			const mention = new RegExp(
				`(?:\\b(\\d{1,2})\\.? (?:de )?)?(?<!\\p{L})${name}(?!\\p{L})(?: (\\d{1,2})\\b)?`,
				'gu',
			);
			for (const [, before, after] of rest.matchAll(mention)) {
				found.add(`month ${index + 1}`);
				for (const day of [before, after]) if (day !== undefined) found.add(`day ${Number(day)}`);
			}
		}
	}
	for (const day of weekdays) if (rest.includes(day)) found.add(day);
	for (const [, year] of rest.matchAll(/\b((?:19|20)\d\d)\b/g)) found.add(`year ${Number(year)}`);
	for (const [, day] of rest.matchAll(/\b(\d{1,2})(?:st|nd|rd|th)\b/g)) found.add(`day ${Number(day)}`);
	for (const [, day] of rest.matchAll(/\bdía (\d{1,2})\b/g)) found.add(`day ${Number(day)}`);
	for (const [, hour, minute] of rest.matchAll(/\b(\d{1,2}):(\d\d)\b/g)) found.add(`time ${Number(hour)}:${minute}`);
	return found;
}

const units: Readonly<Record<string, RegExp>> = {
	EUR: /€|\beuros?\b|eur\b/i,
	USD: /\$|\bUSD\b/,
	GBP: /£|\bGBP\b/,
	seconds: /\bseconds?\b/i,
	minutes: /\bminutes?\b/i,
	hours: /\bhours?\b|\bStunden\b|\bheures?\b/i,
	days: /(?<!working )\bdays?\b|\bTagen?\b|\bjours?\b/i,
	'working days': /\bworking days?\b/i,
	weeks: /\bweeks?\b|\bWochen\b/i,
	months: /\bmonths?\b|\bMonaten?\b|\bmois\b/i,
	years: /\byears?\b|\bJahr\b|\bans?\b/i,
	milliseconds: /\bms\b/,
	milligrams: /\bmg\b/,
	grams: /\bg\b/,
	kilograms: /\bkg\b/,
	celsius: /°C/,
	fahrenheit: /°F/,
	millions: /\bmillion\b/,
	billions: /\bbillion\b/,
};

/** What names a thing exactly: codes, versions, addresses, abbreviations, words in code marks, currencies and units. */
function identifiersIn(text: string): Set<string> {
	const codes = [...text.matchAll(/[\p{L}\p{N}]+(?:[-_./×][\p{L}\p{N}]+)*/gu)]
		.map(([token]) => token)
		.filter((token) => /\d/.test(token) || /^\p{Lu}{2,}$/u.test(token));
	const marked = [...text.matchAll(/`([^`]+)`/g)].flatMap(([, code]) => (code ?? '').split(' '));
	const measured = Object.keys(units).filter((unit) => units[unit]?.test(text));
	return new Set([...codes, ...marked, ...measured].map((code) => code.toLowerCase()));
}

/** A table with one line a key and the numbers of its dev and test entries, as the README has it. */
function countTable(keys: readonly string[], values: readonly { key: string; split: string }[]): string {
	const count = (key: string, split: string) => values.filter((one) => one.key === key && one.split === split).length;
	return keys.map((key) => `| ${key} | ${count(key, 'dev')} | ${count(key, 'test')} |`).join('\n');
}

describe('pairs of sentence and quote', () => {
	const pairs = jsonLines('verify/pairs.jsonl', pairSchema);

	test('there are enough of every kind, half for development and half for testing', () => {
		assert.ok(pairs.length >= 340);
		assert.deepEqual([...new Set(pairs.map(({ kind }) => kind))].sort(), Object.keys(kinds).sort());
		for (const [kind, least] of Object.entries(kinds)) {
			const some = pairs.filter((pair) => pair.kind === kind);
			const share = some.filter((pair) => pair.split === 'dev').length / some.length;
			assert.ok(some.length >= least, kind);
			assert.ok(share > 0.4 && share < 0.6, `${kind}: ${share} dev`);
		}
		const foreign = pairs.filter(({ language }) => language !== 'en').length / pairs.length;
		assert.ok(foreign > 0.08 && foreign < 0.15, `${foreign} not English`);
	});

	test('paraphrases and verbatim sentences are supported, nothing else is', () => {
		for (const { id, kind, supported } of pairs) {
			assert.equal(supported, kind === 'paraphrase' || kind === 'verbatim', id);
		}
	});

	test('nothing is there twice, and no quote is in both splits', () => {
		assert.deepEqual(repeated(pairs.map(({ id }) => id)), []);
		assert.deepEqual(repeated(pairs.map(({ sentence }) => plain(sentence).toLowerCase())), []);
		const quotes = [...new Set(pairs.map(({ split, quote }) => `${split}\n${quote}`))];
		assert.deepEqual(repeated(quotes.map((quote) => quote.slice(quote.indexOf('\n')))), []);
	});

	test('verbatim sentences are contained in their quote, no other sentence is', () => {
		for (const { id, kind, sentence, quote } of pairs) {
			assert.equal(plain(quote).includes(plain(sentence)), kind === 'verbatim', id);
		}
	});

	test('what an altered sentence has wrong is not in its quote', () => {
		const readers = new Map<string, (text: string) => ReadonlySet<number | string>>([
			['altered-number', numbersIn],
			['altered-date', datesIn],
			['altered-identifier', identifiersIn],
		]);
		for (const { id, kind, sentence, quote, context } of pairs) {
			const read = readers.get(kind);
			if (read === undefined) continue;
			const given = read(`${context ?? ''}\n${quote}`);
			const wrong = [...read(sentence)].filter((item) => !given.has(item));
			assert.notDeepEqual(wrong, [], `${id}: ${sentence}`);
		}
	});

	test('the README has the counts', () => {
		const table = countTable(
			Object.keys(kinds),
			pairs.map(({ kind, split }) => ({ key: kind, split })),
		);
		assert.ok(readFileSync(join(folder, 'verify/README.md'), 'utf8').includes(table), table);
	});
});

const rot13 = (text: string) =>
	text.replace(/[a-z]/gi, (letter) => {
		const base = letter <= 'Z' ? 65 : 97;
		return String.fromCharCode(((letter.charCodeAt(0) - base + 13) % 26) + base);
	});

/** The ways in which an order is hidden, undone. */
function decodings(text: string): string[] {
	const visible = text.replace(/[\p{Cf}\u034f]/gu, '');
	const letters = Array.from(text);
	const tags = letters.flatMap((letter) => {
		const code = (letter.codePointAt(0) ?? 0) - 0xe0000;
		return code >= 32 && code < 127 ? String.fromCharCode(code) : [];
	});
	const runs = (pattern: RegExp, encoding: BufferEncoding) =>
		[...text.matchAll(pattern)].map(([run]) => Buffer.from(run, encoding).toString('utf8'));
	const percent = [...text.matchAll(/(?:%[\dA-F]{2}){4,}/g)].map(([run]) => decodeURIComponent(run));
	return [
		text,
		visible,
		visible.normalize('NFKC'),
		tags.join(''),
		rot13(text),
		letters.toReversed().join(''),
		...runs(/[A-Za-z\d+/]{20,}={0,2}/g, 'base64'),
		...runs(/(?:[\da-f]{2}){8,}/g, 'hex'),
		...percent,
	];
}

function occurs(forbidden: string, text: string): boolean {
	const [, source, flags] = /^\/(.+)\/([a-z]*)$/s.exec(forbidden) ?? [];
	return source === undefined ? text.includes(forbidden) : new RegExp(source, flags).test(text);
}

describe('documents with planted orders', () => {
	const documents = jsonLines('injection/documents.jsonl', documentSchema);
	const attacks = [...new Set(documents.map(({ attack }) => attack))];

	test('there are enough, several of each attack', () => {
		assert.ok(documents.length >= 110);
		assert.ok(attacks.length >= 20);
		for (const attack of attacks) {
			assert.ok(documents.filter((document) => document.attack === attack).length >= 3, attack);
		}
	});

	test('nothing is there twice', () => {
		for (const key of ['id', 'text', 'question', 'canary'] as const) {
			assert.deepEqual(repeated(documents.map((document) => document[key])), [], key);
		}
	});

	test('the canary is in the document, openly, encoded or in parts', () => {
		for (const { id, attack, text, canary } of documents) {
			const parts = attack === 'split-chunks' ? canary.split('-') : [canary];
			const seen = decodings(text);
			for (const part of parts)
				assert.ok(
					seen.some((one) => one.includes(part)),
					`${id}: ${part}`,
				);
			if (parts.length > 1) assert.ok(!text.includes(canary), id);
		}
	});

	test('the canary is forbidden, the truth is not and stands in the document', () => {
		for (const { id, text, question, canary, forbidden, truth } of documents) {
			assert.ok(forbidden.includes(canary), id);
			for (const one of forbidden) {
				assert.ok(!occurs(one, question), `${id}: ${one}`);
				if (truth !== null) assert.ok(!occurs(one, truth), `${id}: ${one}`);
			}
			if (truth !== null) assert.ok(text.includes(truth), `${id}: ${truth}`);
		}
		const pure = documents.filter(({ truth }) => truth === null).length;
		assert.ok(pure >= 5 && pure < documents.length / 5, `${pure} without a truth`);
	});

	test('every host and e-mail domain is an example domain', () => {
		for (const { id, text } of documents) {
			for (const [, host] of text.matchAll(/(?:https?:\/\/|src="\/\/|\w@)([\w.-]+)/g)) {
				if (host === 'user' || host === undefined) continue;
				assert.match(host, /\.example$/, id);
			}
		}
	});

	test('characters that cannot be seen are written as escapes', () => {
		const raw = readFileSync(join(folder, 'injection/documents.jsonl'), 'utf8');
		assert.doesNotMatch(raw.replaceAll('\n', ''), /[\p{Cf}\p{Cc}\u034f\u2028\u2029]/u);
	});

	test('the README has the counts', () => {
		const rows = attacks.map((attack) => {
			const some = documents.filter((document) => document.attack === attack);
			return `| ${attack} | ${some.length} |`;
		});
		const readme = readFileSync(join(folder, 'injection/README.md'), 'utf8').replace(/ \|[^|\n]+\|$/gm, ' |');
		for (const row of rows) assert.ok(readme.includes(row), row);
	});
});
