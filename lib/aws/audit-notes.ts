import { type DynamoDB, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import '../schema.ts';
import * as z from 'zod/mini';
import { AUDIT } from './audit-items.ts';
import type { Stamping } from './stamp.ts';
import type { TableNames } from './tables.ts';

const note = z.object({
  pk: z.literal(AUDIT),
  sk: z.string().check(z.startsWith('note#')),
  action: z.enum(['cache.clear', 'cache.evict', 'capture.read', 'forget.begin', 'forget.end']),
  subject: z.string(),
  /** What came of it. */
  outcome: z.record(z.string(), z.string()),
});

/** Something an operator did that is no change of table Access, for the log. */
export type Note = Pick<z.infer<typeof note>, 'action' | 'subject' | 'outcome'>;

const KEPT_SECONDS = 7 * 86_400;

/** Leaves notes in table Access, where whoever logs its changes finds them: operators cannot write to the log itself. */
export const noteTaker =
  (client: DynamoDB, names: TableNames, stamping: Stamping, now: () => number = Date.now) =>
  async (taken: Note): Promise<void> => {
    const changed = await stamping();
    if (changed === undefined) return;
    const ttl = Math.ceil(now() / 1000) + KEPT_SECONDS;
    const Item = marshall({ pk: AUDIT, sk: `note#${changed.id}`, ...taken, changed, ttl });
    await client.send(new PutItemCommand({ TableName: names.access, Item }));
  };

/** Reads a note; undefined for an item that is none. */
export const toNote = (item: unknown): Note | undefined => note.safeParse(item).data;
