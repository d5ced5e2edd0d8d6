/** A team handbook of 208 files (../shared/data/handbook-18f): how long reading it takes, then reading its next revision. Run: node bench/handbook.ts */
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { open } from '../src/index.ts';

const data = new URL('../../shared/data/handbook-18f/', import.meta.url);
const rounds = 5;

process.stdout.write(
	`${cpus()[0]!.model}, ${cpus().length} cores, Node ${process.version}, load ${loadavg()[0]!.toFixed(1)}\n`,
);
const times = { r1: [] as number[], unchanged: [] as number[], r2: [] as number[] };
for (let round = 0; round < rounds; round++) {
	const folder = await mkdtemp(join(tmpdir(), 'knowhow-handbook-'));
	try {
		await cp(new URL('r1', data), join(folder, 'docs'), { recursive: true });
		await using knowhow = await open(folder);
		times.r1.push((await knowhow.ingest('docs')).tookMs);
		times.unchanged.push((await knowhow.ingest('docs')).tookMs);
		await rm(join(folder, 'docs'), { recursive: true });
		await cp(new URL('r2', data), join(folder, 'docs'), { recursive: true });
		times.r2.push((await knowhow.ingest('docs', { sync: true })).tookMs);
	} finally {
		await rm(folder, { recursive: true });
	}
}
for (const [what, taken] of Object.entries(times)) {
	taken.sort((a, b) => a - b);
	process.stdout.write(`${what}: median ${taken[rounds >> 1]} ms (${taken[0]} to ${taken.at(-1)})\n`);
}
