import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { type Advice, advise } from '../advise/advise.ts';
import { type Measurement, reportSchema, toMeasurement } from '../advise/measurement.ts';
import { type PresetName, presets } from '../advise/presets.ts';
import { priorIds } from '../advise/priors.ts';
import { type Field, type Situation, type SituationInput, situationSchema } from '../advise/situation.ts';
import { KnowhowError } from '../core/error.ts';
import { nearest } from './nearest.ts';

export type AdviceRequest = {
	/** What was told; wins over the preset. */
	readonly situation?: SituationInput;
	/** A starting point for what was not told. */
	readonly preset?: PresetName;
	/** An evaluation report, as `knowhow evaluate --json` prints it. */
	readonly report?: unknown;
	readonly seed?: number;
};

/** Advice for a situation as a program or an HTTP body gives it. Throws `invalid_argument`, with the nearest name for an unknown key. */
export function adviceFor({ situation = {}, preset, report, seed }: AdviceRequest): Advice {
	const start = preset === undefined ? {} : presets[preset].situation;
	const told = new Set(Object.keys(situation) as Field[]);
	const measured = report === undefined ? null : parseMeasurement(report, 'The report');
	return advise(parseSituation({ ...start, ...situation }, 'The situation'), {
		told,
		measured,
		...(seed === undefined ? {} : { seed }),
	});
}

/** The situation with its defaults. Throws `invalid_argument`; `where` names what was read. */
export function parseSituation(value: unknown, where: string): Situation {
	const parsed = situationSchema.safeParse(value);
	if (parsed.success) return parsed.data;
	const unknown = parsed.error.issues.find((issue) => issue.code === 'unrecognized_keys');
	if (unknown) {
		const known = unknown.path[0] === 'prices' ? priorIds : Object.keys(situationSchema.shape);
		throw unknownName([...unknown.path, unknown.keys[0] ?? ''].join('.'), known, where);
	}
	throw new KnowhowError(
		'invalid_argument',
		`${where}: ${z.prettifyError(parsed.error).replace(/✖ /g, '').replace(/\s+/g, ' ')}.`,
		{
			hint: 'See `knowhow advise --help` and docs/advise.md.',
		},
	);
}

/** The answers of a JSON file, every key known. Throws `not_found`, `invalid_data` and `invalid_argument`. */
export async function readAnswers(path: string): Promise<SituationInput> {
	const value = await readJson(path);
	if (typeof value !== 'object' || value === null || Array.isArray(value)) {
		throw new KnowhowError('invalid_data', `${path} must hold one JSON object.`);
	}
	parseSituation(value, path);
	return value;
}

/** An evaluation report from a JSON file. Throws `not_found` and `invalid_data`. */
export async function readReport(path: string): Promise<unknown> {
	const report = await readJson(path);
	parseMeasurement(report, path);
	return report;
}

function parseMeasurement(value: unknown, where: string): Measurement {
	const parsed = reportSchema.safeParse(value);
	if (parsed.success) return toMeasurement(parsed.data);
	throw new KnowhowError(
		'invalid_data',
		`${where} is no evaluation report: ${z.prettifyError(parsed.error).replace(/\s+/g, ' ')}.`,
		{
			hint: 'Write one with `knowhow evaluate`; docs/advise.md shows what is read.',
		},
	);
}

async function readJson(path: string): Promise<unknown> {
	let text: string;
	try {
		text = await readFile(path, 'utf8');
	} catch (cause) {
		throw new KnowhowError('not_found', `${path} could not be read.`, { cause });
	}
	try {
		return JSON.parse(text.replace(/^\uFEFF/, '')) as unknown;
	} catch (cause) {
		throw new KnowhowError('invalid_data', `${path} is not valid JSON.`, { cause });
	}
}

function unknownName(path: string, known: readonly string[], where: string): KnowhowError {
	const suggestion = nearest(path.split('.').at(-1) as string, known);
	return new KnowhowError('invalid_argument', `${where} holds the unknown key "${path}".`, {
		hint: suggestion ? `Did you mean "${suggestion}"?` : `Known keys: ${known.join(', ')}.`,
		details: { key: path, suggestion },
	});
}
