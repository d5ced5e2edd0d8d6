import { useRoute } from 'wouter';
import { DocumentListPage } from './document-list-page.tsx';
import { DocumentPage } from './document-page.tsx';

/** `/documents` and `/documents/:document`. */
export function DocumentsPage() {
	const [isOne, params] = useRoute('/documents/:document');
	return isOne ? <DocumentPage key={params.document} id={params.document} /> : <DocumentListPage />;
}
