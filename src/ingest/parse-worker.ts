/**
 * The process that parses files for `parse-pool.ts`. It gets bytes, sends back text and chunks, and holds nothing else:
 * no keys in its environment, no way to write files or to start programs.
 */
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { KnowhowError } from '../core/error.ts';
import { blocks } from '../text/blocks.ts';
import { detectLanguage } from '../text/language.ts';
import { chunk } from './chunk.ts';
import { parse } from './parse/parse.ts';
import type { ParseAnswer, ParseFailure, ParseOrder } from './parse-pool.ts';

// Collects garbage when the heap has grown by half, where a limit of gigabytes would let it grow to many times what is used.
setFlagsFromString('--heap-growing-percent=50');
// Ctrl-C reaches the whole group of processes; the one that gave the work decides what becomes of it.
process.on('SIGINT', () => {});
process.on('message', (order: ParseOrder) => void answer(order));
startGuard(Number(process.argv[2]));
process.send?.('ready');

async function answer({ bytes, path, html, chunkTokens }: ParseOrder): Promise<void> {
	process.send?.(await read());

	async function read(): Promise<ParseAnswer> {
		try {
			// A copy, because what arrives lies at any address, and `Buffer.indexOf` of UTF-16 never returns from an odd one.
			const parsed = await parse(new Uint8Array(bytes), path, { html });
			// Chunks are parts of the text, so that their texts need not be sent as well.
			const chunks = chunk(parsed, { maxTokens: chunkTokens }).map(({ start, end, headings, page }) => {
				return { start, end, headings, page };
			});
			const language = detectLanguage(withoutFrontMatter(parsed.text));
			return { parsed, chunks, language, rssBytes: process.memoryUsage.rss() };
		} catch (error) {
			return { failure: toFailure(error, path), rssBytes: process.memoryUsage.rss() };
		}
	}
}

function toFailure(error: unknown, path: string): ParseFailure {
	if (error instanceof KnowhowError) {
		const { code, message, hint, details, cause } = error;
		return { code, message, hint, details, cause: cause instanceof Error ? String(cause) : undefined };
	}
	const message = `${path} could not be read: something in it is beyond its parser.`;
	const hint = 'Open the file in its own program and save it again.';
	return { code: 'unreadable_file', message, hint, details: undefined, cause: String(error) };
}

function withoutFrontMatter(text: string): string {
	const first = text.startsWith('---') ? blocks(text.slice(0, 20_000))[0] : undefined;
	return first?.kind === 'front' ? text.slice(first.end) : text;
}

/**
 * A thread, because a parser may never come back to the event loop: ends the process when it holds too much memory (a
 * heap limit does not count buffers) or when nobody is left to wait for its answers.
 */
function startGuard(maxBytes: number): void {
	const parent = process.ppid;
	const guard = new Worker(
		`setInterval(() => {
			const isOrphan = process.ppid !== ${parent};
			if (isOrphan || process.memoryUsage.rss() > ${maxBytes}) process.kill(process.pid, 'SIGKILL');
		}, 50);`,
		{ eval: true, resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2 } },
	);
	guard.unref();
}
