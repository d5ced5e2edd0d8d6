import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { quotesOf, readPairs } from '../../weights/train-verifier.ts';
import { verify, type Reason, type Verification } from './verify.ts';

function check(language: string | null, quote: string, sentence: string, context?: string): Verification {
	return verify(sentence, [{ text: quote, ...(context !== undefined && { context }) }], { language });
}

function kinds({ reasons }: Verification): Reason['kind'][] {
	return reasons.map(({ kind }) => kind);
}

describe('values in any notation', () => {
	const same: readonly (readonly [language: string, quote: string, sentence: string])[] = [
		['en', 'We remember a key for 36 hours.', 'A key is remembered for a day and a half.'],
		['en', 'Tokens are valid for 15 minutes.', 'Tokens are valid for a quarter of an hour.'],
		['en', 'The charge takes 2 hours and 10 minutes.', 'The charge takes 130 minutes.'],
		['en', 'The trial lasts fourteen days.', 'The trial lasts two weeks.'],
		['en', 'The limit is EUR 12.50.', 'The limit is 12.5 euros.'],
		['en', 'The limit is €0.15.', 'The limit is 15 cents.'],
		['en', 'The grant is EUR 1.2 million.', 'The grant is €1,200,000.'],
		['en', 'The contract ends on 30 June 2027.', 'The contract ends on June 30th, 2027.'],
		['en', 'The contract ends on 2027-06-30.', 'The contract ends on 06/30/2027.'],
		['en', 'The shop closes at 18:30.', 'The shop closes at 6:30 p.m.'],
		['en', 'The shop closes at noon.', 'The shop closes at 12:00.'],
		['en', 'The rate is 8 %.', 'The rate is 8 per cent.'],
		['en', 'The inspection is every quarter.', 'The inspection is every three months.'],
		['en', 'The file has 25 MB.', 'The file has 25 megabytes.'],
		['en', 'The line made 48,250 units.', 'The line made 48 250 units.'],
		['en', 'Keep the samples at 2 °C.', 'Keep the samples at 2 degrees Celsius.'],
		['en', 'One hundred and twenty people came.', '120 people came.'],
		['en', 'The change is on the 1st.', 'The change is on the first.'],
		['en', 'The code is `PX-1200/B`.', 'The code is PX 1200 B.'],
		['de', 'Der Beitrag beträgt 1.250,50 €.', 'Der Beitrag beträgt 1250,50 Euro.'],
		['de', 'Die Frist endet am 31.03.2026.', 'Die Frist endet am 31. März 2026.'],
		['de', 'Die Sitzung dauert 90 Minuten.', 'Die Sitzung dauert anderthalb Stunden.'],
		['de', 'Die Sitzung beginnt um 14:30 Uhr.', 'Die Sitzung beginnt um 14.30 Uhr.'],
		['de', 'Es gibt 25 Plätze.', 'Es gibt fünfundzwanzig Plätze.'],
		['es', 'El plazo es de 14 días.', 'El plazo es de dos semanas.'],
		['es', 'El precio es de 1.500 euros.', 'El precio es de 1500 €.'],
		['es', 'Hay treinta y seis plazas.', 'Hay 36 plazas.'],
		['fr', 'Le prix est de 1 250,50 €.', 'Le prix est de 1250,50 euros.'],
		['fr', 'La réunion dure une heure et demie.', 'La réunion dure 90 minutes.'],
		['fr', 'Il y a quatre-vingt-douze places.', 'Il y a 92 places.'],
		['fr', 'La demande arrive avant le 1er mars 2026.', 'La demande arrive avant le 01/03/2026.'],
	];
	for (const [language, quote, sentence] of same) {
		test(`${sentence} = ${quote}`, () => {
			const { supported, reasons } = check(language, quote, sentence);
			assert.ok(supported, JSON.stringify(reasons));
		});
	}

	const different: readonly (readonly [string, string, string, Reason['kind'], string])[] = [
		['en', 'We remember a key for 36 hours.', 'We remember a key for 63 hours.', 'number', '63 hours'],
		['en', 'We remember a key for 36 hours.', 'We remember a key for 36 days.', 'unit', '36 days'],
		['en', 'It takes 30 working days.', 'It takes 30 days.', 'unit', '30 days'],
		['en', 'The limit is €35.', 'The limit is $35.', 'unit', '$35'],
		['en', 'It ends on 18 March 2025.', 'It ends on 8 March 2025.', 'date', '8 March 2025'],
		['en', 'The test is on Monday.', 'The test is on Friday.', 'date', 'Friday'],
		['en', 'It runs at 02:30 UTC.', 'It runs at 02:30 CET.', 'identifier', 'CET'],
		['en', 'You get `ERR_1043`.', 'You get ERR_1034.', 'identifier', 'ERR_1034'],
		['en', 'Fix it with `payctl renumber`.', 'Fix it with `payctl rebuild`.', 'identifier', 'rebuild'],
		['en', 'The plan costs 2 % a month.', 'The plan costs 2 % a week.', 'unit', 'a week'],
		['de', 'Der Preis ist 1.500 €.', 'Der Preis ist 1,500 €.', 'number', '1,500 €'],
	];
	for (const [language, quote, sentence, kind, text] of different) {
		test(`${sentence} ≠ ${quote}`, () => {
			const { supported, reasons } = check(language, quote, sentence);
			assert.ok(!supported);
			const reason = reasons.find((one) => one.kind === kind);
			assert.equal(reason?.text, text, JSON.stringify(reasons));
			assert.equal(sentence.slice(reason.start, reason.end), text);
		});
	}

	test('a unit may stand in the head of the table', () => {
		const row = '| 4100 Facilities | 312,500 |';
		assert.ok(
			check('en', row, 'The budget of Facilities is 312,500 euros.', '| Cost centre | Budget (EUR) |').supported,
		);
		assert.ok(
			!check('en', row, 'The budget of Facilities is 312,500 dollars.', '| Cost centre | Budget (EUR) |').supported,
		);
	});

	test('without a language, a grouped number may be read either way', () => {
		assert.ok(check(null, 'The price is 1.500 euros.', 'The price is 1500 euros.').supported);
		assert.ok(!check(null, 'The price is 1.500 euros.', 'The price is 1600 euros.').supported);
	});
});

