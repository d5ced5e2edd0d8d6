import { useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { DropZone } from 'react-aria-components';
import { useSearchParams } from 'wouter';
import { useMay } from '../api/may.ts';
import { statusQuery } from '../api/status.ts';
import { Button } from '../components/button.tsx';
import { SearchField } from '../components/search-field.tsx';
import { AddDocuments } from './add-documents.tsx';
import { CollectionChoice } from './collection-choice.tsx';
import styles from './document-list-page.module.css';
import { Documents } from './documents.tsx';
import { useAddFiles } from './uploads/add-files.ts';
import { droppedFiles } from './uploads/dropped-files.ts';
import { Work } from './work.tsx';

/** The documents of a collection, and every way to add some; files can be dropped anywhere on it. */
export function DocumentListPage() {
	const [params, setParams] = useSearchParams();
	const status = useQuery(statusQuery).data!;
	const [isAdding, setIsAdding] = useState(false);
	const mayWrite = useMay('write');
	const addFiles = useAddFiles();
	const collection = params.get('collection') ?? status.collection;
	const contains = params.get('contains') ?? '';
	const search = (value: string): void =>
		setParams(
			(now) => {
				if (value === '') now.delete('contains');
				else now.set('contains', value);
				return now;
			},
			{ replace: true },
		);

	return (
		<>
			<DropZone
				className={styles.page}
				aria-label="Drop files anywhere on this page"
				isDisabled={!mayWrite}
				getDropOperation={() => 'copy'}
				onDrop={({ items }) => void droppedFiles(items).then((files) => addFiles(files, collection))}
			>
				<header className={styles.header}>
					<h1 className={styles.heading}>Documents</h1>
					{mayWrite && (
						<Button kind="primary" onPress={() => setIsAdding(true)}>
							<Plus aria-hidden size={18} />
							Add documents
						</Button>
					)}
				</header>
				<div className={styles.tools}>
					<CollectionChoice collection={collection} onChoose={(name) => setParams({ collection: name })} />
					<SearchField label="Find by title or source" value={contains} onChange={search} />
				</div>
				<Work />
				<Documents key={collection} collection={collection} contains={contains} onAdd={() => setIsAdding(true)} />
				<p className={styles.drop} aria-hidden>
					Drop to add to {collection}
				</p>
			</DropZone>
			<AddDocuments collection={collection} isOpen={isAdding} onOpenChange={setIsAdding} />
		</>
	);
}
