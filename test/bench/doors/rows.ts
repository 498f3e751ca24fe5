import type { Taken } from './asking.ts';
import type { Measured } from './measure.ts';
import { beyond, type Percentiles, percentilesOf } from './percentiles.ts';
import type { Scenario } from './scenarios.ts';

/** What a peer comes to in a scenario, in milliseconds beside what its provider takes when it is asked directly. */
export type Row = {
  readonly scenario: string;
  readonly peer: string;
  /** How many calls its times are of. */
  readonly calls: number;
  readonly ownMs: number | null;
  readonly addedMs: Percentiles;
  readonly addedFirstMs: Percentiles;
  readonly callsASecond: number;
  readonly cpuMs: number;
};

/** A row for each peer but the provider. */
export function rowsOf({ name }: Scenario, measured: readonly Measured[]): readonly Row[] {
  const direct = measured.find(({ peer }) => peer === 'direct')?.taken ?? [];
  return measured.flatMap(({ peer, taken, callsASecond, cpuMs }) => {
    if (cpuMs === undefined) return [];
    const added = (of: (taken: Taken) => number) => beyond(percentilesOf(taken.map(of)), percentilesOf(direct.map(of)));
    return {
      scenario: name,
      peer,
      calls: taken.length,
      ownMs: percentilesOf(taken.map(({ ownMs }) => ownMs)).p50,
      addedMs: added(({ ms }) => ms),
      addedFirstMs: added(({ firstMs }) => firstMs),
      callsASecond,
      cpuMs,
    };
  });
}

/** A row as it is printed: each figure of the gateway, and in brackets how many times that of the proxy it is, which neither translates nor remembers: then of the same kind of call without. */
export function shown(row: Row, all: readonly Row[]): Readonly<Record<string, string>> {
  const reference = all.findLast(({ scenario, peer }) => peer === 'reference' && row.scenario.startsWith(scenario));
  const beside = (of: (row: Row) => number | null, digits = 2) => {
    const [its, those] = [of(row), reference === undefined || reference === row ? null : of(reference)];
    return `${told(its, digits)}${its === null || those === null ? '' : ` (${(its / those).toFixed(1)} ×)`}`;
  };
  return {
    calls: row.scenario,
    of: row.peer,
    timed: String(row.calls),
    'own ms': row.peer === 'reference' ? '' : told(row.ownMs),
    'added p50': beside(({ addedMs }) => addedMs.p50),
    p95: told(row.addedMs.p95),
    p99: told(row.addedMs.p99),
    'added first token': beside(({ addedFirstMs }) => addedFirstMs.p50),
    'calls/s': beside(({ callsASecond }) => callsASecond, 0),
    'CPU ms a call': beside(({ cpuMs }) => cpuMs),
  };
}

const told = (figure: number | null, digits = 2) => figure?.toFixed(digits) ?? '-';
