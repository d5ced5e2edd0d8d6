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
 * (test over dev over train, so that nothing that was measured with is trained on). A group larger than a whole part that
 * measures should be is for training. The others fall by a hash of seed
 * and group, so that new examples move no old ones unless they tie groups together.
 */
export function splitExamples(examples: readonly Example[], options: SplitOptions): Split[] {
	const { shares = defaultShares, before } = options;
	const groups = groupsOf(examples);
	const largest = Math.max(1, Math.min(...[shares.dev, shares.test].filter((share) => share > 0)) * examples.length);
	const parts = new Map<number, Split>();
	let hasFixed = false;
	const free: { readonly group: number; readonly draw: number }[] = [];
	for (const [group, members] of groups) {
		const named = members.flatMap((at) => {
			const { split, id } = examples[at]!;
			return split ?? before?.get(id) ?? [];
		});
		const fixed = (['test', 'dev', 'train'] as const).find((part) => named.includes(part));
		hasFixed ||= fixed !== undefined;
		if (fixed) parts.set(group, fixed);
		else if (members.length > largest) parts.set(group, 'train');
		else
			free.push({
				group,
				draw: drawOf(
					members.map((at) => examples[at]!),
					options.seed,
				),
			});
	}
	for (const { group, draw } of free) parts.set(group, partOf(draw, shares));
	// Where some are fixed the parts are somebody's decision.
	if (!hasFixed) fillEmpty(parts, free, shares);
	const byExample: Split[] = [];
	for (const [group, members] of groups) for (const at of members) byExample[at] = parts.get(group)!;
	return byExample;
}

/** Indexes of the members of each group. */
function groupsOf(examples: readonly Example[]): Map<number, number[]> {
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
	return Map.groupBy(parent.keys(), root);
}

function tiesOf({ sources, group }: Example): string[] {
	const documents = sources.map(({ document }) => `document ${document}`);
	return group === null ? documents : [...documents, `group ${group}`];
}

/** 0 to 1, of the group's smallest tie or query: most new members leave it as it is. */
function drawOf(members: readonly Example[], seed: number): number {
	const ties = members.flatMap((example) => [...tiesOf(example), `query ${askedText(example)}`]);
	const least = ties.reduce((best, tie) => (tie < best ? tie : best));
	return createHash('sha256').update(`${seed} ${least}`).digest().readUInt32BE() / 2 ** 32;
}

function partOf(draw: number, shares: Shares): Split {
	if (draw < shares.test) return 'test';
	return draw < shares.test + shares.dev ? 'dev' : 'train';
}

/** A part that chance left empty gets a group, the training part first, while there are groups for every part. */
function fillEmpty(parts: Map<number, Split>, drawn: readonly { group: number; draw: number }[], shares: Shares): void {
	const order = drawn.toSorted((a, b) => a.draw - b.draw);
	const count = (part: Split): number => order.filter(({ group }) => parts.get(group) === part).length;
	for (const part of ['train', 'test', 'dev'] as const) {
		if (shares[part] === 0 || count(part) > 0) continue;
		const spare = part === 'train' ? order : order.filter(({ group }) => count(parts.get(group)!) > 1);
		const given = part === 'train' ? spare.at(-1) : spare[0];
		if (given) parts.set(given.group, part);
	}
}
