import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, release, totalmem, type as systemName } from 'node:os';

/** Where and on what a measurement was taken. */
export type Machine = {
	readonly date: string;
	readonly cpu: string;
	readonly cores: number;
	readonly memoryGb: number;
	readonly system: string;
	readonly node: string;
	/** Of the working tree; with `+` when tracked files under src or bench differ from it. */
	readonly commit: string;
};

export function describeMachine(): Machine {
	return {
		date: new Date().toISOString(),
		cpu: cpus()[0]?.model ?? 'unknown',
		cores: availableParallelism(),
		memoryGb: Math.round(totalmem() / 2 ** 30),
		system: `${systemName()} ${release()}`,
		node: process.version,
		commit: commit(),
	};
}

function commit(): string {
	const git = (...args: string[]): string =>
		execFileSync('git', args, {
			cwd: import.meta.dirname,
			encoding: 'utf8',
			stdio: ['ignore', 'pipe', 'ignore'],
		}).trim();
	try {
		const isDirty = git('status', '--porcelain', '--untracked-files=no', '../src', '.') !== '';
		return git('rev-parse', '--short', 'HEAD') + (isDirty ? '+' : '');
	} catch {
		return 'unknown';
	}
}

/** How busy the machine is with everything: a measurement under load says little about milliseconds. */
export type Load = {
	/** Runnable processes, averaged over the last minute. */
	readonly load: number;
	/** Share of the last 10 seconds in which something waited for a processor, percent; null where the system does not say. */
	readonly cpuPressure: number | null;
};

export function readLoad(): Load {
	let cpuPressure: number | null = null;
	try {
		const found = /^some avg10=([\d.]+)/.exec(readFileSync('/proc/pressure/cpu', 'utf8'));
		cpuPressure = found === null ? null : Number(found[1]);
	} catch {
		// Only Linux has it.
	}
	return { load: loadavg()[0]!, cpuPressure };
}

export function machineLine({ date, cpu, cores, memoryGb, system, node, commit }: Machine): string {
	return `${date} · commit ${commit} · ${cpu}, ${cores} cores, ${memoryGb} GB · ${system} · Node ${node}`;
}

export function loadLine(loads: readonly Load[]): string {
	const range = (values: number[]): string => `${Math.min(...values).toFixed(1)}–${Math.max(...values).toFixed(1)}`;
	const pressures = loads.flatMap(({ cpuPressure }) => (cpuPressure === null ? [] : [cpuPressure]));
	const waited = pressures.length === 0 ? '' : `, CPU pressure ${range(pressures)} %`;
	return `load average ${range(loads.map(({ load }) => load))}${waited} (before each measurement)`;
}
