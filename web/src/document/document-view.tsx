import { useQuery } from '@tanstack/react-query';
import { X } from 'lucide-react';
import { useState } from 'react';
import { documentQuery, type Document } from '../api/document.ts';
import { ApiError } from '../api/api-error.ts';
import { Button } from '../components/button.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { Failure } from '../components/failure.tsx';
import { Loading } from '../components/loading.tsx';
import { Tabs } from '../components/tabs.tsx';
import { dateText } from './date-text.ts';
import { DocumentText } from './document-text.tsx';
import styles from './document-view.module.css';
import facts from './facts.module.css';
import { PdfPagesWhenNeeded } from './pdf-pages-when-needed.tsx';
import { placeOf } from './place.ts';
import type { Quote } from './quote-params.ts';
import { useFocusWhileOpen } from './use-focus-while-open.ts';

type Props = {
	readonly documentId: string;
	/** Is marked, and scrolled to. */
	readonly quote?: Quote | undefined;
	/** Offered when given. */
	readonly onClose?: (() => void) | undefined;
	/** Whether the focus comes here when a quote is opened, and goes back on closing; as a dialog does by itself. */
	readonly takesFocus?: boolean;
};

/** One document: what it is, its text with the quote marked, and of a PDF its pages. Fills its container and scrolls inside it. */
export function DocumentView({ documentId, quote, onClose, takesFocus = false }: Props) {
	const { data: document, error, isPending, refetch } = useQuery(documentQuery(documentId));
	const view = useFocusWhileOpen(takesFocus, `${documentId} ${quote?.start} ${quote?.end}`);
	const isGone = error instanceof ApiError && error.status === 404;
	return (
		<article ref={view} className={styles.view} tabIndex={-1} aria-label={document?.title ?? 'Document'}>
			<header className={styles.header}>
				<div className={styles.about}>
					<h2 className={styles.title} dir="auto">
						{document?.title ?? ' '}
					</h2>
					{document !== undefined && <Facts document={document} />}
				</div>
				{onClose !== undefined && (
					<Button kind="quiet" size="small" aria-label="Close the document" onPress={onClose}>
						<X aria-hidden size={18} />
					</Button>
				)}
			</header>
			{isPending && <Loading what="Opening the document" />}
			{isGone && <Gone />}
			{error !== null && !isGone && (
				<div className={styles.notice}>
					<Failure error={error} again={() => void refetch()} />
				</div>
			)}
			{document !== undefined && <Content key={documentId} document={document} quote={quote} />}
		</article>
	);
}

function Facts({ document: { source, version, date } }: { readonly document: Document }) {
	return (
		<p className={facts.facts}>
			<bdi>{source}</bdi>
			<span>Version {version}</span>
			{date !== null && <span>{dateText(date)}</span>}
		</p>
	);
}

function Gone() {
	return (
		<EmptyState title="This document is no longer here">
			<p>It was deleted, or it is not for you to read. What was quoted from it stands in the answer.</p>
		</EmptyState>
	);
}

const tabs = [
	{ id: 'page', name: 'Page' },
	{ id: 'text', name: 'Text' },
] as const;

function Content({ document, quote }: { readonly document: Document; readonly quote: Quote | undefined }) {
	const [tab, setTab] = useState<'page' | 'text'>('page');
	const { span, state } = placeOf(quote, document);
	const text = <DocumentText document={document} quote={span} />;
	return (
		<>
			{state !== 'same' && <p className={styles.changed}>{notices[state]}</p>}
			{document.format === 'pdf' ? (
				<div className={styles.tabs}>
					<Tabs label="Show" tabs={tabs} selected={tab} onSelect={setTab}>
						{tab === 'text' ? text : <PdfPagesWhenNeeded document={document} quote={span} page={quote?.page ?? 1} />}
					</Tabs>
				</div>
			) : (
				text
			)}
		</>
	);
}

const notices = {
	changed: 'This document has changed since it was cited. It still says this, word for word.',
	'no-longer-says': 'This document has changed since it was cited, and no longer says what was quoted.',
};
