import { useEffect } from 'react';
import { useLocation, useSearchParams } from 'wouter';
import { openConversation, startOver } from './conversation.ts';

/** Keeps `?conversation=` and the conversation of this tab the same: a link opens its own, and a page without one shows the last. */
export function useConversationUrl(id: string | null): void {
	const [params, setParams] = useSearchParams();
	const [, navigate] = useLocation();
	const wanted = params.get('conversation');
	useEffect(() => {
		if (wanted === id) return;
		if (wanted === null) {
			setParams((before) => ({ ...Object.fromEntries(before), conversation: id! }), { replace: true });
			return;
		}
		void openOrLeave(wanted);

		async function openOrLeave(wanted: string): Promise<void> {
			if (await openConversation(wanted)) return;
			startOver();
			navigate('/', { replace: true });
		}
	}, [wanted, id, setParams, navigate]);
}
