import { BatchGetItemCommand, type BatchGetItemCommandInput, DynamoDB } from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, test } from 'vitest';
import { batchGet } from '../../lib/aws/batch-get.ts';

const keyOf = (at: number) => ({ pk: { S: 'tenant#a' }, sk: { S: `req_${at}` } });
const keys = Array.from({ length: 250 }, (_, at) => keyOf(at));

/** A table that answers so many keys of a request, the last first, and leaves the others. */
function busyTable(...most: number[]) {
  const client = new DynamoDB({ region: 'local' });
  const asked: number[] = [];
  mockClient(client)
    .on(BatchGetItemCommand)
    .callsFake(({ RequestItems }: BatchGetItemCommandInput) => {
      const { Keys = [], ConsistentRead } = RequestItems?.Calls ?? {};
      expect(ConsistentRead).toBe(true);
      asked.push(Keys.length);
      const served = most.length === 0 ? Keys.length : Math.min(most.shift() ?? 0, Keys.length);
      const left = Keys.slice(served);
      return {
        Responses: { Calls: Keys.slice(0, served).reverse() },
        UnprocessedKeys: left.length > 0 ? { Calls: { Keys: left } } : {},
      };
    });
  const pauses: number[] = [];
  const pause = async (ms: number) => void pauses.push(ms);
  return { client, asked, pauses, pause };
}

describe('items by their keys', () => {
  test('come in the order of the keys, a hundred in one request', async () => {
    const { client, asked, pauses, pause } = busyTable();
    const pages = await Array.fromAsync(batchGet(client, 'Calls', keys, pause));
    expect(pages.flat()).toEqual(keys);
    expect(asked).toEqual([100, 100, 50]);
    expect(pauses).toEqual([]);
  });

  test('are asked for again, after longer and longer pauses, while the table leaves some or all', async () => {
    const { client, asked, pauses, pause } = busyTable(60, 0, 0, 30, 10);
    const pages = await Array.fromAsync(batchGet(client, 'Calls', keys.slice(0, 100), pause));
    expect(pages).toEqual([keys.slice(0, 100)]);
    expect(asked).toEqual([100, 40, 40, 40, 10]);
    expect(pauses).toEqual([50, 100, 200, 50]);
  });

  test('are given up when the table stays busy', async () => {
    const { client, asked, pause } = busyTable(1, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    const reading = Array.fromAsync(batchGet(client, 'Calls', keys, pause));
    await expect(reading).rejects.toThrow('too busy to be read');
    expect(asked).toHaveLength(9);
  });

  test('are nothing where there is no key', async () => {
    const { client, asked, pause } = busyTable();
    expect(await Array.fromAsync(batchGet(client, 'Calls', [], pause))).toEqual([]);
    expect(asked).toEqual([]);
  });
});
