import type { Reading } from './read.ts';

/** One end of an axis that a text takes: `below` is −1 on `size`. `at` is the token where it is said. */
export type Pole = {
	readonly axis: string;
	readonly sign: 1 | -1;
	readonly at: number;
	/** The negation that turned it: `not more than`. */
	readonly by: number | null;
	/** `when` after `before`: answers an opposite, but is none. */
	readonly isWeak: boolean;
};

/** `axis: words of one end / words of the other`; underscores join the words of a phrase. */
const tables: Readonly<Record<string, string>> = {
	en: `
size: more_than over above exceed exceeds exceeding exceeded greater higher at_least minimum or_more and_above or_above and_over upwards_of not_less_than no_less_than no_fewer_than longer_than larger_than bigger_than older_than beyond / less_than below under at_most maximum up_to no_more_than not_more_than or_less fewer fewer_than lower_than within not_exceed no_longer_than as_long_as never_more_than never_later_than shorter_than smaller_than at_the_most at_the_latest no_later_than not_later_than younger_than
order: after afterwards following once later since subsequently when / before prior beforehand ahead until earlier
include: include includes included including contain contains comprise comprises covers covered / exclude excludes excluded excluding except separately
accept: accept accepts accepted approve approved approves allow allows allowed permit permits permitted grant granted / reject rejects rejected decline declines declined refuse refuses refused deny denied denies forbid forbidden prohibit prohibited prohibits disallow
change: increase increases increased raise raised raises rise rises rose risen grow grows grew grown growth gain gains gained climb climbed jumped upward upwards higher up / decrease decreases decreased reduce reduced reduces lower lowered lowers fall falls fell fallen sank shrank drop drops dropped decline downward downwards shrink cut down
open: open / closed shut
power: switched_on turned_on switch_on turn_on enable enabled enables activate activated activates / switched_off turned_off switch_off turn_off disable disabled disables deactivate deactivated
begin: start starts started begin begins began beginning / end ends ended finish finishes finished
age: newer younger latest / older oldest
need: required mandatory obligatory compulsory require requires / optional optionally voluntary voluntarily
north: north northern / south southern
east: east eastern / west western
left: left / right
inside: internal inside indoor indoors / external outside outdoor outdoors
scope: only solely exclusively / except excepting besides
party: we us our / you your
always: always / never
clock: morning am / evening night
line: online / offline
hand: manually manual / automatically automatic
private: public publicly / private privately
valid: valid / invalid void
debit: credit credited / debit debited
first: first / second last
last: first / last final
write: writing written / orally oral verbally verbal
exclusive: exclusive exclusively / shared
same: same identical equal equals / different differ differs other
keep: kept keep keeps retain retained retains store stored stores remember / delete deleted deletes erase erased remove removed discard discarded
send: sender / recipient receiver
buy: buyer purchaser / seller vendor
work: employer / employee
block: block blocked blocks / unblock unblocked
lock: lock locks locked / unlock unlocks unlocked
early: early earliest / late latest
temp: temporary temporarily / permanent permanently
whole: partial partially partly / full fully entirely complete completely
direct: direct directly / indirect indirectly
safe: safe / unsafe dangerous
gross: gross / net
free: free / charged chargeable
import: import imported imports / export exported exports
load: upload uploaded uploads / download downloaded downloads
join: connect connected / disconnect disconnected
visible: visible shown / hidden invisible
active: active / inactive
day: weekday weekdays / weekend weekends
new: new / refurbished used
grade: upgrade upgrades upgraded / downgrade downgrades downgraded
day-night: day daytime / night overnight
pass: pass passed passes succeed succeeds succeeded success successful / fail failed fails failure unsuccessful
adult: adult adults / child children minor minors
win: profit profits / loss losses
light: red / green
light2: red / yellow amber
lock2: fresh / stale expired
high: high highest strong / low lowest weak
rich: most / least
wet: wet / dry
hot: hot warm / cold cool
pull: push pushed / pull pulled
front: front forward / rear back backward
top: top / bottom
read: read / write
charge: charge charging charged / discharge discharging discharged
`,
	de: `
size: mehr_als über mindestens übersteigt übersteigen minimum oder_mehr nicht_weniger_als größer höher wenigstens ab / weniger_als unter höchstens maximal maximum bis_zu nicht_mehr_als unterhalb kleiner niedriger innerhalb binnen spätestens
scope: nur ausschließlich / außer ausgenommen
party: wir uns unser unsere / sie ihr ihre ihnen
order: nach nachdem danach anschließend sobald / vor bevor vorher davor zuvor
include: enthält enthalten einschließlich inklusive umfasst inbegriffen / ausgenommen ausgeschlossen ausschließlich_der außer exklusive ohne
accept: erlaubt gestattet zulässig genehmigt akzeptiert angenommen darf dürfen / verboten untersagt unzulässig abgelehnt verweigert
change: erhöht erhöhen steigt steigen gestiegen steigerung / senkt senken gesenkt sinkt sinken gesunken verringert reduziert
open: geöffnet offen / geschlossen
power: eingeschaltet aktiviert einschalten / ausgeschaltet deaktiviert abgeschaltet ausschalten
begin: beginnt beginn anfang beginnen / endet ende enden
need: erforderlich verpflichtend pflicht notwendig vorgeschrieben / freiwillig optional
always: immer stets / nie niemals
inside: intern innen innerhalb_des / extern außen außerhalb
valid: gültig / ungültig
write: schriftlich / mündlich
hand: manuell / automatisch
whole: teilweise / vollständig ganz komplett
first: erste erster ersten erstes / letzte letzter letzten letztes zweite zweiten
north: nord nördlich / süd südlich
left: links linke / rechts rechte
early: frühestens / spätestens
new: neue neu neuen / gebrauchte gebraucht alte alten
`,
	es: `
size: más_de más_que al_menos como_mínimo mínimo superior superiores supera superan exceda exceden por_encima mayor mayores o_más desde / menos_de menos_que como_máximo máximo a_lo_sumo hasta inferior inferiores por_debajo menor menores no_más_de no_más_que dentro
scope: solo sólo únicamente / salvo excepto
order: después tras posterior posteriormente cuando / antes previo previamente anterior
include: incluye incluyen incluido incluida incluidos incluidas comprende cubre cubren / excluye excluyen excluido excluida salvo excepto
accept: permitido permite permiten acepta aceptan autorizado autoriza / prohibido prohíbe prohibida rechaza rechazan rechazado deniega
change: aumenta aumentan aumento aumentó sube suben subió incrementa / disminuye disminución disminuyó baja bajan bajó reduce reducen
open: abierto abierta abiertos / cerrado cerrada cerrados
power: activado activa encendido / desactivado desactiva apagado
begin: empieza comienza inicio principio / termina acaba fin final
need: obligatorio obligatoria necesario necesaria exige requiere / opcional voluntario voluntaria
always: siempre / nunca jamás
same: mismo misma / distinto distinta diferente
first: primer primero primera / último última segundo segunda
write: escrito / oral verbal verbalmente
left: izquierda izquierdo / derecha derecho
north: norte / sur
`,
	fr: `
size: plus_de plus_que au_moins minimum supérieur supérieure supérieurs supérieures dépasse dépassent excède au_delà ou_plus / moins_de moins_que au_plus pas_plus_de pas_plus_que maximum inférieur inférieure inférieurs jusqu au_maximum ne_dépasse sous
scope: uniquement seulement / sauf hormis
order: après suivant ensuite postérieur quand lorsque / avant préalable préalablement antérieur
include: inclut incluent inclus incluse comprend comprennent compris comprise couvre couvrent couverts couvert / exclut excluent exclu exclue exclus sauf excepté hormis
accept: autorisé autorisée autorise permis permet permettent accepte accepté acceptés / interdit interdite interdits refuse refusé refusés rejette rejeté
change: augmente augmentent augmentation augmenté hausse / diminue diminuent diminution baisse baissé réduit réduction
open: ouvert ouverte ouverts / fermé fermée fermés
power: activé activée allumé / désactivé désactivée éteint
begin: commence début débute / finit termine fin
need: obligatoire obligatoires requis requise exigé / facultatif facultative optionnel
always: toujours / jamais
same: même / différent différente
first: premier première / dernier dernière deuxième second seconde
write: écrit / oral oralement
left: gauche / droite
north: nord / sud
`,
};

