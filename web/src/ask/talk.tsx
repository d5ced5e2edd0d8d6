import { useQuery } from '@tanstack/react-query';
import { MessageSquareOff, MessageSquarePlus } from 'lucide-react';
import { useLayoutEffect, useRef } from 'react';
import { useLocation } from 'wouter';
import { statusQuery } from '../api/status.ts';
import { Button } from '../components/button.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { Failure } from '../components/failure.tsx';
import { Loading } from '../components/loading.tsx';
import { useHeld } from '../state/held.ts';
import { choice } from './choice.ts';
import { Composer } from './composer.tsx';
import { askAgain, askQuestion, type Conversation, openConversation, startOver, stopAnswer } from './conversation.ts';
import { Examples } from './examples.tsx';
import { Progress } from './progress.tsx';
import styles from './talk.module.css';
import type { Turn } from './turn.ts';
import { TurnView } from './turn-view.tsx';

/** The questions and answers, and where one asks on. */
export function Talk({
	conversation: { id, turns, isOpening, isGone, error },
}: {
	readonly conversation: Conversation;
}) {
	const { data: status } = useQuery(statusQuery);
	const [, navigate] = useLocation();
	const chosen = useHeld(choice);
	const last = turns.at(-1);
	const isAsking = last?.state === 'asking';
	const choiceNow = { collections: status?.collections.map(({ id }) => id).slice(0, 100) ?? [], ...chosen };
	const begin = (): void => {
		startOver();
		navigate('/');
	};
	const composer = (placeholder: string): React.ReactNode => (
		<Composer
			placeholder={placeholder}
			isAsking={isAsking}
			choice={choiceNow}
			onChoose={(next) => choice.change(() => next)}
			onAsk={(question) => void askQuestion(question, choiceNow)}
			onStop={stopAnswer}
		/>
	);
	if (isOpening) return <Loading what="Opening the conversation" />;
	if (isGone) {
		return (
			<EmptyState title="This conversation is not here" icon={<MessageSquareOff aria-hidden size={18} />}>
				<p>It was deleted or kept no longer, nothing was answered in it, or it is not yours to read.</p>
				<Button kind="primary" onPress={begin}>
					New conversation
				</Button>
			</EmptyState>
		);
	}
	if (error !== null) {
		return (
			<div className={styles.start}>
				<Failure error={error} again={() => void openConversation(id!)} />
				<div>
					<Button onPress={begin}>New conversation</Button>
				</div>
			</div>
		);
	}
	if (last === undefined) {
		return (
			<div className={styles.start}>
				<h1 className={styles.title}>Ask your documents</h1>
				{composer('Ask a question')}
				<Examples onAsk={(question) => void askQuestion(question, choiceNow)} />
			</div>
		);
	}
	return (
		<div className={styles.talk}>
			<header className={styles.header}>
				<h1 className="visually-hidden">Ask</h1>
				<Button kind="quiet" size="small" onPress={begin}>
					<MessageSquarePlus aria-hidden size={16} />
					New conversation
				</Button>
			</header>
			<Turns turns={turns} again={(turn) => void askAgain(turn, choiceNow)} />
			<Progress turn={last} />
			<div className={styles.foot}>{composer('Ask a follow-up')}</div>
		</div>
	);
}

type TurnsProps = { readonly turns: readonly Turn[]; readonly again: (turn: Turn) => void };

/** Begins at the last one. */
function Turns({ turns, again }: TurnsProps) {
	const list = useRef<HTMLDivElement>(null);
	useLayoutEffect(() => {
		list.current?.lastElementChild?.scrollIntoView({ block: 'start' });
	}, []);
	return (
		<div ref={list} className={styles.turns}>
			{turns.map((turn) => (
				<TurnView key={turn.key} turn={turn} again={() => again(turn)} />
			))}
		</div>
	);
}
