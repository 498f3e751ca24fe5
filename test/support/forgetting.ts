import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Note } from '../../lib/aws/audit-notes.ts';
import { type Forgetting, forgetting } from '../../lib/aws/forget/forgetting.ts';
import { localTableNames } from '../../lib/aws/tables.ts';
import type { CaptureAdmin } from '../../lib/captures.ts';

/** What there is beside the tables: vectors at an address, captures, and a clock. */
type Places = {
  readonly endpoint?: string;
  readonly captures?: CaptureAdmin;
  readonly now?: () => number;
};

/** How somebody is forgotten in local tables, and in what there is beside them; `notes` has what is noted for the audit log. */
export function forgettingIn(
  client: DynamoDBClient,
  { endpoint, captures, now = Date.now }: Places = {},
): Forgetting & { readonly notes: readonly Note[] } {
  const notes: Note[] = [];
  const note = async (taken: Note) => void notes.push(taken);
  const place = endpoint === undefined ? undefined : { endpoint: async () => endpoint };
  return { ...forgetting({ client, names: localTableNames, vectors: async () => place, captures, note, now }), notes };
}
