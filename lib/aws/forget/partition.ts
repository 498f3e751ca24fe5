import { type AttributeValue, DeleteItemCommand, type DynamoDB, paginateQuery } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { inParallel } from '../in-parallel.ts';

type Key = Record<string, AttributeValue>;

const AT_ONCE = 16;

/** The keys of all items of a partition, page by page. */
export async function* keysIn(client: DynamoDB, TableName: string, pk: string): AsyncIterable<readonly Key[]> {
  const query = {
    TableName,
    ProjectionExpression: 'pk, sk',
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: marshall({ ':pk': pk }),
    ConsistentRead: true,
  };
  for await (const { Items = [] } of paginateQuery({ client }, query)) yield Items;
}

/** How many items a partition has, told page by page. */
export async function* sizeOf(client: DynamoDB, TableName: string, pk: string): AsyncIterable<number> {
  let size = 0;
  for await (const page of keysIn(client, TableName, pk)) {
    size += page.length;
    yield size;
  }
}

/** Deletes all items of a partition, and tells page by page how many that were. */
export async function* emptied(client: DynamoDB, TableName: string, pk: string): AsyncIterable<number> {
  let deleted = 0;
  for await (const page of keysIn(client, TableName, pk)) {
    await inParallel(page, AT_ONCE, async (Key) => void (await client.send(new DeleteItemCommand({ TableName, Key }))));
    deleted += page.length;
    yield deleted;
  }
}
