import type { IngestEvent } from '../ingest/ingest.ts';
import type { Terminal } from './command.ts';
import { oneLine, printable } from './style.ts';

/** Follows an ingest on standard error: a bar on a terminal, one JSON object a line otherwise, nothing when quiet. */
export function followIngest(
	terminal: Terminal,
	isQuiet: boolean,
): { onEvent: (event: IngestEvent) => void; end: () => void } {
	if (isQuiet) return { onEvent: () => {}, end: () => {} };
	if (terminal.isInteractive) return drawBar(terminal);
	return { onEvent: (event) => terminal.writeError(`${JSON.stringify(event)}\n`), end: () => {} };
}

const clearLine = '\r\x1b[2K';

function drawBar({ writeError, columns }: Terminal): { onEvent: (event: IngestEvent) => void; end: () => void } {
	return {
		onEvent: (event) => {
			if (event.type === 'file-start') writeError(clearLine + barLine(event, columns));
			if (event.type === 'warning') writeError(`${clearLine}warning: ${printable(`${event.message} ${event.hint}`)}\n`);
		},
		end: () => writeError(clearLine),
	};
}

function barLine({ path, index, files }: { path: string; index: number; files: number }, columns: number): string {
	const width = 24;
	const filled = Math.round(((index + 1) / files) * width);
	const bar = `${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${index + 1}/${files} `;
	return bar + oneLine(path).slice(0, Math.max(0, columns - bar.length - 1));
}
