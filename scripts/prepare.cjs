// After an installation in a clone: builds the pages where what builds them is there. Plain old JavaScript, as guard.cjs.
const { existsSync } = require('node:fs');
const { spawnSync } = require('node:child_process');

const isNew = Number(process.versions.node.split('.')[0]) >= 24;
if (isNew && existsSync('node_modules/.bin/vite')) {
	process.exitCode = spawnSync(process.execPath, ['scripts/build-web.ts'], { stdio: 'inherit' }).status ?? 1;
} else {
	console.error(
		'The pages of `knowhow serve` were not built. With the development packages and Node.js 24: npm run build:web',
	);
}
