import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Note } from '../../lib/aws/audit-notes.ts';
import { type Forgetting, forgetting } from '../../lib/aws/forget/forgetting.ts';
import { localTableNames } from '../../lib/aws/tables.ts';

/** How somebody is forgotten in local tables, and in vectors at an address if there are any; `notes` has what is noted for the audit log. */
export function forgettingIn(
  client: DynamoDBClient,
  { endpoint, now = Date.now }: { readonly endpoint?: string; readonly now?: () => number } = {},
): Forgetting & { readonly notes: readonly Note[] } {
  const notes: Note[] = [];
  const note = async (taken: Note) => void notes.push(taken);
  const place = endpoint === undefined ? undefined : { endpoint: async () => endpoint };
  return { ...forgetting({ client, names: localTableNames, vectors: async () => place, note, now }), notes };
}
