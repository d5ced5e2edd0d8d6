import { useQuery } from '@tanstack/react-query';
import { ChevronLeft, ChevronRight } from 'lucide-react';
import type { PDFDocumentProxy } from 'pdfjs-dist';
import { useState } from 'react';
import { type Document, documentContentQuery } from '../api/document.ts';
import { Button } from '../components/button.tsx';
import { Failure } from '../components/failure.tsx';
import { Loading } from '../components/loading.tsx';
import { PdfPage } from './pdf-page.tsx';
import styles from './pdf-pages.module.css';
import type { Span } from './place.ts';
import { usePdf } from './use-pdf.ts';

type Props = {
	readonly document: Document;
	readonly quote: Span | null;
	/** To begin with, from 1. */
	readonly page: number;
};

/** A PDF as it looks, a page at a time, with the quote marked where it is found. */
export function PdfPages({ document: { id, version, text }, quote, page }: Props) {
	const { data: bytes, error, refetch } = useQuery(documentContentQuery(id, version));
	const { pdf, error: unreadable } = usePdf(bytes);
	const failed = error ?? unreadable;
	if (failed !== null) {
		return (
			<div className={styles.failed}>
				<Failure error={failed} again={() => void refetch()} />
				<p>Its text is under Text.</p>
			</div>
		);
	}
	if (pdf === null) return <Loading what="Opening the page" />;
	const words = quote === null ? null : text.slice(quote.start, quote.end);
	return <Pages key={`${page} ${quote?.start}`} pdf={pdf} first={page} quote={words} />;
}

type PagesProps = { readonly pdf: PDFDocumentProxy; readonly first: number; readonly quote: string | null };

function Pages({ pdf, first, quote }: PagesProps) {
	const { numPages } = pdf;
	const [page, setPage] = useState(Math.min(first, numPages));
	return (
		<>
			<section
				className={styles.scroller}
				// So that the keyboard scrolls it.
				// oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
				tabIndex={0}
				aria-label={`Page ${page}`}
			>
				<PdfPage pdf={pdf} number={page} quote={quote} />
			</section>
			<nav className={styles.pages} aria-label="Pages of the document">
				<Button
					kind="quiet"
					size="small"
					aria-label="Previous page"
					isDisabled={page <= 1}
					onPress={() => setPage(page - 1)}
				>
					<ChevronLeft aria-hidden size={18} />
				</Button>
				<output>
					Page {page} of {numPages}
				</output>
				<Button
					kind="quiet"
					size="small"
					aria-label="Next page"
					isDisabled={page >= numPages}
					onPress={() => setPage(page + 1)}
				>
					<ChevronRight aria-hidden size={18} />
				</Button>
			</nav>
		</>
	);
}
