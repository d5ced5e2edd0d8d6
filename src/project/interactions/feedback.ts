import { KnowhowError } from '../../core/error.ts';
import type { Feedback, Interaction } from '../../core/interaction.ts';
import type { Interval } from '../../evaluate/statistics/bootstrap.ts';
import { wilson } from '../../evaluate/statistics/wilson.ts';
import { allInteractions, interactionKind, isExpired, type Log, readInteraction } from './interactions.ts';
import { changeRecord } from '../records.ts';

/** What is said of an answer; what is absent stays as it was. */
export type GivenFeedback = {
	readonly rating?: 'up' | 'down' | undefined;
	/** What the right answer is, at most 20,000 characters. */
	readonly correction?: string | undefined;
	/** Markers of the citations that do answer the question, for instance `[1]`; all that are accepted. */
	readonly accepted?: readonly string[] | undefined;
};

const longestCorrection = 20_000;

/** Adds feedback to a kept answer. Throws `not_found`, and `invalid_argument` for nothing at all and for an unknown marker. */
export async function giveFeedback(log: Log, id: string, given: GivenFeedback): Promise<Interaction> {
	const kept = await readInteraction(log, id);
	if (kept === null) {
		throw new KnowhowError('not_found', `No answer ${id} is kept.`, { hint: 'List them with `knowhow history`.' });
	}
	checkFeedback(kept, given);
	let changed = kept;
	await changeRecord<Interaction>(log.records, { kind: interactionKind, id }, (stored) => {
		// Forgotten or expired meanwhile.
		if (stored === null) return null;
		changed = { ...stored, feedback: merged(stored.feedback ?? null, given, log.now()) };
		return changed;
	});
	return changed;
}

function checkFeedback({ id, citations }: Interaction, { rating, correction, accepted }: GivenFeedback): void {
	const wrong = (message: string, hint: string): KnowhowError =>
		new KnowhowError('invalid_argument', message, { hint });
	if (rating === undefined && correction === undefined && accepted === undefined) {
		throw wrong('The feedback says nothing.', 'Give a rating, a correction or accepted citations.');
	}
	if (correction !== undefined && (correction.trim() === '' || correction.length > longestCorrection)) {
		throw wrong(`A correction has 1 to ${longestCorrection} characters.`, 'Write what the right answer is.');
	}
	const markers = citations.map(({ marker }) => marker);
	const unknown = accepted?.find((marker) => !markers.includes(marker));
	if (unknown !== undefined) {
		const known = [...new Set(markers)].join(', ');
		throw wrong(`${id} has no citation ${unknown}.`, known ? `It has ${known}.` : 'It cites nothing.');
	}
}

function merged(before: Feedback | null, { rating, correction, accepted }: GivenFeedback, at: number): Feedback {
	return {
		rating: rating ?? before?.rating ?? null,
		correction: correction?.trim() ?? before?.correction ?? null,
		accepted: [...(accepted ?? before?.accepted ?? [])],
		at,
	};
}

/** `count` of `total`, with a 95 % Wilson interval; null of nothing. */
export type Share = { readonly count: number; readonly total: number; readonly share: number | null } & {
	readonly interval: Interval | null;
};

/** How the answers of one version of a system were taken. */
export type SystemRatings = {
	/** `name@version`. */
	readonly system: string;
	/** When its first and its last answer were given, milliseconds since the epoch. */
	readonly first: number;
	readonly last: number;
	/** Rated answers of all answers. A correction is a rating, and not a good one. */
	readonly rated: Share;
	readonly positive: Share;
	readonly corrected: number;
	/** The later half of the rated answers against the earlier half; null below four of them. */
	readonly trend: {
		readonly earlier: Share;
		readonly later: Share;
		/** Later minus earlier, with the 95 % interval of Newcombe (1998, method 10). */
		readonly difference: number;
		readonly interval: Interval;
		/** `better` and `worse` only where the interval is on one side of zero. */
		readonly direction: 'better' | 'worse' | 'unclear';
	} | null;
};

/** The ratings of each version of a system, the one that answered last first. */
export async function systemRatings(log: Log): Promise<SystemRatings[]> {
	const bySystem = new Map<string, Interaction[]>();
	for await (const interaction of allInteractions(log.records)) {
		if (isExpired(interaction.id, log)) continue;
		const before = bySystem.get(interaction.system);
		if (before) before.push(interaction);
		else bySystem.set(interaction.system, [interaction]);
	}
	const ratings = [...bySystem].map(([system, interactions]) => ratingsOf(system, interactions));
	return ratings.sort((a, b) => b.last - a.last);
}

function ratingsOf(system: string, interactions: readonly Interaction[]): SystemRatings {
	const rated = interactions.filter(({ feedback }) => feedback && (feedback.rating || feedback.correction !== null));
	return {
		system,
		first: interactions[0]!.at,
		last: interactions.at(-1)!.at,
		rated: share(rated.length, interactions.length),
		positive: positiveShare(rated),
		corrected: rated.filter(({ feedback }) => feedback?.correction != null).length,
		trend: trendOf(rated),
	};
}

function positiveShare(rated: readonly Interaction[]): Share {
	return share(rated.filter(({ feedback }) => feedback?.rating === 'up').length, rated.length);
}

function share(count: number, total: number): Share {
	return { count, total, share: total === 0 ? null : count / total, interval: wilson(count, total) };
}

function trendOf(rated: readonly Interaction[]): SystemRatings['trend'] {
	if (rated.length < 4) return null;
	const half = rated.length >> 1;
	const [earlier, later] = [positiveShare(rated.slice(0, half)), positiveShare(rated.slice(half))];
	const { difference, interval } = differenceOf(earlier, later);
	const direction = interval.low > 0 ? 'better' : interval.high < 0 ? 'worse' : 'unclear';
	return { earlier, later, difference, interval, direction };
}

/** Newcombe 1998, method 10: p₂ − p₁ with the distances of both shares to the ends of their Wilson intervals. */
function differenceOf(earlier: Share, later: Share): { difference: number; interval: Interval } {
	const [p1, p2, i1, i2] = [earlier.share!, later.share!, earlier.interval!, later.interval!];
	const difference = p2 - p1;
	return {
		difference,
		interval: {
			low: difference - Math.hypot(p2 - i2.low, i1.high - p1),
			high: difference + Math.hypot(i2.high - p2, p1 - i1.low),
		},
	};
}
