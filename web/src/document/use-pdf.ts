import { getDocument, GlobalWorkerOptions, type PDFDocumentProxy } from 'pdfjs-dist';
// A file of its own, whose address Vite gives.
// oxlint-disable-next-line import/default
import workerUrl from 'pdfjs-dist/build/pdf.worker.min.mjs?url';
import { useEffect, useState } from 'react';

GlobalWorkerOptions.workerSrc = workerUrl;

type Pdf = { readonly pdf: PDFDocumentProxy | null; readonly error: unknown };

const opening: Pdf = { pdf: null, error: null };

/** Opens a PDF in its worker, and closes it with the page that shows it. */
export function usePdf(bytes: Uint8Array | undefined): Pdf {
	const [opened, setOpened] = useState(opening);
	useEffect(() => {
		if (bytes === undefined) return undefined;
		let isWanted = true;
		// The worker takes the bytes away.
		const task = getDocument({ data: bytes.slice(), cMapUrl: '/pdf/cmaps/', wasmUrl: '/pdf/wasm/' });
		task.promise.then(
			(pdf) => isWanted && setOpened({ pdf, error: null }),
			(error: unknown) => isWanted && setOpened({ pdf: null, error }),
		);
		return () => {
			isWanted = false;
			setOpened(opening);
			void task.destroy();
		};
	}, [bytes]);
	return opened;
}
