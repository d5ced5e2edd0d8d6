import { appendFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { TestEvent } from 'node:test/reporters';

/** One finished test as the summary keeps it. */
type Outcome = { readonly name: string; readonly file: string; readonly reason: string };

export type Summary = {
	readonly counts: Record<string, number>;
	readonly failed: readonly Outcome[];
	readonly skipped: readonly Outcome[];
};

/**
 * A reporter for `node --test` that prints failures at once and in full, and nothing for what passes. Appends its
 * summary as one JSON line to the file that `KNOWHOW_TEST_SUMMARY` names; `scripts/test.ts` adds them up.
 */
export default async function* report(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
	const counts: Record<string, number> = {};
	const failed: Outcome[] = [];
	const skipped: Outcome[] = [];
	for await (const event of events) {
		if (event.type === 'test:fail' && !isOnlyOfSubtests(event.data.details.error)) {
			const outcome = outcomeOf(event.data, '');
			failed.push(outcome);
			yield `\n✖ ${outcome.name} (${outcome.file})\n${indented(errorText(event.data.details.error))}\n`;
		} else if (event.type === 'test:pass' && event.data.skip !== undefined) {
			skipped.push(outcomeOf(event.data, reasonOf(event.data.skip)));
		} else if (event.type === 'test:diagnostic') {
			const count = /^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) ([\d.]+)$/.exec(event.data.message);
			if (count && event.data.nesting === 0) counts[count[1] as string] = Number(count[2]);
		} else if (event.type === 'test:stderr' || event.type === 'test:stdout') {
			yield event.data.message;
		}
	}
	const path = process.env['KNOWHOW_TEST_SUMMARY'];
	if (path) appendFileSync(path, `${JSON.stringify({ counts, failed, skipped } satisfies Summary)}\n`);
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
