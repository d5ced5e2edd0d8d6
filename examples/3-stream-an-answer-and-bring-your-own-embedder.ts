/**
 * 3. Stream an answer, and bring your own embedder: events as they come, vectors from a function of yours.
 *
 *     npm run build && node examples/3-stream-an-answer-and-bring-your-own-embedder.ts ./docs
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Embedder, open } from 'knowhow';

const [folder = 'docs', question = 'How do I start a refund?'] = process.argv.slice(2);

/** Counts letter pairs. Yours would call a model; what matters is: unit length, and one `space` for one model. */
const letterPairs: Embedder = {
	id: 'letter-pairs',
	space: 'letter-pairs/729',
	dimensions: 729,
	embed: async (texts) => texts.map(vectorOf),
};

const project = await mkdtemp(join(tmpdir(), 'knowhow-example-'));
{
	await using knowhow = await open(project, { embedder: letterPairs });
	await knowhow.ingest(resolve(folder), {
		onEvent: (event) => {
			if (event.type === 'file-end') console.log(`${event.outcome} ${event.path}`);
		},
	});
	const { hits } = await knowhow.search(question, { mode: 'vector', k: 1 });
	console.log(`nearest: ${hits[0]?.document.title} (cosine ${hits[0]?.parts.vector?.toFixed(2)})`);

	for await (const event of knowhow.ask(question)) {
		if (event.type === 'text-delta') process.stdout.write(event.text);
		if (event.type === 'answer-end') console.log(`\n${event.answer.citations.length} citations`);
	}
}
await rm(project, { recursive: true });

function vectorOf(text: string): Float32Array {
	const letters = ` ${text.toLowerCase().replace(/[^a-z]+/g, ' ')} `;
	const vector = new Float32Array(729);
	const code = (at: number) => Math.max(0, letters.charCodeAt(at) - 96);
	for (let at = 1; at < letters.length; at++) {
		const slot = code(at - 1) * 27 + code(at);
		vector[slot] = (vector[slot] ?? 0) + 1;
	}
	const length = Math.hypot(...vector);
	return vector.map((value) => value / length);
}
