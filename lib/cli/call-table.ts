import type { CallsBy } from '../aws/calls-sought.ts';
import type { RecordedCall } from '../aws/recorded-calls.ts';
import { toUsd } from '../catalog/price.ts';
import { table } from './table.ts';

const titles = ['BEGAN', 'ID', 'MODEL', 'STATUS', 'READ', 'WRITTEN', 'COST', 'FIRST MS', 'ALL MS', 'CACHE'];
const numbers = ['READ', 'WRITTEN', 'COST', 'FIRST MS', 'ALL MS'];

/** Calls as lines under their titles. Of a key's calls it says the tenant, of others the key. */
export const callTable = (calls: readonly RecordedCall[], by: CallsBy['by']): string =>
  table(
    [...titles, 'FEATURE', 'USER', by === 'key' ? 'TENANT' : 'KEY'],
    calls.map((found) => cellsOf(found, by)),
    numbers,
  );

function cellsOf({ tenant, id, call }: RecordedCall, by: CallsBy['by']): readonly string[] {
  if (call === undefined) return ['-', id, '-', 'cannot be read'];
  const { at, keyId, requestedModel, model, status, errorCode, firstContentMs, totalMs, cache } = call;
  return [
    new Date(at).toISOString(),
    id,
    model ?? requestedModel ?? '-',
    errorCode ?? status,
    String(call.promptTokens),
    String(call.completionTokens),
    `$${toUsd(call.nanoDollars)}`,
    firstContentMs === undefined ? '-' : String(Math.round(firstContentMs)),
    String(Math.round(totalMs)),
    cache ?? '-',
    call.feature ?? '-',
    call.user ?? '-',
    by === 'key' ? tenant : keyId,
  ];
}
