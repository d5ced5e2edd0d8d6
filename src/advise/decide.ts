import { holds } from './condition.ts';
import { requirements } from './requirements.ts';
import { type Branch, measuredStrength, type Rule, rules, type Verdict, verdicts } from './rules.ts';
import type { Situation } from './situation.ts';

/** One rule on the way from the root to the verdict. */
export type Step = { readonly rule: Rule; readonly answer: 'yes' | 'no'; readonly branch: Branch };

export type Decision = { readonly verdict: Verdict; readonly path: readonly Step[] };

export type Reason = { readonly rule: string; readonly text: string; readonly source: string };

/** Walks the tree from its root. */
export function decide(situation: Situation): Decision {
	const path: Step[] = [];
	let rule = rules[0] as Rule;
	for (;;) {
		const answer = holds(rule.when, situation) ? 'yes' : 'no';
		const branch = rule[answer];
		path.push({ rule, answer, branch });
		if (isVerdict(branch.to)) return { verdict: branch.to, path };
		rule = ruleOf(branch.to);
	}
}

/**
 * The reasons on the path that carry the verdict (those that only say “go on” are left out), then what a measurement
 * settled, or what tuning lacks.
 */
export function reasonsOf({ path }: Decision, situation: Situation): Reason[] {
	const carrying = path.filter(({ branch }) => branch.strength < 1);
	const reasons = carrying.map(({ rule, branch }) => ({ rule: rule.id, text: branch.reason, source: rule.source }));
	const settled = path.flatMap(({ branch: { settledBy } }) =>
		settledBy !== undefined && holds(settledBy.when, situation)
			? [{ rule: settledBy.id, text: settledBy.reason, source: settledBy.source }]
			: [],
	);
	const isUnready = path.some(({ rule, answer }) => rule.id.startsWith('ready-') && answer === 'no');
	return [...reasons, ...settled, ...(isUnready ? missingOf(situation) : [])];
}

/** How well established the weakest rule on the path is, 0 to 1. */
export function strengthOf({ path }: Decision, situation: Situation): number {
	const strengths = path.map(({ branch: { strength, settledBy } }) =>
		settledBy !== undefined && holds(settledBy.when, situation) ? measuredStrength : strength,
	);
	return Math.min(...strengths);
}

/** What tuning lacks in this situation. */
function missingOf(situation: Situation): Reason[] {
	return requirements
		.filter(({ when }) => !holds(when, situation))
		.map(({ id, missing, source }) => ({ rule: id, text: missing, source }));
}

export function isVerdict(name: string): name is Verdict {
	return (verdicts as readonly string[]).includes(name);
}

function ruleOf(id: string): Rule {
	return rules.find((rule) => rule.id === id) as Rule;
}
