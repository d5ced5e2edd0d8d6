import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Embedder } from '../src/core/embedder.ts';

const cache = join(import.meta.dirname, '.cache/teacher');

/**
 * The teacher of the built-in embedder as `trainer/embedder/teacher.py` runs it, in the Python that KNOWHOW_PYTHON names; null without that
 * variable or without the teacher's package. Its vectors are kept in `bench/.cache/teacher`.
 */
export async function openTeacher(): Promise<(Embedder & Disposable) | null> {
	const python = process.env['KNOWHOW_PYTHON'];
	if (python === undefined) return null;
	const program = join(import.meta.dirname, '../trainer/embedder/teacher.py');
	const child = spawn(python, [program], { stdio: ['pipe', 'pipe', 'ignore'] });
	const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
	const read = async (): Promise<Record<string, string | undefined>> => {
		const { value, done } = await lines.next();
		if (done === true) throw new Error(`${python} ${program} ended.`);
		return JSON.parse(value) as Record<string, string | undefined>;
	};
	const { name, sha256, error } = await read();
	if (error !== undefined) {
		console.log(`No teacher: ${error}.`);
		return null;
	}
	const dimensions = 384;
	const ask = async (texts: readonly string[]): Promise<Buffer> => {
		child.stdin.write(`${JSON.stringify({ texts })}\n`);
		return Buffer.from((await read())['vectors']!, 'base64');
	};
	mkdirSync(cache, { recursive: true });
	return {
		id: String(name),
		space: `teacher/${String(sha256)}`,
		dimensions,
		async embed(texts) {
			const key = createHash('sha256').update(String(sha256)).update(JSON.stringify(texts)).digest('hex');
			const path = join(cache, key);
			if (!existsSync(path)) writeFileSync(path, await ask(texts));
			const bytes = readFileSync(path);
			const numbers = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
			return texts.map((_, row) => numbers.slice(row * dimensions, (row + 1) * dimensions));
		},
		[Symbol.dispose]: () => child.kill(),
	};
}
