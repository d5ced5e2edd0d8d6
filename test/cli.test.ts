import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { commands } from '../src/cli/commands.ts';
import { optionsOf } from '../src/cli/parse.ts';
import { type Finished, knowhow, launcher, temporaryFolder } from './run-program.ts';
import { smallDocuments, writeSmallDocuments } from './small-documents.ts';

type Project = AsyncDisposable & {
	readonly path: string;
	readonly run: (words: readonly string[], input?: string) => Promise<Finished>;
	readonly json: (words: readonly string[]) => Promise<Record<string, unknown>>;
};

/** A folder with the small documents in `docs`, ingested unless told otherwise. */
async function project({ isIngested = true } = {}): Promise<Project> {
	const folder = await temporaryFolder();
	await writeSmallDocuments(folder.path);
	const run: Project['run'] = async (words, input = '') => await knowhow(words, { cwd: folder.path, input });
	if (isIngested) assert.equal((await run(['ingest', 'docs'])).code, 0);
	return {
		...folder,
		run,
		json: async (words) => {
			const finished = await run([...words, '--json']);
			assert.equal(finished.code, 0, finished.stderr);
			return JSON.parse(finished.stdout) as Record<string, unknown>;
		},
	};
}

/** Whether a scorer trained on real collections trusts four documents is not what these tests are about. */
const answerAlways = '{ "ask": { "threshold": 0 } }';

function count(report: Record<string, unknown>): unknown[] {
	return ['added', 'updated', 'removed', 'unchanged'].map((name) => report[name]);
}

