import { useQuery } from '@tanstack/react-query';
import { MessageSquarePlus } from 'lucide-react';
import { useLocation } from 'wouter';
import { statusQuery } from '../api/status.ts';
import { Button } from '../components/button.tsx';
import { Failure } from '../components/failure.tsx';
import { Loading } from '../components/loading.tsx';
import { useHeld } from '../state/held.ts';
import { choice } from './choice.ts';
import { Composer } from './composer.tsx';
import { askAgain, askQuestion, type Conversation, openConversation, startOver, stopAnswer } from './conversation.ts';
import { Examples } from './examples.tsx';
import { Progress } from './progress.tsx';
import styles from './talk.module.css';
import { TurnView } from './turn-view.tsx';

/** The questions and answers, and where one asks on. */
export function Talk({ conversation: { id, turns, isOpening, error } }: { readonly conversation: Conversation }) {
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
			<div className={styles.turns}>
				{turns.map((turn) => (
					<TurnView key={turn.key} turn={turn} again={() => void askAgain(turn, choiceNow)} />
				))}
			</div>
			<Progress turn={last} />
			<div className={styles.foot}>{composer('Ask a follow-up')}</div>
		</div>
	);
}
