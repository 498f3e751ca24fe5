import { median, quantile } from '../printed.ts';
import type { Taken } from './asking.ts';
import type { Measured } from './measure.ts';
import type { Scenario } from './scenarios.ts';

/** What a peer comes to in a scenario, in milliseconds beside what its provider takes when it is asked directly. */
export type Row = {
  readonly scenario: string;
  readonly peer: string;
  readonly ownMs: number;
  readonly addedMs: { readonly p50: number; readonly p95: number; readonly p99: number };
  readonly addedFirstMs: number;
  readonly callsASecond: number;
  readonly cpuMs: number;
};

/** A row for each peer but the provider. */
export function rowsOf({ name }: Scenario, measured: readonly Measured[]): readonly Row[] {
  const direct = measured.find(({ peer }) => peer === 'direct')?.alone ?? [];
  return measured.flatMap(({ peer, alone, callsASecond, cpuMs }) => {
    if (cpuMs === undefined) return [];
    const added = (part: number, of: (taken: Taken) => number) =>
      quantile(part, alone.map(of)) - quantile(part, direct.map(of));
    const whole = (part: number) => added(part, ({ ms }) => ms);
    return {
      scenario: name,
      peer,
      ownMs: median(alone.map(({ ownMs }) => ownMs)),
      addedMs: { p50: whole(0.5), p95: whole(0.95), p99: whole(0.99) },
      addedFirstMs: added(0.5, ({ firstMs }) => firstMs),
      callsASecond,
      cpuMs,
    };
  });
}

/** A row as it is printed: each figure of the gateway, and in brackets how many times that of the proxy it is, which neither translates nor remembers: then of the same kind of call without. */
export function shown(row: Row, all: readonly Row[]): Readonly<Record<string, string>> {
  const reference = all.findLast(({ scenario, peer }) => peer === 'reference' && row.scenario.startsWith(scenario));
  const beside = (of: (row: Row) => number, digits = 2) => {
    const times = reference === undefined || reference === row ? '' : ` (${(of(row) / of(reference)).toFixed(1)} ×)`;
    return `${of(row).toFixed(digits)}${times}`;
  };
  return {
    calls: row.scenario,
    of: row.peer,
    'own ms': row.peer === 'reference' ? '' : row.ownMs.toFixed(2),
    'added p50': beside(({ addedMs }) => addedMs.p50),
    p95: row.addedMs.p95.toFixed(2),
    p99: row.addedMs.p99.toFixed(2),
    'added first token': beside(({ addedFirstMs }) => addedFirstMs),
    'calls/s': beside(({ callsASecond }) => callsASecond, 0),
    'CPU ms a call': beside(({ cpuMs }) => cpuMs),
  };
}
