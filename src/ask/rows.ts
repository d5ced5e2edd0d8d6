import { coverage, match, read } from './match.ts';
import type { Question } from './question.ts';
import type { Unit } from './units.ts';
import { candidates } from './wanted.ts';

/**
 * What a table row says to a question: its name (the first cell) and the asked columns with their values, all columns
 * when the question names none. `Battery: PX-1200/B 4,600 mAh` for "What battery has the PX-1200/B?".
 */
export function rowText(question: Question, unit: Unit, language: string | null): string {
	const [name = '', ...values] = unit.cells;
	const columns = values.flatMap((value, i) => (value === '' ? [] : [{ label: unit.header[i + 1] ?? '', value }]));
	const chosen = askedColumns(question, name, columns, language);
	const said = chosen.map(({ label, value }) => (label === '' ? value : `${label}: ${value}`)).join('; ');
	return name === '' ? said : said === '' ? name : `${name} – ${said}`;
}

type Column = { readonly label: string; readonly value: string };

/** What a question word asks of a column, by its heading. */
const measures: readonly (readonly [wanted: Question['wanted'], heading: RegExp])[] = [
	['amount', /price|fee|cost|charge|amount|eur|usd|gbp|[€$£%]|preis|gebühr|precio|tarif|prix/iu],
	['duration', /time|duration|days?|hours?|window|period|deadline|dauer|frist|plazo|durée/iu],
	['time', /date|when|since|until|year|deadline|datum|fecha/iu],
	['person', /who|owner|contact|name|person|team|author/iu],
	['place', /where|location|country|city|region|address/iu],
];

/** A column whose value speaks of what was asked counts this much beside one whose heading does. */
const valueShare = 0.7;
/** What it counts that a value has the form of what is wanted, such as a duration. */
const tellsWanted = 0.3;
/** Columns are told together when the weaker scores at least this share of the best. */
const nearlyBest = 0.6;
/** What can be told by its form without being told by nearly every cell. */
const specific: ReadonlySet<Question['wanted']> = new Set(['duration', 'time']);

function askedColumns(
	question: Question,
	name: string,
	columns: readonly Column[],
	language: string | null,
): readonly Column[] {
	const inName = match(question, read(name, language)).strengths;
	// What the row's name already answers to does not choose a column.
	const rest = { ...question, asked: question.asked.filter((_, i) => inName[i]! < 1) };
	const scored = columns.map((column) => {
		const label = coverage(rest, match(rest, read(column.label, language)).strengths);
		const value = read(column.value, language);
		const told = specific.has(question.wanted) && candidates(question.wanted, value).some(Boolean) ? tellsWanted : 0;
		return { column, label, score: label + valueShare * coverage(rest, match(rest, value).strengths) + told };
	});
	const most = Math.max(0, ...scored.map(({ score }) => score));
	if (scored.some(({ label }) => label > 0)) {
		return scored.filter(({ score }) => score >= most * nearlyBest).map(({ column }) => column);
	}
	const heading = measures.find(([wanted]) => wanted === question.wanted)?.[1];
	const measured = heading === undefined ? [] : columns.filter(({ label }) => heading.test(label));
	return measured.length > 0 ? measured : columns;
}
