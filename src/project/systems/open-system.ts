import type { Access } from '../../core/access.ts';
import type { AnswerEvent } from '../../core/answer.ts';
import type { Config } from '../../core/config.ts';
import type { Document } from '../../core/document.ts';
import type { Filter } from '../../core/filter.ts';
import type { Generator } from '../../core/generator.ts';
import type { Router } from '../../core/router.ts';
import type { PlainSpec, RoutedSpec, System, SystemAnswerOptions } from '../../core/system.ts';
import { KnowhowError } from '../../core/error.ts';
import type { Found } from '../../ask/ask.ts';
import { membersOf, type NamedSpec, routesItself } from './systems.ts';

/** How a search of a system runs. */
export type FindOptions = SystemAnswerOptions & {
	readonly k: number;
	readonly settings: Config['search'];
	/** Names it; null: keywords only. */
	readonly embedder: string | null;
	/** The id of a trained one; null: the shipped one. */
	readonly reranker: string | null;
	/** The documents that the system draws on; null: all. */
	readonly filter: Filter | null;
};

/** What systems answer with. */
export type SystemParts = {
	find(query: string, options: FindOptions): Promise<Found>;
	document(id: string, access: Access): Promise<Document | null>;
	/** By its id. */
	generator(id: string): Promise<Generator>;
	/** By its id. Throws `not_found`. */
	router(id: string): Promise<Router>;
	/** The spec of `name@version`. */
	resolve(reference: string): Promise<NamedSpec>;
	/** Milliseconds since the epoch. */
	readonly now: () => number;
	/** The id of the next interaction. */
	interaction(): string;
};

/** A system that answers. Throws `not_found` when something that it is made of is gone. */
export async function openSystem({ name, version, spec }: NamedSpec, parts: SystemParts): Promise<System> {
	const system = `${name}@${version}`;
	const answer = spec.kind === 'plain' ? await openPlain(spec, system, parts) : await openRouted(spec, system, parts);
	return { name, version, spec, answer };
}

type Answering = System['answer'];

async function openPlain(spec: PlainSpec, system: string, parts: SystemParts): Promise<Answering> {
	const { retrieval, ask: settings, prompt, examples } = spec;
	const { now } = parts;
	const house = { prompt, examples };
	const generator = spec.generator === null ? null : await parts.generator(spec.generator);
	if (retrieval !== null) {
		const { search, embedder, reranker = null, filter = null } = retrieval;
		const { ask } = await import('../../ask/ask.ts');
		return (question, { access, signal }) =>
			ask(question, {
				search: (query, k) => parts.find(query, { k, settings: search, embedder, reranker, filter, access, signal }),
				document: (id) => parts.document(id, access),
				generator,
				settings,
				house,
				system,
				now,
				interaction: parts.interaction(),
				...(signal ? { signal } : {}),
			});
	}
	if (generator === null) {
		throw new KnowhowError('invalid_argument', `The system ${system} has neither a search nor a language model.`);
	}
	const { answerAlone } = await import('../../ask/alone.ts');
	return (question, { signal }) =>
		answerAlone(question, { generator, settings, house, system, now, interaction: parts.interaction(), signal });
}

/** Opens each member once; they are plain, so that a question is routed once. */
async function openRouted(spec: RoutedSpec, system: string, parts: SystemParts): Promise<Answering> {
	const router = await parts.router(spec.router);
	const members = new Map<string, System>();
	for (const reference of membersOf(spec)) {
		members.set(reference, await openMember(reference, parts));
	}
	return async function* (question, options) {
		const route = await router.route(question, options.signal);
		const chosen = Object.hasOwn(spec.systems, route.label) ? spec.systems[route.label]! : spec.otherwise;
		const reference = route.outOfScope ? spec.otherwise : chosen;
		yield { type: 'route-end', route, system: reference };
		yield* underName(members.get(reference)!.answer(question, options), system);
	};
}

async function openMember(reference: string, parts: SystemParts): Promise<System> {
	const member = await parts.resolve(reference);
	if (member.spec.kind === 'routed') throw routesItself(reference);
	return await openSystem(member, parts);
}

/** The answer of a member is the routed system's: `route-end` says which member it was. */
async function* underName(events: AsyncIterable<AnswerEvent>, system: string): AsyncGenerator<AnswerEvent> {
	for await (const event of events) {
		yield event.type === 'answer-end' ? { ...event, answer: { ...event.answer, system } } : event;
	}
}
