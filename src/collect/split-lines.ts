/** The lines of a text that comes in parts, without their line feeds. Not `node:readline`, which also breaks at U+2028, a character that JSON allows inside of strings. */
export async function* splitLines(parts: AsyncIterable<string>): AsyncGenerator<string> {
	let rest = '';
	for await (const part of parts) {
		const pieces = (rest + part).split('\n');
		rest = pieces.pop() as string;
		yield* pieces;
	}
	if (rest !== '') yield rest;
}
