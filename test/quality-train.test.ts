import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TrainedModel, Trainer } from '../src/core/trainer.ts';
import { writeArtifact } from '../src/models/artifact.ts';
import { loadExtractor } from '../src/models/extractor-file.ts';
import { loadRouter } from '../src/models/router-file.ts';
import { builtInFolder } from '../src/models/static-embedder.ts';
import { readStaticModel } from '../src/models/static-folder.ts';
import { extractorTrainer } from '../src/train/extractor.ts';
import { readFieldTexts } from '../src/train/field-text.ts';
import { readLabelledTexts } from '../src/train/labelled-text.ts';
import { routerTrainer } from '../src/train/router.ts';
import { countSpans, noSpans, spanScores } from '../src/train/span-f1.ts';
import { repository, temporaryFolder } from './run-program.ts';

/** Stored numbers may rise (then store the new ones, saying why) and may not fall by more than this. */
const tolerance = 0.01;
const stored = { banking77: 0.827, banking77CalibrationError: 0.05, snips: 0.897 };

const data = join(repository, '../shared/data');

function needs(name: string): string | false {
	return existsSync(join(data, name)) ? false : `needs ../shared/data/${name}`;
}

async function train<Job>(trainer: Trainer<Job>, job: Job): Promise<TrainedModel> {
	for await (const event of trainer.train(job)) if (event.type === 'trained') return event.model;
	throw new Error('no model');
}

test(
	'a router trained on ten examples a class of banking77 is as good as before',
	{ skip: needs('banking77') },
	async (t) => {
		await using folder = await temporaryFolder();
		const examples = await readLabelledTexts(join(data, 'banking77/train_10shot.jsonl'));
		const job = { examples, base: await readStaticModel(builtInFolder, 'knowhow'), seed: 1 };
		const { id, metrics } = await writeArtifact(folder.path, await train(routerTrainer, job), {
			createdAt: 0,
			tookMs: 0,
		});
		const router = await loadRouter(join(folder.path, id));
		const rights = (await readLabelledTexts(join(data, 'banking77/test.jsonl'))).map(({ text, label }) => {
			return router.labels[router.judge(text).best] === label ? 1 : 0;
		});
		const found = rights.reduce((sum: number, right) => sum + right, 0) / rights.length;
		const { calibrationError } = metrics['heldOut'] as { calibrationError: number };
		t.diagnostic(
			`accuracy ${found.toFixed(4)} (stored ${stored.banking77}), calibration error ${calibrationError.toFixed(4)}`,
		);
		assert.ok(found >= stored.banking77 - tolerance);
		assert.ok(calibrationError <= stored.banking77CalibrationError);
	},
);

test(
	'an extractor trained on 1,500 texts of snips-json is as good as before',
	{ skip: needs('snips-json') },
	async (t) => {
		await using folder = await temporaryFolder();
		const texts = await readFieldTexts(join(data, 'snips-json/train.jsonl.gz'));
		const job = { ...texts, examples: texts.examples.slice(0, 1500), seed: 1 };
		const { id } = await writeArtifact(folder.path, await train(extractorTrainer, job), { createdAt: 0, tookMs: 0 });
		const extractor = await loadExtractor(join(folder.path, id));
		const { examples } = await readFieldTexts(join(data, 'snips-json/test.jsonl'), { shape: texts.shape });
		const counts = examples.reduce((sum, { text, spans }) => {
			const found = extractor.extract(text).spans;
			const at = found.map(({ field, start, end }) => ({ field: extractor.fields.indexOf(field), start, end }));
			return countSpans(sum, at, spans);
		}, noSpans);
		const { f1 } = spanScores(counts);
		t.diagnostic(`F1 ${f1!.toFixed(4)} (stored ${stored.snips})`);
		assert.ok(f1! >= stored.snips - tolerance);
	},
);
