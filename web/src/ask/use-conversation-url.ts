import { useEffect } from 'react';
import { useSearchParams } from 'wouter';
import { openConversation } from './conversation.ts';

/** Keeps `?conversation=` and the conversation of this tab the same: a link opens its own, and a page without one shows the last. */
export function useConversationUrl(id: string | null): void {
	const [params, setParams] = useSearchParams();
	const wanted = params.get('conversation');
	useEffect(() => {
		if (wanted === id) return;
		if (wanted === null) {
			setParams((before) => ({ ...Object.fromEntries(before), conversation: id! }), { replace: true });
			return;
		}
		void openConversation(wanted);
	}, [wanted, id, setParams]);
}
