import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { presetNames, presets } from '../src/advise/presets.ts';
import { priorIds, priors } from '../src/advise/priors.ts';
import { published, rangeText } from '../src/advise/published.ts';
import { rules } from '../src/advise/rules.ts';
import { situationSchema } from '../src/advise/situation.ts';
import { count } from '../src/advise/words.ts';
import { adviceFor } from '../src/project/advise.ts';
import { repository } from './run-program.ts';

const presetRows = presetNames.map((name) => {
	const { describe: what, situation } = presets[name];
	const values = Object.entries(situation).map(
		([field, value]) => `\`${field}\` ${String(value).replaceAll(',', ', ')}`,
	);
	return `| \`${name}\` | ${what} | ${values.join('; ')} | ${adviceFor({ preset: name }).verdict} |`;
});

const priorRows = priorIds.map((id) => {
	const { label, low, likely, high, unit, source } = priors[id];
	return `| \`${id}\` | ${label} | ${[low, likely, high].map(count).join(' | ')} | ${unit} | ${source} |`;
});

const publishedRows = published.map(({ label, unit, claims }) => {
	const said = claims.map((claim) => `${rangeText(claim)} (${claim.source})`);
	return `| ${label} | ${unit} | ${said.join('; ')} |`;
});

describe('docs/advise.md', async () => {
	const page = await readFile(join(repository, 'docs/advise.md'), 'utf8');

	test('explains every input and rule', () => {
		const names = [...Object.keys(situationSchema.shape), ...rules.map(({ id }) => id)];
		assert.deepEqual(
			names.filter((name) => !page.includes(`\`${name}\``)),
			[],
		);
	});

	test('shows every preset, prior and published number as it is', () => {
		const rows = [...presetRows, ...priorRows, ...publishedRows];
		assert.ok(rows.length > 35);
		assert.deepEqual(
			rows.filter((row) => !page.includes(`${row}\n`)),
			[],
		);
	});
});
