import type { DynamoDB } from '@aws-sdk/client-dynamodb';
import type { Fields } from './access-fields.ts';
import { keyAdmin } from './access-keys.ts';
import { type Rotated, rotateKey } from './access-rotation.ts';
import { accessTable } from './access-table.ts';
import { tenantAdmin } from './access-tenants.ts';
import { toItem } from './item.ts';
import { type Stamping, unstamped } from './stamp.ts';
import type { TableNames } from './tables.ts';

/** Table Access as an operator changes it; the gateway itself only ever reads it. */
export type AccessAdmin = ReturnType<typeof accessAdmin>;

export function accessAdmin(
  client: DynamoDB,
  names: TableNames,
  now: () => number = Date.now,
  stamping: Stamping = unstamped,
) {
  const table = accessTable(client, names, stamping);
  return {
    ...tenantAdmin(table, now),
    ...keyAdmin(table, now),

    /** Gives the key another secret, while the old one works for `graceMs` more; undefined when there is no such key. */
    rotateKey: (id: string, graceMs: number): Promise<Rotated | undefined> => rotateKey(table, id, graceMs, now()),

    /** Every item of the table but versions of the configuration and notes for the audit log, as it stands there. */
    items: async (): Promise<readonly Fields[]> => (await table.all()).map(toItem),
  };
}
