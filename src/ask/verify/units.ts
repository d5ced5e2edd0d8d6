/** What a unit measures and how much of the dimension's base one of it is: an hour is 3,600 of `time`. */
export type Unit = {
	readonly dimension: string;
	readonly scale: number;
	/** Ratios: km/h is of kilometres by hours. */
	readonly of?: Unit;
	readonly by?: Unit;
};

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

/** `dimension scale: names`; months and years are no fixed number of days, working days no days. */
const common = `
time 1: s sec secs
time ${minute}: min mins
time ${hour}: h hr hrs
mass 0.001: mg
mass 0.000001: µg μg mcg ug
mass 1: g
mass 1000: kg
mass 1000000: t
volume 0.001: ml
volume 0.01: cl
volume 0.1: dl
volume 1: l
length 0.001: mm
length 0.01: cm
length 1: m
length 1000: km
length 0.000001: µm μm
data 1: byte bytes
data 1000: kb
data 1000000: mb
data 1000000000: gb
data 1000000000000: tb
data 1024: kib
data 1048576: mib
data 1073741824: gib
bits 1000: kbit
bits 1000000: mbit
bits 1000000000: gbit
bits/time 1000: kbps
bits/time 1000000: mbps
bits/time 1000000000: gbps
area 1: m2 sqm quadratmeter quadratmetern
area 0.0001: cm2
area 1000000: km2
volume 1000: m3 kubikmeter kubikmetern
speed 1: rpm
parts 1: ppm
food 1: kcal
light 1: lux
pressure 0.069: psi
time 0.001: ms
energy 1: wh
energy 1000: kwh
energy 1000000: mwh
power 1: w
power 1000: kw
charge 1: mah
frequency 1: hz
frequency 1000: khz
frequency 1000000: mhz
frequency 1000000000: ghz
voltage 1: v
current 1: a
pressure 1: bar
pressure 0.001: mbar
pressure 100: mpa
pressure 0.01: kpa
sound 1: db
torque 1: nm
force 1: newton newtons
temperature 1: °c
fahrenheit 1: °f
angle 1: °
pixels 1: px
dose 1: iu
percent 1: %
percent 0.1: ‰
money:EUR 1: € eur euro euros
money:USD 1: $ usd us$
money:GBP 1: £ gbp
money:CHF 1: chf
money:JPY 1: ¥ jpy yen
money:SEK 1: sek
money:NOK 1: nok
money:DKK 1: dkk
money:PLN 1: pln
money:CZK 1: czk
money:CAD 1: cad
money:AUD 1: aud
money:CNY 1: cny
money:INR 1: inr
money:NZD 1: nzd
money:HKD 1: hkd
money:SGD 1: sgd
money:ZAR 1: zar
money:BRL 1: brl
money:MXN 1: mxn
money:HUF 1: huf
money:RON 1: ron
money:BGN 1: bgn
money:KRW 1: krw
money:AED 1: aed
money:ILS 1: ils
money:THB 1: thb
money:ISK 1: isk
money:SEK 1: kronor
money:PLN 1: zloty złoty
money:CNY 1: yuan renminbi
money:INR 1: rupees rupee
money:HUF 1: forint
`;

