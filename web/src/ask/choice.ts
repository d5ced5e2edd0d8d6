import { Held } from '../state/held.ts';
import type { Choice } from './conversation.ts';

/** What was chosen in this tab; empty: all collections, and the first system. */
export const choice = new Held<Choice>({});
