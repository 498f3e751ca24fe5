import { describe, expect, test } from 'vitest';
import type { AddedRow } from './rows.ts';
import { besideProxy, shown } from './times.ts';

const all = (ms: number | null) => ({ p50: ms, p95: ms, p99: null });
const row = (scenario: string, peer: string, ms: number | null): AddedRow => ({
  ...{ scenario, peer, calls: 40, ms: all(9), firstMs: all(9), ownMs: all(1) },
  ...{ addedMs: all(ms), addedFirstMs: all(ms), callsASecond: 100, cpuMs: 1 },
});

describe('a figure of the gateway', () => {
  const proxy = row('1 KB', 'reference', 2);
  const others = [row('200 KB', 'reference', 50), row('1', 'reference', 70)];

  test.each(['1 KB', '1 KB of Gemini', '1 KB from the cache'])(
    'of %s is beside that of a proxy that passes on as much',
    (scenario) => {
      const compared = besideProxy(row(scenario, 'bare', 3), [...others, proxy]);
      expect(compared.times).toEqual({ addedMs: 1.5, addedFirstMs: 1.5, callsASecond: 1, cpuMs: 1 });
      expect(shown(compared)).toMatchObject({ 'added p50': '3.00 (1.5 ×)', p99: '-', 'calls/s': '100 (1.0 ×)' });
    },
  );

  test.each([null, -0.5, 0])('is not so many times that of a proxy where either added %s', (ms) => {
    const [its, those] = [row('1 KB', 'bare', ms), row('1 KB', 'reference', ms)];
    for (const [one, other] of [
      [its, proxy],
      [row('1 KB', 'bare', 3), those],
    ] as const)
      expect(besideProxy(one, [other]).times).toMatchObject({ addedMs: null, cpuMs: 1 });
  });

  test('stands alone where no proxy was asked the like', () => {
    expect(besideProxy(row('1 KB', 'bare', 3), others.slice(0, 1)).times).toBeUndefined();
    expect(besideProxy(proxy, [proxy]).times).toBeUndefined();
  });
});
