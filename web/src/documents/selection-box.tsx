import { Check, Minus } from 'lucide-react';
import styles from './selection-box.module.css';

type Props = {
	readonly label: string;
	readonly state: 'all' | 'some' | 'none';
	readonly onChange: (isSelected: boolean) => void;
	readonly isTabStop?: boolean;
};

/** The box that selects a row: the browser's own, as light as a long list needs it. */
export function SelectionBox({ label, state, onChange, isTabStop = true }: Props) {
	return (
		<label className={styles.box} data-state={state}>
			<input
				type="checkbox"
				aria-label={label}
				checked={state === 'all'}
				ref={(input) => {
					if (input !== null) input.indeterminate = state === 'some';
				}}
				tabIndex={isTabStop ? undefined : -1}
				onChange={({ currentTarget }) => onChange(currentTarget.checked)}
			/>
			{state === 'all' && <Check aria-hidden size={15} />}
			{state === 'some' && <Minus aria-hidden size={15} />}
		</label>
	);
}
