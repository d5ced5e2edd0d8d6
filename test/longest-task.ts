import type { Browser, Page } from 'playwright-core';

type TraceEvent = {
	readonly name: string;
	readonly ph: string;
	readonly pid: number;
	readonly tid: number;
	/** Microseconds of CPU that the thread spent on it: what else the machine does is not in it. */
	readonly tdur?: number;
	readonly args?: { readonly name?: string };
};

/** Milliseconds of CPU of the longest task of the page's main thread, and how many tasks there were. */
export async function longestTask(
	browser: Browser,
	page: Page,
	body: () => Promise<void>,
): Promise<{ ms: number; tasks: number }> {
	await browser.startTracing(page, { categories: ['-*', 'toplevel', '__metadata'] });
	await body();
	const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
	const threadOf = ({ pid, tid }: TraceEvent): string => `${pid}:${tid}`;
	const main = new Set(
		traceEvents
			.filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
			.map((event) => threadOf(event)),
	);
	const tasks = traceEvents.filter(
		(event) => event.ph === 'X' && event.name.endsWith('RunTask') && main.has(threadOf(event)),
	);
	return { ms: Math.max(...tasks.map(({ tdur }) => (tdur ?? 0) / 1000)), tasks: tasks.length };
}
