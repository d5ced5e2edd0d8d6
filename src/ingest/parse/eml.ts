import PostalMime, { type Address, type Email } from 'postal-mime';
import type { Attributes } from '../../core/document.ts';
import { KnowhowError } from '../../core/error.ts';
import { toDate } from './date.ts';
import { parseHtml } from './html.ts';
import { clean, type ParsedBody } from './parse.ts';

/**
 * A message: its subject as heading, who wrote to whom and when, its text (of HTML and plain text the HTML, unless that
 * says much less), and the names of its attachments. Addresses are attributes as well.
 */
export async function parseEml(bytes: Uint8Array, path: string, html: 'main' | 'full'): Promise<ParsedBody> {
	const email = await PostalMime.parse(bytes);
	if (email.from === undefined && email.subject === undefined && email.date === undefined) {
		throw new KnowhowError('unreadable_file', `${path} is no e-mail: it has neither sender, subject nor date.`, {
			hint: 'Save the message as .eml in the mail program.',
		});
	}
	const subject = oneLine(email.subject ?? '');
	const people = {
		from: names(email.from === undefined ? [] : [email.from]),
		to: names(email.to ?? []),
		cc: names(email.cc ?? []),
	};
	const attachments = email.attachments.map(({ filename, mimeType }) => oneLine(filename ?? mimeType)).join(', ');
	const head = [
		['From', people.from],
		['To', people.to],
		['Cc', people.cc],
		['Date', dateShown(email)],
		['Attachments', attachments],
	];
	const lines = head.filter(([, value]) => value !== '').map(([name, value]) => `${name}: ${value}`);
	const blocks = [subject === '' ? '' : `# ${subject}`, lines.join('\n'), bodyOf(email, html)];
	return {
		title: subject === '' ? null : subject,
		text: clean(blocks.filter((block) => block !== '').join('\n\n')),
		date: toDate(email.date),
		attributes: attributesOf({ ...people, attachments }),
	};
}

function bodyOf({ html, text }: Email, mode: 'main' | 'full'): string {
	const plain = clean(text ?? '').trim();
	const rich = html === undefined ? '' : parseHtml(html, mode).text;
	return rich === '' || rich.length < plain.length / 2 ? plain : rich;
}

function names(addresses: readonly Address[]): string {
	const flat = addresses.flatMap((each) => ('group' in each && each.group !== undefined ? each.group : [each]));
	return flat
		.map(({ name, address }) => oneLine(name === '' || name === address ? (address ?? '') : `${name} <${address}>`))
		.filter((each) => each !== '')
		.join(', ');
}

/** ISO 8601 to the minute, in the sender's time zone where the header can be read. */
function dateShown({ date, headers }: Email): string {
	const written = headers.find(({ key }) => key === 'date')?.value ?? date ?? '';
	const time = /\b(\d{1,2}:\d{2})(?::\d{2})?(?:\s+([+-]\d{4}))?/.exec(written);
	const day = toDate(written) ?? toDate(date);
	return day === null ? oneLine(written) : [day, time?.[1], time?.[2]].filter(Boolean).join(' ');
}

function attributesOf(values: Readonly<Record<string, string>>): Attributes {
	return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== '' && value.length <= 500));
}

function oneLine(text: string): string {
	return text.replaceAll(/\s+/g, ' ').trim();
}