const byLanguage: Readonly<Record<string, string>> = {
	en: `
time 1: second seconds
time ${minute}: minute minutes
time ${hour}: hour hours
time ${day}: day days
time ${7 * day}: week weeks
time ${14 * day}: fortnight fortnights
months 1: month months
months 3: quarter quarters
months 12: year years yr yrs
months 120: decade decades
nights 1: night nights
mass 1: gram grams gramme grammes
mass 0.001: milligram milligrams
mass 1000: kilogram kilograms kilo kilos
mass 1000000: tonne tonnes ton tons
mass 0.000001: microgram micrograms
pounds 1: lb lbs
volume 1: litre litres liter liters
volume 0.001: millilitre millilitres milliliter milliliters
length 0.001: millimetre millimetres millimeter millimeters
length 0.01: centimetre centimetres centimeter centimeters
length 1: metre metres meter meters
length 1000: kilometre kilometres kilometer kilometers
inches 1: inch inches
mass 28.3495: ounce ounces oz
volume 3.785: gallon gallons
volume 0.568: pint pints
area 10000: hectare hectares ha
area 4047: acre acres
length 0.9144: yard yards
inches 12: foot feet
miles 1: mile miles
data 1000: kilobyte kilobytes
data 1000000: megabyte megabytes
data 1000000000: gigabyte gigabytes
data 1000000000000: terabyte terabytes
temperature 1: celsius
fahrenheit 1: fahrenheit
angle 1: degree degrees
percent 1: percent pct
percent 0.01: basis_points
power 1: watt watts
power 1000: kilowatt kilowatts
voltage 1: volt volts
money:USD 1: dollar dollars
money:GBP 1: pound pounds
money:CHF 1: franc francs
money:cent 0.01: cent cents
money:GBP 0.01: pence
time 0.001: millisecond milliseconds
pixels 1: pixel pixels
`,
	de: `
time 1: sekunde sekunden sek
time ${minute}: minute minuten
time ${hour}: stunde stunden std
time ${day}: tag tage tagen tages kalendertag kalendertage kalendertagen
time ${7 * day}: woche wochen
working 1: werktag werktage werktagen arbeitstag arbeitstage arbeitstagen bankarbeitstag bankarbeitstage bankarbeitstagen geschäftstag geschäftstage geschäftstagen
months 1: monat monate monaten monats kalendermonat
months 3: quartal quartale quartalen quartals
months 12: jahr jahre jahren jahres kalenderjahr
months 6: halbjahr halbjahre
nights 1: nacht nächte nächten
mass 1: gramm
mass 0.001: milligramm
mass 1000: kilogramm kilo
mass 1000000: tonne tonnen
volume 1: liter
volume 0.001: milliliter
length 0.001: millimeter
length 0.01: zentimeter
length 1: meter metern
length 1000: kilometer kilometern
inches 1: zoll
temperature 1: celsius
angle 1: grad
percent 1: prozent
percent-points 1: prozentpunkte prozentpunkten
money:USD 1: dollar
money:GBP 1: pfund
money:CHF 1: franken
money:cent 0.01: cent
power 1: watt
voltage 1: volt
`,
	es: `
time 1: segundo segundos seg
time ${minute}: minuto minutos
time ${hour}: hora horas
time ${day}: día días dia dias
time ${7 * day}: semana semanas
months 1: mes meses
months 3: trimestre trimestres
months 6: semestre semestres
months 12: año años
nights 1: noche noches
mass 1: gramo gramos
mass 0.001: miligramo miligramos
mass 1000: kilo kilos kilogramo kilogramos
mass 1000000: tonelada toneladas
volume 1: litro litros
volume 0.001: mililitro mililitros
length 0.001: milímetro milímetros
length 0.01: centímetro centímetros
length 1: metro metros
length 1000: kilómetro kilómetros
inches 1: pulgada pulgadas
angle 1: grado grados
money:USD 1: dólar dólares
money:GBP 1: libra libras
money:CHF 1: franco francos
money:cent 0.01: céntimo céntimos centavo centavos
`,
	fr: `
time 1: seconde secondes
time ${minute}: minute minutes
time ${hour}: heure heures
time ${day}: jour jours journée journées
time ${7 * day}: semaine semaines
months 1: mois
months 3: trimestre trimestres
months 6: semestre semestres
months 12: an ans année années
nights 1: nuit nuits
mass 1: gramme grammes
mass 0.001: milligramme milligrammes
mass 1000: kilo kilos kilogramme kilogrammes
mass 1000000: tonne tonnes
volume 1: litre litres
volume 0.001: millilitre millilitres
data 1: octet octets
data 1000: ko
data 1000000: mo
data 1000000000: go
length 0.001: millimètre millimètres
length 0.01: centimètre centimètres
length 1: mètre mètres
length 1000: kilomètre kilomètres
inches 1: pouce pouces
angle 1: degré degrés
money:USD 1: dollar dollars
money:GBP 1: livre livres
money:CHF 1: franc francs
money:cent 0.01: centime centimes
`,
};