const negationWords: Readonly<Record<string, string>> = {
	en: "not n't non no never none nobody nothing cannot neither nor without unable impossible nowhere instead rather false",
	de: 'nicht kein keine keinen keiner keinem keines nie niemals niemand nichts weder ohne unmöglich statt anstatt anstelle',
	es: 'no nunca jamás ningún ninguno ninguna nadie nada tampoco ni sin imposible lugar vez',
	fr: 'pas jamais aucun aucune rien personne ni sans impossible non lieu',
};
/** Verbs and adjectives that deny by themselves: with `not` they affirm. */
const denyingWords: Readonly<Record<string, string>> = {
	en: 'lack lacks lacking missing absent absence unsuccessful fail fails failed failure unless free differ differs different reject rejects rejected decline declines declined refuse refuses refused deny denied forbid forbidden prohibit prohibited exclude excludes excluded except insufficient separately',
	de: 'fehlt fehlen fehlend frei verboten untersagt abgelehnt verweigert ausgeschlossen unzulässig ausgenommen',
	es: 'falta faltan gratis prohibido prohibida rechaza rechazan excluye excluyen excluido salvo excepto',
	fr: 'manque manquent gratuit interdit interdite refuse refusé exclut excluent exclu exclus sauf',
};
/** Phrases with a negation that deny nothing. */
const harmless: Readonly<Record<string, string>> = {
	en: 'without_delay without_undue_delay not_only no_later never_later never_more_than never_less_than no_longer_than no_more_than no_less_than no_fewer_than not_more_than not_less_than not_later_than no_matter whether_or_not',
	de: 'nicht_nur ohne_verzögerung nicht_mehr_als nicht_weniger_als',
	es: 'no_solo sin_embargo sin_demora no_más_de no_menos_de',
	fr: 'non_seulement sans_délai pas_plus_de pas_moins_de pas_seulement',
};
/** Words that mean a bound only beside a value. */
const besideValues = new Set(
	'over under up above below within up_to unter über ab binnen innerhalb hasta desde sous until dentro'.split(' '),
);

