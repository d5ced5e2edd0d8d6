/** Trains a router in the project that is named, and is killed at a step: as a machine that goes down. Arguments: folder, data, step. */
import { open } from '../src/project/open.ts';

const [folder, data, step] = process.argv.slice(2) as [string, string, string];
await using knowhow = await open(folder);
await knowhow.models.trainRouter({
	data,
	onEvent: (event) => {
		if (event.type === 'progress' && event.step >= Number(step)) process.kill(process.pid, 'SIGKILL');
	},
});
