import { DeleteItemCommand, type DynamoDB, paginateScan } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { answerPk, type Cleared } from './answer-items.ts';

/** How far a deletion is. */
export type Swept = { readonly read: number; readonly deleted: number };

/** So many deletions at once leave the table to its callers: each costs a write unit for every kB, and an answer may have 350. */
const AT_ONCE = 4;

const whose: Readonly<Record<Cleared['of'], string>> = {
  tenant: 'tenant = :name',
  // Those its whole tenant shares, too, if this key made them.
  key: '(keyId = :name OR madeBy = :name)',
  model: 'model = :name',
};

/** Deletes the answers of a tenant, a key or a model, and nothing else of the table; tells after each page how far it is. */
export async function* deleteAnswers(client: DynamoDB, TableName: string, { of, name }: Cleared): AsyncIterable<Swept> {
  const scan = {
    TableName,
    ProjectionExpression: 'pk, sk',
    FilterExpression: `begins_with(pk, :start) AND sk = :answer AND ${whose[of]}`,
    ExpressionAttributeValues: marshall({ ':start': answerPk(''), ':answer': 'answer', ':name': name }),
  };
  let [read, deleted] = [0, 0];
  for await (const { Items = [], ScannedCount = 0 } of paginateScan({ client }, scan)) {
    for (let from = 0; from < Items.length; from += AT_ONCE) {
      const keys = Items.slice(from, from + AT_ONCE);
      await Promise.all(keys.map((Key) => client.send(new DeleteItemCommand({ TableName, Key }))));
    }
    read += ScannedCount;
    deleted += Items.length;
    yield { read, deleted };
  }
}