/** Adverbs and adjectives that say "each so long": `daily` tells of a day. */
const rhythms: Readonly<Record<string, string>> = {
	en: `
time ${hour}: hourly
time ${day}: daily
time ${7 * day}: weekly
time ${14 * day}: fortnightly
months 1: monthly
months 3: quarterly
months 12: yearly annual annually annum
nights 1: nightly
`,
	de: `
time ${hour}: stündlich
time ${day}: täglich
time ${7 * day}: wöchentlich
months 1: monatlich
months 3: vierteljährlich
months 6: halbjährlich
months 12: jährlich
nights 1: nachts nächtlich
`,
	es: `
time ${day}: diario diaria diariamente
time ${7 * day}: semanal semanalmente
months 1: mensual mensualmente mensuales
months 3: trimestral trimestralmente
months 6: semestral
months 12: anual anualmente anuales
`,
	fr: `
time ${day}: quotidien quotidienne quotidiennement
time ${7 * day}: hebdomadaire
months 1: mensuel mensuelle mensuellement
months 3: trimestriel trimestrielle
months 6: semestriel
months 12: annuel annuelle annuellement
`,
};

function parse(table: string, into: Map<string, Unit>): Map<string, Unit> {
	for (const line of table.split('\n')) {
		const found = /^(\S+) (\S+): (.*)$/.exec(line);
		if (found === null) continue;
		const unit = { dimension: found[1]!, scale: Number(found[2]) };
		for (const name of found[3]!.split(' ')) into.set(name, unit);
	}
	return into;
}

const unitMaps = new Map<string, Map<string, Unit>>();
const rhythmMaps = new Map<string, Map<string, Unit>>();

/** The unit that a lower-cased word names, if any. */
export function unitOf(word: string, language: string): Unit | undefined {
	let map = unitMaps.get(language);
	if (map === undefined) {
		map = parse(byLanguage[language] ?? byLanguage['en']!, parse(common, new Map()));
		unitMaps.set(language, map);
	}
	const unit = map.get(word);
	if (unit !== undefined || language !== 'de') return unit;
	const adjective = germanAdjective.exec(word);
	if (adjective?.[1] === '') return map.get(adjectives[adjective[2]!]!);
	// Urlaubstage, Arbeitsstunden
	const last = germanCompound.exec(word)?.[1];
	return last === undefined ? undefined : map.get(last);
}

const adjectives: Readonly<Record<string, string>> = {
	tägig: 'tag',
	wöchig: 'woche',
	monatig: 'monat',
	jährig: 'jahr',
	stündig: 'stunde',
	minütig: 'minute',
};
/** dreimonatig: the number word, the unit. */
export const germanAdjective = /^(\p{L}*)(tägig|wöchig|monatig|jährig|stündig|minütig)(?:e[nmrs]?)?$/u;

const germanCompound = /\p{L}{3}(tage|tagen|stunden|wochen|monate|monaten|jahre|jahren|minuten)$/u;

/** What `daily`, `monatlich`, … repeat by. */
export function rhythmOf(word: string, language: string): Unit | undefined {
	let map = rhythmMaps.get(language);
	if (map === undefined) {
		map = parse(rhythms[language] ?? rhythms['en']!, new Map());
		rhythmMaps.set(language, map);
	}
	return map.get(word);
}

const squares = new Set(['square', 'sq']);
const cubes = new Set(['cubic']);

/** Area or volume of a unit of length: `square metres`, `metros cuadrados`; undefined when the words say none. */
export function powerOf(word: string, unit: Unit): Unit | undefined {
	if (unit.dimension === 'inches' && squares.has(word)) return { dimension: 'square inches', scale: unit.scale ** 2 };
	if (word === 'newton')
		return unit.scale === 1 && unit.dimension === 'length' ? { dimension: 'torque', scale: 1 } : undefined;
	if (unit.dimension !== 'length') return undefined;
	if (squares.has(word) || /^(?:cuadrad|carré)/.test(word)) return { dimension: 'area', scale: unit.scale ** 2 };
	if (cubes.has(word) || /^(?:cúbic|cube)/.test(word)) return { dimension: 'volume', scale: 1000 * unit.scale ** 3 };
	return undefined;
}

export const workingDay: Unit = { dimension: 'working', scale: 1 };

/** Words that make the days after them working days, before the unit (`banking days`) or after it (`jours ouvrés`). */
const working = new Set(
	'working business banking work hábiles laborables hábil laborable ouvrés ouvrables ouvré ouvrable'.split(' '),
);
/** Words that may stand between a number and its unit and change nothing. */
const between = new Set(
	'calendar consecutive full further additional more whole complete entire extra other rental billing successive weitere weiteren volle vollen weiterer más completos naturales autres'.split(
		' ',
	),
);

export function isWorking(word: string): boolean {
	return working.has(word);
}

export function mayStandBetween(word: string): boolean {
	return between.has(word);
}
