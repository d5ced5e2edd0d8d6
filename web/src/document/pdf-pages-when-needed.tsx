import { type ComponentProps, lazy, Suspense } from 'react';
import { Loading } from '../components/loading.tsx';

const PdfPages = lazy(async () => {
	const { PdfPages } = await import('./pdf-pages.tsx');
	return { default: PdfPages };
});

/** `PdfPages`, with its viewer fetched when the first PDF is opened. */
export function PdfPagesWhenNeeded(props: ComponentProps<typeof PdfPages>) {
	return (
		<Suspense fallback={<Loading what="Opening the page" />}>
			<PdfPages {...props} />
		</Suspense>
	);
}
