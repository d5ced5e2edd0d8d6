import { best, match, read, type Match, type Reading } from './match.ts';
import type { Question } from './question.ts';
import type { Evidence, Unit } from './units.ts';
import { candidates } from './wanted.ts';

/** A unit compared with a question. `strengths` hold for each asked word how well it is found, 0 to 1. */
export type Compared = {
	readonly unit: Unit;
	readonly reading: Reading;
	/** In the unit itself. */
	readonly match: Match;
	/** In its headings, the paragraph that leads to it and its table's header. */
	readonly around: readonly number[];
	/** In the unit, around it, and in the headings of its hit and the title. */
	readonly inContext: readonly number[];
	/** As `inContext`, with the units before and after. */
	readonly nearby: readonly number[];
	/** In the whole hit with its headings and title. */
	readonly inHit: readonly number[];
	/** In any hit. */
	readonly anywhere: readonly number[];
	/** For each word of the reading whether it could be what is wanted and is not in the question. */
	readonly candidates: readonly boolean[];
	/** Its hit's BM25 relative to the best one, 0 to 1. */
	readonly keyword: number;
};

/** Compares every unit with the question, in order. */
export function compare(question: Question, units: readonly Unit[], evidence: readonly Evidence[]): Compared[] {
	const languageOf = (unit: Unit): string | null => evidence[unit.hit]!.document.language;
	const found = (text: string, language: string | null): readonly number[] =>
		match(question, read(text, language)).strengths;
	const readings = units.map((unit) => read(unit.plain, languageOf(unit)));
	const matches = readings.map((reading) => match(question, reading));
	const around = units.map((unit) => found([...unit.headings, unit.lead, ...unit.header].join('\n'), languageOf(unit)));
	const hits = evidence.map(({ hit, document }) => {
		const above = found([hit.document.title, ...hit.headings].join('\n'), document.language);
		return { above, all: best(above, found(hit.text, document.language)) };
	});
	const none = question.asked.map(() => 0);
	const anywhere = best(none, ...hits.map(({ all }) => all));
	const topKeyword = Math.max(...evidence.map(({ hit }) => hit.parts.keyword ?? 0), 1e-9);
	const own = units.map((unit, i) => best(matches[i]!.strengths, around[i]!, hits[unit.hit]!.above));
	return units.map((unit, i) => {
		const neighbours = [i - 1, i + 1].filter((at) => units[at]?.hit === unit.hit);
		return {
			unit,
			reading: readings[i]!,
			match: matches[i]!,
			around: around[i]!,
			inContext: own[i]!,
			nearby: best(own[i]!, ...neighbours.map((at) => matches[at]!.strengths)),
			inHit: hits[unit.hit]!.all,
			anywhere,
			candidates: candidatesOutside(question, readings[i]!, matches[i]!),
			keyword: (evidence[unit.hit]!.hit.parts.keyword ?? 0) / topKeyword,
		};
	});
}

function candidatesOutside(question: Question, reading: Reading, found: Match): boolean[] {
	const asked = new Set(found.positions.flat());
	const said = new Set(question.words);
	return candidates(question.wanted, reading).map(
		(is, at) => is && !asked.has(at) && !said.has(reading.words[at]!.text),
	);
}
