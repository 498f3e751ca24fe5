import type { CallsBy } from '../aws/calls-sought.ts';
import type { RecordedCall } from '../aws/recorded-calls.ts';
import { numbers, outcomeCells, outcomeTitles } from './call-line.ts';
import { table } from './table.ts';

/** Calls as lines under their titles. Of a key's calls it says the tenant, of others the key. */
export const callTable = (calls: readonly RecordedCall[], by: CallsBy['by']): string =>
  table(
    ['BEGAN', 'ID', ...outcomeTitles, 'FEATURE', 'USER', by === 'key' ? 'TENANT' : 'KEY'],
    calls.map((found) => cellsOf(found, by)),
    numbers,
  );

function cellsOf({ tenant, id, call }: RecordedCall, by: CallsBy['by']): readonly string[] {
  if (call === undefined) return ['-', id, '-', 'cannot be read'];
  const who = [call.feature ?? '-', call.user ?? '-', by === 'key' ? tenant : call.keyId];
  return [new Date(call.at).toISOString(), id, ...outcomeCells(call), ...who];
}
