import { type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { crash } from '../test/store-writer.ts';

/**
 * Kills a process that writes to a store, hundreds of times at moments that nothing in it chooses, and opens what it left.
 * Prints a summary; exits 1 when anything acknowledged was lost, anything is half there or the store is unsound.
 *
 *     node bench/crash.ts [kills] [seed]
 *
 * A kill shows what a crash of the process leaves; what a power failure leaves rests on `synchronous=full` and the disk.
 */
const [kills = '300', seed = new Date().toISOString()] = process.argv.slice(2);

/** After its first acknowledgement, and then up to 15 ms later, within the next few dozen writes. */
function killSoon(child: ChildProcess, kill: number): void {
	const delay = createHash('sha256').update(`${seed} ${kill}`).digest().readUInt32LE(0) % 15_000;
	child.stdout?.once('data', () => setTimeout(() => child.kill('SIGKILL'), delay / 1000));
}

const started = performance.now();
try {
	const result = await crash({ kills: Number(kills), seed, killAt: () => 0, watch: killSoon });
	const seconds = (performance.now() - started) / 1000;
	console.log(JSON.stringify({ ...result, seed, seconds: Math.round(seconds), lost: 0 }));
} catch (error) {
	console.error(`Seed ${seed}:`, error);
	process.exitCode = 1;
}
