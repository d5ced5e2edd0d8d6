import type { Terminal } from './command.ts';
import { printable } from './style.ts';

/** Tells on standard error what did not run as configured; a model server's own words command no terminal. */
export function warn({ writeError }: Pick<Terminal, 'writeError'>, warning: string): void {
	writeError(`warning: ${printable(warning)}\n`);
}
