import type { PDFDocumentProxy } from 'pdfjs-dist';
import { useEffect, useRef, useState } from 'react';
import { Failure } from '../components/failure.tsx';
import { drawPage } from './draw-page.ts';
import styles from './pdf-page.module.css';
import { useWidth } from './use-width.ts';

type Props = { readonly pdf: PDFDocumentProxy; readonly number: number; readonly quote: string | null };

/** One page as wide as there is room. */
export function PdfPage({ pdf, number, quote }: Props) {
	const frame = useRef<HTMLDivElement>(null);
	const width = useWidth(frame);
	const [error, setError] = useState<unknown>(null);
	useEffect(() => {
		const { current: container } = frame;
		if (container === null || width === 0) return undefined;
		const left = new AbortController();
		setError(null);
		drawPage(pdf, { number, width, quote, container, signal: left.signal }).catch((failure: unknown) => {
			if (!left.signal.aborted) setError(failure);
		});
		return () => left.abort();
	}, [pdf, number, width, quote]);
	return (
		<>
			{error !== null && <Failure error={error} />}
			<div ref={frame} className={styles.page} />
		</>
	);
}
