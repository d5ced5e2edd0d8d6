import { useMutation } from '@tanstack/react-query';
import { Check, Copy, PencilLine, ThumbsDown, ThumbsUp } from 'lucide-react';
import { useState } from 'react';
import { type Feedback, giveFeedback } from '../api/interactions.ts';
import { Button } from '../components/button.tsx';
import { Failure } from '../components/failure.tsx';
import styles from './answer-actions.module.css';
import { showFeedback } from './conversation.ts';
import { Correction } from './correction.tsx';
import type { Outcome } from './turn.ts';

type Props = { readonly text: string; readonly outcome: Outcome };

/** What one can do with an answer, and how it came about. */
export function AnswerActions({ text, outcome }: Props) {
	const { id, feedback } = outcome;
	const [isCorrecting, setCorrecting] = useState(false);
	const send = useMutation({
		mutationFn: (given: Feedback) => giveFeedback(id, given),
		onSuccess: showFeedback,
	});
	const rating = send.isPending ? (send.variables.rating ?? feedback?.rating) : feedback?.rating;
	const correct = (correction: string): void => send.mutate({ correction }, { onSuccess: () => setCorrecting(false) });
	return (
		<div className={styles.all}>
			<div className={styles.row}>
				<fieldset className={styles.actions} aria-label="About this answer">
					<Rating name="Good answer" isPressed={rating === 'up'} onPress={() => send.mutate({ rating: 'up' })}>
						<ThumbsUp aria-hidden size={16} />
					</Rating>
					<Rating name="Bad answer" isPressed={rating === 'down'} onPress={() => send.mutate({ rating: 'down' })}>
						<ThumbsDown aria-hidden size={16} />
					</Rating>
					<Button
						kind="quiet"
						size="small"
						aria-expanded={isCorrecting}
						onPress={() => setCorrecting((before) => !before)}
					>
						<PencilLine aria-hidden size={16} />
						Correct this answer
					</Button>
					<CopyAnswer text={text} />
				</fieldset>
				<p className={styles.facts}>{factsOf(outcome).join(' · ')}</p>
			</div>
			{isCorrecting ? (
				<Correction
					before={feedback?.correction ?? ''}
					isSaving={send.isPending}
					onSave={correct}
					onCancel={() => setCorrecting(false)}
				/>
			) : (
				feedback?.correction != null && (
					<p className={styles.correction}>
						<span className={styles.label}>Corrected</span>
						<bdi>{feedback.correction}</bdi>
					</p>
				)
			)}
			{send.isError && <Failure error={send.error} again={() => send.mutate(send.variables)} />}
		</div>
	);
}

type RatingProps = {
	readonly name: string;
	readonly isPressed: boolean;
	readonly onPress: () => void;
	readonly children: React.ReactNode;
};

function Rating({ name, isPressed, onPress, children }: RatingProps) {
	return (
		<Button kind="quiet" size="small" aria-label={name} aria-pressed={isPressed} onPress={onPress}>
			{children}
		</Button>
	);
}

/** Browsers copy for pages that come over HTTPS, or from this computer, only. */
function CopyAnswer({ text }: { readonly text: string }) {
	const copy = useMutation({ mutationFn: () => navigator.clipboard.writeText(text) });
	if (!window.isSecureContext) return null;
	return (
		<Button
			kind="quiet"
			size="small"
			aria-label={copy.isSuccess ? 'Copied' : 'Copy answer'}
			onPress={() => copy.mutate()}
		>
			{copy.isSuccess ? <Check aria-hidden size={16} /> : <Copy aria-hidden size={16} />}
		</Button>
	);
}

function factsOf({ system, model, tookMs, costUsd }: Outcome): string[] {
	const seconds = tookMs < 100 ? 'under 0.1 s' : `${(tookMs / 1000).toFixed(1)} s`;
	const words = model === 'extractive' ? 'in the documents’ own words' : model;
	const cost = costUsd === null || costUsd === 0 ? [] : [costUsd < 0.01 ? 'under 1 ¢' : `$${costUsd.toFixed(2)}`];
	return [system, words, seconds, ...cost];
}