describe('what a quote does not say', () => {
	test('a denial, an opposite and a turned bound are named', () => {
		const door = 'Fire doors must be kept closed and must not be wedged open.';
		assert.ok(kinds(check('en', door, 'Fire doors may be wedged open.')).includes('negation'));
		const late = 'Fees are charged after the review. At least 14 characters are needed.';
		assert.ok(kinds(check('en', late, 'Fees are charged before the review.')).includes('negation'));
		assert.ok(kinds(check('en', late, 'At most 14 characters are needed.')).includes('negation'));
		assert.ok(check('en', late, 'No fewer than 14 characters are needed.').supported);
	});

	test('values that have changed places are named', () => {
		const warranty = 'Access tokens are valid for 15 minutes; refresh tokens are valid for 30 days.';
		const turned = check(
			'en',
			warranty,
			'Access tokens are valid for 30 days; refresh tokens are valid for 15 minutes.',
		);
		assert.ok(!turned.supported);
		const rows = '| Counter | 1.9 % |\n| Market | 1.5 % |';
		const wrong = check('en', rows, 'The rate of Counter is 1.5 %.', '| Plan | Rate |');
		assert.ok(kinds(wrong).includes('exchanged'), JSON.stringify(wrong));
		assert.ok(check('en', rows, 'The rate of Market is 1.5 %.', '| Plan | Rate |').supported);
	});

	test('a claim added to a right one is marked', () => {
		const quote = 'The battery lasts 12 hours of normal use.';
		const sentence = 'The battery lasts 12 hours of normal use and comes with a leather carrying pouch.';
		const { supported, reasons } = check('en', quote, sentence);
		assert.ok(!supported);
		assert.ok(reasons.some(({ text }) => text === 'pouch'));
	});

	test('nothing is supported by nothing', () => {
		assert.ok(!verify('The fee is high.', []).supported);
		assert.ok(!verify('', [{ text: 'The fee is high.' }]).supported);
		assert.ok(!verify('…', [{ text: '' }]).supported);
	});
});

const dev = readPairs('dev');
const pair = fc.constantFrom(...dev);

