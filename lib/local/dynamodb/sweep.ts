import { setTimeout } from 'node:timers/promises';
import { answer } from './answer.ts';
import type { Engine } from './engine.ts';
import { type Fields, toFields, toList } from './fields.ts';
import { timesToLive } from './time-to-live.ts';

const PAGE = 25;
const PAUSE_MS = 10;

// DynamoDB leaves alone what expired more than five years ago: most likely it is no time in seconds.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html
const FIVE_YEARS = 5 * 365 * 24 * 3600;

/** Sweeps again and again, until the database leaves. */
export async function keepSweeping(engine: Engine, intervalMs: number, leaving: AbortSignal): Promise<void> {
  while (!leaving.aborted) {
    await setTimeout(intervalMs, undefined, { ref: false });
    await sweep(engine).catch((error: unknown) => {
      if (!leaving.aborted) process.stderr.write(`Expired items were left for later: ${error}\n`);
    });
  }
}

/** Deletes what has expired, a few items at a time, so that no request waits behind it. */
async function sweep(engine: Engine): Promise<void> {
  for (const { table, attribute } of await engine.use(timesToLive)) {
    const keys = await keyNames(engine, table);
    let next: unknown;
    do {
      const page = await expired(engine, table, attribute, next);
      for (const item of toList(page.Items)) await remove(engine, table, attribute, keys, toFields(item));
      next = page.LastEvaluatedKey;
      await setTimeout(PAUSE_MS, undefined, { ref: false });
    } while (next !== undefined);
  }
}

async function keyNames(engine: Engine, table: string): Promise<readonly string[]> {
  const { body } = await engine.use((store) => answer(store, 'DescribeTable', { TableName: table }));
  return toList(toFields(body.Table).KeySchema).map((key) => String(toFields(key).AttributeName));
}

async function expired(engine: Engine, table: string, attribute: string, from: unknown): Promise<Fields> {
  const now = Math.floor(Date.now() / 1000);
  const input = {
    TableName: table,
    Limit: PAGE,
    FilterExpression: '#expiry BETWEEN :ancient AND :now',
    ExpressionAttributeNames: { '#expiry': attribute },
    ExpressionAttributeValues: { ':ancient': { N: `${now - FIVE_YEARS}` }, ':now': { N: `${now}` } },
    ExclusiveStartKey: from,
  };
  const { body } = await engine.use((store) => answer(store, 'Scan', input));
  return body;
}

async function remove(engine: Engine, table: string, attribute: string, keys: readonly string[], item: Fields) {
  const input = {
    TableName: table,
    Key: Object.fromEntries(keys.map((key) => [key, item[key]])),
    // It may have been given longer to live since we saw it.
    ConditionExpression: '#expiry = :seen',
    ExpressionAttributeNames: { '#expiry': attribute },
    ExpressionAttributeValues: { ':seen': item[attribute] },
  };
  await engine.use((store) => answer(store, 'DeleteItem', input));
}
