/** Terminal escape sequences (ECMA-48), with what they carry where they say where it ends. */
const sequences =
	// oxlint-disable-next-line no-control-regex -- they begin with control characters
	/(?:\u001b[\]PX^_]|[\u0090\u0098\u009d-\u009f])[^\n\u0007\u001b\u009c]{0,2000}(?:\u0007|\u001b\\|\u009c)|(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]?|\u001b[ -/]*[0-~]?/g;
// oxlint-disable-next-line no-control-regex -- vertical tab and form feed break lines
const breaks = /\r\n?|[\u000b\u000c\u0085\u2028\u2029]/g;
// oxlint-disable-next-line no-control-regex -- all but tab and line feed
const controls = /[\u0000-\u0008\u000e-\u001f\u007f-\u009f]/g;

/** Scripts that spell with joiners. */
const joining =
	'\\p{sc=Arab}\\p{sc=Syrc}\\p{sc=Deva}\\p{sc=Beng}\\p{sc=Guru}\\p{sc=Gujr}\\p{sc=Orya}\\p{sc=Taml}\\p{sc=Telu}\\p{sc=Knda}\\p{sc=Mlym}\\p{sc=Sinh}\\p{sc=Khmr}\\p{sc=Mymr}\\p{sc=Mong}';
const emoji = '\\p{Extended_Pictographic}\\ufe0f\\p{Emoji_Modifier}';
/** Characters without a shape of their own; the group holds those that change how their neighbours look. */
const unseen = new RegExp(
	`((?<=[${joining}])[\\u200c\\u200d](?=[${joining}])|(?<=[${emoji}])\\u200d(?=\\p{Extended_Pictographic})|` +
		`(?<=\\p{Emoji})[\\ufe0e\\ufe0f]|[\\u0600-\\u0605\\u06dd\\u070f\\u0890\\u0891\\u08e2])|[\\p{Default_Ignorable_Code_Point}\\p{Cf}]`,
	'gu',
);

/**
 * A text as a reader sees it: without terminal sequences, control, bidirectional, zero-width and tag characters. Line breaks
 * of every kind become `\n`. Joiners stay where a script or an emoji is spelled with them.
 */
export function withoutHidden(text: string): string {
	// oxlint-disable-next-line no-control-regex -- the common case, told quickly
	if (/^[\n\t\u0020-\u007e]*$/.test(text)) return text;
	return text
		.replaceAll(sequences, '')
		.replaceAll(breaks, '\n')
		.replaceAll(controls, '')
		.replaceAll(unseen, '$1')
		.toWellFormed();
}
