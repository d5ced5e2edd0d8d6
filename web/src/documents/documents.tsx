import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Files, SearchX } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import { useSearchParams } from 'wouter';
import { useMay } from '../api/may.ts';
import { statusQuery } from '../api/status.ts';
import { Button } from '../components/button.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { Failure } from '../components/failure.tsx';
import { Loading } from '../components/loading.tsx';
import { useLoadSample } from '../jobs/load-sample.ts';
import { watchJob } from '../jobs/watched-jobs.ts';
import { entryHere } from '../state/scroll-place.ts';
import { DeleteDocuments } from './delete-documents.tsx';
import { counted } from './document.ts';
import { DocumentTable } from './document-table.tsx';
import styles from './documents.module.css';
import { documentsQuery } from './documents-query.ts';
import { useIsAdding } from './is-adding.ts';
import { parseSort, type Sort, sortDocuments, sortText } from './sort-documents.ts';

type Props = {
	/** Its name. */
	readonly collection: string;
	readonly contains: string;
	readonly onAdd: () => void;
};

/** How often the list is read again while documents come. */
const lookMs = 2000;

/** All documents of a collection: the list, how many there are, and what to do with those that are selected. */
export function Documents({ collection, contains, onAdd }: Props) {
	const isThere = useQuery(statusQuery).data!.collections.some(({ name }) => name === collection);
	const [params, setParams] = useSearchParams();
	const sorted = params.get('sort');
	const sort = useMemo(() => parseSort(sorted), [sorted]);
	const setSort = (next: Sort): void =>
		setParams((now) => ({ ...Object.fromEntries(now), sort: sortText(next) }), { replace: true });
	const [selection, setSelection] = useState<ReadonlySet<string>>(new Set());
	const [isDeleting, setIsDeleting] = useState(false);
	const mayWrite = useMay('write');
	const isAdding = useIsAdding();
	const query = useInfiniteQuery({
		...documentsQuery(collection, contains),
		enabled: isThere,
		// A long list is read again at the end.
		refetchInterval: ({ state }) => isAdding && (state.data?.pages.length ?? 0) <= 1 && lookMs,
	});
	const { data, error, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = query;
	useEffect(() => {
		if (hasNextPage && !isFetchingNextPage && error === null) void fetchNextPage();
	}, [hasNextPage, isFetchingNextPage, error, fetchNextPage]);
	const documents = useMemo(
		() =>
			sortDocuments(
				(data?.pages ?? []).map((page) => page.data),
				sort,
			),
		[data, sort],
	);
	const selected = useMemo(
		() => (selection.size === 0 ? [] : documents.filter(({ id }) => selection.has(id))),
		[documents, selection],
	);

	if (error !== null && data === undefined) {
		return (
			<div className={styles.failure}>
				<Failure error={error} again={() => void refetch()} />
			</div>
		);
	}
	if (isAdding && documents.length === 0 && contains === '')
		return <Loading what="The first documents are on their way" />;
	if (!isThere || (documents.length === 0 && contains === '' && query.isSuccess)) {
		return <NoDocuments collection={collection} onAdd={onAdd} />;
	}
	if (data === undefined) return <Loading what="Reading the list" />;
	if (documents.length === 0) {
		return (
			<EmptyState title={`Nothing contains “${contains}”`} icon={<SearchX aria-hidden size={18} />}>
				<p>Titles and sources are looked through. What stands in the documents, Ask finds.</p>
			</EmptyState>
		);
	}
	return (
		<>
			<div className={styles.bar}>
				<output className={styles.count}>
					{selected.length > 0
						? `${counted(selected.length, 'document')} selected`
						: `${counted(documents.length, 'document')}${hasNextPage ? ' so far' : ''}`}
				</output>
				{selected.length > 0 && mayWrite && (
					<Button kind="danger" size="small" onPress={() => setIsDeleting(true)}>
						Delete
					</Button>
				)}
			</div>
			{error !== null && (
				<div className={styles.failure}>
					<Failure error={error} again={() => void fetchNextPage()} />
				</div>
			)}
			<div className={styles.list}>
				<DocumentTable
					key={entryHere()}
					documents={documents}
					sort={sort}
					onSort={setSort}
					selection={selection}
					onSelect={setSelection}
				/>
			</div>
			{isDeleting && (
				<DeleteDocuments
					documents={selected}
					onClose={() => {
						setIsDeleting(false);
						setSelection(new Set());
					}}
				/>
			)}
		</>
	);
}

function NoDocuments({ collection, onAdd }: { readonly collection: string; readonly onAdd: () => void }) {
	const sample = useLoadSample();
	const mayWrite = useMay('write');
	const load = (): void =>
		sample.mutate({ collection }, { onSuccess: ({ id }) => watchJob({ id, title: 'The sample documents' }) });
	if (!mayWrite) {
		return (
			<EmptyState title="No documents to read yet" icon={<Files aria-hidden size={18} />}>
				<p>Your key reads; whoever runs this server can add documents, or let you read some.</p>
			</EmptyState>
		);
	}
	return (
		<EmptyState title="No documents yet" icon={<Files aria-hidden size={18} />}>
			<p>Drop files or a folder anywhere here, or try Knowhow with documents of an invented company first.</p>
			<div className={styles.ways}>
				<Button onPress={onAdd}>Choose what to add</Button>
				<Button onPress={load} isDisabled={sample.isPending || sample.isSuccess}>
					Load the sample
				</Button>
			</div>
			{sample.error !== null && <Failure error={sample.error} again={load} />}
		</EmptyState>
	);
}
