import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { configSchema } from '../core/config.ts';
import type { Answer, AnswerEvent } from '../core/answer.ts';
import { chunkId, type Document } from '../core/document.ts';
import type { Hit } from '../core/hit.ts';
import type { ChunkRow } from '../core/store.ts';
import { chunk } from '../ingest/chunk.ts';
import { MemoryIndex } from '../search/memory-index.ts';
import { ask, type AskParts } from './ask.ts';
import { countWords } from './quote.ts';
import { plainItem } from './units.ts';

const { ask: settings } = configSchema.parse({});

type Page = { readonly title: string; readonly text: string; readonly date?: string; readonly language?: string };

/** A collection in memory: real chunks, real BM25. */
function collect(pages: readonly Page[]): { documents: Map<string, Document>; parts: AskParts } {
	const index = new MemoryIndex();
	const documents = new Map<string, Document>();
	const rows: { row: ChunkRow; document: Document }[] = [];
	pages.forEach((page, i) => {
		const document = toDocument(page, `d${i}`);
		documents.set(document.id, document);
		const chunks = chunk(document, { maxTokens: 256 }).map((draft) => {
			const id = chunkId(document.id, 1, draft.start, draft.end);
			const row = { ...draft, id, document: document.id, version: 1, row: rows.length + 1 };
			rows.push({ row, document });
			return row;
		});
		index.put(document, chunks, () => null);
	});
	const search: AskParts['search'] = async (text, k) => {
		const found = index.search({ text, vector: null, k, filter: null, access: 'everything' });
		const best = [...found.candidates].sort((a, b) => b.keyword! - a.keyword!).slice(0, k);
		return { hits: best.map(({ row, keyword }, i) => toHit(rows[row - 1]!, keyword!, i + 1)), terms: found.terms };
	};
	const document = async (id: string): Promise<Document | null> => documents.get(id) ?? null;
	const parts = { search, document, settings, system: 'plain@1', now: () => 0, interaction: 'i1' };
	return { documents, parts };
}

function toDocument({ title, text, date, language }: Page, id: string): Document {
	return {
		id,
		collection: 'c',
		source: `${id}.md`,
		title,
		text,
		version: 1,
		hash: id,
		format: 'markdown',
		language: language ?? 'en',
		date: date ?? null,
		attributes: {},
		readers: 'everyone',
		pages: [],
		updatedAt: 0,
	};
}

function toHit({ row, document }: { row: ChunkRow; document: Document }, keyword: number, rank: number): Hit {
	const { id, source, title, version, date } = document;
	const { text, start, end, page, headings } = row;
	const parts = { keyword, vector: null, rerank: null };
	return {
		rank,
		score: keyword,
		parts,
		chunk: row.id,
		text,
		start,
		end,
		page,
		headings,
		document: { id, source, title, version, date },
	};
}

async function eventsOf(question: string, parts: AskParts): Promise<AnswerEvent[]> {
	const events: AnswerEvent[] = [];
	for await (const event of ask(question, parts)) events.push(event);
	return events;
}

/** The answer when every question must be answered, unless `threshold` says otherwise. */
async function answerTo(question: string, pages: readonly Page[], threshold = 0): Promise<Answer> {
	const { parts, documents } = collect(pages);
	const end = (await eventsOf(question, { ...parts, settings: { ...settings, threshold } })).at(-1)!;
	assert.ok(end.type === 'answer-end');
	const { answer } = end;
	for (const { quote, documentId, start, end, answerStart, answerEnd, marker } of answer.citations) {
		assert.equal(quote, documents.get(documentId)!.text.slice(start, end));
		assert.ok(answerStart < answerEnd && answer.answer.slice(answerEnd).startsWith(` ${marker}`));
	}
	return answer;
}

