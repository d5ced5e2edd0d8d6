import { ask, type AskRequest } from '../api/ask.ts';
import { beginConversation, type Interaction, interactionsOf } from '../api/interactions.ts';
import { Held, useHeld } from '../state/held.ts';
import { answeredTurn, keptTurn, newTurn, type Turn } from './turn.ts';

/** What is being talked about in this tab. It outlives the page, so that an answer goes on while one looks elsewhere. */
export type Conversation = {
	/** Null until its first question. */
	readonly id: string | null;
	readonly turns: readonly Turn[];
	/** Its turns are being fetched, there are none, or why they were not fetched. */
	readonly isOpening: boolean;
	readonly isGone: boolean;
	readonly error: unknown;
};

/** Which system answers, and from which collections. */
export type Choice = Pick<AskRequest, 'system' | 'collections'>;

const none: Conversation = { id: null, turns: [], isOpening: false, isGone: false, error: null };

const held = new Held(none);
let running: AbortController | null = null;
let asked = 0;

export function useConversation(): Conversation {
	return useHeld(held);
}

/** Asks in the conversation; does not throw, the turn says what went wrong. */
export async function askQuestion(question: string, choice: Choice): Promise<void> {
	if (running !== null) return;
	const turn = newTurn(`asked-${++asked}`, question);
	held.change((now) => ({ ...now, turns: [...now.turns, turn] }));
	await answer(turn, choice);
}

/** Asks once more what failed or was stopped. */
export async function askAgain({ key, question }: Turn, choice: Choice): Promise<void> {
	if (running !== null) return;
	const turn = newTurn(key, question);
	replace(key, () => turn);
	await answer(turn, choice);
}

export function stopAnswer(): void {
	running?.abort();
	running = null;
}

export function startOver(): void {
	stopAnswer();
	held.change(() => none);
}

/** Shows a conversation that was kept, or that nothing of it was. */
export async function openConversation(id: string): Promise<void> {
	stopAnswer();
	held.change(() => ({ ...none, id, isOpening: true }));
	try {
		const kept = await interactionsOf(id);
		const opened = { ...none, id, turns: kept.map(keptTurn), isGone: kept.length === 0 };
		held.change((now) => (now.id === id ? opened : now));
	} catch (error) {
		held.change((now) => (now.id === id ? { ...none, id, error } : now));
	}
}

/** Shows what was said of an answer. */
export function showFeedback({ id, feedback }: Interaction): void {
	changeTurns((turn) => (turn.outcome?.id === id ? { ...turn, outcome: { ...turn.outcome, feedback } } : turn));
}

async function answer({ key, question }: Turn, choice: Choice): Promise<void> {
	const controller = new AbortController();
	running = controller;
	try {
		const conversation = held.get().id ?? (await beginConversation());
		controller.signal.throwIfAborted();
		held.change((now) => ({ ...now, id: conversation }));
		for await (const event of ask({ question, conversation, ...choice }, controller.signal)) {
			if (event.type === 'text-delta') replace(key, (turn) => ({ ...turn, text: turn.text + event.text }));
			if (event.type === 'citation')
				replace(key, (turn) => ({ ...turn, citations: [...turn.citations, event.citation] }));
			if (event.type === 'answer-end') replace(key, (turn) => answeredTurn(turn, event.answer));
		}
	} catch (error) {
		replace(key, (turn) => ({ ...turn, state: controller.signal.aborted ? 'stopped' : 'failed', error }));
	} finally {
		if (running === controller) running = null;
	}
}

function replace(key: string, change: (turn: Turn) => Turn): void {
	changeTurns((turn) => (turn.key === key ? change(turn) : turn));
}

function changeTurns(change: (turn: Turn) => Turn): void {
	held.change((now) => ({ ...now, turns: now.turns.map(change) }));
}
