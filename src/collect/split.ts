import { createHash } from 'node:crypto';
import type { Example, Split } from '../core/dataset.ts';
import { askedText } from './checks/duplicates.ts';
import { paraphrasePairs } from './paraphrases.ts';

/** The share of each part; they sum to 1. */
export type Shares = Readonly<Record<Split, number>>;
export const defaultShares: Shares = { train: 0.8, dev: 0.1, test: 0.1 };

export type SplitOptions = {
	/** Another seed gives another split; the same gives the same. */
	readonly seed: number;
	readonly shares?: Shares | undefined;
	/** The part in which an example was before, by its id: its group stays there. */
	readonly before?: ReadonlyMap<string, Split> | undefined;
};

/**
 * The part of each example, in their order. Examples that share a document, a named group or a query in other words are one
 * group, and a group is in one part. A part that an example names itself, or that it was in before, decides for its group
 * (test over dev over train, so that nothing that was measured with is trained on). The others come in an order that seed and
 * group decide, and fill test, then dev, as far as they fit; the rest is for training.
 */
export function splitExamples(examples: readonly Example[], options: SplitOptions): Split[] {
	const { shares = defaultShares, before, seed } = options;
	const groups = groupsOf(examples).map((members): Group => {
		const inside = members.map((at) => examples[at]!);
		const named = inside.flatMap(({ split, id }) => split ?? before?.get(id) ?? []);
		const fixed = measuringFirst.find((part) => named.includes(part)) ?? null;
		return { members, fixed, draw: fixed === null ? drawOf(inside, seed) : 0 };
	});
	const parts: Split[] = [];
	for (const { members, fixed } of [...groups.filter(({ fixed: part }) => part !== null), ...filled(groups, shares)]) {
		for (const at of members) parts[at] = fixed!;
	}
	return parts;
}

type Group = {
	/** Indexes of its examples. */
	readonly members: readonly number[];
	/** The part that is decided; null before. */
	readonly fixed: Split | null;
	/** Its place in the order of groups. */
	readonly draw: number;
};

const measuringFirst: readonly Split[] = ['test', 'dev', 'train'];

/** The groups that were free, each with its part. The last one is for training, so that there is something to train on. */
function filled(groups: readonly Group[], shares: Shares): Group[] {
	const total = groups.reduce((sum, { members }) => sum + members.length, 0);
	const free = groups.filter(({ fixed }) => fixed === null).sort((a, b) => a.draw - b.draw);
	const room: Record<string, number> = {};
	for (const part of ['test', 'dev'] as const) {
		const taken = groups.reduce((sum, { fixed, members }) => sum + (fixed === part ? members.length : 0), 0);
		room[part] = shares[part] === 0 ? 0 : Math.max(1, Math.round(shares[part] * total)) - taken;
	}
	return free.map((group, at) => {
		const { length } = group.members;
		const isLast = at === free.length - 1 && shares.train > 0;
		const part = isLast
			? 'train'
			: (measuringFirst.find((name) => name === 'train' || room[name]! >= length) ?? 'train');
		if (part !== 'train') room[part]! -= length;
		return { ...group, fixed: part };
	});
}

/** Indexes of the members of each group. */
function groupsOf(examples: readonly Example[]): number[][] {
	const parent = examples.map((_, at) => at);
	const root = (at: number): number => {
		while (parent[at] !== at) at = parent[at] = parent[parent[at]!]!;
		return at;
	};
	const join = (a: number, b: number): void => {
		parent[root(a)] = root(b);
	};
	const first = new Map<string, number>();
	for (const [at, example] of examples.entries()) {
		for (const tie of tiesOf(example)) {
			const other = first.get(tie);
			if (other === undefined) first.set(tie, at);
			else join(at, other);
		}
	}
	for (const [a, b] of paraphrasePairs(examples.map(askedText))) join(a, b);
	return [...Map.groupBy(parent.keys(), root).values()];
}

function tiesOf({ sources, group }: Example): string[] {
	const documents = sources.map(({ document }) => `document ${document}`);
	return group === null ? documents : [...documents, `group ${group}`];
}

/** Of the group's smallest tie or query: most new members leave it as it is. */
function drawOf(members: readonly Example[], seed: number): number {
	const ties = members.flatMap((example) => [...tiesOf(example), `query ${askedText(example)}`]);
	const least = ties.reduce((best, tie) => (tie < best ? tie : best));
	return createHash('sha256').update(`${seed} ${least}`).digest().readUInt32BE();
}