/** The polarity words of one language, keyed by their first word. */
type Lexicon = {
	readonly poles: ReadonlyMap<string, readonly Entry[]>;
	readonly negations: ReadonlySet<string>;
	readonly denials: ReadonlySet<string>;
	readonly harmless: readonly (readonly string[])[];
	/** The first words of those. */
	readonly startsHarmless: ReadonlySet<string>;
};
type Entry = { readonly words: readonly string[]; readonly axis: string; readonly sign: 1 | -1 };

const lexicons = new Map<string, Lexicon>();

function lexiconOf(language: string): Lexicon {
	const code = language in tables ? language : 'en';
	let lexicon = lexicons.get(code);
	if (lexicon === undefined) {
		lexicon = {
			poles: polesOf(tables[code]!),
			negations: new Set(negationWords[code]!.split(' ')),
			denials: new Set(denyingWords[code]!.split(' ')),
			harmless: harmless[code]!.split(' ').map((phrase) => phrase.split('_')),
			startsHarmless: new Set(harmless[code]!.split(' ').map((phrase) => phrase.split('_')[0]!)),
		};
		lexicons.set(code, lexicon);
	}
	return lexicon;
}

function polesOf(table: string): Map<string, Entry[]> {
	const poles = new Map<string, Entry[]>();
	for (const line of table.trim().split('\n')) {
		const [axis, ends] = line.split(': ');
		ends!.split(' / ').forEach((end, i) => {
			for (const phrase of end.split(' ')) {
				const words = phrase.split('_');
				const entries = poles.get(words[0]!) ?? [];
				entries.push({ words, axis: axis!, sign: i === 0 ? 1 : -1 });
				poles.set(words[0]!, entries);
			}
		});
	}
	for (const entries of poles.values()) entries.sort((a, b) => b.words.length - a.words.length);
	return poles;
}

/** What a reading says by opposites and denials, each at its token. */
export type Polarity = {
	readonly poles: readonly Pole[];
	/** Tokens that deny (`not`, `without`, `no`), but not in `no later than`, nor where they turned a bound. */
	readonly negations: readonly number[];
	/** Negations that turned a bound: `not more than`. */
	readonly spent: readonly number[];
	/** Words that deny by themselves: `declined`, `excluded`. */
	readonly denials: readonly number[];
};

/** Axes whose ends a negation exchanges: not more than = at most. */
const turned = new Set([
	'size',
	'accept',
	'include',
	'need',
	'open',
	'power',
	'same',
	'keep',
	'valid',
	'change',
	'exclusive',
]);

export function polarityOf(reading: Reading): Polarity {
	const lexicon = lexiconOf(reading.language);
	const texts = reading.tokens.map(({ text }) => text);
	const found: Pole[] = [];
	const negations: number[] = [];
	const denials: number[] = [];
	let phraseEnd = 0;
	let harmlessEnd = 0;
	texts.forEach((text, at) => {
		if (at >= phraseEnd) {
			for (const { words, axis, sign } of lexicon.poles.get(text) ?? []) {
				if (at < phraseEnd || !words.every((word, i) => texts[at + i] === word)) continue;
				if (besideValues.has(words.join('_')) && !isBesideValue(reading, at, at + words.length)) continue;
				if (words.length > 1) phraseEnd = at + words.length;
				const isLatest = words[1] === 'later' || words.join('_') === 'at_the_latest' || text === 'spätestens';
				const turnsRound = isLatest && saysBefore(texts, at + words.length);
				found.push({ axis, sign: turnsRound ? 1 : sign, at, by: null, isWeak: weak.has(text) });
			}
		}
		if (lexicon.startsHarmless.has(text)) {
			const phrase = lexicon.harmless.find((words) => words.every((word, i) => texts[at + i] === word));
			if (phrase !== undefined) harmlessEnd = at + phrase.length;
		}
		if (lexicon.negations.has(text) && at >= harmlessEnd && isWhole(texts, at)) negations.push(at);
		if (lexicon.denials.has(text)) denials.push(at);
	});
	const used = new Set<number>();
	const poles = found.map((pole) => turn(pole, negations, denials, reading, used));
	for (const { sign, from } of reading.values)
		if (sign !== undefined) poles.push({ axis: 'change', sign, at: from, by: null, isWeak: false });
	return { poles, negations: negations.filter((at) => !used.has(at)), spent: [...used], denials };
}

