import { ArrowUp, Square } from 'lucide-react';
import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { Button } from '../components/button.tsx';
import styles from './composer.module.css';
import { SystemChoice } from './system-choice.tsx';
import type { Choice } from './conversation.ts';

type Props = {
	readonly placeholder: string;
	readonly isAsking: boolean;
	readonly choice: Choice;
	readonly onChoose: (choice: Choice) => void;
	readonly onAsk: (question: string) => void;
	readonly onStop: () => void;
};

/** Where one asks: Enter sends, Shift and Enter begin a new line. */
export function Composer({ placeholder, isAsking, choice, onChoose, onAsk, onStop }: Props) {
	const field = useRef<HTMLTextAreaElement>(null);
	const [text, setText] = useState('');
	const question = text.trim();
	useEffect(() => {
		// Whatever had the focus is gone. Where there is no keyboard, one would cover half of the page.
		if (document.activeElement === document.body && matchMedia('(hover: hover)').matches) field.current?.focus();
	}, []);
	const send = (event: FormEvent): void => {
		event.preventDefault();
		if (isAsking || question === '') return;
		onAsk(question);
		setText('');
	};
	const sendOnEnter = (event: KeyboardEvent): void => {
		// Enter also ends the choice of a Chinese or Japanese word.
		if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) send(event);
	};
	return (
		<form className={styles.composer} onSubmit={send} aria-label="Ask">
			<textarea
				ref={field}
				className={styles.field}
				aria-label="Question"
				dir="auto"
				rows={1}
				placeholder={placeholder}
				value={text}
				onChange={({ target }) => setText(target.value)}
				onKeyDown={sendOnEnter}
			/>
			<div className={styles.row}>
				<SystemChoice choice={choice} onChoose={onChoose} />
				{isAsking ? (
					<Button key="stop" aria-label="Stop" onPress={onStop}>
						<Square aria-hidden size={15} />
					</Button>
				) : (
					<Button key="send" type="submit" kind="primary" aria-label="Send" isDisabled={question === ''}>
						<ArrowUp aria-hidden size={18} />
					</Button>
				)}
			</div>
		</form>
	);
}
