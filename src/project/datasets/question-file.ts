import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { KnowhowError } from '../../core/error.ts';
import { type GoldQuestion, parseQuestions, type QuestionOptions } from '../../evaluate/questions.ts';

/** Reads a file of questions (JSON lines, or SQuAD's JSON), also one that ends in `.gz`. Throws `not_found`, `unreadable_file`, `invalid_data`. */
export async function readQuestions(path: string, options: QuestionOptions = {}): Promise<GoldQuestion[]> {
	return parseQuestions(await readText(path), path, options);
}

async function readText(path: string): Promise<string> {
	try {
		const bytes = await readFile(path);
		return (path.endsWith('.gz') ? await promisify(gunzip)(bytes) : bytes).toString('utf8');
	} catch (cause) {
		const isAbsent = (cause as NodeJS.ErrnoException).code === 'ENOENT';
		throw new KnowhowError(
			isAbsent ? 'not_found' : 'unreadable_file',
			isAbsent ? `There is no file ${path}.` : `${path} could not be read.`,
			{ cause },
		);
	}
}
