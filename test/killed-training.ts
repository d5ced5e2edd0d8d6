/** Trains in the project that is named, and is killed at a step: as a machine that goes down. Arguments: folder, data, step. */
import { open } from '../src/project/open.ts';
import { hashingEmbedder } from './hashing-embedder.ts';

const [folder, data, step] = process.argv.slice(2) as [string, string, string];
await using knowhow = await open(folder, { embedder: hashingEmbedder() });
await knowhow.models.trainRetriever({
	data,
	settings: { epochs: 4, batch: 16, patience: 9 },
	onEvent: (event) => {
		if (event.type === 'progress' && event.step === Number(step)) process.kill(process.pid, 'SIGKILL');
	},
});
