import type { Known } from './known.ts';

/** Counters and the sum of records, and what is held that should not be. */
export function drifted({ entries, abandoned, counters }: Known): readonly string[] {
  const sums = new Map<string, { nanoDollars: number; calls: number }>();
  for (const { scopes, nanoDollars } of [...entries, ...abandoned])
    for (const scope of scopes) {
      const before = sums.get(scope) ?? { nanoDollars: 0, calls: 0 };
      sums.set(scope, { nanoDollars: before.nanoDollars + nanoDollars, calls: before.calls + 1 });
    }
  return counters.flatMap(({ id, item }) => {
    const { nanoDollars, calls } = sums.get(id) ?? { nanoDollars: 0, calls: 0 };
    const of = (names: RegExp) =>
      Object.entries(item).reduce((total, [name, value]) => (names.test(name) ? total + Number(value) : total), 0);
    const expected = { total: nanoDollars, calls, days: nanoDollars, months: nanoDollars, live: 0, holds: 0 };
    const holds = Object.keys(item).filter((name) => name.startsWith('r#')).length;
    const found = {
      total: Number(item.total ?? 0),
      calls: Number(item.calls ?? 0),
      days: of(/^d\d{8}$/),
      months: of(/^mo\d{6}$/),
      live: Number(item.live ?? 0),
      holds,
    };
    const [one, other] = [JSON.stringify(found), JSON.stringify(expected)];
    return one === other ? [] : [`${id} stands at ${one}, and by its records at ${other}.`];
  });
}
