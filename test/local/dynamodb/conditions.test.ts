import { ConditionalCheckFailedException, type DynamoDB, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { databaseWithTables, get, keyOf, put } from './house.ts';

test('a failed condition shows the item it failed on, when asked', async () => {
  const { client } = await databaseWithTables();
  await put(client, 'a', { spent: { N: '9' }, note: { S: 'n1' } });
  const failure = await failureOf(spend(client, 'a', { amount: 5, ceiling: 10, show: 'ALL_OLD' }));
  expect(failure.Item).toEqual({ ...keyOf('a'), spent: { N: '9' }, note: { S: 'n1' } });
});

test('a failed condition shows nothing, when not asked or when there is no item', async () => {
  const { client } = await databaseWithTables();
  await put(client, 'a', { spent: { N: '9' } });
  expect((await failureOf(spend(client, 'a', { amount: 5, ceiling: 10, show: 'NONE' }))).Item).toBeUndefined();
  const onNothing = new UpdateItemCommand({
    TableName: 'Counters',
    Key: keyOf('nobody'),
    UpdateExpression: 'REMOVE spent',
    ConditionExpression: 'attribute_exists(spent)',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  expect((await failureOf(client.send(onNothing))).Item).toBeUndefined();
});

test('parallel conditional updates never pass the ceiling, and each refusal shows why', {
  timeout: 60_000,
}, async () => {
  const { client } = await databaseWithTables();
  let round = 0;
  const amounts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 2, maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(amounts, fc.integer({ min: 1, max: 300 }), async (wanted, ceiling) => {
      round += 1;
      const name = `round-${round}`;
      const outcomes = await Promise.all(
        wanted.map(async (amount) => {
          const failure = await spend(client, name, { amount, ceiling, show: 'ALL_OLD' }).then(
            () => undefined,
            (error: unknown) => error,
          );
          if (failure === undefined) return amount;
          if (!(failure instanceof ConditionalCheckFailedException)) throw failure;
          expect(Number(failure.Item?.spent?.N ?? 0) + amount).toBeGreaterThan(ceiling);
          return 0;
        }),
      );
      const granted = outcomes.reduce((sum, amount) => sum + amount, 0);
      const item = await get(client, name);
      expect(Number(item?.spent?.N ?? 0)).toBe(granted);
      expect(granted).toBeLessThanOrEqual(ceiling);
    }),
    { numRuns: 40 },
  );
});

type Spending = { readonly amount: number; readonly ceiling: number; readonly show: 'ALL_OLD' | 'NONE' };

function spend(client: DynamoDB, name: string, { amount, ceiling, show }: Spending) {
  const fits = amount <= ceiling ? 'attribute_not_exists(spent) OR spent <= :most' : 'spent <= :most';
  return client.send(
    new UpdateItemCommand({
      TableName: 'Counters',
      Key: keyOf(name),
      UpdateExpression: 'ADD spent :amount',
      ConditionExpression: fits,
      ExpressionAttributeValues: { ':amount': { N: `${amount}` }, ':most': { N: `${ceiling - amount}` } },
      ReturnValuesOnConditionCheckFailure: show,
    }),
  );
}

async function failureOf(attempt: Promise<unknown>): Promise<ConditionalCheckFailedException> {
  const failure = await attempt.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (failure instanceof ConditionalCheckFailedException) return failure;
  throw failure ?? new Error('the condition held');
}
