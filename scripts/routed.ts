/**
 * One router, three systems, beside the best single one, on the sample: `npm run routed`. Questions are of class code, troubleshooting
 * or general by where their answer stands. The router learns from the tickets of these classes (train split). What each class is
 * answered with, and which single system is best, is chosen on the dev questions; the test questions are asked once, at the end.
 */
import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readTickets } from '../sample/tickets.ts';
import type { Filter, GoldQuestion, Knowhow, NamedSpec } from '../src/index.ts';
import { loadRouter, open, readQuestions } from '../src/index.ts';

const sample = new URL('../sample/', import.meta.url).pathname;
const { values } = parseArgs({
	options: {
		json: { type: 'boolean', default: false },
		/** Ask only every so-manieth question of each part: for a test of the program, not for its numbers. */
		every: { type: 'string', default: '1' },
		/** The questions of the comparison; `dev`, on which everything was chosen, flatters. */
		on: { type: 'string', default: 'test' },
	},
});
const on = values.on === 'dev' ? 'dev' : 'test';

type Class = 'code' | 'troubleshooting' | 'general';
const classes: readonly Class[] = ['code', 'troubleshooting', 'general'];
/** Where answers of a class stand; those of class general everywhere else. */
const places: Readonly<Record<Exclude<Class, 'general'>, readonly string[]>> = {
	code: ['sdk/', 'api/'],
	troubleshooting: [
		'engineering/incident-response.md',
		'engineering/postmortems/',
		'engineering/runbooks/',
		'status/',
		'support/card-declines.html',
		'support/payout-delays.md',
		'support/reset-password.md',
		'terminals/connectivity.md',
		'terminals/error-codes.csv',
		'terminals/troubleshooting.md',
		'terminals/updates.md',
	],
};
/** What a system of a class may be restricted to. */
const folders: Readonly<Record<Class, readonly string[]>> = {
	code: ['sdk/', 'api/'],
	troubleshooting: ['api/errors.json', 'engineering/', 'status/', 'support/', 'terminals/'],
	general: [
		'finance/',
		'fraud/',
		'legal/',
		'onboarding/',
		'policies/',
		'pricing/',
		'releases/',
		'support/',
		'terminals/',
	],
};

type Settings = {
	readonly hits?: number;
	readonly threshold?: number;
	readonly mode?: 'keyword';
	readonly within?: Class;
};
/** What is tried for every class, and as the single system; the first is the default. */
const shared: Readonly<Record<string, Settings>> = {
	rag: {},
	'three-hits': { hits: 3 },
	'eight-hits': { hits: 8 },
	'always-answers': { threshold: 0 },
	bold: { threshold: 0.2 },
	eager: { threshold: 0.5 },
	careful: { threshold: 0.75 },
	keywords: { mode: 'keyword' },
};
/** What is tried for one class besides: its own folders alone. */
const own = (within: Class): Readonly<Record<string, Settings>> => ({
	[`${within}-folders`]: { within },
	[`${within}-folders-bold`]: { within, threshold: 0.2 },
});

type Scores = ReadonlyMap<string, number | null>;
const told: Record<string, unknown> = {};
const folder = await mkdtemp(join(tmpdir(), 'knowhow-routed-'));
try {
	await cp(join(sample, 'v1'), join(folder, 'docs'), { recursive: true });
	await using knowhow = await open(folder, { random: seeded('routed') });
	await knowhow.ingest('docs');
	const questions = { dev: await classed('dev'), test: await classed('test') };
	const router = await trainRouter(knowhow);
	const routes = { dev: await routesOf(router, questions.dev), test: await routesOf(router, questions.test) };
	tellRouter(questions, routes);
	const chosen = await choose(knowhow, questions.dev, routes.dev);
	await saveRouted(knowhow, router, chosen);
	await measure(knowhow, questions[on], chosen.single);
} finally {
	await rm(folder, { recursive: true });
}
if (values.json) process.stdout.write(`${JSON.stringify(told)}\n`);

/** The questions of a part but those of class `mismatch`, which no system answers; with the class of their subject in place of that of their form. */
async function classed(split: 'dev' | 'test'): Promise<GoldQuestion[]> {
	const found: GoldQuestion[] = [];
	for (const file of ['questions.jsonl', 'code-questions.jsonl']) {
		const path = join(sample, file);
		const places = await placesOf(path);
		const questions = (await readQuestions(path, { split })).filter((question) => question.class !== 'mismatch');
		found.push(...questions.map((question) => ({ ...question, class: classOf(places.get(question.id)!) })));
	}
	return found.filter((_, at) => at % Number(values.every) === 0);
}

type Line = { id: string; near?: string[]; evidence?: { path: string }[] | { v1: { path: string }[] } };

