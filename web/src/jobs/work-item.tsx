import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from '../components/button.tsx';
import styles from './work-item.module.css';

type Props = {
	readonly title: string;
	/** How far it is, in words. */
	readonly note: string;
	/** Said aloud by screen readers when it changes: how it ended. */
	readonly outcome?: string | null;
	readonly actions?: ReactNode;
	readonly onDismiss?: (() => void) | undefined;
	readonly children?: ReactNode;
};

/** One piece of work that goes on, or has ended, and how far it is. */
export function WorkItem({ title, note, outcome = null, actions, onDismiss, children }: Props) {
	return (
		<section className={styles.item} aria-label={title}>
			<header className={styles.header}>
				<div className={styles.about}>
					<p className={styles.title}>{title}</p>
					<p className={styles.note}>{note}</p>
				</div>
				{actions}
				{onDismiss !== undefined && (
					<Button kind="quiet" size="small" aria-label={`Dismiss ${title}`} onPress={onDismiss}>
						<X aria-hidden size={15} />
					</Button>
				)}
			</header>
			{children}
			<output className="visually-hidden">{outcome}</output>
		</section>
	);
}
