import type { Command } from './command.ts';

/** A command's place in the table. Its description is loaded when it is needed, so that help starts at once. */
export type Entry = {
	/** As typed: `collections create`. */
	readonly name: string;
	readonly summary: string;
	readonly load: () => Promise<Command>;
};

/** Every command, in the order of the help. */
export const commands: readonly Entry[] = [
	{
		name: 'init',
		summary: 'Write knowhow.json and make this folder a project',
		load: async () => (await import('./commands/init.ts')).init,
	},
	{
		name: 'ingest',
		summary: 'Read files and folders: only what changed is read again',
		load: async () => (await import('./commands/ingest.ts')).ingest,
	},
	{
		name: 'search',
		summary: 'Find the passages that matter for a query',
		load: async () => (await import('./commands/search.ts')).search,
	},
	{
		name: 'ask',
		summary: 'Answer a question with quotes, or say that the documents do not say',
		load: async () => (await import('./commands/ask.ts')).ask,
	},
	{
		name: 'chat',
		summary: 'Ask one question after another; what one leaves unsaid is taken from those before',
		load: async () => (await import('./commands/chat.ts')).chat,
	},
	{
		name: 'serve',
		summary: 'Serve the project over HTTP, in the API of OpenAI',
		load: async () => (await import('./commands/serve.ts')).serve,
	},
	{
		name: 'keys list',
		summary: 'List the keys that open the server',
		load: async () => (await import('./commands/keys.ts')).listKeys,
	},
	{
		name: 'keys create',
		summary: 'Make a key for a person or a program',
		load: async () => (await import('./commands/keys.ts')).createKey,
	},
	{
		name: 'keys revoke',
		summary: 'Revoke a key',
		load: async () => (await import('./commands/keys.ts')).revokeKey,
	},
	{
		name: 'audit',
		summary: 'Show who did what with a key',
		load: async () => (await import('./commands/audit.ts')).audit,
	},
	{
		name: 'history',
		summary: 'List the answers that were given',
		load: async () => (await import('./commands/history.ts')).history,
	},
	{
		name: 'show',
		summary: 'Show a kept answer, its quotes, and what has become of their documents',
		load: async () => (await import('./commands/show.ts')).show,
	},
	{
		name: 'feedback',
		summary: 'Rate or correct an answer; show how answers were rated',
		load: async () => (await import('./commands/feedback.ts')).feedback,
	},
	{
		name: 'collect',
		summary: 'Make a checked dataset of rated answers, files or documents',
		load: async () => (await import('./commands/collect.ts')).collect,
	},
	{
		name: 'datasets list',
		summary: 'List the datasets',
		load: async () => (await import('./commands/datasets.ts')).listDatasets,
	},
	{
		name: 'datasets show',
		summary: 'Show what a dataset was made of, and its examples',
		load: async () => (await import('./commands/datasets.ts')).showDataset,
	},
	{
		name: 'datasets export',
		summary: 'Write a dataset in the format of a trainer or an evaluation tool',
		load: async () => (await import('./commands/datasets.ts')).exportDataset,
	},
	{
		name: 'datasets convert',
		summary: 'Write a file of examples in another format',
		load: async () => (await import('./commands/datasets.ts')).convertDataset,
	},
	{
		name: 'datasets remove',
		summary: 'Remove a version of a dataset',
		load: async () => (await import('./commands/datasets.ts')).removeDataset,
	},
	{
		name: 'forget',
		summary: 'Erase everything that one caller asked',
		load: async () => (await import('./commands/forget.ts')).forget,
	},
	{
		name: 'documents',
		summary: 'List the documents of a collection',
		load: async () => (await import('./commands/documents.ts')).listDocuments,
	},
	{
		name: 'documents access',
		summary: 'Show or say who may read documents',
		load: async () => (await import('./commands/documents-access.ts')).documentsAccess,
	},
	{
		name: 'remove',
		summary: 'Remove documents from every index and from disk',
		load: async () => (await import('./commands/documents.ts')).removeDocuments,
	},
	{
		name: 'collections list',
		summary: 'List the collections',
		load: async () => (await import('./commands/collections.ts')).listCollections,
	},
	{
		name: 'collections create',
		summary: 'Create a collection',
		load: async () => (await import('./commands/collections.ts')).createCollection,
	},
	{
		name: 'collections delete',
		summary: 'Delete a collection and all its documents',
		load: async () => (await import('./commands/collections.ts')).deleteCollection,
	},
	{
		name: 'collections access',
		summary: 'Show or say who reaches a collection',
		load: async () => (await import('./commands/collections-access.ts')).collectionsAccess,
	},
	{
		name: 'collections swap',
		summary: 'Exchange the names of two collections under running readers',
		load: async () => (await import('./commands/collections.ts')).swapCollections,
	},
	{
		name: 'status',
		summary: 'Show what the project holds',
		load: async () => (await import('./commands/status.ts')).status,
	},
	{
		name: 'reindex',
		summary: 'Build the vectors of the configured embedder and switch to them',
		load: async () => (await import('./commands/reindex.ts')).reindex,
	},
	{
		name: 'backup',
		summary: 'Copy the project’s data to a folder while it is in use',
		load: async () => (await import('./commands/backup.ts')).backup,
	},
	{
		name: 'restore',
		summary: 'Bring a backup back',
		load: async () => (await import('./commands/restore.ts')).restore,
	},
	{
		name: 'export',
		summary: 'Write documents, kept answers and conversations as JSON lines',
		load: async () => (await import('./commands/export.ts')).exportCommand,
	},
	{
		name: 'import',
		summary: 'Add what an export holds',
		load: async () => (await import('./commands/import.ts')).importCommand,
	},
	{
		name: 'models list',
		summary: 'List the trained models',
		load: async () => (await import('./commands/models-list.ts')).modelsList,
	},
	{
		name: 'models show',
		summary: 'Show where a trained model comes from and what it reached',
		load: async () => (await import('./commands/models-show.ts')).modelsShow,
	},
	{
		name: 'models compare',
		summary: 'Show what two trained models differ in',
		load: async () => (await import('./commands/models-compare.ts')).modelsCompare,
	},
	{
		name: 'models promote',
		summary: 'Let a trained retriever serve, if it passes the gate',
		load: async () => (await import('./commands/models-promote.ts')).modelsPromote,
	},
	{
		name: 'models rollback',
		summary: 'Let serve what served before',
		load: async () => (await import('./commands/models-rollback.ts')).modelsRollback,
	},
	{
		name: 'models remove',
		summary: 'Remove a trained model',
		load: async () => (await import('./commands/models-remove.ts')).modelsRemove,
	},
	{
		name: 'models export',
		summary: 'Write an embedding model as a folder for sentence-transformers',
		load: async () => (await import('./commands/models-export.ts')).modelsExport,
	},
	{
		name: 'doctor',
		summary: 'Check Node, the database, the index and the embedder',
		load: async () => (await import('./commands/doctor.ts')).doctor,
	},
	{
		name: 'config',
		summary: 'Show every setting and where its value came from',
		load: async () => (await import('./commands/config.ts')).config,
	},
	{
		name: 'systems list',
		summary: 'List the saved systems',
		load: async () => (await import('./commands/systems.ts')).listSystems,
	},
	{
		name: 'systems save',
		summary: 'Keep what answers under a name, as a version that never changes',
		load: async () => (await import('./commands/systems.ts')).saveSystem,
	},
	{
		name: 'systems rollback',
		summary: 'Let a name stand for the version before',
		load: async () => (await import('./commands/systems.ts')).rollBackSystem,
	},
	{
		name: 'evaluate',
		summary: 'Compare systems on questions with known answers',
		load: async () => (await import('./commands/evaluate.ts')).evaluate,
	},
	{
		name: 'train retriever',
		summary: 'Teach the embedder the words of the house',
		load: async () => (await import('./commands/train-retriever.ts')).trainRetriever,
	},
	{
		name: 'train reranker',
		summary: 'Learn what each part of the score counts',
		load: async () => (await import('./commands/train-reranker.ts')).trainReranker,
	},
	{
		name: 'jobs list',
		summary: 'List the trainings',
		load: async () => (await import('./commands/jobs.ts')).listJobs,
	},
	{
		name: 'jobs show',
		summary: 'Show how a training went',
		load: async () => (await import('./commands/jobs.ts')).showJob,
	},
	{
		name: 'jobs cancel',
		summary: 'Cancel a training',
		load: async () => (await import('./commands/jobs.ts')).cancelJob,
	},
	{
		name: 'train fusion',
		summary: 'Learn how much meaning counts beside keywords in a collection',
		load: async () => (await import('./commands/train-fusion.ts')).trainFusion,
	},
	{
		name: 'evaluate retrieval',
		summary: 'Measure search on a dataset in BEIR layout',
		load: async () => (await import('./commands/evaluate-retrieval.ts')).evaluateRetrieval,
	},
	{
		name: 'prices',
		summary: 'Show the prices that costs are counted with, and how old they are',
		load: async () => (await import('./commands/prices.ts')).prices,
	},
	{
		name: 'advise',
		summary: 'Say whether retrieval, fine-tuning, both or neither fits, what it costs, and what to try next',
		load: async () => (await import('./commands/advise.ts')).advise,
	},
	{
		name: 'train router',
		summary: 'Train a model that sorts texts into classes',
		load: async () => (await import('./commands/train-router.ts')).trainRouter,
	},
	{
		name: 'train extractor',
		summary: 'Train a model that finds fields in texts',
		load: async () => (await import('./commands/train-extractor.ts')).trainExtractor,
	},
	{
		name: 'classify',
		summary: 'Say which class a text belongs to, or measure a router',
		load: async () => (await import('./commands/classify.ts')).classify,
	},
	{
		name: 'extract',
		summary: 'Find fields in a text, or measure an extractor',
		load: async () => (await import('./commands/extract.ts')).extract,
	},
];