const weak = new Set('when sobald cuando quand lorsque you your sie ihr ihre ihnen'.split(' '));
const beforeWords = new Set(['before', 'prior', 'vor', 'antes', 'avant', 'ahead']);

/** `no later than eight weeks before` is `at least eight weeks before`. */
function saysBefore(texts: readonly string[], from: number): boolean {
	return texts.slice(from, from + 5).some((text) => beforeWords.has(text));
}

/** Words that deny only in a phrase: instead of, rather than, au lieu de, en lugar de. */
const phraseOf: Readonly<Record<string, string>> = {
	instead: 'instead of',
	rather: 'rather than',
	lieu: 'au lieu',
	lugar: 'en lugar',
	vez: 'en vez',
};

function isWhole(texts: readonly string[], at: number): boolean {
	const phrase = phraseOf[texts[at]!];
	return (
		phrase === undefined ||
		phrase === `${texts[at]} ${texts[at + 1]}` ||
		(phrase === `${texts[at - 1]} ${texts[at]}` && texts[at + 1] === 'de')
	);
}

/** A value within the next two tokens. */
function isBesideValue({ valueAt, values }: Reading, from: number, to: number): boolean {
	for (let at = from; at < Math.min(valueAt.length, to + 2); at++) {
		const value = values[valueAt[at]!];
		if (value !== undefined && !value.isSoft) return true;
	}
	return false;
}

/** The pole as a negation before it (or `nothing` right after it) leaves it; negations that turn a bound are used up. */
function turn(
	pole: Pole,
	negations: readonly number[],
	denials: readonly number[],
	{ sentence, tokens }: Reading,
	used: Set<number>,
): Pole {
	if (!turned.has(pole.axis)) return pole;
	const isNear = (at: number): boolean =>
		at !== pole.at &&
		sentence[at] === sentence[pole.at] &&
		(at < pole.at ? pole.at - at <= 6 && !isBarred(tokens, at, pole.at) : at - pole.at <= 2);
	const by = negations.find(isNear) ?? (pole.axis === 'open' ? denials.find(isNear) : undefined);
	if (by === undefined) return pole;
	if (pole.axis === 'size') used.add(by);
	return { ...pole, sign: pole.sign === 1 ? -1 : 1, by };
}

const barriers = new Set(
	', ; : ( ) | if when unless but because while and wenn aber weil falls und si cuando pero porque y quand mais et – —'.split(
		' ',
	),
);

/** Whether something between two tokens ends the reach of a negation. */
export function isBarred(tokens: Reading['tokens'], from: number, to: number): boolean {
	for (let at = from + 1; at < to; at++) if (barriers.has(tokens[at]!.text)) return true;
	return false;
}

const no = new Set(['no', 'false', 'none', 'nein', 'non', '-', '–', '—', '✗', '✘']);
const yes = new Set(['yes', 'true', 'ja', 'sí', 'oui', '✓', '✔', 'x']);

/** What the yes and no cells of a table say by their heads: under `Required`, `no` is `optional`. */
export function cellPoles(quote: Reading, context: Reading): Pole[] {
	if (!quote.column.some((column) => column > 0)) return [];
	const heads = polarityOf(context).poles;
	return quote.tokens.flatMap(({ text }, at): Pole[] => {
		const isNo = no.has(text);
		const column = quote.column[at]!;
		if (column < 0 || (!isNo && !yes.has(text)) || !fillsCell(quote, at)) return [];
		return heads
			.filter((head) => context.column[head.at] === column)
			.map(({ axis, sign }) => ({ axis, sign: isNo ? (sign === 1 ? -1 : 1) : sign, at, by: null, isWeak: false }));
	});
}

function fillsCell({ tokens }: Reading, at: number): boolean {
	const isBorder = (side: number): boolean => ['|', '\n', undefined].includes(tokens[side]?.text);
	return isBorder(at - 1) && isBorder(at + 1);
}
