/**
 * Loaded before every test: property tests draw the same values each time, so that a run says something about the change
 * and nothing about luck. The nightly program hands in another seed each night (`KNOWHOW_TEST_SEED`).
 */
import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env['KNOWHOW_TEST_SEED'] ?? 1) });
