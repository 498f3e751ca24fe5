import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDB,
  GetItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import '../schema.ts';
import * as z from 'zod/mini';
import { answerKey } from './answer-items.ts';
import { toItem } from './item.ts';
import type { TableNames } from './tables.ts';

/** What became of a call's answer: it was there, it was gone already, it never was there, it is another tenant's and stays, or no such call is on record. */
export type Evicted = 'evicted' | 'gone' | 'not cached' | 'foreign' | 'unknown';

const callRecord = z.object({ cacheKey: z.optional(z.string()) });

/** Takes away the answer that a tenant's call was given, or made. */
export async function evictAnswer(
  client: DynamoDB,
  names: TableNames,
  { tenant, id }: { readonly tenant: string; readonly id: string },
): Promise<Evicted> {
  const { Item } = await client.send(
    new GetItemCommand({
      TableName: names.calls,
      Key: marshall({ pk: `tenant#${tenant}`, sk: id }),
      ProjectionExpression: 'sk, cacheKey',
      ConsistentRead: true,
    }),
  );
  if (Item === undefined) return 'unknown';
  const { cacheKey } = callRecord.parse(toItem(Item));
  if (cacheKey === undefined) return 'not cached';
  // Vectors of similar questions hold no answer, only the key of this item: one that leads nowhere is a miss.
  const command = new DeleteItemCommand({
    TableName: names.cache,
    Key: answerKey({ key: cacheKey }),
    ConditionExpression: 'attribute_not_exists(pk) OR tenant = :tenant',
    ExpressionAttributeValues: marshall({ ':tenant': tenant }),
    ReturnValues: 'ALL_OLD',
  });
  try {
    const { Attributes } = await client.send(command);
    return Attributes === undefined ? 'gone' : 'evicted';
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return 'foreign';
    throw error;
  }
}
