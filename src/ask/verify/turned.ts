import { cellPoles, isBarred, polarityOf, type Polarity, type Pole } from './contrasts.ts';
import type { Anchor } from './pairing.ts';
import type { Reading } from './read.ts';
import type { Support } from './support.ts';
import type { Evidence, ValueMatch } from './value-check.ts';

/** The two texts as far as they affirm and deny. */
type Sides = {
	readonly sentence: Reading;
	readonly quote: Reading;
	readonly told: Polarity;
	readonly said: Polarity;
	readonly support: readonly Support[];
	/** For each token of the sentence the sentence (row) of the quote that it answers to, −1 for none. */
	readonly regions: Int32Array;
};

/** What a difference counts that something else in the texts may make up for. */
const doubtful = 0.4;

/** A place where the sentence turns the quote round. */
type Flip = {
	readonly at: number;
	readonly axis: string;
	/** A negation makes the difference, not a word of its own. */
	readonly isDenial: boolean;
	/** The quote also says it the sentence's way: `below €50 …, above that`. */
	readonly isDoubtful: boolean;
};

/**
 * How surely the sentence says the opposite of the quote, 0 to 1, and the tokens where. It does where an odd number of things
 * is turned round: opposites (`before`, `after`), bounds (`at least`, `at most`), denials. An even number cancels out:
 * open until 8, closed after 8.
 */
export function turnedRound(
	sentence: Reading,
	{ quote, context }: Evidence,
	support: readonly Support[],
	anchors: readonly Anchor[],
	matches: readonly ValueMatch[],
): { readonly weight: number; readonly at: readonly number[] } {
	const told = polarityOf(sentence);
	const spoken = polarityOf(quote);
	const said = { ...spoken, poles: [...spoken.poles, ...cellPoles(quote, context)] };
	const sides: Sides = { sentence, quote, told, said, support, regions: regionsOf(sentence, anchors, quote) };
	const bounds = boundsOf(sides, matches);
	const flips = [...bounds, ...oppositesOf(sides).filter(({ at }) => !bounds.some((bound) => bound.at === at))];
	const denied = [...addedDenials(sides), ...droppedDenials(sides)];
	const at = [...new Set([...flips.map((flip) => flip.at), ...denied])];
	const turnedWords = new Set(flips.filter((flip) => !flip.isDenial && !flip.isDoubtful).map((flip) => flip.at)).size;
	const axes = new Set(flips.map(({ axis }) => axis));
	const differs = deniesOnceMore(sides, axes);
	const isDenied = denied.length > 0 || flips.some((flip) => flip.isDenial && !flip.isDoubtful);
	const count = turnedWords + (isDenied && (differs || exchangesDenials(sides)) ? 1 : 0);
	const isSure = !(differs && !isDenied) && !flips.some((flip) => flip.isDoubtful);
	if (count % 2 === 1 && isSure) return { weight: 1, at };
	return { weight: at.length > 0 ? doubtful : 0, at };
}

/** Whether the denials of the two texts, and words such as `declined`, are even in one and odd in the other. */
function deniesOnceMore({ quote, told, said, regions }: Sides, axes: ReadonlySet<string>): boolean {
	const from = new Set(regions);
	/** `excludes` against `includes` is counted as an opposite. */
	const count = ({ negations, spent, denials, poles }: Polarity): number[] =>
		[...negations, ...spent, ...denials].filter((at) => !poles.some((pole) => pole.at === at && axes.has(pole.axis)));
	const own = count(told).length;
	const other = count(said).filter((at) => from.has(quote.sentence[at]!)).length;
	return (own + other) % 2 === 1;
}

/** Whether each text denies what the other affirms: with VAT and not with IGIC. */
function exchangesDenials(sides: Sides): boolean {
	return addedDenials(sides).length > 0 && droppedDenials(sides).length > 0;
}

