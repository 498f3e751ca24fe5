import { type AttributeValue, type DynamoDB, paginateQuery, QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { type Change, DAY_END, type Position, positionAt } from '../audit/entry.ts';
import { type Head, nextEntry } from '../audit/next-entry.ts';
import type { Found } from '../audit/verifier.ts';
import { disowned, FRESH_MS } from './audit-changes.ts';
import { AUDIT, type Recent, toAuditItem, toFound, toRecent } from './audit-items.ts';
import { toItem } from './item.ts';
import { putIf } from './put-if.ts';

/** The audit log, as it is read and written. It needs Query and PutItem, and changes no entry. */
export type AuditLog = ReturnType<typeof auditLog>;

export type AuditOptions = {
  readonly now?: () => number;
  /** @default - for ever */
  readonly keptDays?: number | undefined;
  /** Hears of each entry that was written, and again when it is found: the first time may have been lost. */
  readonly tell?: (entry: Written) => void;
};

/** An entry that is in the log. */
export type Written = Position & { readonly hash: string };

/** Each time another was faster, and so the log has grown; who is that unlucky tells it, and is tried again. */
const TRIES = 500;
/** How long before a change its stamp may have been another's, as both may be FRESH_MS away from it; and so much the clocks of those who write may differ. */
const LOOK_BACK_MS = 2 * FRESH_MS + 5 * 60_000;
/** Sorts before all there is, entries or not: who verifies must see what somebody put beside them, too. */
const FIRST = '\0';
/** Enough for most appends. When much has changed of late, all else is read in as few pages as it has. */
const FIRST_PAGE = 10;
const LOOKED_AT = ['sk', 'source', 'stamp', 'logged', 'hash', 'action', 'ttl'];

export function auditLog(client: DynamoDB, TableName: string, options: AuditOptions = {}) {
  const { now = Date.now, keptDays, tell = () => {} } = options;

  async function* pages(sinceDay: string, ScanIndexForward: boolean): AsyncIterable<readonly Found[]> {
    const query = {
      TableName,
      ConsistentRead: true,
      KeyConditionExpression: 'pk = :pk AND sk >= :since',
      ExpressionAttributeValues: marshall({ ':pk': AUDIT, ':since': sinceDay }),
      ScanIndexForward,
    };
    for await (const { Items = [] } of paginateQuery({ client }, query))
      yield Items.map((item) => toFound(toItem(item)));
  }

  /** What was logged since a moment, and a little more: the newest first. */
  const since = async (moment: number): Promise<readonly Recent[]> => {
    const recent: Recent[] = [];
    let from: Record<string, AttributeValue> | undefined;
    do {
      const query = new QueryCommand({
        TableName,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: marshall({ ':pk': AUDIT }),
        ProjectionExpression: LOOKED_AT.map((name) => `#${name}`).join(', '),
        ExpressionAttributeNames: Object.fromEntries(LOOKED_AT.map((name) => [`#${name}`, name])),
        ScanIndexForward: false,
        ...(from === undefined ? { Limit: FIRST_PAGE } : { ExclusiveStartKey: from }),
      });
      const { Items = [], LastEvaluatedKey } = await client.send(query);
      recent.push(...Items.map((item) => toRecent(toItem(item))));
      from = LastEvaluatedKey;
    } while (from !== undefined && !recent.some(({ logged }) => Date.parse(logged) < moment));
    return recent;
  };

  return {
    /**
     * Adds a change, unless it is in the log: then its entry is what it gives. Of the entries from which it goes on none
     * has the change's source, and nobody can have written another in between, or its own place would be taken.
     */
    append: async (change: Change): Promise<Written> => {
      for (let tries = 0; tries < TRIES; tries++) {
        const recent = await since(Date.parse(change.at) - LOOK_BACK_MS);
        const logged = writtenIn(recent.find(({ source }) => source === change.source));
        if (logged !== undefined) {
          tell(logged);
          return logged;
        }
        const worn = change.stamp !== undefined && recent.some(({ stamp }) => stamp === change.stamp);
        const entry = nextEntry(headOf(recent), worn ? disowned(change) : change, { now: now(), keptDays });
        const Item = marshall(toAuditItem(entry), { removeUndefinedValues: true });
        const written = await putIf(client, { TableName, Item, ConditionExpression: 'attribute_not_exists(pk)' });
        if (written) tell(entry);
        if (written && entry.source === change.source) return entry;
      }
      throw new Error('The audit log was written by others each time it was about to be. Try again.');
    },

    /** Entries of a day and later, the newest first, in pages. */
    newestFirst: (sinceDay = FIRST): AsyncIterable<readonly Found[]> => pages(sinceDay, false),

    /** Entries of a day and later, in their order, in pages. */
    oldestFirst: (sinceDay = FIRST): AsyncIterable<readonly Found[]> => pages(sinceDay, true),
  };
}

/** The newest entry. One that cannot be read is gone on from all the same: it is for who verifies, and must not end the log. */
function headOf(recent: readonly Recent[]): Head | undefined {
  for (const each of recent) {
    const position = positionAt(each.place);
    if (position === undefined) continue;
    const { hash = 'unreadable', ttl, action } = each;
    return { ...position, hash, ...(ttl !== undefined && { ttl }), ended: action === DAY_END };
  }
  return undefined;
}

function writtenIn({ place = '', hash }: Partial<Recent> = {}): Written | undefined {
  const position = positionAt(place);
  return position && hash !== undefined ? { ...position, hash } : undefined;
}
