import type { Turn } from '../../core/dataset.ts';
import { type Content, toContent } from '../example.ts';
import type { ShapeFault } from './format.ts';

/** A chat as one example: the last question, what came before it, and the answer when the last turn is one. */
export function fromTurns(turns: readonly Turn[]): Content | readonly ShapeFault[] {
	const faults = turnFaults(turns);
	if (faults.length > 0) return faults;
	const hasAnswer = turns.at(-1)?.role === 'assistant';
	const said = hasAnswer ? turns.slice(0, -1) : turns;
	const asked = said.findLastIndex(({ role }) => role === 'user');
	return toContent({
		query: said[asked]!.content,
		earlier: said.slice(0, asked),
		steps: said.slice(asked + 1),
		answer: hasAnswer ? turns.at(-1)!.content : null,
	});
}

/** The chat of an example; without an answer it ends with the question. */
export function toTurns({ query, earlier, steps, answer }: Content): Turn[] {
	const asked: Turn[] = [...earlier, { role: 'user', content: query }, ...steps];
	return answer === null ? asked : [...asked, { role: 'assistant', content: answer }];
}

/** What may follow what; null: the beginning. */
const followers: Readonly<Record<string, readonly Turn['role'][]>> = {
	beginning: ['system', 'user'],
	system: ['system', 'user'],
	user: ['assistant'],
	assistant: ['user', 'tool'],
	tool: ['tool', 'assistant'],
};

function turnFaults(turns: readonly Turn[]): ShapeFault[] {
	if (!turns.some(({ role }) => role === 'user')) return [{ code: 'no-user-turn', message: 'no turn is of the user' }];
	const faults: ShapeFault[] = [];
	for (const [at, { role }] of turns.entries()) {
		const before = turns[at - 1]?.role ?? 'beginning';
		if (followers[before]!.includes(role)) continue;
		if (role === 'system') {
			faults.push({ code: 'system-not-first', message: `turn ${at + 1} is a system turn after the ${before} turn` });
		} else {
			const where = before === 'beginning' ? 'comes first' : `follows one of "${before}"`;
			faults.push({ code: 'role-order', message: `turn ${at + 1} is of "${role}" and ${where}` });
		}
		// One wrong turn makes the next ones look wrong.
		break;
	}
	const last = turns.at(-1)!.role;
	if (faults.length === 0 && last !== 'user' && last !== 'assistant') {
		faults.push({ code: 'role-order', message: `the last turn is of "${last}"` });
	}
	return faults;
}
