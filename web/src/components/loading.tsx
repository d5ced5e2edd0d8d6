import styles from './loading.module.css';

/** Shown only when the wait is long enough to be noticed. */
export function Loading({ what }: { readonly what: string }) {
	return (
		<output className={styles.loading}>
			<span className={styles.dots} aria-hidden />
			{what}
		</output>
	);
}