/** For each token of the text the sentence (row) of the quote that what stands around it is from, nearer words counting more. */
function regionsOf(told: Reading, anchors: readonly Anchor[], quote: Reading): Int32Array {
	return Int32Array.from(told.tokens, (_, at) => {
		const votes = new Map<number, number>();
		for (const anchor of anchors) {
			if (anchor.at === at || told.sentence[anchor.at] !== told.sentence[at]) continue;
			const strength = (1 + anchor.weight) / (1 + Math.abs(anchor.at - at));
			for (const region of new Set(anchor.places.map((place) => quote.sentence[place]!))) {
				votes.set(region, (votes.get(region) ?? 0) + strength);
			}
		}
		let best = -1;
		for (const [region, count] of votes) if (best === -1 || count > votes.get(best)!) best = region;
		return best;
	});
}

/** Tokens of the sentence that take the other end of an axis than the sentence of the quote that they answer to. */
function oppositesOf({ sentence, quote, told, said, regions }: Sides): Flip[] {
	return told.poles.flatMap((pole): Flip[] => {
		if (pole.isWeak) return [];
		const region = regions[pole.at]!;
		const onAxis = said.poles.filter(({ axis }) => axis === pole.axis);
		const there = onAxis.filter(({ at }) => region === -1 || quote.sentence[at] === region);
		if (there.length === 0 || there.some(({ sign }) => sign === pole.sign)) return [];
		// Both ends in the sentence: the other one answers to the quote.
		const isAnswered = told.poles.some(
			({ axis, sign, at }) =>
				axis === pole.axis && sign !== pole.sign && sentence.sentence[at] === sentence.sentence[pole.at],
		);
		if (isAnswered) return [];
		const isDoubtful =
			onAxis.some(({ sign }) => sign === pole.sign) ||
			there.every(({ isWeak }) => isWeak) ||
			saysTheRest(quote, region);
		return [
			{
				at: pole.at,
				axis: pole.axis,
				isDenial: there.some(({ by }) => (by === null) !== (pole.by === null)),
				isDoubtful,
			},
		];
	});
}

const rest = new Set(
	'otherwise others else rest remaining sonst andere anderen übrigen otros demás contrario autres autre sinon'.split(
		' ',
	),
);

/** Whether the quote goes on to what is outside of what it says: otherwise, the others; not: unless you say otherwise. */
function saysTheRest({ tokens, sentence }: Reading, region: number): boolean {
	return tokens.some(
		({ text }, at) =>
			rest.has(text) &&
			(region === -1 || Math.abs(sentence[at]! - region) <= 1) &&
			!tokens.slice(Math.max(0, at - 10), at).some((before) => before.text === 'unless'),
	);
}

/** Values said as a least in one text and as a most in the other. */
function boundsOf({ quote, told, said }: Sides, matches: readonly ValueMatch[]): Flip[] {
	return matches.flatMap(({ value, with: found, level }): Flip[] => {
		if (found.length === 0 || level === 'none') return [];
		const own = boundAt(told.poles, value.from, value.to);
		if (own === null) return [];
		const there = found.map(({ from, to }) => boundAt(said.poles, from, to));
		if (there.some((other) => other === null || other.sign === own.sign)) return [];
		const isDoubtful =
			saysTheRest(quote, quote.sentence[found[0]!.from]!) ||
			said.poles.some((pole) => pole.axis === 'size' && pole.sign === own.sign && !hasValue(quote, pole.at));
		return [
			{
				at: own.at,
				axis: 'size',
				isDenial: there.some((other) => (other!.by === null) !== (own.by === null)),
				isDoubtful,
			},
		];
	});
}

/** Whether a bound is said of a value: not in `above that`, `exceed the maximum`. */
function hasValue({ valueAt }: Reading, at: number): boolean {
	return valueAt.subarray(Math.max(0, at - 2), at + 6).some((value) => value !== -1);
}

/** The bound said of a value: up to four tokens before it, or right after it (`75 and above`). */
function boundAt(poles: readonly Pole[], from: number, to: number): Pole | null {
	let nearest: Pole | null = null;
	for (const pole of poles) {
		if (pole.axis !== 'size') continue;
		const distance = pole.at < from ? from - pole.at : pole.at >= to ? pole.at - to : 99;
		if (pole.at < from ? distance > 4 : distance > 1) continue;
		if (nearest === null || Math.abs(nearest.at - from) > Math.abs(pole.at - from)) nearest = pole;
	}
	return nearest;
}

/** Tokens after a negation that it may deny. */
const scope = 6;

