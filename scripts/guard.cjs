// Runs first in `npm run demo`, `npm test` and `npm run check`, on whatever Node npm found: plain old JavaScript.
if (Number(process.versions.node.split('.')[0]) < 24) {
	console.error('This needs Node.js 24, and npm found ' + process.version + '. Run: npm rebuild node');
	process.exit(1);
}
