import { useQuery } from '@tanstack/react-query';
import { ApiError } from '../api/api-error.ts';
import { documentQuery } from '../api/document.ts';
import { EmptyState } from '../components/empty-state.tsx';
import { Failure } from '../components/failure.tsx';
import { Loading } from '../components/loading.tsx';
import { DocumentHeader } from './document-header.tsx';
import styles from './document-page.module.css';
import { DocumentTabs } from './document-tabs.tsx';

/** One document: its text, its passages, its versions, who may read it, and a way to delete it. */
export function DocumentPage({ id }: { readonly id: string }) {
	const { data: document, error, isPending, refetch } = useQuery(documentQuery(id));
	const isGone = error instanceof ApiError && error.status === 404;
	return (
		<div className={styles.page}>
			<DocumentHeader document={isGone ? undefined : document} />
			{isPending && <Loading what="Opening the document" />}
			{isGone && (
				<EmptyState title="There is no such document">
					<p>It was deleted, or it is not for you to read.</p>
				</EmptyState>
			)}
			{error !== null && !isGone && (
				<div className={styles.body}>
					<Failure error={error} again={() => void refetch()} />
				</div>
			)}
			{document !== undefined && !isGone && <DocumentTabs document={document} />}
		</div>
	);
}