describe('knowhow ingest', () => {
	test('reports what it did, reads only what changed and removes what vanished with --sync', async () => {
		await using folder = await project({ isIngested: false });
		const first = await folder.json(['ingest', 'docs']);
		assert.deepEqual(count(first), [4, 0, 0, 0]);
		assert.deepEqual(first['failed'], []);
		assert.equal(typeof first['chunks'], 'number');
		assert.equal(typeof first['tookMs'], 'number');
		assert.deepEqual(count(await folder.json(['ingest', 'docs'])), [0, 0, 0, 4]);
		await writeFile(join(folder.path, 'docs/errors.md'), '# Error codes\n\nERR_3003 means try again.\n');
		await rm(join(folder.path, 'docs/prices.csv'));
		assert.deepEqual(count(await folder.json(['ingest', 'docs'])), [0, 1, 0, 2]);
		assert.deepEqual(count(await folder.json(['ingest', 'docs', '--sync'])), [0, 0, 1, 3]);
		const { hits } = await folder.json(['search', 'ERR_1042']);
		assert.doesNotMatch(JSON.stringify(hits), /declined/);
	});

	test('the name of a file commands no terminal, and stays on its line', async () => {
		await using folder = await project();
		await writeFile(join(folder.path, 'docs/a\u001b[2Jb\nc.md'), '# Fees\n\nThe fee is 12 euros.\n');
		await writeFile(join(folder.path, 'docs/bad\u001b]0;x\u0007.pdf'), 'no PDF');
		const outputs = [
			await folder.run(['ingest', 'docs', '--quiet']),
			await folder.run(['documents']),
			await folder.run(['search', 'the fee is 12 euros']),
			await folder.run(['remove', 'docs/a\u001b[2Jb']),
			await folder.run(['remove', 'docs/a\u001b[2Jb\nc.md']),
		];
		// oxlint-disable-next-line no-control-regex
		const obeyed = /[\u0000-\u0008\u000b-\u001f\u007f]/;
		for (const { stdout, stderr } of outputs) assert.doesNotMatch(stdout + stderr, obeyed);
		assert.match(outputs[1]!.stdout, /^docs\/a \[2Jb c\.md +version 1/m);
		assert.match(outputs[3]!.stderr, /There is no document/);
		assert.equal(outputs[4]!.code, 0, outputs[4]!.stderr);
	});

	test('a document is listed by its source, removed by it, and gone from search and disk', async () => {
		await using folder = await project();
		const { documents } = (await folder.json(['documents'])) as { documents: { source: string }[] };
		assert.equal(documents.length, 4);
		assert.ok(documents.some(({ source }) => source === 'docs/errors.md'));
		const receipt = await folder.json(['remove', 'docs/errors.md']);
		assert.equal(receipt['documents'], 1);
		const { hits } = await folder.json(['search', 'ERR_1042']);
		assert.doesNotMatch(JSON.stringify(hits), /ERR_1042/);
		const missing = await folder.run(['remove', 'docs/errors.md']);
		assert.equal(missing.code, 1);
		assert.match(missing.stderr, /knowhow documents/);
	});

	test('what a vanished folder held is removed by its name, as ingest says', async () => {
		await using folder = await project();
		await cp(join(folder.path, 'docs'), join(folder.path, 'away/below'), { recursive: true });
		await cp(join(folder.path, 'docs/errors.md'), join(folder.path, 'awayward.md'));
		assert.equal((await folder.json(['ingest', 'away', 'awayward.md']))['added'], 5);
		await rm(join(folder.path, 'away'), { recursive: true });
		const { stdout } = await folder.run(['ingest', 'away', '--sync']);
		assert.match(stdout, /✖ There is nothing at away\. .*\n.*`knowhow remove away`/);
		assert.equal((await folder.json(['remove', './away/']))['documents'], 4);
		const { documents } = (await folder.json(['documents'])) as { documents: { source: string }[] };
		assert.deepEqual(
			documents.filter(({ source }) => source.startsWith('away')).map(({ source }) => source),
			['awayward.md'],
		);
		assert.equal((await folder.run(['remove', 'away'])).code, 1);
	});

	test('a broken file is one failure with code and hint, the others are ingested, exit code 1', async () => {
		await using folder = await project({ isIngested: false });
		await writeFile(join(folder.path, 'docs/broken.pdf'), 'this is not a PDF');
		const { code, stdout } = await folder.run(['ingest', 'docs', '--json']);
		const report = JSON.parse(stdout) as { added: number; failed: { path: string; code: string; message: string }[] };
		assert.equal(code, 1);
		assert.equal(report.added, 4);
		assert.deepEqual(
			report.failed.map(({ path, code: failure }) => [path, failure]),
			[['docs/broken.pdf', 'unreadable_file']],
		);
	});

	test('writes events as JSON lines to standard error when that is no terminal, and nothing with --quiet', async () => {
		await using folder = await project({ isIngested: false });
		const { stderr } = await folder.run(['ingest', 'docs']);
		const types = stderr
			.trim()
			.split('\n')
			.map((line) => (JSON.parse(line) as { type: string }).type);
		assert.equal(types[0], 'walk-end');
		assert.equal(types.filter((type) => type === 'file-end').length, 4);
		assert.equal((await folder.run(['ingest', 'docs', '--quiet'])).stderr, '');
	});

	test('reads standard input under a name', async () => {
		await using folder = await project({ isIngested: false });
		const { code } = await folder.run(['ingest', '-', '--name', 'note.md'], '# Note\n\nThe vault code is 7741.\n');
		assert.equal(code, 0);
		const { hits } = (await folder.json(['search', 'vault code'])) as { hits: { document: { source: string } }[] };
		assert.match(hits[0]?.document.source ?? '', /note\.md$/);
	});

	test('Ctrl-C ends with 130 and keeps what was committed', async () => {
		await using folder = await temporaryFolder();
		await mkdir(join(folder.path, 'docs'));
		for (let file = 0; file < 400; file++) {
			await writeFile(
				join(folder.path, `docs/${file}.md`),
				`# File ${file}\n\n${'Some words to read. '.repeat(200)}\n`,
			);
		}
		const child = spawn(launcher, ['ingest', 'docs'], { cwd: folder.path, stdio: ['ignore', 'ignore', 'pipe'] });
		let stderr = '';
		child.stderr.setEncoding('utf8').on('data', (text: string) => {
			if (!stderr.includes('file-end') && (stderr + text).includes('file-end')) child.kill('SIGINT');
			stderr += text;
		});
		const code = await new Promise((resolve) => child.on('close', resolve));
		assert.equal(code, 130, stderr.slice(-500));
		assert.match(stderr, /Cancelled\. What was committed stays\./);
		const committed = stderr.split('\n').filter((line) => line.includes('"type":"file-end"')).length;
		const { stdout } = await knowhow(['collections', '--json'], { cwd: folder.path });
		const { collections } = JSON.parse(stdout) as { collections: { documents: number }[] };
		assert.equal(collections[0]?.documents, committed);
		assert.ok(committed > 0 && committed < 400);
		const { stdout: doctor } = await knowhow(['doctor', '--json'], { cwd: folder.path });
		assert.equal((JSON.parse(doctor) as { ok: boolean }).ok, true);
	});
});

describe('knowhow search', () => {
	test('prints hits in the documented shape', async () => {
		await using folder = await project();
		const report = await folder.json(['search', 'PX-1200/B weight', '-k', '2']);
		const hits = report['hits'] as Record<string, unknown>[];
		assert.equal(report['query'], 'PX-1200/B weight');
		assert.equal(typeof report['tookMs'], 'number');
		assert.equal(hits.length, 2);
		const [hit] = hits;
		assert.equal(
			Object.keys(hit ?? {})
				.sort()
				.join(),
			'chunk,document,end,headings,page,parts,rank,score,start,text',
		);
		assert.deepEqual(Object.keys(hit?.['parts'] as object).sort(), ['keyword', 'rerank', 'vector']);
		assert.equal(typeof hit?.['score'], 'number');
		assert.match(String(hit?.['text']), /310 grams/);
		const document = hit?.['document'] as Record<string, unknown>;
		assert.deepEqual([document['source'], document['version']], ['docs/terminals/px-1200.html', 1]);
	});

	test('filters, and people get source, heading and version without colours', async () => {
		await using folder = await project();
		const filter = '{"type":"eq","key":"format","value":"csv"}';
		const { hits } = (await folder.json(['search', 'fee', '--filter', filter])) as {
			hits: { document: { source: string } }[];
		};
		assert.deepEqual([...new Set(hits.map(({ document }) => document.source))], ['docs/prices.csv']);
		const { stdout, code } = await folder.run(['search', 'refund window']);
		assert.equal(code, 0);
		assert.match(stdout, /docs\/refunds\.md · version 1/);
		// oxlint-disable-next-line no-control-regex
		assert.doesNotMatch(stdout, /\x1b/);
	});

	test('FORCE_COLOR colours, NO_COLOR wins, and documents cannot send escape sequences', async () => {
		await using folder = await project({ isIngested: false });
		await writeFile(join(folder.path, 'docs/evil.json'), '{"animal": "zebra \\u001b[31mred\\u001b]0;title\\u0007"}');
		await folder.run(['ingest', 'docs']);
		const search = async (env: Record<string, string>) =>
			(await knowhow(['search', 'zebra', '-k', '1'], { cwd: folder.path, env })).stdout;
		// oxlint-disable-next-line no-control-regex
		assert.match(await search({ FORCE_COLOR: '1' }), /\x1b\[1m/);
		// oxlint-disable-next-line no-control-regex
		assert.doesNotMatch(await search({ FORCE_COLOR: '1', NO_COLOR: '1' }), /[\x1b\x07]/);
	});

	test('finds nothing without failing', async () => {
		await using folder = await project();
		const { stdout, code } = await folder.run(['search', 'xylophone', '--mode', 'keyword']);
		assert.equal(code, 0);
		assert.match(stdout, /Nothing was found/);
	});
});

describe('knowhow ask', () => {
	test('answers with verbatim quotes in the documented shape', async () => {
		await using folder = await project();
		await writeFile(join(folder.path, 'knowhow.json'), answerAlways);
		const answer = await folder.json(['ask', 'What is the refund window?']);
		assert.equal(answer['abstained'], false);
		assert.match(String(answer['answer']), /30 days/);
		for (const key of [
			'interaction',
			'question',
			'conflicts',
			'hits',
			'system',
			'model',
			'usage',
			'costUsd',
			'tookMs',
		]) {
			assert.ok(key in answer, key);
		}
		const [citation] = answer['citations'] as Record<string, unknown>[];
		assert.match(String(citation?.['quote']), /refund window is 30 days/);
		assert.equal(citation?.['source'], 'docs/refunds.md');
		const answered = String(answer['answer']);
		assert.ok(answered.slice(Number(citation?.['answerStart']), Number(citation?.['answerEnd'])).length > 0);
		assert.match(String(answer['system']), /^\w+@\w+$/);
	});

	test('people get the answer, the quote and its place', async () => {
		await using folder = await project();
		const { stdout, code } = await folder.run(['ask', 'What is the refund window?']);
		assert.equal(code, 0);
		assert.match(stdout, /30 days/);
		assert.match(stdout, /\[1\] “.*refund window.*”\n\s+docs\/refunds\.md/);
	});

	test('says that the documents do not say, with exit code 0', async () => {
		await using folder = await project();
		const answer = await folder.json(['ask', 'Who founded the company?']);
		assert.equal(answer['abstained'], true);
	});
});

describe('knowhow collections', () => {
	test('creates, lists, swaps and deletes; several can be read at once', async () => {
		await using folder = await project();
		await writeFile(join(folder.path, 'other.md'), '# Other\n\nThe refund window of partners is 10 days.\n');
		assert.equal((await folder.json(['ingest', 'other.md', '--collection', 'partners']))['added'], 1);
		await folder.json(['collections', 'create', 'empty']);
		const { collections } = (await folder.json(['collections'])) as { collections: { name: string }[] };
		assert.deepEqual(collections.map(({ name }) => name).sort(), ['default', 'empty', 'partners']);
		const both = await folder.json(['search', 'refund window', '--collection', 'default', '--collection', 'partners']);
		const sources = (both['hits'] as { document: { source: string } }[]).map(({ document }) => document.source);
		assert.ok(sources.includes('other.md') && sources.includes('docs/refunds.md'), sources.join(', '));
		await folder.json(['collections', 'swap', 'default', 'partners']);
		const swapped = (await folder.json(['search', 'refund window'])) as { hits: { text: string }[] };
		assert.match(swapped.hits[0]?.text ?? '', /10 days/);
		const receipt = await folder.json(['collections', 'delete', 'default']);
		assert.equal(receipt['documents'], 1);
		assert.equal((await folder.run(['search', 'x'])).code, 1);
		assert.equal((await folder.run(['collections', 'create', 'empty'])).code, 1);
	});
});

describe('knowhow init, config, status, doctor, reindex, backup and restore', () => {
	test('init writes a knowhow.json that editors can check, and hides .knowhow/ from git', async () => {
		await using folder = await temporaryFolder();
		const run = async (words: string[]) => await knowhow(words, { cwd: folder.path });
		assert.equal((await run(['init'])).code, 0);
		const file = JSON.parse(await readFile(join(folder.path, 'knowhow.json'), 'utf8')) as Record<string, unknown>;
		const schema = JSON.parse(await readFile(join(folder.path, String(file['$schema'])), 'utf8')) as { type: string };
		assert.equal(schema.type, 'object');
		assert.equal(await readFile(join(folder.path, '.knowhow/.gitignore'), 'utf8'), '*\n');
		const again = await run(['init']);
		assert.equal(again.code, 1);
		assert.match(again.stderr, /already_exists/);
		assert.equal((await run(['config'])).code, 0);
	});

	test('config prints each value with its origin, and the schema', async () => {
		await using folder = await project({ isIngested: false });
		await writeFile(join(folder.path, 'knowhow.json'), '{ "search": { "k": 3 } }');
		const { stdout } = await knowhow(['config'], { cwd: folder.path, env: { KNOWHOW_SEARCH_MODE: 'keyword' } });
		assert.match(stdout, /search\.k +3 +file: .*knowhow\.json/);
		assert.match(stdout, /search\.mode +"keyword" +environment: KNOWHOW_SEARCH_MODE/);
		assert.match(stdout, /search\.fusion +"weighted" +default/);
		const schema = await folder.json(['config', '--schema']);
		assert.equal(schema['title'], 'knowhow.json');
		await writeFile(join(folder.path, 'knowhow.json'), '{ "serach": {} }');
		const { code, stderr } = await folder.run(['search', 'x']);
		assert.equal(code, 1);
		assert.match(stderr, /Did you mean "search"\?/);
	});

	test('status and doctor look at the project from below its folder', async () => {
		await using folder = await project();
		const inside = { cwd: join(folder.path, 'docs/terminals') };
		const { stdout } = await knowhow(['status', '--json'], inside);
		const status = JSON.parse(stdout) as { project: string; collections: { documents: number; dimensions: number }[] };
		assert.deepEqual([status.collections[0]?.documents, status.collections[0]?.dimensions], [4, 256]);
		assert.match(
			(await knowhow(['status'], inside)).stdout,
			/collection default +4 documents, .*vectors of 256 dimensions/,
		);
		const doctor = await knowhow(['doctor', '--json'], inside);
		const { ok, checks } = JSON.parse(doctor.stdout) as { ok: boolean; checks: { name: string }[] };
		assert.equal(ok, true, doctor.stdout);
		assert.deepEqual(
			['Node.js', 'SQLite', 'settings', 'project', 'database', 'index of "default"', 'embedder'].filter(
				(name) => !checks.some((check) => check.name === name),
			),
			[],
		);
		const broken = await knowhow(['doctor'], { ...inside, env: { KNOWHOW_SEARCH_K: 'many' } });
		assert.equal(broken.code, 1);
		assert.match(broken.stdout, /✖ settings/);
	});

	test('a backup comes back after the project is gone', async () => {
		await using folder = await project();
		await folder.json(['backup', 'copy']);
		const refused = await folder.run(['restore', 'copy']);
		assert.equal(refused.code, 1, 'a project with data is left alone');
		assert.match(refused.stderr, /--overwrite/);
		await rm(join(folder.path, '.knowhow'), { recursive: true });
		await folder.json(['restore', 'copy']);
		const answer = await folder.json(['ask', 'What is the refund window?']);
		assert.match(String(answer['answer']), /30 days/);
		await writeFile(join(folder.path, 'docs/refunds.md'), '# Refunds\n\nThe refund window is 60 days.\n');
		await folder.json(['ingest', 'docs']);
		assert.match(String((await folder.json(['ask', 'What is the refund window?']))['answer']), /60 days/);
		await folder.json(['restore', 'copy', '--overwrite']);
		assert.match(String((await folder.json(['ask', 'What is the refund window?']))['answer']), /30 days/);
	});

	test('an import says that vectors are missing and how to make them', async () => {
		await using folder = await project();
		await folder.json(['export', 'copy']);
		await rm(join(folder.path, '.knowhow'), { recursive: true });
		const { stdout } = await folder.run(['import', 'copy']);
		const [, command] = /`knowhow (reindex --collection default)`/.exec(stdout) ?? [];
		await folder.json(command!.split(' '));
		const { warnings } = await folder.json(['search', 'refund window']);
		assert.deepEqual(warnings, []);
	});

	test('reindex rebuilds the index and the vectors that are missing', async () => {
		await using folder = await project();
		await rm(join(folder.path, '.knowhow/index'), { recursive: true, force: true });
		const report = await folder.json(['reindex']);
		assert.match(String(report['embedder']), /^built-in@/);
		assert.equal(report['vectors'], 0);
		assert.equal(((await folder.json(['search', 'refund']))['hits'] as unknown[]).length > 0, true);
	});

	test('with "embedder": null a project has no vectors; without that line it says so until reindex', async () => {
		await using folder = await project();
		const file = join(folder.path, 'knowhow.json');
		await writeFile(file, '{ "embedder": null, "collection": "plain" }');
		await folder.json(['ingest', 'docs']);
		const words = ['search', 'refund', '--collection', 'plain', '--json'];
		const hits = (stdout: string) => (JSON.parse(stdout) as { hits: { parts: { vector: number | null } }[] }).hits;
		const off = await folder.run(words);
		assert.equal(off.stderr, '');
		assert.equal(hits(off.stdout)[0]?.parts.vector, null);
		assert.match(
			(await folder.run(['status'])).stdout,
			/embedder +none \(keywords only\)\n.*\ncollection plain +.* chunks, keywords only/,
		);
		await rm(file);
		const lacking = await folder.run(words);
		assert.match(lacking.stderr, /"plain" has no vectors yet.*knowhow reindex/);
		assert.equal(hits(lacking.stdout)[0]?.parts.vector, null);
		assert.match((await folder.run(['doctor'])).stdout, /! index of "plain".*no vectors of the configured embedder/);
		assert.ok(((await folder.json(['reindex', '--collection', 'plain']))['vectors'] as number) > 0);
		const mended = await folder.run(words);
		assert.equal(mended.stderr, '');
		assert.equal(typeof hits(mended.stdout)[0]?.parts.vector, 'number');
	});
});

describe('knowhow evaluate retrieval', () => {
	test('measures a dataset in BEIR layout without touching the project', async () => {
		await using folder = await temporaryFolder();
		const texts = Object.entries(smallDocuments).map(([name, text]) => ({ _id: name, title: name, text }));
		await mkdir(join(folder.path, 'beir/qrels'), { recursive: true });
		await writeFile(join(folder.path, 'beir/corpus.jsonl'), texts.map((text) => JSON.stringify(text)).join('\n'));
		await writeFile(join(folder.path, 'beir/queries.jsonl'), '{"_id":"q","text":"refund window"}\n');
		await writeFile(join(folder.path, 'beir/qrels/test.tsv'), 'query-id\tcorpus-id\tscore\nq\trefunds.md\t1\n');
		const { stdout, stderr, code } = await knowhow(['evaluate', 'retrieval', 'beir', '--json'], { cwd: folder.path });
		assert.equal(code, 0, stderr);
		const report = JSON.parse(stdout) as { queries: number; systems: Record<string, Record<string, number> | null> };
		assert.equal(report.queries, 1);
		for (const system of ['keyword', 'vector', 'hybrid']) assert.equal(report.systems[system]?.['ndcg@10'], 1, system);
		assert.deepEqual(Object.keys(report.systems['keyword'] ?? {}).sort(), ['mrr@10', 'ndcg@10', 'p50Ms', 'recall@100']);
		assert.equal((await knowhow(['status'], { cwd: folder.path })).code, 1, 'no project was made');
	});
});

describe('misuse', () => {
	test('unknown words get the nearest name, usage and exit code 2', async () => {
		const cases: [string[], RegExp][] = [
			[['serach', 'x'], /Did you mean "knowhow search"\?/],
			[['search', 'x', '--moed', 'keyword'], /Did you mean --mode\?\n\nUsage: knowhow search QUERY/],
			[['search', 'x', '--mode', 'keywrd'], /Did you mean "keyword"\?/],
			[['search', 'x', '-k', 'ten'], /-k must be a number/],
			[['search', 'x', '-k', '0'], /\(invalid_argument\): -k: Too small/],
			[['train', 'router', '-q'], /There is no option -q\.\n(?!Did you mean)/],
			[['search', 'x', '--mode'], /--mode needs a value/],
			[['search', 'x', '--json=1'], /takes no value/],
			[['search'], /QUERY is missing/],
			[['search', 'two', 'words'], /Nothing is done with "words"/],
			[['search', 'x', '--filter', '{'], /--filter is not valid JSON/],
			[['search', 'x', '--filter', '{"type":"like"}'], /invalid_filter/],
			[['ingest', 'x', '--collection', 'a', '--collection', 'b'], /give --collection once/],
			[['collections', 'crate', 'x'], /Did you mean "knowhow collections create"\?/],
			[['--vresion'], /There is no option --vresion/],
		];
		await using folder = await project();
		for (const [words, pattern] of cases) {
			const { code, stderr, stdout } = await folder.run(words);
			assert.equal(code, 2, `${words.join(' ')}: ${stderr}`);
			assert.match(stderr, pattern);
			assert.equal(stdout, '');
		}
	});

	test('a failure with --json is one object on standard output, exit code 1', async () => {
		await using folder = await temporaryFolder();
		const { code, stdout } = await knowhow(['search', 'x', '--json'], { cwd: folder.path });
		assert.equal(code, 1);
		const { error } = JSON.parse(stdout) as { error: { code: string; hint: string } };
		assert.equal(error.code, 'not_found');
		assert.match(error.hint, /knowhow ingest/);
	});
});

describe('help', () => {
	test('every command has help that ends with an example whose options exist', async () => {
		for (const entry of commands) {
			const { code, stdout } = await knowhow([...entry.name.split(' '), '--help']);
			assert.equal(code, 0);
			const command = await entry.load();
			const lines = stdout.trimEnd().split('\n');
			assert.match(lines.at(-1) ?? '', /^ {2}(.* \| )?knowhow /);
			assert.ok(stdout.includes(`Usage: knowhow ${entry.name}`));
			const long = stdout.slice(0, stdout.lastIndexOf('\nExample:')).split('\n');
			assert.deepEqual(
				long.filter((line) => line.length > 80),
				[],
			);
			for (const example of command.examples) {
				const given = example.command.match(/(?<= )--?[a-z][\w-]*/g)?.filter((name) => name !== '-s') ?? [];
				const known = Object.entries(optionsOf(command)).flatMap(([name, { short }]) => [`--${name}`, `-${short}`]);
				assert.deepEqual(
					given.filter((name) => !known.includes(name)),
					[],
					example.command,
				);
			}
		}
	});

	test('knowhow, knowhow --help, knowhow help and knowhow help COMMAND', async () => {
		const { stdout } = await knowhow([]);
		assert.match(stdout, /Usage: knowhow COMMAND/);
		assert.equal((await knowhow(['--help'])).stdout, stdout);
		assert.equal((await knowhow(['help'])).stdout, stdout);
		assert.match((await knowhow(['help', 'ask'])).stdout, /Usage: knowhow ask QUESTION/);
		assert.match((await knowhow(['collections', '--help'])).stdout, /collections swap/);
		assert.match((await knowhow(['--version'])).stdout, /^\d+\.\d+\.\d+\n$/);
	});
});
