import type { FaultCode } from './faults.ts';

/** Something in a text that must not be learned, UTF-16 offsets. */
export type PersonalData = {
	readonly code: Extract<FaultCode, `personal-${string}` | 'payment-card' | 'iban' | 'secret-key'>;
	readonly start: number;
	readonly end: number;
};

type Detector = {
	readonly code: PersonalData['code'];
	readonly pattern: RegExp;
	/** Whether what the pattern found is one. */
	readonly isOne: (found: string) => boolean;
	/** Whether it is nobody's: then no other detector looks at it either. */
	readonly isPublic: (found: string) => boolean;
};

/** Issuers' public formats. A name in capitals or in angle brackets is a placeholder. */
const keys = [
	/-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----(?:[\s\S]{0,8000}?-----END [A-Z ]{0,20}PRIVATE KEY-----)?/g,
	/\b(?:sk|rk)_live_[0-9A-Za-z]{16,}\b/g,
	/\bsk-(?:proj-|ant-)?[0-9A-Za-z_-]{20,}/g,
	/\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g,
	/\b(?:ghp|gho|ghs|ghu)_[0-9A-Za-z]{36}\b|\bgithub_pat_[0-9A-Za-z_]{30,}/g,
	/\bglpat-[0-9A-Za-z_-]{20,}/g,
	/\bxox[abprs]-[0-9A-Za-z-]{10,}/g,
	/\bAIza[0-9A-Za-z_-]{35}/g,
	/\beyJ[0-9A-Za-z_-]{10,2000}\.eyJ[0-9A-Za-z_-]{10,4000}\.[0-9A-Za-z_-]{10,}/g,
	/(?<=\b(?:password|passwort|passwd|secret|api[_-]?key|access[_-]?token)\b["']?\s{0,3}(?:[:=]|is|ist)\s{0,3}["']?)(?=[^\s"',;]{0,200}\d)(?=[^\s"',;]{0,200}[A-Za-z])[^\s"',;<>]{8,}/gi,
];

/** Domains that belong to nobody (RFC 2606, RFC 6761). */
const reserved = /(?:^|\.)(?:example|test|invalid|localhost)$|(?:^|\.)example\.(?:com|org|net|edu)$/i;
/** Mailboxes of an office, not of a person (RFC 2142 and usage). */
const offices =
	/^(?:abuse|accounts|admin|billing|contact|customer-?service|disputes|finance|hello|help|hostmaster|hr|info|jobs|legal|mail|marketing|no-?reply|notifications|office|orders|postmaster|press|privacy|risk|sales|security|service|support|team|webmaster)$/i;
/** Numbers that are kept for fiction (NANPA 555-01xx; Ofcom). */
const fiction =
	/555\D?01\d\d$|^\+?44\D*(?:20\D*7946\D*0|1632\D*96|7700\D*900)|^0(?:20\D*7946\D*0|1632\D*96|7700\D*900)/;
/** Numbers that payment services publish for tests. */
const testCards = new Set(
	'4242424242424242 4111111111111111 4000056655665556 4000000000000002 5555555555554444 5105105105105100 2223003122003222 378282246310005 371449635398431 6011111111111117 6011000990139424 30569309025904 38520000023237 3566002020360505 4012888888881881'.split(
		' ',
	),
);
/** Numbers that banks and the IBAN registry publish as examples. */
const exampleIbans = new Set([
	'DE89370400440532013000',
	'GB82WEST12345698765432',
	'GB29NWBK60161331926819',
	'FR1420041010050500013M02606',
	'ES9121000418450200051332',
	'NL91ABNA0417164300',
]);

/** The first to find something keeps it. */
const detectors: readonly Detector[] = [
	...keys.map((pattern): Detector => ({
		code: 'secret-key',
		pattern,
		isOne: () => true,
		isPublic: (found) => /(.)\1{5}|your|example|placeholder|\*\*\*/i.test(found),
	})),
	{
		code: 'iban',
		pattern: /\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b/g,
		isOne: (found) => isIban(found.replaceAll(' ', '')),
		isPublic: (found) => exampleIbans.has(found.replaceAll(' ', '')),
	},
	{
		code: 'payment-card',
		pattern: /(?<![\w.-])(?:\d[ -]?){12,18}\d(?![\w-]|\.\d)/g,
		isOne: (found) => isCard(found.replaceAll(/\D/g, '')),
		isPublic: (found) => testCards.has(found.replaceAll(/\D/g, '')),
	},
	{
		code: 'personal-email',
		pattern: /[\p{L}\d._%+-]{1,64}@(?:[\p{L}\d-]{1,63}\.)+[\p{L}]{2,24}/gu,
		isOne: () => true,
		isPublic: (found) => {
			const [name = '', domain = ''] = found.split('@');
			return reserved.test(domain) || offices.test(name);
		},
	},
	{
		code: 'personal-phone',
		pattern:
			/(?<![\w.+/-])(?:\+\d{1,3}[ ./-]?(?:\(0?\d{1,5}\)[ ./-]?)?\d(?:[ ./-]?\d){5,12}|\(\d{3}\) ?\d{3}[- .]\d{4}|\d{3}[-.]\d{3}[-.]\d{4}|\(?0\d{1,5}\)?[ /-]\d{3,12}(?:[ -]\d{2,12}){0,4})(?![\w/-]|\.\d)/g,
		isOne: (found) => {
			const digits = found.replaceAll(/\D/g, '').length;
			return digits >= 9 && digits <= 15;
		},
		isPublic: (found) => fiction.test(found.trim()) || /1234567|(\d)\1{5}/.test(found.replaceAll(/\D/g, '')),
	},
];

const placeholders: Readonly<Record<PersonalData['code'], string>> = {
	'personal-email': '[email]',
	'personal-phone': '[phone]',
	'payment-card': '[card]',
	iban: '[iban]',
	'secret-key': '[key]',
};

/**
 * E-mail addresses, telephone numbers, payment cards, bank accounts and keys of a text, in order. Reserved domains,
 * mailboxes of offices, numbers for fiction and published test numbers are nobody's. It does not know names and postal
 * addresses, and national telephone numbers only where they begin with 0 or have the American form.
 */
export function personalData(text: string): PersonalData[] {
	const taken: (PersonalData & { readonly isPublic: boolean })[] = [];
	for (const { code, pattern, isOne, isPublic } of detectors) {
		for (const match of text.matchAll(pattern)) {
			const [start, end] = [match.index, match.index + match[0].length];
			if (taken.some((other) => start < other.end && other.start < end) || !isOne(match[0])) continue;
			taken.push({ code, start, end, isPublic: isPublic(match[0]) });
		}
	}
	const personal = taken.filter(({ isPublic }) => !isPublic);
	return personal.map(({ code, start, end }) => ({ code, start, end })).sort((a, b) => a.start - b.start);
}

/** The text with each of them replaced by its kind in brackets. */
export function withoutPersonalData(text: string): string {
	let redacted = '';
	let at = 0;
	for (const { code, start, end } of personalData(text)) {
		redacted += text.slice(at, start) + placeholders[code];
		at = end;
	}
	return redacted + text.slice(at);
}

/** Luhn's check digit (ISO/IEC 7812-1), with a length and a first digit that an issuer has. */
function isCard(digits: string): boolean {
	if (!/^(?:3[0-9]{13,14}|[2456]\d{12,18})$/.test(digits)) return false;
	let sum = 0;
	for (let at = 0; at < digits.length; at++) {
		const digit = Number(digits[digits.length - 1 - at]) * (at % 2 === 1 ? 2 : 1);
		sum += digit > 9 ? digit - 9 : digit;
	}
	return sum % 10 === 0 && !/^(\d)\1+$/.test(digits);
}

/** ISO 13616: moved to the end, letters as numbers, the remainder by 97 is 1. */
function isIban(iban: string): boolean {
	if (iban.length < 15 || iban.length > 34) return false;
	const moved = iban.slice(4) + iban.slice(0, 4);
	let rest = 0;
	for (const sign of moved)
		for (const digit of String(Number.parseInt(sign, 36))) rest = (rest * 10 + Number(digit)) % 97;
	return rest === 1;
}
