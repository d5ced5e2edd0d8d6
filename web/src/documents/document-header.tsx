import { useQuery } from '@tanstack/react-query';
import { ChevronLeft, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import type { Document } from '../api/document.ts';
import { useMay } from '../api/may.ts';
import { statusQuery } from '../api/status.ts';
import { Button } from '../components/button.tsx';
import facts from '../document/facts.module.css';
import { DeleteDocuments } from './delete-documents.tsx';
import styles from './document-header.module.css';
import { chunksQuery } from './document-parts.ts';
import { isWebAddress, sourceText } from './source.ts';
import { dayText } from './time-text.ts';

/** What a document is called and where it came from, the way back, and the way to delete it. */
export function DocumentHeader({ document }: { readonly document: Document | undefined }) {
	const { collections, collection: usual } = useQuery(statusQuery).data!;
	const collection = collections.find(({ id }) => id === document?.collection)?.name;
	const list = collection === undefined || collection === usual ? '' : `?collection=${encodeURIComponent(collection)}`;
	const back = `/documents${list}`;
	return (
		<header className={styles.header}>
			<div className={styles.top}>
				<Link className={styles.back} href={back}>
					<ChevronLeft aria-hidden size={15} />
					{collection === undefined ? 'Documents' : `Documents in ${collection}`}
				</Link>
				{document !== undefined && <DeleteButton document={document} back={back} />}
			</div>
			{document === undefined ? (
				<h1 className="visually-hidden">Document</h1>
			) : (
				<>
					<h1 className={styles.title} dir="auto">
						{document.title}
					</h1>
					<Facts document={document} />
				</>
			)}
		</header>
	);
}

function Facts({ document: { source, format, language, version, updatedAt } }: { readonly document: Document }) {
	return (
		<p className={facts.facts}>
			{isWebAddress(source) ? (
				<a href={source} target="_blank" rel="noreferrer">
					{source}
				</a>
			) : (
				<bdi>{sourceText(source)}</bdi>
			)}
			<span>{format}</span>
			{language !== null && <span>{languages.of(language)}</span>}
			<span>Version {version}</span>
			<span>{dayText(updatedAt)}</span>
		</p>
	);
}

const languages = new Intl.DisplayNames('en-GB', { type: 'language' });

function DeleteButton({ document: { id, title, file }, back }: { readonly document: Document; readonly back: string }) {
	const [isOpen, setIsOpen] = useState(false);
	const [, navigate] = useLocation();
	const chunks = useQuery(chunksQuery(id)).data?.data.length ?? 0;
	if (!useMay('write')) return null;
	return (
		<>
			<Button kind="quiet" size="small" onPress={() => setIsOpen(true)}>
				<Trash2 aria-hidden size={15} />
				Delete
			</Button>
			{isOpen && (
				<DeleteDocuments
					documents={[{ id, title, chunks, file }]}
					onClose={(isDeleted) => {
						setIsOpen(false);
						if (isDeleted) navigate(back, { replace: true });
					}}
				/>
			)}
		</>
	);
}
