import { useQuery } from '@tanstack/react-query';
import { useMay } from '../api/may.ts';
import { EmptyState } from '../components/empty-state.tsx';
import { Failure } from '../components/failure.tsx';
import { Loading } from '../components/loading.tsx';
import { accessQuery } from './document-parts.ts';
import styles from './document-access.module.css';
import { ReadersForm } from './readers-form.tsx';

/** Who may read a document; for those who may say so. */
export function DocumentAccess({ document }: { readonly document: string }) {
	const mayWrite = useMay('write');
	const { data, error, isLoading, refetch } = useQuery({ ...accessQuery(document), enabled: mayWrite });
	if (!mayWrite) {
		return (
			<EmptyState title="Your key only reads">
				<p>Who else may read this document is shown to keys that may change it.</p>
			</EmptyState>
		);
	}
	if (isLoading) return <Loading what="Reading who may read it" />;
	return (
		<div className={styles.access}>
			{error !== null && <Failure error={error} again={() => void refetch()} />}
			{data !== undefined && (
				<ReadersForm key={JSON.stringify(data.readers)} document={document} readers={data.readers} />
			)}
		</div>
	);
}
