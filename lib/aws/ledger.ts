import { ConditionalCheckFailedException, type DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Bill, Caller, Hold, Ledger } from '../world.ts';
import type { TableNames } from './tables.ts';

const promptTokens = ({ usage }: Bill) => usage.input + usage.cacheRead + usage.cacheWrite;
const completionTokens = ({ usage }: Bill) => usage.output + usage.reasoning;

/**
 * Spending by key and tenant, one item a scope with its windows as dated attributes: `d20261123`, `mo202611`, `total`
 * in nano-dollars, beside calls and tokens. No limit can be set yet, so admission reserves nothing and costs no write.
 */
export function dynamoLedger(client: DynamoDBClient, names: TableNames): Ledger {
  const booked = bookkeeper();
  return {
    async reserve(caller: Caller, holdId: string, at: number): Promise<Hold> {
      return { id: holdId, at, scopes: [`tenant#${caller.tenant}`, `key#${caller.keyId}`] };
    },
    async settle(hold: Hold, bill: Bill): Promise<void> {
      await Promise.all(hold.scopes.map((scope) => book(client, names.counters, scope, hold, bill, booked)));
    },
  };
}

/**
 * One conditional write. The SDK repeats a write whose answer was lost, and ADD is not idempotent: each write leaves a
 * marker `s#<hold>` that refuses its own repetition, and takes away the markers of earlier writes that are known to have
 * arrived. So an item carries at most as many markers as there are environments.
 */
async function book(
  client: DynamoDBClient,
  table: string,
  scope: string,
  hold: Hold,
  bill: Bill,
  booked: Bookkeeper,
): Promise<void> {
  const done = booked.take(scope);
  const date = new Date(hold.at).toISOString().slice(0, 10).replaceAll('-', '');
  const marker = `s#${hold.id}`;
  const command = new UpdateItemCommand({
    TableName: table,
    Key: { pk: { S: scope }, sk: { S: 'counter' } },
    UpdateExpression: `ADD #d :nano, #mo :nano, #total :nano, #calls :one, #prompt :prompt, #completion :completion SET #marker = :at${done.length > 0 ? ` REMOVE ${done.map((_, at) => `#m${at}`).join(', ')}` : ''}`,
    ConditionExpression: 'attribute_not_exists(#marker)',
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
      ':prompt': { N: String(promptTokens(bill)) },
      ':completion': { N: String(completionTokens(bill)) },
      ':at': { N: String(hold.at) },
    },
  });
  try {
    await client.send(command);
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) {
      booked.giveBack(scope, done);
      throw error;
    }
  }
  booked.arrived(scope, marker);
}

type Bookkeeper = ReturnType<typeof bookkeeper>;

/** The markers this process wrote and knows to have arrived, by scope, until a later write takes them away. */
function bookkeeper() {
  const MOST_AT_ONCE = 50;
  const arrived = new Map<string, string[]>();
  const add = (scope: string, markers: readonly string[]) =>
    void arrived.set(scope, [...(arrived.get(scope) ?? []), ...markers]);
  return {
    arrived: (scope: string, marker: string) => add(scope, [marker]),
    giveBack: add,
    take(scope: string): readonly string[] {
      const all = arrived.get(scope) ?? [];
      arrived.set(scope, all.slice(MOST_AT_ONCE));
      return all.slice(0, MOST_AT_ONCE);
    },
  };
}
