import { appendFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { askedText } from '../../collect/checks/duplicates.ts';
import { reason, readExamples, toFault } from '../../collect/read-examples.ts';
import { recordAnswers } from '../../collect/record.ts';
import { countTokens } from '../../text/tokens.ts';
import type { Example } from '../../core/dataset.ts';
import type { Generator } from '../../core/generator.ts';

export type RecordOptions = {
	readonly generator: Generator;
	/** A file of prompts in any known format, or of one prompt a line (`.txt`). */
	readonly prompts: string;
	/** Where the answers go, a line each, as soon as each is there. */
	readonly out: string;
	/** Calls at the same time; 4 when absent. */
	readonly concurrency?: number | undefined;
	readonly signal?: AbortSignal | undefined;
	/** Gets, before anything is sent, how many prompts are left and how many tokens they have. */
	readonly onBegin?: ((prompts: number, tokens: number) => void) | undefined;
	readonly onProgress?: ((done: number, total: number) => void) | undefined;
};

export type RecordReport = {
	readonly file: string;
	readonly model: string;
	readonly recorded: number;
	/** Prompts that were answered in the file already. */
	readonly present: number;
	readonly rejected: number;
	readonly rejects: string | null;
};

/**
 * Asks a model every prompt that `out` has no answer to. Stopped and started again it goes on where it was. Answers that were cut
 * off, refused or empty go to `OUT.rejected.jsonl`. Throws what the model throws; what was answered is in the file.
 */
export async function record(options: RecordOptions): Promise<RecordReport> {
	const { generator, prompts: path, out, concurrency, signal, onBegin, onProgress } = options;
	const prompts = await readPrompts(path);
	const answered = await answeredIn(out);
	const open = prompts.filter((prompt) => !answered.has(askedText(prompt)));
	onBegin?.(
		open.length,
		open.reduce((sum, prompt) => sum + countTokens(askedText(prompt)), 0),
	);
	const rejects = `${out}.rejected.jsonl`;
	let [recorded, rejected] = [0, 0];
	await recordAnswers(open, {
		generator,
		concurrency,
		signal,
		onProgress,
		onRecorded: async (result) => {
			if ('example' in result) {
				recorded++;
				await appendFile(out, `${JSON.stringify(result.example)}\n`);
				return;
			}
			rejected++;
			const { origin, id } = result.prompt;
			const fault = toFault(
				{ code: 'empty-answer', message: result.failed },
				{ file: origin.of, line: null, example: id },
			);
			await appendFile(
				rejects,
				`${JSON.stringify({ file: origin.of, line: null, row: result.prompt, faults: [reason(fault)] })}\n`,
			);
		},
	});
	const present = prompts.length - open.length;
	return { file: out, model: generator.id, recorded, present, rejected, rejects: rejected > 0 ? rejects : null };
}

/** Prompts without their answers, each once. */
async function readPrompts(path: string): Promise<Example[]> {
	const { rows } = path.endsWith('.txt') ? await readPlain(path) : await readExamples(path);
	return [...new Map(rows.map(({ example }) => [askedText(example), example])).values()];
}

async function readPlain(path: string): ReturnType<typeof readExamples> {
	const { readFile } = await import('node:fs/promises');
	const lines = (await readFile(path, 'utf8')).split('\n').filter((line) => line.trim() !== '');
	const text = lines.map((question) => JSON.stringify({ question: question.trim() })).join('\n');
	return await readExamples(path, { name: basename(path), text, format: 'question-answer' });
}

async function answeredIn(path: string): Promise<ReadonlySet<string>> {
	const { access } = await import('node:fs/promises');
	const isThere = await access(path).then(
		() => true,
		() => false,
	);
	if (!isThere) return new Set();
	const { rows } = await readExamples(path, { format: 'knowhow' });
	return new Set(rows.map(({ example }) => askedText(example)));
}
