import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { completionTokens, promptTokens } from '../catalog/usage.ts';
import type { Bill, Caller, Hold, Ledger } from '../world.ts';
import type { TableNames } from './tables.ts';

/**
 * Spending by key and tenant, one item a scope with its windows as dated attributes: `d20261123`, `mo202611`, `total`
 * in nano-dollars, beside calls and tokens. No limit can be set yet, so admission reserves nothing and costs no write.
 */
export function dynamoLedger(client: DynamoDBClient, names: TableNames): Ledger {
  const booked = bookkeeper();
  const settled = new WeakMap<Hold, Promise<void>>();
  return {
    async reserve(caller: Caller, holdId: string, at: number): Promise<Hold> {
      return { id: holdId, at, scopes: [`tenant#${caller.tenant}`, `key#${caller.keyId}`] };
    },
    async settle(hold: Hold, bill: Bill): Promise<void> {
      // Once its marker is taken away the table no longer knows this hold; we do.
      const settling =
        settled.get(hold) ??
        Promise.all(hold.scopes.map((scope) => book(client, names.counters, scope, hold, bill, booked))).then(() => {});
      settled.set(hold, settling);
      try {
        await settling;
      } catch (error) {
        settled.delete(hold);
        throw error;
      }
    },
  };
}

/**
 * One conditional write. The SDK repeats a write whose answer was lost, and ADD is not idempotent: each write leaves a
 * marker `s#<hold>` that refuses its own repetition, and takes away the markers of earlier writes that are known to have
 * arrived, or whose process is long gone. So an item carries about as many markers as there are environments.
 */
async function book(
  client: DynamoDBClient,
  table: string,
  scope: string,
  hold: Hold,
  bill: Bill,
  booked: Bookkeeper,
): Promise<void> {
  const done = booked.take(scope).filter((each) => each !== `s#${hold.id}`);
  const date = new Date(hold.at).toISOString().slice(0, 10).replaceAll('-', '');
  const marker = `s#${hold.id}`;
  const command = new UpdateItemCommand({
    TableName: table,
    Key: { pk: { S: scope }, sk: { S: 'counter' } },
    UpdateExpression: `ADD #d :nano, #mo :nano, #total :nano, #calls :one, #prompt :prompt, #completion :completion SET #marker = :at${done.length > 0 ? ` REMOVE ${done.map((_, at) => `#m${at}`).join(', ')}` : ''}`,
    ConditionExpression: 'attribute_not_exists(#marker)',
    ReturnValues: 'ALL_NEW',
    ExpressionAttributeNames: {
      '#d': `d${date}`,
      '#mo': `mo${date.slice(0, 6)}`,
      '#total': 'total',
      '#calls': 'calls',
      '#prompt': 'promptTokens',
      '#completion': 'completionTokens',
      '#marker': marker,
      ...Object.fromEntries(done.map((name, at) => [`#m${at}`, name])),
    },
    ExpressionAttributeValues: {
      ':nano': { N: String(bill.nanoDollars) },
      ':one': { N: '1' },
      ':prompt': { N: String(promptTokens(bill.usage)) },
      ':completion': { N: String(completionTokens(bill.usage)) },
      ':at': { N: String(hold.at) },
    },
  });
  try {
    const { Attributes = {} } = await client.send(command);
    booked.add(scope, staleMarkers(Attributes, hold.at));
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) {
      booked.add(scope, done);
      throw error;
    }
  }
  booked.add(scope, [marker]);
}

/** A marker this much older than a call belongs to a process that ended before it could take it away. */
const STALE_MS = 3_600_000;

function staleMarkers(item: Readonly<Record<string, AttributeValue>>, at: number): readonly string[] {
  return Object.entries(item).flatMap(([name, { N }]) =>
    name.startsWith('s#') && Number(N) < at - STALE_MS ? [name] : [],
  );
}

type Bookkeeper = ReturnType<typeof bookkeeper>;

/** The markers that may go, by scope: those this process wrote and knows to have arrived, and those nobody else will take away. */
function bookkeeper() {
  const MOST_AT_ONCE = 50;
  const done = new Map<string, Set<string>>();
  const of = (scope: string): Set<string> => {
    const found = done.get(scope) ?? new Set();
    done.set(scope, found);
    return found;
  };
  return {
    add(scope: string, markers: readonly string[]): void {
      for (const marker of markers) of(scope).add(marker);
    },
    /** Takes some; who fails to write gives them back. */
    take(scope: string): readonly string[] {
      const some = [...of(scope)].slice(0, MOST_AT_ONCE);
      for (const marker of some) of(scope).delete(marker);
      return some;
    },
  };
}
