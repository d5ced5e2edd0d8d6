/** Numbers written as words, in English, German, Spanish and French. */

type Table = {
	/** Words joined by spaces → number, 0 to 99 (German: to 999, one word each). */
	readonly small: ReadonlyMap<string, number>;
	readonly multipliers: ReadonlyMap<string, number>;
	/** May stand between a hundred and what is added to it. */
	readonly and: string;
	readonly ordinals: ReadonlyMap<string, number>;
};

/** A number read from words: its value and how many words it took. */
export type NumberRead = { readonly value: number; readonly length: number };

function english(): Table {
	const ones =
		'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
			' ',
		);
	const tens = 'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');
	const small = compose(ones, tens, (ten, one) => `${ten} ${one}`);
	small.set('dozen', 12);
	const ordinals = new Map<string, number>();
	const ordinalOnes =
		'first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth'.split(
			' ',
		);
	ordinalOnes.forEach((word, i) => ordinals.set(word, i + 1));
	'twentieth thirtieth fortieth fiftieth'.split(' ').forEach((word, i) => ordinals.set(word, 20 + 10 * i));
	for (const [i, ten] of tens.entries()) {
		for (let one = 0; one < 9; one++) ordinals.set(`${ten} ${ordinalOnes[one]}`, 20 + 10 * i + one + 1);
	}
	const multipliers = { hundred: 100, thousand: 1e3, million: 1e6, billion: 1e9, m: 1, millions: 1e6, billions: 1e9 };
	return { small, multipliers: new Map(Object.entries(multipliers)), and: 'and', ordinals };
}

function german(): Table {
	const ones =
		'null ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn'.split(
			' ',
		);
	const tens = 'zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig'.split(' ');
	const small = compose(ones, tens, (ten, one) => `${one}und${ten}`);
	for (const [word, value] of small) {
		if (value > 0) small.set(`hundert${word}`, 100 + value);
		if (value > 99) break;
	}
	for (let hundred = 1; hundred < 10; hundred++) {
		const name = `${ones[hundred]}hundert`;
		small.set(name, hundred * 100);
		for (const [i, one] of ones.entries()) if (i > 0) small.set(name + one, hundred * 100 + i);
		for (const [i, ten] of tens.entries()) small.set(name + ten, hundred * 100 + 20 + 10 * i);
	}
	for (let thousand = 1; thousand < 20; thousand++) small.set(`${ones[thousand]}tausend`, thousand * 1000);
	for (const form of ['eins', 'eine', 'einen', 'einem', 'einer', 'eines']) small.set(form, 1);
	small.set('zwo', 2);
	const ordinals = new Map<string, number>();
	const stems =
		'erst zweit dritt viert fünft sechst siebt acht neunt zehnt elft zwölft dreizehnt vierzehnt fünfzehnt'.split(' ');
	stems.forEach((stem, i) => {
		for (const ending of ['e', 'en', 'er', 'es', 'em']) ordinals.set(stem + ending, i + 1);
	});
	const multipliers = { hundert: 100, tausend: 1e3, million: 1e6, millionen: 1e6, mio: 1e6, milliarden: 1e9, mrd: 1e9 };
	return { small, multipliers: new Map(Object.entries(multipliers)), and: 'und', ordinals };
}

function spanish(): Table {
	const ones =
		'cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete dieciocho diecinueve'.split(
			' ',
		);
	const tens = 'veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa'.split(' ');
	const small = compose(ones, tens, (ten, one) => `${ten} y ${one}`);
	'veintiuno veintidós veintitrés veinticuatro veinticinco veintiséis veintisiete veintiocho veintinueve'
		.split(' ')
		.forEach((word, i) => small.set(word, 21 + i));
	'doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos novecientos'
		.split(' ')
		.forEach((word, i) => {
			small.set(word, 200 + 100 * i);
			small.set(word.replace(/os$/, 'as'), 200 + 100 * i);
		});
	for (const form of ['un', 'una']) small.set(form, 1);
	small.set('docena', 12);
	const ordinals = new Map<string, number>();
	'primer segund tercer cuart quint sext séptim octav noven décim'.split(' ').forEach((stem, i) => {
		for (const ending of ['o', 'a', 'os', 'as']) ordinals.set(stem + ending, i + 1);
	});
	ordinals.set('primer', 1);
	ordinals.set('tercer', 3);
	const multipliers = { cien: 100, ciento: 100, mil: 1e3, millón: 1e6, millones: 1e6 };
	return { small, multipliers: new Map(Object.entries(multipliers)), and: 'y', ordinals };
}

