import { stemmer } from '../../text/stem.ts';
import { stopWords } from '../../text/stop-words.ts';
import { lex, type Token } from './lex.ts';
import { readValues, type Value } from './values.ts';

/** A text read for verification: tokens, values, clauses. All arrays run along `tokens`. */
export type Reading = {
	readonly text: string;
	readonly language: string;
	readonly tokens: readonly Token[];
	/** Stems of words, one spelling of identifiers; marks keep their sign. */
	readonly terms: readonly string[];
	readonly values: readonly Value[];
	/** Index into `values`, −1 outside them. */
	readonly valueAt: Int32Array;
	/** Words that carry content: no stop word, no part of a value. */
	readonly isContent: readonly boolean[];
	/** Sentence, row or JSON member that a token is in. */
	readonly sentence: Int32Array;
	/** Clause or cell that a token is in; numbered across sentences. */
	readonly clause: Int32Array;
	/** Column of a table that a token is in, −1 elsewhere. */
	readonly column: Int32Array;
	/** Term → token indices. */
	readonly positions: ReadonlyMap<string, readonly number[]>;
};

/** Words that say nothing of their own in an answer: lead-ins, politeness, light verbs, connectives. */
const fillers: Readonly<Record<string, string>> = {
	en: "according accordance please thank thanks asking note sure make makes made general generally overall default basically simply also however therefore thus hence moreover additionally furthermore specifically particular respectively namely may might must shall should would could can cannot will wo ca n't not never no nor only just even still already yet need needs needed needing get gets getting receive receives received has have had having been being do does did done per each every any all both either other others another following based currently actually document documents text source says say said states stated state mentions specified described guideline guidelines policy rule rules means mean meaning let us one ones something someone anyone everyone thing things way case cases whether once while during within between upon under over above below via using used use uses user take takes taken taking there here then when since until because so too as such able like long late later latest early least most more less than further total place time times rather instead own kind whole part set sets certain given happen happens happened happening apply applies applied answer yes question relevant related regarding concerning respect terms order begin begins before after afterwards whereas otherwise until unless beforehand recommend recommends recommended provide provides provided become becomes remain remains usual usually possible effect effective",
	de: 'bitte danke laut gemäß zufolge grundsätzlich allgemein generell dabei dazu daher deshalb somit also jedoch kann können muss müssen soll sollen darf dürfen wird werden worden wurde wurden sind ist sein nicht kein keine keinen nur auch bereits noch jeweils jede jeder jedes jeden alle bei beim innerhalb binnen bis ab seit sofern falls wenn gilt gelten beträgt dann hier dort durch für mit ohne unter über vor nach während sonst spätestens mindestens höchstens',
	es: 'favor gracias según general generalmente además también sin embargo puede pueden debe deben deberá tiene tienen tener dispone ser estar hay haber sido cada todo todos toda todas solo sólo únicamente caso casos para desde hasta durante tras lugar vez veces parte dar hacer cuenta antes después mientras',
	fr: 'merci selon général généralement également aussi donc ainsi cependant peut peuvent doit doivent faut devoir pouvoir être avoir fait faire sera seront chaque tout tous toute toutes seulement uniquement cas pour depuis jusqu pendant lors n ne pas sous dans afin peu dès',
};

const fillerSets = new Map<string, ReadonlySet<string>>();

/** Whether a lower-cased word says nothing that an answer could get wrong by itself. */
export function isFiller(word: string, language: string): boolean {
	let set = fillerSets.get(language);
	if (set === undefined) {
		set = new Set([...stopWords(language), ...(fillers[language] ?? fillers['en']!).split(' ')]);
		fillerSets.set(language, set);
	}
	return set.has(word);
}

const conjunctions = new Set(
	'and but while whereas or because so which that if when unless although und aber während weil oder sofern wenn dass wobei y pero mientras porque o cuando et mais tandis parce ou lorsque'.split(
		' ',
	),
);
const sentenceEnds = new Set(['.', '!', '?', ';', '。']);
const clauseEnds = new Set([',', ':', '(', ')', '–', '—', '|', '{', '}', '[', ']', '→']);

/** Reads a text; `language` (ISO 639-1) chooses number words, units, stop words and stems; unknown ones read as English. */
export function read(text: string, language: string | null): Reading {
	const tokens = lex(text, language);
	const code = language ?? 'en';
	const values = readValues(tokens, code);
	const valueAt = new Int32Array(tokens.length).fill(-1);
	values.forEach((value, i) => valueAt.fill(i, value.from, value.to));
	const stem = stemmer(language);
	const terms = tokens.map(({ kind, text }) => (kind === 'word' ? stem(text) : text));
	const isContent = tokens.map(
		({ kind, text }, at) =>
			kind === 'word' && valueAt[at] === -1 && !isFiller(text, code) && (text.length > 1 || /\p{Lo}/u.test(text)),
	);
	const positions = new Map<string, number[]>();
	tokens.forEach(({ kind, parts }, at) => {
		if (kind === 'mark') return;
		push(positions, terms[at]!, at);
		for (const part of parts ?? []) if (stem(part) !== terms[at]) push(positions, stem(part), at);
	});
	return {
		text,
		language: code,
		tokens,
		terms,
		values,
		valueAt,
		isContent,
		positions,
		...divide(tokens, isContent, valueAt),
	};
}

function push(map: Map<string, number[]>, key: string, at: number): void {
	const known = map.get(key);
	if (known === undefined) map.set(key, [at]);
	else known.push(at);
}

function divide(
	tokens: readonly Token[],
	isContent: readonly boolean[],
	valueAt: Int32Array,
): Pick<Reading, 'sentence' | 'clause' | 'column'> {
	const sentence = new Int32Array(tokens.length);
	const clause = new Int32Array(tokens.length);
	const column = new Int32Array(tokens.length).fill(-1);
	const isTable = tokens.some(({ text, kind }) => kind === 'mark' && text === '|');
	let sentenceNumber = 0;
	let clauseNumber = 0;
	let content = 0;
	let cell = isTable && tokens[0]?.text !== '|' ? 0 : -1;
	tokens.forEach((token, at) => {
		const { kind, text } = token;
		if (kind === 'mark' && text === '\n' && isTable) {
			sentenceNumber++;
			clauseNumber++;
			content = 0;
			cell = tokens[at + 1]?.text === '|' ? -1 : 0;
		} else if (kind === 'mark' && text === '|' && isTable) {
			clauseNumber++;
			content = 0;
			cell++;
		} else if (kind === 'mark' && sentenceEnds.has(text) && endsSentence(tokens, at)) {
			sentenceNumber++;
			clauseNumber++;
			content = 0;
		} else if (kind === 'mark' ? clauseEnds.has(text) : kind === 'word' && conjunctions.has(text)) {
			if (content >= 2) {
				clauseNumber++;
				content = 0;
			}
		}
		if (isContent[at] || (valueAt[at] !== -1 && valueAt[at] !== valueAt[at - 1])) content++;
		sentence[at] = sentenceNumber;
		clause[at] = clauseNumber;
		column[at] = isTable ? cell : -1;
	});
	return { sentence, clause, column };
}

/** A full stop ends a sentence before a space, but not after `31` in `31. Dezember` or inside `e.g.`. */
function endsSentence(tokens: readonly Token[], at: number): boolean {
	const next = tokens[at + 1];
	if (next === undefined || tokens[at]!.text !== '.') return true;
	if (next.start === tokens[at]!.end) return false;
	const before = tokens[at - 1];
	return !(before?.kind === 'number' && before.digits!.length <= 2 && next.kind === 'word' && !next.isCapital);
}
