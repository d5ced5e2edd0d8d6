import { useMemo } from 'react';
import { useLocation, useSearchParams } from 'wouter';
import { type Quote, quoteFrom, quoteParams } from '../document/quote-params.ts';
import type { ShownQuote } from './shown-quote.ts';
import type { Citation, Turn } from './turn.ts';

/** The document beside the conversation. */
export type ShownDocument = { readonly id: string; readonly quote: Quote | undefined };

type Opened = { readonly shown: ShownDocument | null; readonly quotes: ShownQuote; readonly close: () => void };

/** What the URL says is open: `?document=` with the span of its quote, so that links work and Back closes it. */
export function useQuoteUrl(turns: readonly Turn[]): Opened {
	const [params] = useSearchParams();
	const [, navigate] = useLocation();
	const search = params.toString();
	return useMemo(() => {
		const params = new URLSearchParams(search);
		const id = params.get('document');
		const quote = quoteFrom(params);
		const isShown = ({ documentId, start, end }: Citation): boolean =>
			documentId === id && start === quote?.start && end === quote.end;
		const conversation = params.get('conversation');
		const base: Record<string, string> = conversation === null ? {} : { conversation };
		const show = (citation: Citation): void => {
			const opened = { ...base, document: citation.documentId, ...quoteParams(citation) };
			// One Back closes it, however many quotes were looked at.
			navigate(`/?${new URLSearchParams(opened)}`, { replace: id !== null, state: { isOpenedHere: true } });
		};
		const close = (): void => {
			const state = history.state as { readonly isOpenedHere?: boolean } | null;
			if (state?.isOpenedHere === true) history.back();
			else navigate(`/?${new URLSearchParams(base)}`, { replace: true });
		};
		const cited = turns.flatMap(({ citations }) => citations).find(isShown);
		const text = cited?.quote == null ? {} : { text: cited.quote };
		return {
			shown: id === null ? null : { id, quote: quote && { ...quote, ...text } },
			quotes: { isShown, show },
			close,
		};
	}, [search, turns, navigate]);
}
