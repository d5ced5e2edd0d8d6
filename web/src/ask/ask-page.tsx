import { useQuery } from '@tanstack/react-query';
import { statusQuery } from '../api/status.ts';
import { DocumentPanel } from '../document/document-panel.tsx';
import styles from './ask-page.module.css';
import { useConversation } from './conversation.ts';
import { ShownQuoteContext } from './shown-quote.ts';
import { Talk } from './talk.tsx';
import { useConversationUrl } from './use-conversation-url.ts';
import { useQuoteUrl } from './use-quote-url.ts';
import { Welcome } from './welcome.tsx';

/** A conversation with the documents, and beside it the document that a citation leads to. */
export function AskPage() {
	const { data: status } = useQuery(statusQuery);
	const conversation = useConversation();
	useConversationUrl(conversation.id);
	const { shown, quotes, close } = useQuoteUrl(conversation.turns);
	const isEmpty = status?.collections.every(({ documents }) => documents === 0) ?? false;
	return (
		<ShownQuoteContext value={quotes}>
			<div className={styles.page} data-beside={shown !== null}>
				<title>Ask · Knowhow</title>
				{isEmpty && conversation.id === null ? (
					<div className={styles.middle}>
						<Welcome />
					</div>
				) : (
					<Talk conversation={conversation} />
				)}
				{shown !== null && <DocumentPanel documentId={shown.id} quote={shown.quote} onClose={close} />}
			</div>
		</ShownQuoteContext>
	);
}
