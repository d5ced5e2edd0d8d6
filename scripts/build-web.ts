/** `npm run build:web`: `web/dist/` from `web/`, which `knowhow serve` serves. */
import { spawnSync } from 'node:child_process';

const { status } = spawnSync('node_modules/.bin/vite', ['build', 'web', '--logLevel', 'warn'], { stdio: 'inherit' });
process.exitCode = status ?? 1;
