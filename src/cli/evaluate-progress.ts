import type { RunEvent } from '../evaluate/run.ts';
import type { Terminal } from './command.ts';
import { dollars, duration } from './report-text.ts';

/** Follows an evaluation on standard error: a line that is redrawn on a terminal, one JSON object a row otherwise, nothing when quiet. */
export function followEvaluation(
	{ writeError, isInteractive, columns }: Terminal,
	isQuiet: boolean,
): { onEvent: (event: RunEvent) => void; end: () => void } {
	if (isQuiet) return { onEvent: () => {}, end: () => {} };
	if (!isInteractive) return { onEvent: (event) => writeError(`${JSON.stringify(toLine(event))}\n`), end: () => {} };
	const clear = '\r\x1b[2K';
	let failed = 0;
	return {
		onEvent: (event) => {
			if (event.row.error !== null) failed++;
			writeError(clear + progressLine(event, failed).slice(0, columns - 1));
		},
		end: () => writeError(clear),
	};
}

/** Without what was answered: that is in the report. */
function toLine({ type, row, done, total, spentUsd, unknownCosts, remainingMs }: RunEvent): Record<string, unknown> {
	const { question, system, error, isCached } = row;
	return { type, question, system, error, isCached, done, total, spentUsd, unknownCosts, remainingMs };
}

function progressLine({ done, total, spentUsd, unknownCosts, remainingMs }: RunEvent, failed: number): string {
	const width = 20;
	const filled = Math.round((done / total) * width);
	return [
		`${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${done}/${total}`,
		`${dollars(spentUsd)}${unknownCosts > 0 ? ` + ${unknownCosts} of unknown cost` : ''}`,
		...(failed > 0 ? [`${failed} failed`] : []),
		...(remainingMs === null || done === total ? [] : [`about ${duration(remainingMs)} left`]),
	].join(' · ');
}
