/** The public API. Everything else may change without notice. */
export type { Fault, FaultCode } from './collect/checks/faults.ts';
export type { Advice } from './advise/advise.ts';
export type { SituationInput } from './advise/situation.ts';
export type { LabelledQuery, Positive } from './collect/labelled-queries.ts';
export type { Access, Readers } from './core/access.ts';
export type { Answer, AnswerEvent, Citation, Conflict } from './core/answer.ts';
export type { Collection } from './core/collection.ts';
export type { Config } from './core/config.ts';
export type { Conversation } from './core/conversation.ts';
export type { Dataset, DatasetSummary, Example, Goal, Passage, Split, Turn } from './core/dataset.ts';
export type {
	Attributes,
	AttributeValue,
	Chunk,
	Document,
	DocumentSummary,
	Format,
	ListedDocument,
} from './core/document.ts';
export type { Embedder } from './core/embedder.ts';
export { type ErrorCode, type ErrorOptions, errorCodes, KnowhowError } from './core/error.ts';
export { type Filter, parseFilter } from './core/filter.ts';
export type { GenerateOptions, Generator, GeneratorEvent, Message, Usage } from './core/generator.ts';
export type { Hit, HitDocument, ScoreParts } from './core/hit.ts';
export type { Feedback, Interaction, KeptCitation, KeptHit } from './core/interaction.ts';
export { costUsd, type Price, prices } from './core/prices.ts';
export type { ForgetReceipt, Receipt, RemovalReceipt } from './core/receipt.ts';
export type { Reranker } from './core/reranker.ts';
export type { Route, Router } from './core/router.ts';
export type { DocumentVersion, Problem } from './core/store.ts';
export type { HouseExample, PlainSpec, RoutedSpec, SystemSpec } from './core/system.ts';
export type { GoldQuestion, QuestionOptions } from './evaluate/questions.ts';
export type { Regression } from './evaluate/regression.ts';
export type { Report } from './evaluate/report.ts';
export type { IngestEvent, IngestFailure, IngestReport } from './ingest/ingest.ts';
export { loadExtractor } from './models/extractor-file.ts';
export type { Extraction, TextExtractor } from './models/extractor.ts';
export { type GgufOptions, openGgufGenerator } from './models/gguf.ts';
export { createGenerator, type GeneratorOptions, type LanguageModel } from './models/language-model.ts';
export { type OnnxOptions, openOnnxEmbedder, openOnnxReranker } from './models/onnx.ts';
export { openGenerator, type OpenGeneratorOptions } from './models/open-generator.ts';
export { createOpenAIEmbedder, type OpenAIEmbedderOptions } from './models/openai-embedder.ts';
export { loadRouter } from './models/router-file.ts';
export type { Judgement, TextRouter } from './models/router.ts';
export { adviceFor, type AdviceRequest } from './project/advise.ts';
export { openStaticEmbedder, type StaticOptions } from './models/static-embedder.ts';
export type { AnswerStream } from './project/answer-stream.ts';
export type { CollectionFusion, LearnedFusion } from './project/collection-fusion.ts';
export type { CollectDatasetOptions, CollectReport } from './project/datasets/collect.ts';
export type { Environment, Origin, Setting } from './project/config.ts';
export type { EvaluateOptions, Evaluation } from './project/systems/evaluate.ts';
export type { GivenFeedback, Share, SystemRatings } from './project/interactions/feedback.ts';
export type { InteractionSource, ShownInteraction, SourceState } from './project/interactions/interaction-sources.ts';
export type { InteractionFilter } from './project/interactions/interactions.ts';
export type { Models, TrainedRetriever, TrainRetrieverOptions } from './project/trained/models.ts';
export type { ExportReport, ImportOptions, ImportReport } from './project/portable.ts';
export type { PromoteOptions, PromoteReport } from './project/trained/promote.ts';
export type { Promotion } from './project/trained/promotions.ts';
export type { ModelComparison, ModelDetails, ModelSummary } from './project/trained/registry.ts';
export type {
	AskOptions,
	IngestOptions,
	Knowhow,
	OpenOptions,
	ProjectStatus,
	ReindexOptions,
	ReindexReport,
	RemoveOptions,
	SearchOptions,
	SearchReport,
	WatchOptions,
} from './project/knowhow.ts';
export { open } from './project/open.ts';
export { readQuestions } from './project/datasets/question-file.ts';
export type { NamedSpec, SavedSystem } from './project/systems/systems.ts';
export type { ExtractorMetrics, TrainedExtractor } from './project/trained/train-extractor.ts';
export type { FusionTraining, TrainFusionOptions } from './project/trained/train-fusion.ts';
export type { RerankerMetrics, TrainedReranker, TrainRerankerOptions } from './project/trained/train-reranker.ts';
export type { RouterMetrics, TrainedRouter } from './project/trained/train-router.ts';
export type { TrainTextsOptions } from './project/trained/train-texts.ts';
export type { TrainingCheckpoint, TrainingEvent, TrainingJob } from './project/trained/training-job.ts';
