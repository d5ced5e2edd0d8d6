import { useSearchParams } from 'wouter';
import type { Document } from '../api/document.ts';
import { Tabs } from '../components/tabs.tsx';
import { DocumentText } from '../document/document-text.tsx';
import { PdfPagesWhenNeeded } from '../document/pdf-pages-when-needed.tsx';
import { placeOf } from '../document/place.ts';
import { quoteFrom } from '../document/quote-params.ts';
import { DocumentAccess } from './document-access.tsx';
import styles from './document-tabs.module.css';
import { Passages } from './passages.tsx';
import { Versions } from './versions.tsx';

const names = { page: 'Pages', text: 'Text', passages: 'Passages', versions: 'Versions', access: 'Access' } as const;

type Tab = keyof typeof names;

/** What there is to see of a document, a tab each; which one, and what is marked, stands in the address. */
export function DocumentTabs({ document }: { readonly document: Document }) {
	const [params, setParams] = useSearchParams();
	const ids = (Object.keys(names) as Tab[]).filter((id) => id !== 'page' || document.format === 'pdf');
	const selected = ids.find((id) => id === params.get('tab')) ?? ids[0]!;
	const select = (tab: Tab): void =>
		setParams(
			(now) => {
				now.set('tab', tab);
				return now;
			},
			{ replace: true },
		);
	return (
		<div className={styles.tabs}>
			<Tabs
				label="About this document"
				tabs={ids.map((id) => ({ id, name: names[id] }))}
				selected={selected}
				onSelect={select}
			>
				<Content tab={selected} document={document} params={params} />
			</Tabs>
		</div>
	);
}

type ContentProps = { readonly tab: Tab; readonly document: Document; readonly params: URLSearchParams };

function Content({ tab, document, params }: ContentProps) {
	const quote = quoteFrom(params);
	const { span } = placeOf(quote, document);
	if (tab === 'passages') return <Passages document={document.id} />;
	if (tab === 'versions') return <Versions document={document.id} />;
	if (tab === 'access') return <DocumentAccess document={document.id} />;
	if (tab === 'text') return <DocumentText document={document} quote={span} />;
	return <PdfPagesWhenNeeded document={document} quote={span} page={quote?.page ?? 1} />;
}