const terminal: Page = {
	title: 'PX-1200/B terminal',
	date: '2025-09-10',
	text: `# PX-1200/B terminal

The terminal prints. A full battery is good for **520 sales**, see [Power](power.md).

## Specifications

| Property | PX-1200/B | PX-1200 |
| --- | --- | --- |
| Weight | 485 g | 402 g |
| Display | 5.5 inch | 5 inch |

## Change the battery

1. Switch the terminal off.
2. Slide the *latch* to the left.
   - Do not force it.
3. Lift the battery out.

Afterwards:

1. Recycle the old one.
`,
};
const others: readonly Page[] = [
	{ title: 'Opening hours', text: 'Support answers the telephone from 08:00 to 18:00 on working days.' },
	{ title: 'Receipts', text: 'Receipts stay online for 13 months. Paper fades after a year.' },
	{ title: 'Limits', text: 'max_payment: 10000\n\nmax_daily_turnover: 40000\n' },
];
const pages = [terminal, ...others];

describe('ask', () => {
	test('a sentence answers, without Markdown markup, its quote verbatim', async () => {
		const { answer, citations, abstained } = await answerTo('How many sales does a full battery last?', pages);
		assert.ok(!abstained);
		assert.match(answer, /^A full battery is good for 520 sales, see Power\. \[1\]/);
		assert.equal(citations[0]!.quote, 'A full battery is good for **520 sales**, see [Power](power.md).');
		assert.equal(citations[0]!.date, '2025-09-10');
	});

	test('a table cell answers with the name of its row and the asked column', async () => {
		const { answer, citations } = await answerTo('What is the weight of the PX-1200/B?', pages);
		assert.match(answer, /^Weight – PX-1200\/B: 485 g \[1\]/);
		assert.equal(citations[0]!.quote, '| Weight | 485 g | 402 g |');
	});

	test('a how-to question gets the whole list in order under its heading, and no other list', async () => {
		const { answer, citations } = await answerTo('How do I change the battery of the terminal?', pages);
		assert.equal(
			answer,
			'Change the battery:\n1. Switch the terminal off. [1]\n2. Slide the latch to the left. Do not force it. [2]\n3. Lift the battery out. [3]',
		);
		assert.deepEqual(
			citations.map(({ marker }) => marker),
			['[1]', '[2]', '[3]'],
		);
	});

	test('a `key: value` line can be quoted', async () => {
		const { citations } = await answerTo('What is max_daily_turnover?', pages);
		assert.equal(citations[0]!.quote, 'max_daily_turnover: 40000');
	});

	test('a question about a code that the documents do not hold is refused with the closest passage', async () => {
		const { parts } = collect(pages);
		const { answer } = (await eventsOf('What is the weight of the PX-1300/B?', parts)).at(-1) as { answer: Answer };
		assert.ok(answer.abstained);
		assert.ok(answer.confidence <= 0.01);
		assert.match(answer.answer, /^The documents do not say\. Closest passage, in “PX-1200\/B terminal”: /);
		assert.ok(answer.citations.every(({ supported }) => !supported));
	});

	test('without any hit the answer says so in the language of the question', async () => {
		const { parts } = collect([]);
		const { answer } = (await eventsOf('Wie lange ist die Frist?', parts)).at(-1) as { answer: Answer };
		assert.ok(answer.abstained);
		assert.match(answer.answer, /^Die Dokumente sagen dazu nichts/);
		assert.deepEqual(answer.citations, []);
	});

	test('documents that disagree are both shown, the newest first', async () => {
		const policy = 'A merchant may refund a captured payment within 30 days of capture.';
		const help = 'A payment can be refunded up to 45 days after capture.';
		const { answer, conflicts } = await answerTo('For how many days after capture can a payment be refunded?', [
			{ title: 'Refund policy', date: '2024-02-12', text: policy },
			{ title: 'Refunding a customer', date: '2025-09-01', text: help },
			...others,
		]);
		assert.deepEqual(conflicts, [{ markers: ['[1]', '[2]'], values: ['45 days', '30 days'] }]);
		assert.match(answer, /Refunding a customer \(2025-09-01\): .*\[1\] Refund policy \(2024-02-12\): /);
	});

	test('values of different products do not contradict each other', async () => {
		const { conflicts } = await answerTo('How long does the battery last?', [
			{ title: 'PX-900', text: 'The battery of the PX-900 lasts 9 hours of normal use.' },
			{ title: 'PX-400', text: 'The battery of the PX-400 lasts 5 hours of normal use.' },
		]);
		assert.deepEqual(conflicts, []);
	});

	test('values of different years or quarters do not contradict each other', async () => {
		const filing = (title: string, date: string, share: string): Page => ({
			title,
			date,
			text: `AWS sales increased ${share} in ${title.slice(5)} ${title.slice(0, 4)} compared to the comparable prior year period.`,
		});
		const filings = [filing('2023 Q3', '2023-10-27', '12%'), filing('2022 Q3', '2022-10-28', '27%')];
		const asked = await answerTo('By what percentage did AWS sales increase in Q3 2022?', [...filings, ...others]);
		assert.deepEqual(asked.conflicts, []);
		assert.match(asked.answer, /^AWS sales increased 27% in Q3 2022/);
		const open = await answerTo('By what percentage did AWS sales increase?', [...filings, ...others]);
		assert.deepEqual(open.conflicts, []);
		const rows = ['2023 Q3', '2022 Q3'].map((title, i) => ({
			title: `${title} report`,
			text: `# Results\n\n| Line | Net sales |\n| --- | --- |\n| Total | € ${81 + i} |`,
		}));
		assert.deepEqual((await answerTo('How much is the total of net sales?', [...rows, ...others])).conflicts, []);
		const amended = { ...filing('2022 Q3', '2022-11-30', '28%'), title: '2022 Q3 amended' };
		const same = await answerTo('By what percentage did AWS sales increase in Q3 2022?', [
			...filings,
			amended,
			...others,
		]);
		assert.deepEqual(same.conflicts[0]?.values, ['28%', '27%']);
	});

	test('of which year a statement is, its title may say when a year is asked for', async () => {
		const pages = ['2021', '2024'].map((year, i) => ({
			title: `Refund policy ${year}`,
			text: `A captured payment can be refunded within ${30 + 15 * i} days of capture.`,
		}));
		const question = 'For how many days after capture can a payment be refunded';
		assert.deepEqual((await answerTo(`${question} in 2024?`, [...pages, ...others])).conflicts, []);
		assert.equal((await answerTo(`${question}?`, [...pages, ...others])).conflicts.length, 1);
	});

	test('a value that is shown stands in its quote', async () => {
		const padding = fc.array(fc.constantFrom('whatever', 'it,', '(says)', '—', 'there', 'even;'), { maxLength: 40 });
		const written = fc.constantFrom('{} days', '**{}** days', '{}\ndays', '*{} days*');
		let conflicts = 0;
		await fc.assert(
			fc.asyncProperty(
				fc.array(fc.tuple(padding, padding, written, fc.integer({ min: 0, max: 30 })), { minLength: 2, maxLength: 3 }),
				async (sides) => {
					const pages = sides.map(([before, after, form, words], i) => ({
						title: `Refunds${' of something'.repeat(words)}`,
						text: [
							'A captured payment can be refunded,',
							...before,
							`within ${form.replace('{}', `${30 + i}`)} of capture,`,
							...after,
							'by the merchant.',
						].join(' '),
					}));
					const answer = await answerTo('For how many days after capture can a payment be refunded?', pages);
					for (const { markers, values } of answer.conflicts) {
						conflicts++;
						markers.forEach((marker, at) => {
							const { quote } = answer.citations.find((citation) => citation.marker === marker)!;
							assert.ok(plainItem(quote).includes(values[at]!), `${values[at]} in ${quote}`);
						});
					}
				},
			),
		);
		assert.ok(conflicts > 30, `${conflicts} conflicts`);
	});

	test('an answer tells that a sentence goes on behind its chunk, and holds no half of a link', async () => {
		const links = Array.from(
			{ length: 16 },
			(_, i) => `[way ${i}]({% page "/travel/leave/policies/guides/first/the-way-of-number-${i}-to-go" %})`,
		);
		const text = `A travel authorization in Concur is requested by ${links.join(', or by the ')} for every traveller.`;
		const { answer, citations } = await answerTo('How is a travel authorization requested in Concur?', [
			{ title: 'Travel', text },
			...others,
		]);
		assert.doesNotMatch(answer.replaceAll(/\[\d\]/g, ''), /[[\]{}%]/);
		const { quote } = citations[0]!;
		assert.ok(text.startsWith(quote) && quote.length < text.length && answer.startsWith(`${plainItem(quote)} … [1]`));
		const short = await answerTo('How is a travel authorization requested in Concur?', [
			{ title: 'Travel', text: 'A travel authorization in Concur is requested by a form' },
			...others,
		]);
		assert.match(short.answer, /by a form \[1\]/);
	});

	test('events come in order, and the deltas and citations are those of the answer', async () => {
		const { parts } = collect(pages);
		const events = await eventsOf('How many sales does a full battery last?', parts);
		const order = events.map(({ type }) => type).filter((type, i, all) => type !== all[i - 1]);
		assert.deepEqual(order, ['search-end', 'text-delta', 'citation', 'answer-end']);
		const { answer } = events.at(-1) as { answer: Answer };
		const text = events.map((event) => (event.type === 'text-delta' ? event.text : '')).join('');
		assert.equal(text, answer.answer);
	});

	test('a document that changed between search and reading is searched again once', async () => {
		const { parts, documents } = collect(pages);
		let searches = 0;
		const search: AskParts['search'] = async (query, k) => {
			const found = await parts.search(query, k);
			if (++searches === 1) documents.set('d0', { ...documents.get('d0')!, version: 2 });
			return found;
		};
		const { answer } = (await eventsOf('How many sales does a full battery last?', { ...parts, search })).at(-1) as {
			answer: Answer;
		};
		assert.equal(searches, 2);
		assert.ok(answer.hits.every(({ document }) => document.id !== 'd0'));
	});

	test('a cancelled question throws `cancelled`', async () => {
		const { parts } = collect(pages);
		const signal = AbortSignal.abort();
		await assert.rejects(eventsOf('What?', { ...parts, signal }), { code: 'cancelled' });
	});

	test('whatever the documents hold, quotes are verbatim and answers short', async () => {
		const piece = fc.constantFrom(
			'**battery',
			'] (x',
			'| a | b |\n',
			'|---|---|\n',
			'1. ',
			'- ',
			'```\n',
			'> ',
			'# ',
			'battery lasts 9 hours. ',
			'\n\n',
			'key: value\n',
			'电池续航九小时。',
			'<b>',
			'\\|',
			'[link](http://x "y")',
			'𝒳 ',
			'…',
			'long '.repeat(70),
		);
		const text = fc.array(piece, { minLength: 1, maxLength: 30 }).map((pieces) => pieces.join(''));
		await fc.assert(
			fc.asyncProperty(
				fc.array(text, { minLength: 1, maxLength: 3 }),
				fc.constantFrom(0, 1),
				async (texts, threshold) => {
					const some = texts.map((text, i) => ({ title: `T${i}`, text }));
					const { answer, abstained, citations } = await answerTo('How long does the battery last?', some, threshold);
					assert.ok(countWords(answer) <= 60, answer);
					assert.ok(citations.length <= 2);
					if (abstained) assert.ok(citations.every(({ supported }) => !supported));
				},
			),
			{ numRuns: 150 },
		);
	});
});
