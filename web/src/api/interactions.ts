import { api, got } from './client.ts';
import type { paths } from './schema.d.ts';

/** A kept answer. */
export type Interaction =
	paths['/api/interactions/{interaction}/feedback']['post']['responses'][200]['content']['application/json'];
export type Feedback = NonNullable<
	paths['/api/interactions/{interaction}/feedback']['post']['requestBody']
>['content']['application/json'];

/** Oldest first; empty for a conversation that has no answers (yet, or any longer). */
export async function interactionsOf(conversation: string): Promise<readonly Interaction[]> {
	const query = { conversation, limit: 1000 };
	const { data } = await got(api.GET('/api/interactions', { params: { query } }));
	return data.toReversed();
}

/** Rates or corrects an answer. */
export async function giveFeedback(interaction: string, body: Feedback): Promise<Interaction> {
	const path = { interaction };
	return await got(api.POST('/api/interactions/{interaction}/feedback', { params: { path }, body }));
}

/** The id of a new conversation; it is stored with its first answer. */
export async function beginConversation(): Promise<string> {
	return (await got(api.POST('/api/conversations'))).id;
}
