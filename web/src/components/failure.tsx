import { CircleAlert } from 'lucide-react';
import { isLasting, sayError } from '../api/advice.ts';
import { ApiError } from '../api/api-error.ts';
import { Button } from './button.tsx';
import styles from './failure.module.css';

type Props = { readonly error: unknown; readonly again?: () => void };

/** What went wrong, what to do about it, and a way to try again where that may help. */
export function Failure({ error, again }: Props) {
	return (
		<div className={styles.failure} role="alert">
			<CircleAlert aria-hidden size={18} />
			<p>{textOf(error)}</p>
			{again !== undefined && !(error instanceof ApiError && isLasting(error.code)) && (
				<Button size="small" onPress={again}>
					Try again
				</Button>
			)}
		</div>
	);
}

function textOf(error: unknown): string {
	if (error instanceof ApiError) return sayError(error);
	return error instanceof Error ? error.message : String(error);
}
