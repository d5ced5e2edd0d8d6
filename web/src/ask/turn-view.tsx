import { Failure } from '../components/failure.tsx';
import { Button } from '../components/button.tsx';
import { AnswerActions } from './answer-actions.tsx';
import { AnswerText } from './answer-text.tsx';
import { Conflicts } from './conflicts.tsx';
import { NotSaid } from './not-said.tsx';
import { Sources } from './sources.tsx';
import type { Outcome, Turn } from './turn.ts';
import styles from './turn-view.module.css';

type Props = { readonly turn: Turn; readonly again: () => void };

/** A question, and the answer as far as it has come. */
export function TurnView({ turn, again }: Props) {
	const { question, state, outcome, error } = turn;
	return (
		<article
			ref={state === 'asking' ? bringToTop : null}
			className={styles.turn}
			aria-label={question}
			aria-busy={state === 'asking'}
		>
			<h2 className={styles.question} dir="auto">
				{question}
			</h2>
			{outcome?.standalone != null && outcome.standalone !== question && (
				<p className={styles.readAs}>
					Read as: <bdi>{outcome.standalone}</bdi>
				</p>
			)}
			{outcome === null ? <Underway turn={turn} /> : <Answered turn={turn} outcome={outcome} />}
			{state === 'stopped' && (
				<p className={styles.stopped}>
					Stopped before the end.
					<Button size="small" onPress={again}>
						Ask again
					</Button>
				</p>
			)}
			{state === 'failed' && <Failure error={error} again={again} />}
		</article>
	);
}

function Underway({ turn: { state, text, citations } }: { readonly turn: Turn }) {
	if (text !== '') return <AnswerText text={text} citations={citations} unsupported={[]} isVerbatim={false} />;
	return state === 'asking' && <p className={styles.looking}>Looking in the documents…</p>;
}

function Answered({ turn: { text, citations }, outcome }: { readonly turn: Turn; readonly outcome: Outcome }) {
	if (outcome.erasedAt !== null) {
		return <p className={styles.looking}>This answer was erased with a document that it was taken from.</p>;
	}
	const { abstained, conflicts, unsupported, model } = outcome;
	return (
		<>
			{abstained ? (
				<NotSaid citations={citations} />
			) : (
				<>
					<AnswerText text={text} citations={citations} unsupported={unsupported} isVerbatim={model === 'extractive'} />
					{unsupported.length > 0 && <p className={styles.unsupported}>Underlined: no document supports this.</p>}
					{conflicts.length > 0 && <Conflicts conflicts={conflicts} citations={citations} />}
					{citations.length === 0 && <p className={styles.uncited}>No document is cited for this.</p>}
					{citations.length > 0 && <Sources name="Sources" citations={citations} />}
				</>
			)}
			<AnswerActions text={text} outcome={outcome} />
		</>
	);
}

function bringToTop(turn: HTMLElement | null): void {
	turn?.scrollIntoView({ block: 'start' });
}
