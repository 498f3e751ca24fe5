import { told } from '../aws/access-items.ts';
import type { ListedKey } from '../aws/access-keys.ts';
import { budgetsText, limitLines, ratesText, requiresText, sheet } from './describe.ts';
import { table } from './table.ts';

/** A key as JSON: what is in its item, and nothing secret. */
export const plainKey = ({ attributes, fault, previous, ...named }: ListedKey) => ({
  ...named,
  ...attributes,
  ...(previous.length > 0 && { previous }),
  ...(fault && { problem: told(fault) }),
});

/** Keys in a table, one line each. */
export function keyTable(keys: readonly ListedKey[]): string {
  const rows = keys.map((key) => [
    key.id,
    key.tenant,
    key.attributes.name ?? '',
    key.attributes.feature ?? '',
    budgetsText(key.attributes.budgets),
    ratesText(key.attributes.rates),
    key.attributes.created ?? '',
    stateOf(key),
  ]);
  return table(['ID', 'TENANT', 'NAME', 'FEATURE', 'BUDGETS', 'RATES', 'CREATED', 'ENDS'], rows);
}

/** A key, line by line. */
export const describedKey = (key: ListedKey): string =>
  sheet([
    ['key', key.id],
    ['tenant', key.tenant],
    ['name', key.attributes.name],
    ['feature', key.attributes.feature],
    ...limitLines(key.attributes),
    ['requires', requiresText(key.attributes.requires ?? {})],
    ['created', key.attributes.created],
    ['ends', stateOf(key)],
  ]);

function stateOf({ attributes: { revoked, expires }, fault, previous }: ListedKey): string {
  const old = previous.map((secret) => `old secret ${secret.expires ?? 'without an end: rotate again'}`);
  const state = fault !== undefined ? told(fault) : revoked ? 'revoked' : (expires ?? '');
  return [state, ...old].filter(Boolean).join('; ');
}
