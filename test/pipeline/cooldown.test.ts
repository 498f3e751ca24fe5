import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { after, failing, type Health, type Rest, restAfter, trial } from '../../lib/pipeline/cooldown.ts';

const NOW = 1_800_000_000_000;
/** The health of a target whose calls ended so, a second apart: `+` for well, `-` for not. */
const health = (ended: string, apart = 1_000): Health =>
  [...ended].reduce<Health>((before, each, at) => after(before, each === '+', NOW + at * apart), []);

describe('a target', () => {
  test.each([
    ['', false],
    ['-', false],
    ['--', false],
    ['---', true],
    ['+---', true],
    ['---++', true],
    ['+++---', true],
    ['++++---', false],
    ['+++++++---', false],
    ['-+-+-+', true],
    ['---+++++++', false],
    ['---++++++++-', false],
    ['++++++++++-----', true],
  ])('whose latest calls ended %j is failing: %s', (ended, expected) => {
    expect(failing(health(ended))).toBe(expected);
  });

  test('is forgiven what is long ago', () => {
    expect(failing(health('---', 29_999))).toBe(true);
    expect(failing(health('---', 30_000))).toBe(false);
  });

  test('that fails now and then is not failing, and its calls are not remembered without end', () => {
    const found = health('+++-'.repeat(1_000));
    expect(found.length).toBe(10);
    expect(failing(found)).toBe(false);
  });
});

describe('a rest', () => {
  /** The lengths of so many rests in a row, in seconds. */
  function inARow(as: 'failed' | 'broken', count: number, restMs?: number) {
    const lengths: number[] = [];
    let rest: Rest | undefined;
    let now = NOW;
    for (let at = 0; at < count; at++) {
      rest = restAfter({ as, restMs }, rest, now);
      lengths.push((rest.until - now) / 1000);
      now = rest.until;
      rest = trial(rest, now);
    }
    return lengths;
  }

  test('is longer each time, and of what fails for the moment never longer than 30 s', () => {
    expect(inARow('failed', 6)).toEqual([10, 20, 30, 30, 30, 30]);
  });

  test('of what is broken is longer each time, and never longer than 5 minutes', () => {
    expect(inARow('broken', 7)).toEqual([10, 20, 40, 80, 160, 300, 300]);
    expect(inARow('broken', 2_000).at(-1)).toBe(300);
  });

  test('is as long as the target itself asks for, a minute at most', () => {
    expect(inARow('failed', 3, 2_000)).toEqual([10, 20, 30]);
    expect(inARow('failed', 3, 25_000)).toEqual([25, 25, 30]);
    expect(inARow('failed', 2, 3_600_000)).toEqual([60, 60]);
  });

  test('is within its bounds whatever came before', () => {
    const before = fc.option(fc.record({ until: fc.integer(), level: fc.nat(5_000) }), { nil: undefined });
    const restMs = fc.option(fc.nat(), { nil: undefined });
    fc.assert(
      fc.property(fc.constantFrom('failed', 'broken'), restMs, before, (as, asked, known) => {
        const { until, level } = restAfter({ as, restMs: asked }, known, NOW);
        const ms = until - NOW;
        expect(ms).toBeGreaterThanOrEqual(Math.min(asked ?? 0, 60_000));
        expect(ms).toBeGreaterThanOrEqual(10_000);
        expect(ms).toBeLessThanOrEqual(as === 'broken' ? 300_000 : Math.max(30_000, Math.min(asked ?? 0, 60_000)));
        expect(level).toBe((known?.level ?? 0) + 1);
      }),
    );
  });

  test('that is over is followed by a trial, which does not count as another rest', () => {
    expect(trial({ until: NOW - 1, level: 3 }, NOW)).toEqual({ until: NOW + 10_000, level: 3 });
  });
});
