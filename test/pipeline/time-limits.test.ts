import { describe, expect, test } from 'vitest';
import type { Timeouts } from '../../lib/config/route.ts';
import { toCacheWish } from '../../lib/pipeline/cache/cache-wish.ts';
import { timeLimitsOf, type Upcoming } from '../../lib/pipeline/time-limits.ts';
import type { Target } from '../../lib/providers/provider.ts';
import { requestOf, targets } from '../support/labs.ts';

const [plain] = targets({ one: 'https://one.example/v1' });
if (plain === undefined) throw new Error('There must be a target.');
const thinker: Target = { ...plain, thinksUnseen: true };

const ask = { request: requestOf(), labels: {}, patience: undefined, strict: false, cache: toCacheWish({}) };
const limits = (more: Partial<Upcoming> = {}, timeouts: Timeouts = {}, target = plain) =>
  timeLimitsOf(
    { target, timeouts },
    { ask, followed: true, streams: true, sentBytes: 0, leftMs: 900_000, trial: false, ...more },
  );

describe('the first token', () => {
  test('is waited for half a minute where another target could answer, and longer for a long prompt', () => {
    expect(limits().firstTokenMs).toBe(30_000);
    expect(limits({ sentBytes: 1_000_000 }).firstTokenMs).toBe(40_000);
  });

  test('is waited for no longer than half of the time that is left, where another target could answer', () => {
    expect(limits({ leftMs: 25_000 }).firstTokenMs).toBe(12_500);
    expect(limits({ leftMs: 25_000, followed: false }).firstTokenMs).toBe(300_000);
    expect(limits({ leftMs: 25_000 }, {}, thinker).firstTokenMs).toBe(300_000);
  });

  test('of a target that is tried after a rest is waited for as long as a turn lasts', () => {
    expect(limits({ trial: true }).firstTokenMs).toBe(10_000);
  });

  test('is waited for five minutes where nobody else could answer, or the model thinks unseen', () => {
    expect(limits({ followed: false }).firstTokenMs).toBe(300_000);
    expect(limits({}, {}, thinker).firstTokenMs).toBe(300_000);
  });

  test('of an answer in one piece is waited for long where another could answer, else as long as the call may take', () => {
    expect(limits({ streams: false }).firstTokenMs).toBe(300_000);
    expect(limits({ streams: false, followed: false }, {}, thinker).firstTokenMs).toBeUndefined();
  });

  test.each([true, false])('is waited for as the route says, whatever is usual (streamed: %s)', (streams) => {
    expect(limits({ streams }, { firstTokenMs: 700 }).firstTokenMs).toBe(700);
    expect(limits({ streams, followed: false }, { firstTokenMs: 600_000 }, thinker).firstTokenMs).toBe(600_000);
  });

  test.each([true, false])('is waited for no longer than its caller does (streamed: %s)', (streams) => {
    const impatient = { streams, ask: { ...ask, firstTokenMs: 50 } };
    expect(limits(impatient).firstTokenMs).toBe(50);
    expect(limits(impatient, { firstTokenMs: 700 }).firstTokenMs).toBe(50);
    expect(limits(impatient, { firstTokenMs: 7 }).firstTokenMs).toBe(7);
    expect(limits({ ...impatient, ask: { ...ask, firstTokenMs: 1e9 } }, { firstTokenMs: 7 }).firstTokenMs).toBe(7);
  });

  test('is not waited for longer than is usual because its caller would', () => {
    expect(limits({ ask: { ...ask, firstTokenMs: 1e9 } }).firstTokenMs).toBe(30_000);
  });
});

test('a stream may be silent for two minutes, or as long as its route says', () => {
  expect(limits().betweenTokensMs).toBe(120_000);
  expect(limits({}, { betweenTokensMs: 250 }).betweenTokensMs).toBe(250);
});

test('a call of a target has no end of its own unless its route says so', () => {
  expect(limits().callMs).toBeUndefined();
  expect(limits({}, { callMs: 9_000 }).callMs).toBe(9_000);
});
