import type { Knowhow } from '../project/knowhow.ts';
import { auditRoutes } from './access/audit.ts';
import { askRoutes } from './api/ask.ts';
import { collectionRoutes } from './api/collections.ts';
import { documentContentRoutes } from './api/document-content.ts';
import { documentRoutes } from './api/documents.ts';
import { ingestRoutes } from './api/ingest.ts';
import { interactionRoutes } from './api/interactions.ts';
import { jobRoutes } from './api/jobs.ts';
import { systemRoutes } from './api/systems.ts';
import { healthRoutes } from './health.ts';
import { chatRoutes } from './openai/chat.ts';
import { embeddingRoutes } from './openai/embeddings.ts';
import { batchRoutes } from './openai/file-batches.ts';
import { fileRoutes } from './openai/files.ts';
import { modelRoutes } from './openai/models.ts';
import { rerankRoutes } from './openai/rerank.ts';
import { responseRoutes } from './openai/responses.ts';
import { vectorStoreFileRoutes } from './openai/vector-store-files.ts';
import { vectorStoreRoutes } from './openai/vector-stores.ts';
import { openApiRoute } from './openapi.ts';
import type { Route } from './route.ts';

type RoutesOptions = { readonly isReady: () => boolean; readonly version: string };

/** Everything that is served. */
export function allRoutes(knowhow: Knowhow, { isReady, version }: RoutesOptions): Route[] {
	const routes = [
		...healthRoutes(knowhow, isReady),
		...modelRoutes(knowhow),
		...embeddingRoutes(knowhow),
		...chatRoutes(knowhow),
		...responseRoutes(knowhow),
		...rerankRoutes(knowhow),
		...fileRoutes(knowhow),
		...vectorStoreRoutes(knowhow),
		...vectorStoreFileRoutes(knowhow),
		...batchRoutes(knowhow),
		...askRoutes(knowhow),
		...interactionRoutes(knowhow),
		...documentRoutes(knowhow),
		...documentContentRoutes(knowhow),
		...ingestRoutes(knowhow),
		...jobRoutes(knowhow),
		...systemRoutes(knowhow),
		...collectionRoutes(knowhow),
		...auditRoutes(knowhow),
	];
	return [...routes, openApiRoute(routes, version)];
}
