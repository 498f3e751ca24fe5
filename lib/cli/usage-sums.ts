import { names, plus, type Sum, type Sums, sumOf } from '../aws/usage/sums.ts';
import { dayOf } from './since.ts';

/** By what calls can be told apart. */
export const groups = [...names, 'day'] as const;
export type Group = (typeof groups)[number];

/** What a tenant's calls come to, in all and by group. Calls that nobody named a feature or a user for are in no such group. */
export type SumsByDay = {
  readonly all: Sum;
  readonly abandoned: number;
  readonly by: Readonly<Record<Group, ReadonlyMap<string, Sum>>>;
};

/** Sums in the days of a time zone. */
export function inDays({ all, abandoned, by, quarters }: Sums, timezone: string): SumsByDay {
  const day = new Map<string, Sum>();
  for (const [quarter, sum] of quarters) plus(sumOf(day, dayOf(quarter, timezone)), sum);
  return { all, abandoned, by: { ...by, day } };
}

/** A group’s sums: days in order of time, all else the dearest first. */
export function sorted(sums: SumsByDay, group: Group): readonly (readonly [string, Sum])[] {
  const byName = [...sums.by[group]].sort(([one], [other]) => (one < other ? -1 : 1));
  return group === 'day' ? byName : byName.sort(([, one], [, other]) => other.costNanoUsd - one.costNanoUsd);
}

/** A sum as programs read it. */
export function toTold({ scores, ...sum }: Sum) {
  const { count, total, lowest } = scores;
  const semanticScore = count === 0 ? null : { lowest, mean: Math.round(total / count) / 10_000 };
  return { ...sum, semanticScore };
}