describe('laws', () => {
	test('a quote supports itself and every stretch of its words', () => {
		fc.assert(
			fc.property(pair, fc.nat(), fc.nat(), (one, a, b) => {
				const pieces = one.quote.split(/(?<=[a-zß-ü]) (?=[a-zß-ü])/);
				const from = a % pieces.length;
				const part = pieces.slice(from, from + 1 + (b % (pieces.length - from))).join(' ');
				for (const sentence of [one.quote, part]) {
					const result = verify(sentence, quotesOf(one), { language: one.language });
					assert.ok(result.supported && result.score === 1, `${sentence} ${JSON.stringify(result)}`);
				}
			}),
			{ numRuns: 500 },
		);
	});

	test('one changed digit in a verbatim sentence is always flagged', () => {
		const withDigits = fc.constantFrom(...dev.filter(({ quote }) => /\d/.test(quote)));
		fc.assert(
			fc.property(withDigits, fc.nat(), fc.integer({ min: 1, max: 9 }), (one, which, add) => {
				const places = [...one.quote.matchAll(/\d/g)].map(({ index }) => index);
				const at = places[which % places.length]!;
				const changed = `${one.quote.slice(0, at)}${(Number(one.quote[at]) + add) % 10}${one.quote.slice(at + 1)}`;
				const result = verify(changed, quotesOf(one), { language: one.language });
				assert.ok(!result.supported, changed);
				assert.ok(
					result.reasons.some(({ start, end }) => start <= at && at < end),
					JSON.stringify(result.reasons),
				);
			}),
			{ numRuns: 1000 },
		);
	});

	test('markup around words, case and thousands commas change nothing', () => {
		fc.assert(
			fc.property(pair, fc.constantFrom('**', '*', '_', 'upper', 'lower', 'commas'), fc.nat(), (one, how, which) => {
				const plain = verify(one.sentence, quotesOf(one), { language: one.language });
				const other = verify(written(one.sentence, how, which), quotesOf(one), { language: one.language });
				// Capitals are a hint of a name: without them a near miss may pass, never a wrong value.
				if (how === 'upper' || how === 'lower') {
					if (plain.score === 1) assert.equal(other.score, 1);
					assert.equal(plain.reasons.some(isHard), other.reasons.some(isHard), written(one.sentence, how, which));
				} else assert.equal(other.score, plain.score, written(one.sentence, how, which));
			}),
			{ numRuns: 1000 },
		);
	});

	test('any text gets an answer, with reasons inside the sentence', () => {
		const hostile = fc.oneof(
			fc.string({ unit: 'binary', maxLength: 200 }),
			fc.string({ unit: 'grapheme', maxLength: 200 }),
			fc
				.array(
					fc.constantFrom(
						'**',
						'`',
						'[1]',
						'|',
						'\n',
						'12',
						'€',
						'2025-',
						'no',
						'not',
						'中文',
						'١٢',
						'&amp;',
						'<b>',
						'\\',
					),
				)
				.map((pieces) => pieces.join('')),
		);
		fc.assert(
			fc.property(hostile, hostile, hostile, (sentence, text, context) => {
				const { score, reasons } = verify(sentence, [{ text, context }]);
				assert.ok(score >= 0 && score <= 1);
				for (const { start, end, text } of reasons) assert.equal(sentence.slice(start, end), text);
			}),
			{ numRuns: 500 },
		);
	});

	test('a very long sentence is verified like a short one', () => {
		const quote = 'Refunds are paid within 30 days of capture, unless the account is closed. '.repeat(300);
		assert.ok(verify(quote, [{ text: quote }], { language: 'en' }).supported);
		assert.ok(!verify(`${quote}It takes 31 days.`, [{ text: quote }], { language: 'en' }).supported);
	});
});

function isHard({ kind }: Reason): boolean {
	return kind === 'number' || kind === 'date' || kind === 'identifier' || kind === 'unit';
}

function written(sentence: string, how: string, which: number): string {
	if (how === 'upper') return sentence.includes('`') ? sentence : sentence.toUpperCase();
	if (how === 'lower') return sentence.toLowerCase();
	if (how === 'commas') return sentence.replaceAll(/(?<=\d),(?=\d{3})/g, '');
	const words = sentence.split(' ');
	const at = which % words.length;
	if (!/^[\p{L}\p{N}]+$/u.test(words[at]!)) return sentence;
	return [...words.slice(0, at), `${how}${words[at]}${how}`, ...words.slice(at + 1)].join(' ');
}
