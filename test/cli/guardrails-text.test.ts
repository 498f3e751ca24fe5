import { expect, test } from 'vitest';
import { callSheet } from '../../lib/cli/call-sheet.ts';
import type { GuardrailRecord } from '../../lib/guardrails/record.ts';

const lineOf = (guardrails: unknown) =>
  callSheet({ tenant: 'acme', id: 'req_1', told: { guardrails, region: 'here' } }).match(/^guardrails +(.*)$/m)?.[1];

const quiet: GuardrailRecord = { input: 'scanned', output: 'scanned', questions: 2, ms: 81.26, nanoUsd: 0 };

test('a call tells what its guardrails saw, what it took, and what it cost', () => {
  expect(lineOf(quiet)).toBe('input scanned, output scanned; 2 questions, 81.3 ms, $0');
  const whole: GuardrailRecord = {
    input: 'scanned',
    output: 'failed',
    blocked: { side: 'output', by: ['house: content hate, topic finance', 'moderation: violence'] },
    unscanned: ['audio', 'image'],
    questions: 1,
    ms: 412,
    nanoUsd: 1_200_000,
    keptBackMs: 830,
  };
  expect(lineOf(whole)).toBe(
    'input scanned, output failed; blocked output by house: content hate, topic finance and moderation: violence; 1 question, 412 ms, $0.0012, held back at most 830 ms; not looked into: audio, image',
  );
});

test('a call that went through no guardrails says nothing of them', () => {
  expect(lineOf(undefined)).toBeUndefined();
});

test('what a later release says, and what nobody can read, is shown as it is', () => {
  expect(lineOf({ ...quiet, novelty: [1] })).toMatch(/; novelty \[1\]$/);
  expect(lineOf('torn')).toBe('torn');
  expect(lineOf({ ...quiet, ms: 'long', nanoUsd: null, blocked: 7, unscanned: 'all' })).toBe(
    'input scanned, output scanned; blocked 7; 2 questions, long, null; not looked into: all',
  );
});
