import type { Example } from '../../core/dataset.ts';
import { restTexts, textsOf } from '../example.ts';
import type { ShapeFault } from '../formats/format.ts';
import type { FaultCode } from './faults.ts';
import { personalData, withoutPersonalData } from './personal-data.ts';

/** A fault that one text can have by itself. */
type TextCheck = {
	readonly code: FaultCode;
	/** Whether it is not for passages and instructions, which are often cut from larger texts. */
	readonly isOfSpeech?: boolean;
	/** Whether it is for all that a row says, what nobody trains on included. */
	readonly isOfRest?: boolean;
	/** What was found, for the message; null when the text is clean. */
	readonly find: (text: string) => string | null;
	/** The text without the fault. */
	readonly rewrite?: (text: string) => string;
};

/**
 * Marks of the chat templates of Llama, Mistral, Gemma, Qwen, Phi, gpt-oss, Alpaca and others. `<s>` is struck-through
 * text in HTML, so that it counts only at the ends.
 */
const marks =
	/<\|[a-z_]{2,24}\|>|\[\/?INST\]|<<\/?SYS>>|<\/?(?:start_of_turn|end_of_turn|bos|eos|pad|unk)>|^\s{0,9}<s>|<\/s>\s*$|^### (?:Instruction|Response|Input):/gm;
// oxlint-disable-next-line no-control-regex
const controls = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u0080-\u009f]/g;
/** Windows-1252 as it stands above Latin-1. */
const windows = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';
const foreign = new RegExp(`[\u00a0-\u00ff${windows}]{2,}`, 'g');

const checks: readonly TextCheck[] = [
	{ code: 'damaged-text', find: (text) => (text.includes('\ufffd') ? 'U+FFFD' : null) },
	{
		code: 'mojibake',
		find: (text) => text.match(foreign)?.find((run) => decoded(run) !== run) ?? null,
		rewrite: (text) => text.replaceAll(foreign, decoded),
	},
	{
		code: 'control-character',
		find: (text) => {
			const sign = text.replaceAll(foreign, '').match(controls)?.[0];
			return sign === undefined ? null : `U+${sign.charCodeAt(0).toString(16).padStart(4, '0').toUpperCase()}`;
		},
		rewrite: (text) => text.replaceAll(controls, ''),
	},
	{
		code: 'special-token',
		find: (text) => text.match(marks)?.[0].trim() ?? null,
		rewrite: (text) => (text.search(marks) < 0 ? text : text.replaceAll(marks, '').trim()),
	},
	...(['secret-key', 'iban', 'payment-card', 'personal-email', 'personal-phone'] as const).map((code): TextCheck => ({
		code,
		isOfRest: true,
		find: (text) => (personalData(text).some((found) => found.code === code) ? '' : null),
		rewrite: withoutPersonalData,
	})),
	{
		code: 'outer-space',
		isOfSpeech: true,
		// One line break at the end is how files end.
		find: (text) => (text.trim() !== text.replace(/\n$/, '') && text.trim() !== '' ? '' : null),
		rewrite: (text) => text.trim(),
	},
];

const speech = new Set(['query', 'answer', 'rejected answer']);

/** The faults of an example's texts, each code once, with the fields in which it is. */
export function textFaults(example: Example): ShapeFault[] {
	const texts = textsOf(example);
	const rest = restTexts(example).map((text) => ({ field: 'rest of the row', text }));
	return checks.flatMap(({ code, find, isOfSpeech, isOfRest }) => {
		const found = [...texts, ...(isOfRest === true ? rest : [])]
			.filter(({ field }) => isOfSpeech !== true || speech.has(field))
			.flatMap(({ field, text }) => {
				const what = find(text);
				return what === null ? [] : [`the ${field}${what === '' ? '' : ` (${JSON.stringify(what)})`}`];
			});
		return found.length === 0 ? [] : [{ code, message: `in ${[...new Set(found)].join(', ')}` }];
	});
}

/** A text without what can safely be taken out of it. */
export function cleanText(text: string): string {
	return checks.reduce((cleaned, { rewrite }) => rewrite?.(cleaned) ?? cleaned, text);
}

/** A run of characters as UTF-8, when its bytes in Windows-1252 are that; else itself. */
function decoded(run: string): string {
	const bytes = Uint8Array.from(run, (sign) => {
		const at = windows.indexOf(sign);
		return at < 0 ? sign.charCodeAt(0) : 0x80 + at;
	});
	try {
		return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
	} catch {
		return run;
	}
}
