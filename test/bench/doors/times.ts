import type { AddedRow } from './rows.ts';

/** How many times that of the proxy a figure is; null where that says nothing, as where nothing was added. */
export type Times = { readonly [name in keyof typeof figures]: number | null };

const figures = {
  addedMs: ({ addedMs }: AddedRow) => addedMs.p50,
  addedFirstMs: ({ addedFirstMs }: AddedRow) => addedFirstMs.p50,
  callsASecond: ({ callsASecond }: AddedRow) => callsASecond,
  cpuMs: ({ cpuMs }: AddedRow) => cpuMs,
};

/** A row with its times, where there is a proxy to compare it with. */
export type ComparedRow = AddedRow & { readonly times?: Times };

/** A row beside that of the proxy, which neither translates nor remembers: then beside the same kind of call without. */
export function besideProxy(row: AddedRow, all: readonly AddedRow[]): ComparedRow {
  const proxy = all.findLast(({ scenario, peer }) => peer === 'reference' && row.scenario.startsWith(scenario));
  if (proxy === undefined || proxy === row) return row;
  const times = (name: keyof Times) => ratio(figures[name](row), figures[name](proxy));
  return {
    ...row,
    times: {
      addedMs: times('addedMs'),
      addedFirstMs: times('addedFirstMs'),
      callsASecond: times('callsASecond'),
      cpuMs: times('cpuMs'),
    },
  };
}

const ratio = (one: number | null, other: number | null) =>
  one === null || other === null || one <= 0 || other <= 0 ? null : one / other;

/** A row as it is printed: each figure, and in brackets how many times that of the proxy it is. */
export function shown(row: ComparedRow): Readonly<Record<string, string>> {
  const beside = (name: keyof Times, digits = 2) => {
    const times = row.times?.[name] ?? null;
    return `${told(figures[name](row), digits)}${times === null ? '' : ` (${times.toFixed(1)} ×)`}`;
  };
  return {
    calls: row.scenario,
    of: row.peer,
    timed: String(row.calls),
    'own ms': row.peer === 'reference' ? '' : told(row.ownMs.p50),
    'added p50': beside('addedMs'),
    p95: told(row.addedMs.p95),
    p99: told(row.addedMs.p99),
    'added first token': beside('addedFirstMs'),
    'calls/s': beside('callsASecond', 0),
    'CPU ms a call': beside('cpuMs'),
  };
}

const told = (figure: number | null, digits = 2) => figure?.toFixed(digits) ?? '-';
