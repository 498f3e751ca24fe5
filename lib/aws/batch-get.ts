import { setTimeout } from 'node:timers/promises';
import { type AttributeValue, BatchGetItemCommand, type DynamoDB } from '@aws-sdk/client-dynamodb';

type Raw = Record<string, AttributeValue>;

/** As many keys as one request may name. */
const MOST = 100;
const FIRST_PAUSE_MS = 50;
const FRUITLESS_TRIES = 8;

/**
 * The items with these keys, as they are now and in the order of their keys, in pages of at most a hundred; what is not
 * there is left out. Waits for a table that is busy, and throws when it stays so.
 */
export async function* batchGet(
  client: DynamoDB,
  TableName: string,
  keys: readonly Raw[],
  pause: (ms: number) => Promise<unknown> = setTimeout,
): AsyncIterable<readonly Raw[]> {
  for (let from = 0; from < keys.length; from += MOST) {
    const asked = keys.slice(from, from + MOST);
    const found = await all(client, TableName, asked, pause);
    yield asked.map((key) => found.get(placeOf(key))).filter((item) => item !== undefined);
  }
}

async function all(
  client: DynamoDB,
  TableName: string,
  keys: readonly Raw[],
  pause: (ms: number) => Promise<unknown>,
): Promise<ReadonlyMap<string, Raw>> {
  const found = new Map<string, Raw>();
  let left = keys;
  for (let fruitless = 0; ; ) {
    const RequestItems = { [TableName]: { Keys: [...left], ConsistentRead: true } };
    const { Responses = {}, UnprocessedKeys = {} } = await client.send(new BatchGetItemCommand({ RequestItems }));
    for (const item of Responses[TableName] ?? []) found.set(placeOf(item), item);
    const unread = UnprocessedKeys[TableName]?.Keys ?? [];
    if (unread.length === 0) return found;
    // An answer ends at 16 MB, so that some are left though nothing is busy.
    fruitless = unread.length < left.length ? 0 : fruitless + 1;
    if (fruitless === FRUITLESS_TRIES) throw new Error('The table is too busy to be read. Try again in a while.');
    await pause(FIRST_PAUSE_MS * 2 ** fruitless);
    left = unread;
  }
}

const placeOf = ({ pk, sk }: Raw): string => JSON.stringify([pk?.S, sk?.S]);
