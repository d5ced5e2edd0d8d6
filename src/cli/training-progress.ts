import type { Estimate, TrainerEvent } from '../core/trainer.ts';
import type { RunOptions } from '../project/trained/jobs.ts';
import type { Terminal } from './command.ts';

const clearLine = '\r\x1b[2K';

/** Follows a job on standard error: its id, then the training. `end` before anything else is printed. */
export function followJob(terminal: Terminal): Pick<RunOptions, 'onBegin' | 'onEvent'> & { end: () => void } {
	let following: ReturnType<typeof followTraining> | null = null;
	return {
		onBegin: (job, estimate) => {
			const told = terminal.isInteractive ? job : JSON.stringify({ type: 'job', job });
			terminal.writeError(`${told}\n`);
			following = followTraining(terminal, estimate);
		},
		onEvent: (event) => following?.onEvent(event),
		end: () => following?.end(),
	};
}

/** Follows a training on standard error: first what it will take, then a bar with loss and held-out metric; lines of JSON where there is no terminal. */
function followTraining(
	{ writeError, isInteractive, columns }: Terminal,
	estimate: Estimate,
): { onEvent: (event: TrainerEvent) => void; end: () => void } {
	const { steps, seconds, memoryMb } = estimate;
	if (!isInteractive) {
		writeError(`${JSON.stringify({ type: 'estimate', ...estimate })}\n`);
		const due = everyTenth();
		return {
			onEvent: (event) => {
				if (event.type === 'progress' && due(event.step / event.steps)) writeError(`${JSON.stringify(event)}\n`);
			},
			end: () => {},
		};
	}
	writeError(
		`About ${seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`}, ${steps} steps, ${memoryMb} MB.\n`,
	);
	return {
		onEvent: (event) => {
			if (event.type === 'progress') writeError(clearLine + line(event).slice(0, columns - 1));
		},
		end: () => writeError(clearLine),
	};
}

/** Whether another tenth of the way is done. */
function everyTenth(): (share: number) => boolean {
	let told = 0;
	return (share) => {
		const tenths = Math.floor(share * 10);
		if (tenths <= told) return false;
		told = tenths;
		return true;
	};
}

function line({ step, steps, loss, metric }: Extract<TrainerEvent, { type: 'progress' }>): string {
	const width = 24;
	const filled = Math.round((step / steps) * width);
	const bar = `${'█'.repeat(filled)}${'░'.repeat(width - filled)}`;
	const measured = metric === null ? '' : ` · ${metric.name} ${metric.value.toFixed(3)}`;
	return `${bar} ${step}/${steps} · loss ${loss.toFixed(3)}${measured}`;
}
