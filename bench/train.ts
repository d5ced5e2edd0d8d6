/**
 * `node bench/train.ts [-- --only kernels,extractor,clinc150,banking77] [--shots full,10]`: kernel throughput; routers beside tf-idf + logistic
 * regression on the same test questions; the extractor. Needs ../shared/data. Each training runs in this process, one core.
 */
import { appendFileSync, existsSync, mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { TrainedModel, Trainer } from '../src/core/trainer.ts';
import { readRows } from '../src/collect/rows.ts';
import { bootstrapInterval } from '../src/evaluate/statistics/bootstrap.ts';
import { writeArtifact } from '../src/models/artifact.ts';
import { loadExtractor } from '../src/models/extractor-file.ts';
import { loadRouter } from '../src/models/router-file.ts';
import type { TextRouter } from '../src/models/router.ts';
import { builtInFolder } from '../src/models/static-embedder.ts';
import { readStaticModel } from '../src/models/static-folder.ts';
import { extractorTrainer } from '../src/train/extractor.ts';
import { readFieldTexts } from '../src/train/field-text.ts';
import { type LabelledText, readLabelledTexts } from '../src/train/labelled-text.ts';
import { routerTrainer } from '../src/train/router.ts';
import { countSpans, noSpans, spanScores } from '../src/train/span-f1.ts';
import { trainBaseline } from './logistic.ts';
import { describeMachine, loadLine, machineLine, readLoad } from './machine.ts';
import { kernelSpeeds } from './train-kernels.ts';

const { values } = parseArgs({
	options: {
		only: { type: 'string', default: 'kernels,extractor,banking77,clinc150' },
		shots: { type: 'string', default: '10,full' },
		seed: { type: 'string', default: '1' },
	},
});
const data = join(import.meta.dirname, '../../shared/data');
const models = join(tmpdir(), `knowhow-bench-train-${process.pid}`);
const seed = Number(values.seed);
const machine = describeMachine();
const loads = [readLoad()];
const results: Record<string, unknown> = {};

console.log(machineLine(machine));
for (const what of values.only.split(',')) {
	loads.push(readLoad());
	if (what === 'kernels') results[what] = kernelSpeeds();
	else if (!existsSync(join(data, what === 'extractor' ? 'snips-json' : what)))
		console.error(`needs ../shared/data for ${what}`);
	else if (what === 'extractor') results[what] = await measureExtractor();
	else for (const shots of values.shots.split(',')) results[`${what} ${shots}`] = await measureRouter(what, shots);
}
await rm(models, { recursive: true, force: true });
console.log(loadLine(loads));
console.log(JSON.stringify(results, null, 2));
mkdirSync(join(import.meta.dirname, 'results'), { recursive: true });
const line = JSON.stringify({ machine, loads, seed, results });
appendFileSync(join(import.meta.dirname, 'results/train.jsonl'), `${line}\n`);

type Timed = {
	readonly id: string;
	readonly wallSeconds: number;
	readonly cpuSeconds: number;
	readonly model: TrainedModel;
};

async function trained<Job>(trainer: Trainer<Job>, job: Job): Promise<Timed> {
	const began = performance.now();
	const cpu = process.cpuUsage();
	for await (const event of trainer.train(job)) {
		if (event.type !== 'trained') continue;
		const { user, system } = process.cpuUsage(cpu);
		const { id } = await writeArtifact(models, event.model, { createdAt: 0, tookMs: 0 });
		const wallSeconds = (performance.now() - began) / 1000;
		return { id, wallSeconds, cpuSeconds: (user + system) / 1e6, model: event.model };
	}
	throw new Error('no model');
}

async function measureRouter(name: string, shots: string): Promise<unknown> {
	const train = await readLabelledTexts(
		join(data, name, shots === 'full' ? 'train.jsonl' : `train_${shots}shot.jsonl`),
	);
	const test = await readLabelledTexts(join(data, name, 'test.jsonl'));
	const base = await readStaticModel(builtInFolder, 'knowhow');
	const { id, wallSeconds, cpuSeconds, model } = await trained(routerTrainer, { examples: train, base, seed });
	const router = await loadRouter(join(models, id));
	// Wider choices (1 to 1,000) were tried with scikit-learn: 10 was best on all four.
	const baseline = trainBaseline(train, { candidates: [3, 10, 30], folds: 3 });
	const ours = test.map(({ text, label }) => (router.labels[router.judge(text).best] === label ? 1 : 0));
	const theirs = test.map(({ text, label }) => (baseline.predict(text) === label ? 1 : 0));
	const difference = bootstrapInterval(ours.map((right, i) => right - theirs[i]!));
	const outside = join(data, name, 'oos_test.jsonl');
	const report = {
		router: mean(ours),
		baseline: mean(theirs),
		baselineC: baseline.c,
		difference: mean(ours) - mean(theirs),
		interval: difference,
		wallSeconds,
		cpuSeconds,
		estimatedSeconds: (await routerTrainer.estimate({ examples: train, base, seed })).seconds,
		heldOut: model.metrics,
		calibration: calibrationOf(router, test),
		scope: existsSync(outside) ? await scopeOf(router, test, await readLabelledTexts(outside)) : null,
	};
	console.log(name, shots, JSON.stringify(report));
	return report;
}

/** Mean confidence against share of right answers on the test questions. */
function calibrationOf(router: TextRouter, test: readonly LabelledText[]): { confidence: number; error: number } {
	const bins = Array.from({ length: 15 }, () => ({ confidence: 0, right: 0 }));
	for (const { text, label } of test) {
		const { probabilities, best } = router.judge(text);
		const bin = bins[Math.min(14, Math.floor(probabilities[best]! * 15))]!;
		bin.confidence += probabilities[best]!;
		bin.right += router.labels[best] === label ? 1 : 0;
	}
	const sum = (of: (bin: { confidence: number; right: number }) => number): number =>
		bins.reduce((all, bin) => all + of(bin), 0);
	return {
		confidence: sum(({ confidence }) => confidence) / test.length,
		error: sum(({ confidence, right }) => Math.abs(confidence - right)) / test.length,
	};
}

/** At the router's own threshold, and at the one that lets exactly 95 % of the test questions through. */
async function scopeOf(
	router: TextRouter,
	inside: readonly LabelledText[],
	outside: readonly LabelledText[],
): Promise<unknown> {
	const scopes = inside.map(({ text }) => router.judge(text).scope).toSorted((a, b) => a - b);
	const threshold = scopes[Math.floor(0.05 * scopes.length)]!;
	const isOut = async ({ text }: LabelledText): Promise<number> => ((await router.route(text)).outOfScope ? 1 : 0);
	return {
		accepted: 1 - mean(await Promise.all(inside.map(isOut))),
		recall: mean(await Promise.all(outside.map(isOut))),
		recallAt95: mean(outside.map(({ text }) => (router.judge(text).scope < threshold ? 1 : 0))),
	};
}

async function measureExtractor(): Promise<unknown> {
	const texts = await readFieldTexts(join(data, 'snips-json/train.jsonl.gz'));
	const { id, wallSeconds, cpuSeconds, model } = await trained(extractorTrainer, { ...texts, seed });
	const extractor = await loadExtractor(join(models, id));
	const path = join(data, 'snips-json/test.jsonl');
	const { examples } = await readFieldTexts(path, { shape: texts.shape });
	let counts = noSpans;
	let kinds = 0;
	for (const { text, spans, kind } of examples) {
		const found = extractor.extract(text);
		const at = found.spans.map(({ field, start, end }) => ({ field: extractor.fields.indexOf(field), start, end }));
		counts = countSpans(counts, at, spans);
		if (found.kind === kind) kinds++;
	}
	const report = {
		test: spanScores(counts),
		testValues: await valueScores(path, (text) => extractor.extract(text).output),
		kind: kinds / examples.length,
		examples: examples.length,
		wallSeconds,
		cpuSeconds,
		estimatedSeconds: (await extractorTrainer.estimate({ ...texts, seed })).seconds,
		heldOut: model.metrics,
	};
	console.log('extractor', JSON.stringify(report));
	return report;
}

/** Micro-averaged F1 of pairs of slot and value over every row, without offsets: what nothing but the JSON says. */
async function valueScores(path: string, extract: (text: string) => unknown): Promise<unknown> {
	const pairs = (output: unknown): string[] =>
		Object.entries((output as { slots: Record<string, string | string[]> }).slots).flatMap(([slot, value]) =>
			[value].flat().map((one) => JSON.stringify([slot, one])),
		);
	let [given, right, both] = [0, 0, 0];
	const { rows } = await readRows(path);
	for (const { value } of rows) {
		const found = pairs(extract(value!['input'] as string));
		const gold = pairs(JSON.parse(value!['output'] as string));
		given += found.length;
		right += gold.length;
		for (const pair of found) {
			const place = gold.indexOf(pair);
			if (place < 0) continue;
			gold.splice(place, 1);
			both++;
		}
	}
	return { f1: (2 * both) / (given + right), rows: rows.length };
}

function mean(numbers: readonly number[]): number {
	return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}
