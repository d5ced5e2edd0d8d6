import { fingerprint, type Fingerprint, isNearDuplicate } from '../../text/near-duplicates.ts';
import { words } from '../../text/words.ts';
import type { Content } from '../example.ts';
import { contentStems, paraphrasePairs } from '../paraphrases.ts';
import type { Row } from '../read-examples.ts';
import { type Fault } from './faults.ts';
import { toFault } from '../read-examples.ts';

/** A row with what it is compared by. */
export type Compared = {
	readonly row: Row;
	/** The words of the question, those before it included. */
	readonly asked: string;
	/** The words of all that it teaches. */
	readonly said: string;
	readonly askedPrint: Fingerprint;
	readonly saidPrint: Fingerprint;
};

export function toCompared(row: Row): Compared {
	const asked = askedText(row.example);
	const said = `${asked}\n${row.example.answer ?? ''}\n${row.example.label ?? ''}\n${passageText(row.example)}`;
	return {
		row,
		asked: normalised(asked),
		said: normalised(said),
		askedPrint: fingerprint(asked),
		saidPrint: fingerprint(said),
	};
}

/** What is asked, with the turns that it may lean on; instructions are the same everywhere and say nothing of it. */
export function askedText({ earlier, query }: Content): string {
	return [...earlier.filter(({ role }) => role !== 'system').map(({ content }) => content), query].join('\n');
}

function passageText({ positives }: Content): string {
	return positives.map(({ text }) => text).join('\n');
}

/** Words alone, with the signs that make a difference between numbers. */
export function normalised(text: string): string {
	return words(text)
		.map((word) => word.text)
		.join(' ');
}

/** Rows that ask the same or nearly so, as pairs in order of the rows. */
export function similarPairs(rows: readonly Compared[]): [Compared, Compared][] {
	return paraphrasePairs(rows.map(({ row }) => askedText(row.example))).map(([a, b]) =>
		a < b ? [rows[a]!, rows[b]!] : [rows[b]!, rows[a]!],
	);
}

/** Rows that were there before, word for word or nearly so; not those that train and measure, which `overlapFaults` tells. */
export function duplicateFaults(rows: readonly Compared[], pairs: readonly [Compared, Compared][]): Fault[] {
	const faults: Fault[] = [];
	const seen = new Map<string, Row>();
	const repeated = new Set<Row>();
	for (const { row } of rows) {
		const key = `${row.example.split === 'train'} ${row.example.split === null} ${row.example.id}`;
		const first = seen.get(key);
		if (first === undefined) seen.set(key, row);
		else {
			repeated.add(row);
			faults.push(faultAt(row, 'duplicate', `is the same as ${place(first)}`));
		}
	}
	const tell = (row: Row, before: Row): void => {
		if (repeated.has(before) || repeated.has(row) || measures(before, row)) return;
		repeated.add(row);
		faults.push(faultAt(row, 'near-duplicate', `says nearly the same as ${place(before)}`));
	};
	for (const same of Map.groupBy(rows, ({ said }) => said).values()) {
		for (const { row } of same.slice(1)) tell(row, same[0]!.row);
	}
	for (const [first, second] of pairs) {
		if (isNearDuplicate(first.saidPrint, second.saidPrint)) tell(second.row, first.row);
	}
	return faults;
}

/** Whether one of two rows trains and the other measures, as they say of themselves. */
function measures(a: Row, b: Row): boolean {
	const [first, second] = [a.example.split, b.example.split];
	return first !== null && second !== null && (first === 'train') !== (second === 'train');
}

