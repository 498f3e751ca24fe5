import { counts, type Sum } from '../aws/usage/sums.ts';
import { harmless, toCsv } from './csv.ts';
import { type Group, groups, type SumsByDay, sorted, toTold } from './usage-sums.ts';

/** What a tenant spent, as one table for spreadsheets: all of it, then each group, or those asked for. What only the whole has is empty elsewhere. */
export function usageCsv(tenant: string, sums: SumsByDay, heldNanoUsd: number, by: readonly Group[]): string {
  const shown = by.length === 0 ? groups : by;
  return toCsv([
    [...columns, 'semanticScoreLowest', 'semanticScoreMean', 'heldNanoUsd', 'abandoned'],
    [...row('all', tenant, sums.all), heldNanoUsd, sums.abandoned],
    ...shown.flatMap((group) => sorted(sums, group).map(([name, sum]) => [...row(group, name, sum), '', ''])),
  ]);
}

const columns = ['group', 'name', ...counts];

function row(group: string, name: string, sum: Sum): readonly (string | number)[] {
  const { semanticScore } = toTold(sum);
  const scores = [semanticScore?.lowest ?? '', semanticScore?.mean ?? ''];
  return [group, harmless(name), ...counts.map((count) => sum[count]), ...scores];
}
