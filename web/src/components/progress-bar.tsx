import { ProgressBar as AriaProgressBar } from 'react-aria-components';
import styles from './progress-bar.module.css';

type Props = {
	readonly label: string;
	readonly value: number;
	/** Null: not known yet. */
	readonly max: number | null;
};

export function ProgressBar({ label, value, max }: Props) {
	const isKnown = max !== null && max > 0;
	return (
		<AriaProgressBar
			aria-label={label}
			className={styles.bar}
			isIndeterminate={!isKnown}
			value={value}
			maxValue={isKnown ? max : 1}
		>
			{({ percentage }) => (
				<span className={styles.done} style={percentage === undefined ? undefined : { width: `${percentage}%` }} />
			)}
		</AriaProgressBar>
	);
}
