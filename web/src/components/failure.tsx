import { CircleAlert } from 'lucide-react';
import { Button } from './button.tsx';
import styles from './failure.module.css';

type Props = { readonly error: unknown; readonly again?: () => void };

/** What went wrong, what to do about it, and a way to try again. */
export function Failure({ error, again }: Props) {
	const message = error instanceof Error ? error.message : String(error);
	return (
		<div className={styles.failure} role="alert">
			<CircleAlert aria-hidden size={18} />
			<p>{message}</p>
			{again !== undefined && (
				<Button size="small" onPress={again}>
					Try again
				</Button>
			)}
		</div>
	);
}
