import { relative } from 'node:path';
import type { run } from 'node:test';

/** One finished test as the summary keeps it. */
type Outcome = { readonly name: string; readonly file: string; readonly reason: string };

export type Summary = {
	/** Empty when the run died before its end. */
	readonly counts: Readonly<Record<string, number>>;
	readonly failed: readonly Outcome[];
	readonly skipped: readonly Outcome[];
	/** Wall clock of each process, the longest first. */
	readonly files: readonly { readonly file: string; readonly ms: number }[];
};

/** Prints failures at once and in full, and nothing for what passes. */
export async function report(events: ReturnType<typeof run>): Promise<Summary> {
	const counts: Record<string, number> = {};
	const failed: Outcome[] = [];
	const skipped: Outcome[] = [];
	const files: { file: string; ms: number }[] = [];
	for await (const event of events) {
		if (event.type === 'test:fail' && !isOnlyOfSubtests(event.data.details.error)) {
			const outcome = outcomeOf(event.data, '');
			failed.push(outcome);
			console.log(`\n✖ ${outcome.name} (${outcome.file})\n${indented(errorText(event.data.details.error))}`);
		} else if (event.type === 'test:pass' && event.data.skip !== undefined) {
			skipped.push(outcomeOf(event.data, reasonOf(event.data.skip)));
		} else if (event.type === 'test:diagnostic') {
			const count = /^(tests|suites|pass|fail|cancelled|skipped|todo) (\d+)$/.exec(event.data.message);
			if (count && event.data.nesting === 0) counts[count[1] as string] = Number(count[2]);
		} else if (event.type === 'test:summary' && event.data.file !== undefined) {
			files.push({ file: relative(process.cwd(), event.data.file), ms: Math.round(event.data.duration_ms) });
		} else if (event.type === 'test:stderr' || event.type === 'test:stdout') {
			process.stdout.write(event.data.message);
		}
	}
	return { counts, failed, skipped, files: files.sort((a, b) => b.ms - a.ms) };
}

function outcomeOf(data: { name: string; file?: string | undefined }, reason: string): Outcome {
	return { name: data.name, file: data.file ? relative(process.cwd(), data.file) : '', reason };
}

function reasonOf(skip: string | boolean): string {
	return typeof skip === 'string' ? skip : 'no reason given';
}

/** A suite fails when a test in it fails, which has been reported already. */
function isOnlyOfSubtests(error: Error): boolean {
	return 'failureType' in error && error.failureType === 'subtestsFailed';
}

function errorText(error: Error): string {
	const cause = error.cause instanceof Error ? error.cause : error;
	return cause.stack ?? cause.message;
}

function indented(text: string): string {
	return text.replace(/^/gm, '  ');
}