/** The content word that a negation denies: the first behind it in reach (in German also right before `nicht`). */
function targetOf(reading: Reading, at: number): number | null {
	if (reading.tokens[at]!.text === 'false') return contentBefore(reading, at, scope);
	for (let next = at + 1; next <= at + scope && next < reading.tokens.length; next++) {
		if (isBarred(reading.tokens, at, next + 1) || reading.sentence[next] !== reading.sentence[at]) break;
		if (reading.isContent[next]) return next;
	}
	return reading.language === 'de' ? contentBefore(reading, at, 3) : null;
}

function contentBefore({ isContent }: Reading, at: number, reach: number): number | null {
	for (let before = at - 1; before >= Math.max(0, at - reach); before--) if (isContent[before]) return before;
	return null;
}

function isDenied(reading: Reading, { negations, denials }: Polarity, at: number): boolean {
	const near = (by: number): boolean =>
		by !== at &&
		reading.sentence[by] === reading.sentence[at] &&
		!isBarred(reading.tokens, Math.min(by, at), Math.max(by, at)) &&
		(by < at ? at - by <= scope + 2 : by - at <= 3);
	return negations.filter(near).length % 2 === 1 || denials.some(near);
}

const onlyWords = new Set(
	'only solely exclusively exclusive nur ausschließlich lediglich solo sólo únicamente seulement uniquement exclusivement'.split(
		' ',
	),
);

/** Words that the sentence denies (`not valid`, `invalid`) and the quote affirms. */
function addedDenials({ sentence, quote, told, said, support, regions }: Sides): number[] {
	const counterparts = counterpartsOf(support);
	/** Whether a negation of the quote may be what the sentence means: unless the sentence affirms its word. */
	const answers = (by: number): boolean => {
		const target = targetOf(quote, by);
		const own = target === null ? [] : (counterparts.get(target) ?? []);
		return own.length === 0 || own.some((at) => support[at]!.isNegated || isDenied(sentence, told, at));
	};
	// Not without approval: only with it.
	const isTwofold = told.negations.length === 2 && quote.tokens.some(({ text }) => onlyWords.has(text));
	const targets = (isTwofold ? [] : told.negations).map((by) => targetOf(sentence, by));
	const prefixed = support.flatMap(({ isNegated }, at) => (isNegated ? [at] : []));
	return [...targets, ...prefixed].filter((target): target is number => {
		if (target === null) return false;
		const { at: places, strength, isNegated } = support[target]!;
		const region = regions[target]!;
		if (strength === 0 || places.length === 0) return false;
		if (isNegated === targets.includes(target) && isNegated) return false;
		if (said.denials.some((at) => quote.sentence[at] === region)) return false;
		if (said.negations.some((at) => quote.sentence[at] === region && answers(at))) return false;
		return !places.some((place) => isDenied(quote, said, place));
	});
}

/** Words that the quote denies and the sentence, which denies nothing else that the quote does not, affirms. */
function droppedDenials({ sentence, quote, told, said, support, regions }: Sides): number[] {
	const counterparts = counterpartsOf(support);
	const isExplained = (by: number): boolean => {
		const target = targetOf(sentence, by);
		return target !== null && support[target]!.at.some((place) => isDenied(quote, said, place));
	};
	const isFree = (at: number): boolean =>
		!told.negations.some((by) => sentence.sentence[by] === sentence.sentence[at] && !isExplained(by)) &&
		!told.denials.some((by) => support[by]!.strength < 1 && sentence.sentence[by] === sentence.sentence[at]) &&
		!support.some(({ isNegated }, by) => isNegated && sentence.sentence[by] === sentence.sentence[at]);
	return said.negations.flatMap((by) => {
		const target = targetOf(quote, by);
		const own = target === null ? [] : (counterparts.get(target) ?? []);
		return own.filter((at) => !isDenied(sentence, told, at) && regions[at] === quote.sentence[by] && isFree(at));
	});
}

/** Token of the quote → the tokens of the sentence that it supports. */
function counterpartsOf(support: readonly Support[]): Map<number, number[]> {
	const counterparts = new Map<number, number[]>();
	support.forEach(({ at: places }, at) => {
		for (const place of places) counterparts.set(place, [...(counterparts.get(place) ?? []), at]);
	});
	return counterparts;
}