/** Rows that train on what another row measures, and groups that are in two parts. Only rows that name their part. */
export function overlapFaults(rows: readonly Compared[], pairs: readonly [Compared, Compared][]): Fault[] {
	const faults: Fault[] = [];
	const told = new Set<Row>();
	const tell = (a: Row, b: Row): void => {
		const [training, measuring] = a.example.split === 'train' ? [a, b] : [b, a];
		if (!measures(a, b) || told.has(training)) return;
		told.add(training);
		const part = measuring.example.split;
		faults.push(faultAt(training, 'train-test-overlap', `asks what ${place(measuring)} asks in ${part}`));
	};
	for (const same of Map.groupBy(rows, ({ asked }) => asked).values()) {
		const measuring = same.find(({ row: { example } }) => example.split === 'test' || example.split === 'dev');
		if (measuring) for (const { row } of same) tell(row, measuring.row);
	}
	for (const [first, second] of pairs) {
		if (isNearDuplicate(first.askedPrint, second.askedPrint)) tell(first.row, second.row);
	}
	return [...faults, ...groupFaults(rows)];
}

function groupFaults(rows: readonly Compared[]): Fault[] {
	const first = new Map<string, Row>();
	return rows.flatMap(({ row }) => {
		const { group, split } = row.example;
		if (group === null || split === null) return [];
		const other = first.get(group);
		if (other === undefined) first.set(group, row);
		if (other === undefined || other.example.split === split) return [];
		const message = `is in ${split}, and the same group is in ${other.example.split} at ${place(other)}`;
		return [faultAt(row, 'group-in-two-parts', message)];
	});
}

/** Rows of one question that each of them is compared to: of more, two that disagree are among these, or a third with one of these. */
const mostCompared = 50;

/** One text with two labels, one question with answers that cannot both be right: at each of the rows, since who knows which is. */
export function contradictionFaults(rows: readonly Compared[]): Fault[] {
	const byQuestion = Map.groupBy(rows, ({ asked, row }) => `${asked}\n${normalised(passageText(row.example))}`);
	const faults: Fault[] = [];
	for (const same of byQuestion.values()) {
		const others = same.slice(0, mostCompared);
		for (const { row } of same) {
			const labelled = others.find((other) => isOtherLabel(row.example.label, other.row.example.label));
			if (labelled) faults.push(faultAt(row, 'label-conflict', `has another label than ${place(labelled.row)}`));
			const answered = others.find((other) => contradicts(row.example.answer, other.row.example.answer));
			if (answered) faults.push(faultAt(row, 'contradiction', `answers otherwise than ${place(answered.row)}`));
		}
	}
	return faults;
}

function isOtherLabel(a: string | null, b: string | null): boolean {
	return a !== null && b !== null && plain(a) !== plain(b);
}

const negation = /\b(?:no|not|never|cannot|can't|don't|doesn't|isn't|won't|nicht|kein\w*|nie|non|ne|pas|nunca)\b/i;
/** Shared content words (Jaccard) below which two answers say different things. */
const unlike = 0.1;

/** Other numbers, yes against no, a negation in one alone, or nothing in common. Two wordings of one answer are fine. */
function contradicts(a: string | null, b: string | null): boolean {
	if (a === null || b === null || normalised(a) === normalised(b)) return false;
	const [first, second] = [fingerprint(a).numbers, fingerprint(b).numbers];
	if (first !== '' && second !== '' && first !== second && !contains(first, second)) return true;
	if (negation.test(a) !== negation.test(b)) return true;
	const [left, right] = [contentStems(a), contentStems(b)];
	const shared = [...left].filter((word) => right.has(word)).length;
	return shared < unlike * (left.size + right.size - shared);
}

function contains(a: string, b: string): boolean {
	return ` ${a} `.includes(` ${b} `) || ` ${b} `.includes(` ${a} `);
}

/** A label but for capitals, spaces and hyphens. */
export function plain(label: string): string {
	return label
		.trim()
		.toLowerCase()
		.replaceAll(/[\s_-]+/g, ' ');
}

export function place({ file, line }: Row): string {
	return line === null ? file : `line ${line} of ${file}`;
}

export function faultAt({ file, line, example }: Row, code: Fault['code'], message: string): Fault {
	return toFault({ code, message }, { file, line, example: example.id });
}
