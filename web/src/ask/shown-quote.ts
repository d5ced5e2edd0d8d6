import { createContext, useContext } from 'react';
import type { Citation } from './turn.ts';

/** Which quote is open beside the conversation, and how to open another. */
export type ShownQuote = {
	readonly isShown: (citation: Citation) => boolean;
	readonly show: (citation: Citation) => void;
};

export const ShownQuoteContext = createContext<ShownQuote>({ isShown: () => false, show: () => {} });

export function useShownQuote(): ShownQuote {
	return useContext(ShownQuoteContext);
}
