import type { Config } from '../../core/config.ts';
import type { Interaction } from '../../core/interaction.ts';
import type { Records } from '../../core/store.ts';
import { allRecords, changeRecord } from '../records.ts';
import { timeBound } from '../timed-id.ts';

export const interactionKind = 'interaction';

const dayMs = 24 * 60 * 60 * 1000;

/** What the log of interactions works with. */
export type Log = {
	readonly records: Records;
	readonly settings: Config['interactions'];
	/** Milliseconds since the epoch. */
	readonly now: () => number;
};

export type InteractionFilter = {
	/** Only of this caller. */
	readonly caller?: string | undefined;
	/** Only of this conversation. */
	readonly conversation?: string | undefined;
	/** Only from this moment on, milliseconds since the epoch. */
	readonly since?: number | undefined;
	/** Only those that said, or did not say, that the documents do not say. */
	readonly abstained?: boolean | undefined;
	/** Only those older than this one, by id. */
	readonly after?: string | undefined;
	/** 1 to 1,000; 20 when absent. */
	readonly limit?: number | undefined;
};

/** Expired interactions that one new one takes along at most. */
const sweepAtOnce = 100;

/** Keeps an answer and removes some that have expired; `removeExpired` gets the rest. */
export async function keepInteraction(log: Log, interaction: Interaction): Promise<void> {
	const { records } = log;
	await records.put({ kind: interactionKind, id: interaction.id, value: interaction }, 0);
	const [oldest] = await records.list(interactionKind, { limit: 1 });
	if (oldest === undefined || !isExpired(oldest.id, log)) return;
	const old = await records.list(interactionKind, { limit: sweepAtOnce });
	const expired = old.filter(({ id }) => isExpired(id, log));
	await records.removeAll(
		interactionKind,
		expired.map(({ id }) => id),
	);
}

/** Null when it was never kept, has expired or was forgotten. */
export async function readInteraction(log: Log, id: string): Promise<Interaction | null> {
	const stored = await log.records.get(interactionKind, id);
	return stored === null || isExpired(id, log) ? null : toInteraction(stored.value);
}

/** Before there was feedback, interactions were kept without the field. */
function toInteraction(value: unknown): Interaction {
	const stored = value as Omit<Interaction, 'feedback'> & Partial<Pick<Interaction, 'feedback'>>;
	return { ...stored, feedback: stored.feedback ?? null };
}

/** Newest first. */
export async function listInteractions(log: Log, filter: InteractionFilter = {}): Promise<Interaction[]> {
	const { since = 0, limit = 20 } = filter;
	const first = timeBound('int', Math.max(since, expiry(log)));
	const found: Interaction[] = [];
	for await (const { id, value } of allRecords(log.records, interactionKind, { after: filter.after, order: 'desc' })) {
		if (id < first || found.length >= limit) break;
		const interaction = toInteraction(value);
		if (passes(interaction, filter)) found.push(interaction);
	}
	return found;
}

function passes(interaction: Interaction, { caller, conversation, abstained }: InteractionFilter): boolean {
	if (caller !== undefined && interaction.caller !== caller) return false;
	if (conversation !== undefined && interaction.conversation !== conversation) return false;
	return abstained === undefined || interaction.abstained === abstained;
}

/** Oldest first, those that have expired included. */
export async function* allInteractions(records: Records): AsyncGenerator<Interaction> {
	for await (const { value } of allRecords(records, interactionKind)) yield toInteraction(value);
}

/** The ids of the interactions whose answers hold text of these documents, oldest first. */
export async function quotingInteractions(records: Records, documents: ReadonlySet<string>): Promise<string[]> {
	const quoting: string[] = [];
	for await (const interaction of allInteractions(records)) {
		if (quotes(interaction, documents)) quoting.push(interaction.id);
	}
	return quoting;
}

/**
 * Erases answers and quotes that hold text of these documents, and what later turns of the same conversations carried
 * over from them. `settle` takes them off the disk.
 */
export async function eraseQuotes(log: Pick<Log, 'records' | 'now'>, documents: ReadonlySet<string>): Promise<void> {
	const { records } = log;
	const conversations = new Set<string | null>();
	for await (const interaction of allInteractions(records)) {
		if (quotes(interaction, documents)) conversations.add(interaction.conversation);
		const isTouched = mentions(interaction, documents) || isFollowUpIn(interaction, conversations);
		if (!isTouched) continue;
		const at = log.now();
		await changeRecord<Interaction>(records, { kind: interactionKind, id: interaction.id }, (stored) =>
			stored === null ? null : withoutDocuments(toInteraction(stored), documents, at),
		);
	}
}

function isFollowUpIn({ conversation, standalone }: Interaction, conversations: ReadonlySet<string | null>): boolean {
	return conversation !== null && standalone !== null && conversations.has(conversation);
}

/** An interaction without what it took from these documents. Its question stays: that is the asker's. */
export function withoutDocuments(
	interaction: Interaction,
	documents: ReadonlySet<string>,
	at: number | null,
): Interaction {
	const isQuoting = quotes(interaction, documents);
	const { feedback } = interaction;
	return {
		...interaction,
		// Whoever corrects an answer may have copied from its sources.
		feedback: isQuoting && feedback ? { ...feedback, correction: null } : feedback,
		standalone: null,
		hits: interaction.hits.map((hit) => (documents.has(hit.document) ? { ...hit, source: '' } : hit)),
		answer: isQuoting ? null : interaction.answer,
		citations: interaction.citations.map((citation) =>
			documents.has(citation.documentId) ? { ...citation, quote: null, source: '', title: '' } : citation,
		),
		conflicts: isQuoting ? [] : interaction.conflicts,
		erasedAt: isQuoting ? at : interaction.erasedAt,
	};
}

/** Whether the answer holds text of these documents: it quotes one, or a language model wrote it with one before it. */
function quotes({ citations, hits, model, answer }: Interaction, documents: ReadonlySet<string>): boolean {
	if (citations.some(({ documentId, quote }) => quote !== null && documents.has(documentId))) return true;
	return answer !== null && model !== 'extractive' && hits.some(({ document }) => documents.has(document));
}

function mentions({ citations, hits }: Interaction, documents: ReadonlySet<string>): boolean {
	return [...hits.map(({ document }) => document), ...citations.map(({ documentId }) => documentId)].some((id) =>
		documents.has(id),
	);
}

/** Before this moment everything has expired. */
export function expiry({ settings, now }: Pick<Log, 'settings' | 'now'>): number {
	return now() - settings.days * dayMs;
}

export function isExpired(id: string, log: Log): boolean {
	return id < timeBound('int', expiry(log));
}
