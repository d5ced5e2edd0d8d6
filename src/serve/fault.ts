import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

/** What is wrong with a value of a request: where, in words, and under which code. */
export type Fault = {
	readonly path: readonly PropertyKey[];
	readonly message: string;
	readonly code: 'invalid_argument' | 'unsupported_parameter';
};

/** What an issue says; of a union what the choice says that got furthest, since that is the one that was meant. */
export function faultOf(issue: Issue): Fault {
	if (issue.code === 'invalid_union') return faultOfUnion(issue);
	const isUnsupported = issue.code === 'custom' && issue.params?.['code'] === 'unsupported_parameter';
	const code = isUnsupported ? 'unsupported_parameter' : 'invalid_argument';
	return { path: issue.path, message: issue.message, code };
}

function faultOfUnion({ errors, path, message }: Extract<Issue, { code: 'invalid_union' }>): Fault {
	const choices = errors.flatMap(([first]) => (first ? [faultOf(first)] : []));
	const [meant] = choices.toSorted((a, b) => b.path.length - a.path.length);
	if (meant !== undefined && meant.path.length > 0) return { ...meant, path: [...path, ...meant.path] };
	const allowed = choices.map((choice) => choice.message.replace(/^Invalid input: /, '')).join(', or ');
	const isUntold = message === 'Invalid input' && allowed !== '';
	return { path, message: isUntold ? `Invalid input: ${allowed}` : message, code: 'invalid_argument' };
}
