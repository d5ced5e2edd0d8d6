import type { Turn } from './turn.ts';

/** Tells those who do not see the page how the answer comes along, and the answer once it is whole. */
export function Progress({ turn: { state, text } }: { readonly turn: Turn }) {
	return <output className="visually-hidden">{said(state, text)}</output>;
}

function said(state: Turn['state'], text: string): string {
	if (state === 'asking') return 'Looking in the documents';
	return state === 'answered' ? `Answer: ${text}` : '';
}