/** The first document of every question's answer, or the nearest one where there is no answer. */
async function placesOf(path: string): Promise<Map<string, string>> {
	const lines = (await readFile(path, 'utf8')).trim().split('\n');
	return new Map(
		lines.map((line) => {
			const { id, near = [], evidence = [] } = JSON.parse(line) as Line;
			const [first] = Array.isArray(evidence) ? evidence : evidence.v1;
			return [id, first?.path ?? near[0]!];
		}),
	);
}

function classOf(path: string): Class {
	const isIn = (label: keyof typeof places): boolean => places[label].some((place) => path.startsWith(place));
	return isIn('code') ? 'code' : isIn('troubleshooting') ? 'troubleshooting' : 'general';
}

/** A router of three classes, from the tickets of people who wrote nothing of what is asked here. */
async function trainRouter(knowhow: Knowhow): Promise<string> {
	const rows = readTickets().filter(({ label, split }) => split === 'train' && classes.includes(label as Class));
	const data = join(knowhow.folder, 'tickets.jsonl');
	await writeFile(data, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
	const { model, metrics } = await knowhow.models.trainRouter({ data });
	const { accuracy } = metrics.heldOut;
	say(
		'router',
		{ model, ...metrics },
		`${model} from ${rows.length} tickets; held-out tickets right: ${fixed(accuracy)}`,
	);
	return model;
}

/** What the router makes of each question; `otherwise`: of none of its classes. */
async function routesOf(
	id: string,
	questions: readonly GoldQuestion[],
): Promise<ReadonlyMap<string, Class | 'otherwise'>> {
	const router = await loadRouter(join(folder, '.knowhow', 'models', id));
	const routed = new Map<string, Class | 'otherwise'>();
	for (const { id: question, question: text } of questions) {
		const { label, outOfScope } = await router.route(text);
		routed.set(question, outOfScope ? 'otherwise' : (label as Class));
	}
	return routed;
}

type Parts<T> = Readonly<Record<'dev' | 'test', T>>;

function tellRouter(
	questions: Parts<readonly GoldQuestion[]>,
	routes: Parts<Awaited<ReturnType<typeof routesOf>>>,
): void {
	for (const part of ['dev', 'test'] as const) {
		const asked = questions[part];
		const right = share(asked, ({ id, class: of }) => routes[part].get(id) === of);
		const out = share(asked, ({ id }) => routes[part].get(id) === 'otherwise');
		const counts = Object.fromEntries(
			classes.map((label) => [label, asked.filter((one) => one.class === label).length]),
		);
		const each = classes.map((label) => `${counts[label]} ${label}`).join(', ');
		const text = `${asked.length} questions (${each}); routed right ${fixed(right)}, out of scope ${fixed(out)}`;
		say(part, { questions: asked.length, counts, right, outOfScope: out }, text);
	}
}

type Chosen = { readonly systems: Readonly<Record<Class, string>>; readonly single: string };

/** On the questions that the router sends to a class, what answers most of them; for all together the best single system. */
async function choose(
	knowhow: Knowhow,
	questions: readonly GoldQuestion[],
	routes: Awaited<ReturnType<typeof routesOf>>,
): Promise<Chosen> {
	const scores = new Map<string, Scores>();
	const tried = { ...shared, ...own('code'), ...own('troubleshooting'), ...own('general') };
	for (const [name, settings] of Object.entries(tried)) {
		if (name !== 'rag') await knowhow.saveSystem(name, await specOf(knowhow, settings));
		const { rows } = await knowhow.evaluate(questions, { systems: [name] });
		scores.set(name, new Map(rows.map((row) => [row.question, row.scores.correct])));
	}
	const best = (names: readonly string[], sent: readonly GoldQuestion[]): string =>
		names.reduce((first, name) => (meanOf(scores.get(name)!, sent) > meanOf(scores.get(first)!, sent) ? name : first));
	const systems = Object.fromEntries(
		classes.map((label) => {
			const sent = questions.filter(({ id }) => routes.get(id) === label);
			return [label, best([...Object.keys(shared), ...Object.keys(own(label))], sent)];
		}),
	) as Record<Class, string>;
	const single = best(Object.keys(tried), questions);
	tellPerfect(questions, scores);
	const means = Object.fromEntries([...scores].map(([name, of]) => [name, meanOf(of, questions)]));
	say(
		'tried',
		means,
		Object.entries(means)
			.map(([name, mean]) => `${name} ${fixed(mean)}`)
			.join(', '),
	);
	say(
		'chosen',
		{ ...systems, single },
		`${classes.map((label) => `${label} → ${systems[label]}`).join(', ')}; best single: ${single}`,
	);
	return { systems, single };
}

/** What each class by itself is answered best with: as far as any router could get. */
function tellPerfect(questions: readonly GoldQuestion[], scores: ReadonlyMap<string, Scores>): void {
	let right = 0;
	for (const label of classes) {
		const asked = questions.filter((one) => one.class === label);
		const means = [...scores].map(([name, of]) => [name, meanOf(of, asked)] as const);
		const best = Math.max(...means.map(([, mean]) => mean));
		right += best * asked.length;
		say(
			`best for ${label}`,
			Object.fromEntries(means),
			means.map(([name, mean]) => `${name} ${fixed(mean)}`).join(', '),
		);
	}
	const perfect = right / questions.length;
	say('perfect router', perfect, `${fixed(perfect)} right on the dev questions`);
}

async function specOf(knowhow: Knowhow, { hits, threshold, mode, within }: Settings): Promise<NamedSpec['spec']> {
	const { spec } = await knowhow.system('rag');
	if (spec.kind === 'routed' || spec.retrieval === null) throw new Error('rag is a plain system with a search');
	const { search, embedder } = spec.retrieval;
	return {
		...spec,
		retrieval: {
			search: { ...search, mode: mode ?? search.mode },
			embedder,
			...(within === undefined ? {} : { filter: inside(folders[within]) }),
		},
		ask: { ...spec.ask, hits: hits ?? spec.ask.hits, ...(threshold === undefined ? {} : { threshold }) },
	};
}

/** Documents whose source begins so. */
function inside(prefixes: readonly string[]): Filter {
	const filters = prefixes.map((prefix): Filter => {
		const source = `docs/${prefix}`;
		return {
			type: 'and',
			filters: [
				{ type: 'gte', key: 'source', value: source },
				{ type: 'lt', key: 'source', value: `${source}\uffff` },
			],
		};
	});
	return { type: 'or', filters };
}

async function saveRouted(knowhow: Knowhow, router: string, { systems, single }: Chosen): Promise<void> {
	const reference = async (name: string): Promise<string> => `${name}@${(await knowhow.system(name)).version}`;
	const routed: Record<string, string> = {};
	for (const label of classes) {
		const { spec } = await knowhow.system(systems[label]);
		await knowhow.saveSystem(label, spec);
		routed[label] = await reference(label);
	}
	await knowhow.saveSystem('routed', { kind: 'routed', router, systems: routed, otherwise: await reference(single) });
}

/** The one look at the questions that nothing was chosen on. */
async function measure(knowhow: Knowhow, questions: readonly GoldQuestion[], single: string): Promise<void> {
	const systems = [...new Set(['rag', single, ...classes, 'routed'])];
	const report = await knowhow.evaluate(questions, { systems, dataset: on });
	for (const { name, metrics } of report.systems) {
		const { mean, interval } = metrics.correct;
		say(`${on}: ${name}`, { mean, interval }, `${fixed(mean ?? 0)} right${range(interval)}`);
	}
	for (const { class: label, systems: of } of report.classes) {
		const each = systems.map((name) => `${name} ${fixed(of[name]?.mean ?? 0)}`).join(', ');
		say(`class ${label}`, of, each);
	}
	const compared = report.comparisons.find(({ a, b }) => a === single && b === 'routed')!;
	const difference = -compared.difference!;
	const interval = { low: -compared.interval!.high, high: -compared.interval!.low };
	const isBetter = interval.low > 0 && compared.p <= 0.05;
	const verdict = isBetter ? 'better' : interval.high < 0 && compared.p <= 0.05 ? 'worse' : 'no difference shown';
	const { differing, p, minimumDetectable } = compared;
	say(
		'verdict',
		{ single, difference, interval, p, differing, minimumDetectable, verdict },
		`routed − ${single}: ${fixed(difference)}${range(interval)}, p = ${p.toFixed(3)}, ${differing} of ${questions.length} questions differ: ${verdict}`,
	);
}

function meanOf(scores: Scores, questions: readonly GoldQuestion[]): number {
	const known = questions.flatMap(({ id }) => scores.get(id) ?? []);
	return known.length === 0 ? 0 : known.reduce((sum, score) => sum + score, 0) / known.length;
}

function share<T>(items: readonly T[], isSo: (item: T) => boolean): number {
	return items.filter(isSo).length / items.length;
}

/** Ids are the same in every run. */
function seeded(seed: string): (bytes: number) => Uint8Array {
	let count = 0;
	return (bytes) => createHash('sha512').update(`${seed} ${++count}`).digest().subarray(0, bytes);
}

function range(interval: { readonly low: number; readonly high: number } | null): string {
	return interval === null ? '' : ` [${fixed(interval.low)}, ${fixed(interval.high)}]`;
}

function say(step: string, facts: unknown, text: string): void {
	told[step] = facts;
	if (!values.json) process.stdout.write(`${step.padEnd(24)}${text}\n`);
}

function fixed(value: number): string {
	return value.toFixed(3);
}
