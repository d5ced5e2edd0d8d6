import { type FormEvent, useState } from 'react';
import { Button } from '../components/button.tsx';
import { TextArea } from '../components/text-area.tsx';
import styles from './correction.module.css';

type Props = {
	readonly before: string;
	readonly isSaving: boolean;
	readonly onSave: (correction: string) => void;
	readonly onCancel: () => void;
};

/** Asks for the right answer. */
export function Correction({ before, isSaving, onSave, onCancel }: Props) {
	const [value, setValue] = useState(before);
	const save = (event: FormEvent): void => {
		event.preventDefault();
		onSave(value.trim());
	};
	return (
		<form ref={bringIntoView} className={styles.form} onSubmit={save}>
			<TextArea
				label="The right answer"
				value={value}
				onChange={setValue}
				maxLength={20_000}
				// Who opens it is about to write.
				// oxlint-disable-next-line jsx-a11y/no-autofocus
				autoFocus
			/>
			<p className={styles.note}>It is kept with this answer, for training and tests.</p>
			<div className={styles.buttons}>
				<Button onPress={onCancel}>Cancel</Button>
				<Button type="submit" kind="primary" isDisabled={value.trim() === '' || isSaving}>
					Save correction
				</Button>
			</div>
		</form>
	);
}

function bringIntoView(form: HTMLElement | null): void {
	form?.scrollIntoView({ block: 'nearest' });
}
