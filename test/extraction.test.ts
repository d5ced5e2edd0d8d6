import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { KnowhowError } from '../src/core/error.ts';
import { parse } from '../src/ingest/parse/parse.ts';
import { median, samplesFolder, scoreOf, sets } from './extraction-samples.ts';

/** Stored numbers may rise (then store the new ones, saying why) and may not fall by more than this. */
const tolerance = 0.002;

/**
 * Share of the expected words that are found: median and mean over the files; share of the expected table cells found as
 * one cell. `least` is what the median must never fall below.
 */
const stored = {
	md: { files: 7, least: 0.97, median: 1, mean: 0.993, cells: 0.722 },
	html: { files: 19, least: 0.97, median: 1, mean: 0.993, cells: 0.747 },
	pdf: { files: 7, least: 0.95, median: 0.967, mean: 0.945, cells: 0.276 },
	docx: { files: 26, least: 0.97, median: 1, mean: 0.971, cells: 0.686 },
	pptx: { files: 4, least: 0.97, median: 1, mean: 0.967, cells: 1 },
	xlsx: { files: 6, least: 0.97, median: 0.974, mean: 0.918, cells: 0.915 },
	csv: { files: 5, least: 0.97, median: 1, mean: 1, cells: 1 },
	odt: { files: 2, least: 0.95, median: 0.983, mean: 0.983, cells: 0.5 },
	odp: { files: 1, least: 0.95, median: 0.979, mean: 0.979, cells: 1 },
	ods: { files: 1, least: 0.95, median: 1, mean: 1, cells: 0.933 },
	epub: { files: 1, least: 0.97, median: 1, mean: 1, cells: null },
	eml: { files: 1, least: 0.97, median: 1, mean: 1, cells: null },
	asciidoc: { files: 3, least: 0.9, median: 0.922, mean: 0.935, cells: 1 },
	vtt: { files: 3, least: 0.97, median: 1, mean: 1, cells: null },
} as const;

/** The files that are refused, and why. */
const refused: Readonly<Record<string, string>> = {
	'doc/greek_heading_styles.doc': 'unsupported_format',
	'doc/legacy_sample.doc': 'unsupported_format',
	'ocr/ocr_test.pdf': 'empty_document',
	'ocr/ocr_test_rotated_90.pdf': 'empty_document',
	'ocr/sample_with_rotation_mismatch.pdf': 'empty_document',
	'pdf_password/2206.01062_pg3.pdf': 'password_protected',
};

const skip = existsSync(samplesFolder) ? false : 'needs ../shared/data/ingest-samples';

describe('files of many formats whose text is known', { skip }, () => {
	const all = skip === false ? sets.samples() : [];
	for (const [format, expected] of Object.entries(stored)) {
		test(`${format} loses no more words than before`, async (t) => {
			const scores = [];
			for (const sample of all.filter((each) => each.format === format)) {
				const { text } = await parse(readFileSync(sample.path), sample.path, { html: 'full' });
				scores.push(scoreOf(text, sample.expected));
			}
			const recalls = scores.map(({ recall }) => recall);
			const cells = scores.map((score) => score.cells).filter((share) => share !== null);
			const found = {
				median: median(recalls),
				mean: mean(recalls),
				cells: cells.length === 0 ? null : mean(cells),
			};
			t.diagnostic(`${scores.length} files, ${JSON.stringify(found)}`);
			assert.equal(scores.length, expected.files);
			assert.ok(found.median >= expected.least, `median ${found.median} is below ${expected.least}`);
			for (const key of ['median', 'mean', 'cells'] as const) {
				assert.ok((found[key] ?? 0) >= (expected[key] ?? 0) - tolerance, `${key} fell to ${found[key]}`);
			}
		});
	}

	test('each of the 105 is read or refused with a code and a hint', async () => {
		const paths = readFileSync(`${samplesFolder}index.jsonl`, 'utf8')
			.trim()
			.split('\n')
			.map((line) => (JSON.parse(line) as { file: string }).file);
		assert.equal(paths.length, 105);
		const outcomes: Record<string, string> = {};
		for (const path of paths) {
			try {
				const { text, title } = await parse(readFileSync(samplesFolder + path), path, { html: 'full' });
				assert.ok(text.isWellFormed() && title !== '', path);
			} catch (error) {
				assert.ok(error instanceof KnowhowError && error.hint !== undefined, `${path}: ${String(error)}`);
				outcomes[path] = error.code;
			}
		}
		assert.deepEqual(outcomes, refused);
	});
});

function mean(values: readonly number[]): number {
	return values.reduce((sum, value) => sum + value, 0) / values.length;
}
