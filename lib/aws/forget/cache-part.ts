import { DeleteItemCommand, type DynamoDB, paginateScan } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { answerPk } from '../answer-items.ts';
import { cacheAdmin } from '../cache-admin.ts';
import { unlessChanged } from '../changed-meanwhile.ts';
import { inParallel } from '../in-parallel.ts';
import type { TableNames } from '../tables.ts';
import { type Kept, keptOf } from './kept.ts';
import type { Part, Theirs } from './part.ts';

/** So many deletions at once leave the table to its callers. */
const AT_ONCE = 4;

/**
 * Answers in table Cache, and those that are kept for an idempotency-key. A tenant's are marked first, as `cache clear`
 * does, so that none is given again that is still on its way.
 */
export function cachePart(client: DynamoDB, names: TableNames, now: () => number): Part {
  const { cache: TableName } = names;

  /** What is theirs, page by page, a head before its parts. */
  async function* found({ tenant, ...whose }: Theirs): AsyncIterable<readonly Kept[]> {
    const scan = {
      TableName,
      ProjectionExpression: 'pk, sk, #source, #owner, #state, #lease',
      FilterExpression: '(begins_with(pk, :answer) AND sk = :sk AND tenant = :tenant) OR begins_with(pk, :repeats)',
      ExpressionAttributeNames: { '#source': 'source', '#owner': 'owner', '#state': 'state', '#lease': 'lease' },
      ExpressionAttributeValues: marshall({
        ':answer': answerPk(''),
        ':sk': 'answer',
        ':tenant': tenant,
        ':repeats': `idem#${tenant}#`,
      }),
    };
    const kept = keptOf(now());
    const theirs = ({ call }: Kept) => whose.by === 'tenant' || whose.calls.ids.has(call);
    for await (const { Items = [] } of paginateScan({ client }, scan)) yield kept(Items).filter(theirs);
  }

  return {
    async *count(theirs) {
      const counts = { answers: 0, repeats: 0 };
      for await (const page of found(theirs)) {
        for (const { kind } of page) if (kind !== 'part') counts[kind]++;
        yield { ...counts };
      }
    },

    async *forget(theirs) {
      const counts = { answers: 0, repeats: 0 };
      if (theirs.by === 'tenant') await cacheAdmin(client, names, now).clear({ of: 'tenant', name: theirs.tenant });
      for await (const page of found(theirs)) {
        await inParallel(page, AT_ONCE, async ({ kind, only }) => {
          const gone = await unlessChanged(client.send(new DeleteItemCommand({ TableName, ...only })));
          if (gone && kind !== 'part') counts[kind]++;
        });
        yield { ...counts };
      }
    },
  };
}
