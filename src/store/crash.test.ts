import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { crash } from '../../test/store-writer.ts';

test('killed at any step of a write, a store keeps what it acknowledged and nothing by halves', async () => {
	const kills = 25;
	// Half of the kills hit single statements of the first write or two; half come after removals, emptied logs, old versions.
	const killAt = (kill: number) =>
		1 + (createHash('sha256').update(`step ${kill}`).digest().readUInt32LE(0) % (kill % 2 === 0 ? 6000 : 200));
	const result = await crash({ kills, seed: 'crash test', killAt });
	assert.equal(result.kills, kills);
	assert.ok(result.acknowledged > kills, `${result.acknowledged} writes were acknowledged`);
});
