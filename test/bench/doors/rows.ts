import type { Taken } from './asking.ts';
import type { Measured } from './measure.ts';
import { beyond, type Percentiles, percentilesOf } from './percentiles.ts';
import type { Scenario } from './scenarios.ts';

/** What a peer took in a scenario, in milliseconds until the end and until the first content. */
export type Row = {
  readonly scenario: string;
  readonly peer: string;
  /** How many calls these are of. */
  readonly calls: number;
  readonly ms: Percentiles;
  readonly firstMs: Percentiles;
  readonly callsASecond: number;
};

/** The same of a peer before the provider, and what it adds to what that takes when it is asked directly. */
export type AddedRow = Row & {
  readonly ownMs: Percentiles;
  readonly addedMs: Percentiles;
  readonly addedFirstMs: Percentiles;
  readonly cpuMs: number;
};

/** A row of the provider itself, and one of each peer before it. */
export function rowsOf({ name }: Scenario, measured: readonly Measured[]) {
  const rows = measured.map((each) => ({ ...each, row: rowOf(name, each) }));
  const direct = rows.flatMap(({ peer, row }) => (peer === 'direct' ? row : []));
  const added = rows.flatMap(({ taken, cpuMs, row }): readonly AddedRow[] => {
    if (cpuMs === undefined) return [];
    const ownMs = percentilesOf(taken.map(({ ownMs }) => ownMs));
    return direct.map(({ ms, firstMs }) => {
      const more = { addedMs: beyond(row.ms, ms), addedFirstMs: beyond(row.firstMs, firstMs) };
      return { ...row, ownMs, ...more, cpuMs };
    });
  });
  return { direct, added };
}

function rowOf(scenario: string, { peer, taken, callsASecond }: Measured): Row {
  const of = (figure: (taken: Taken) => number) => percentilesOf(taken.map(figure));
  const [ms, firstMs] = [of(({ ms }) => ms), of(({ firstMs }) => firstMs)];
  return { scenario, peer, calls: taken.length, ms, firstMs, callsASecond };
}