function french(): Table {
	const ones =
		'zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix_sept dix_huit dix_neuf'
			.split(' ')
			.map((word) => word.replace('_', ' '));
	const tens = 'vingt trente quarante cinquante soixante'.split(' ');
	const small = compose(ones, tens, (ten, one) => (one === 'un' ? `${ten} et un` : `${ten} ${one}`));
	for (let one = 10; one < 20; one++) small.set(`soixante ${one === 11 ? 'et ' : ''}${ones[one]}`, 60 + one);
	small.set('quatre vingts', 80);
	small.set('quatre vingt', 80);
	for (let one = 1; one < 20; one++) small.set(`quatre vingt ${ones[one]}`, 80 + one);
	for (const [word, value] of Object.entries({ une: 1, septante: 70, huitante: 80, nonante: 90, douzaine: 12 })) {
		small.set(word, value);
	}
	const ordinals = new Map<string, number>([
		['premier', 1],
		['première', 1],
		['second', 2],
		['seconde', 2],
	]);
	'deux trois quatr cinqu six sept huit neuv dix onz douz'
		.split(' ')
		.forEach((stem, i) => ordinals.set(`${stem}ième`, i + 2));
	const multipliers = { cent: 100, cents: 100, mille: 1e3, million: 1e6, millions: 1e6, milliards: 1e9 };
	return { small, multipliers: new Map(Object.entries(multipliers)), and: 'et', ordinals };
}

function compose(ones: readonly string[], tens: readonly string[], join: (ten: string, one: string) => string) {
	const small = new Map<string, number>(ones.map((word, i) => [word, i]));
	for (const [i, ten] of tens.entries()) {
		small.set(ten, 20 + 10 * i);
		for (let one = 1; one < 10; one++) small.set(join(ten, ones[one]!), 20 + 10 * i + one);
	}
	return small;
}

const tables = new Map<string, Table>();
const makers: Readonly<Record<string, () => Table>> = { en: english, de: german, es: spanish, fr: french };

function tableOf(language: string): Table {
	let table = tables.get(language);
	if (table === undefined) {
		table = (makers[language] ?? english)();
		tables.set(language, table);
	}
	return table;
}

/** Words of the longest name of a number below 100: quatre vingt dix sept. */
const longest = 4;

/** The number whose words begin at `at`, or null. Words are lower-cased, hyphens already split. */
export function numberAt(words: readonly string[], at: number, language: string): NumberRead | null {
	const table = tableOf(language);
	let total = 0;
	let current: number | null = null;
	let open = true;
	let i = at;
	while (i < words.length) {
		const multiplier = table.multipliers.get(words[i]!);
		if (multiplier !== undefined && multiplier > 1 && (current !== null || i > at || multiplier <= 1000)) {
			if (multiplier === 100) current = (current ?? 1) * 100;
			else {
				total += (current ?? 1) * multiplier;
				current = null;
			}
			open = true;
			i++;
			continue;
		}
		const skip = i > at && words[i] === table.and && (current ?? total) >= 100 ? 1 : 0;
		const small: NumberRead | null = open ? smallAt(table, words, i + skip) : null;
		if (small === null) break;
		current = (current ?? 0) + small.value;
		open = false;
		i += skip + small.length;
	}
	return i === at ? null : { value: total + (current ?? 0), length: i - at };
}

function smallAt(table: Table, words: readonly string[], at: number): NumberRead | null {
	let phrase = '';
	let best: NumberRead | null = null;
	for (let length = 1; length <= longest && at + length <= words.length; length++) {
		phrase = length === 1 ? words[at]! : `${phrase} ${words[at + length - 1]}`;
		const value = table.small.get(phrase);
		if (value !== undefined) best = { value, length };
		else if (length === 1 && best === null && !startsPhrase(table, phrase)) return null;
	}
	return best;
}

const beginnings = new WeakMap<Table, Set<string>>();

function startsPhrase(table: Table, word: string): boolean {
	let set = beginnings.get(table);
	if (set === undefined) {
		set = new Set([...table.small.keys()].map((phrase) => phrase.split(' ')[0]!));
		beginnings.set(table, set);
	}
	return set.has(word);
}

/** The ordinal whose words begin at `at` (`third`, `twenty first`), or null. */
export function ordinalAt(words: readonly string[], at: number, language: string): NumberRead | null {
	const { ordinals } = tableOf(language);
	const pair = at + 1 < words.length ? ordinals.get(`${words[at]} ${words[at + 1]}`) : undefined;
	if (pair !== undefined) return { value: pair, length: 2 };
	const one = ordinals.get(words[at]!);
	return one === undefined ? null : { value: one, length: 1 };
}
