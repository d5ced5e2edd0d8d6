import type { ReactNode } from 'react';
import styles from './empty-state.module.css';

type Props = { readonly title: string; readonly icon?: ReactNode; readonly children?: ReactNode };

/** Nothing is here, and what to do about it. */
export function EmptyState({ title, icon, children }: Props) {
	return (
		<div className={styles.empty}>
			{icon}
			<h2 className={styles.title}>{title}</h2>
			{children}
		</div>
	);
}
