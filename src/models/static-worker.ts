/** A worker of `StaticEmbedder`: for every list of texts that it is sent it answers with their vectors, one after another. */
import { parentPort, workerData } from 'node:worker_threads';
import { TokenMean, type TokenMeanParts } from './token-mean.ts';

export type StaticWorkerData = { readonly parts: TokenMeanParts; readonly thread: number };

const { parts, thread } = workerData as StaticWorkerData;
const mean = new TokenMean(parts, thread);
parentPort!.on('message', (texts: readonly string[]) => {
	const vectors = mean.of(texts);
	parentPort!.postMessage(vectors, [vectors.buffer as ArrayBuffer]);
});
