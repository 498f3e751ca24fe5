import { expect, test } from 'vitest';
import { databaseWithTables, keyOf } from './house.ts';

const values = { ExpressionAttributeValues: { ':x': { S: 'a' } } };
const onItem = { TableName: 'Counters', Key: keyOf('a') };

test.each([
  ['UpdateExpression', 'UpdateItem', 'REMOVE note', onItem],
  ['ConditionExpression', 'DeleteItem', 'attribute_not_exists(note)', onItem],
  ['ProjectionExpression', 'GetItem', 'note', onItem],
  ['FilterExpression', 'Scan', 'note = :x', { TableName: 'Counters', ...values }],
  ['KeyConditionExpression', 'Query', 'pk = :x', { TableName: 'Counters', ...values }],
])('%s may have 4096 bytes and no more', async (name, operation, expression, rest) => {
  const { endpoint } = await databaseWithTables();
  const ask = async (text: string) => {
    const headers = { 'x-amz-target': `DynamoDB_20120810.${operation}` };
    const body = JSON.stringify({ ...rest, [name]: text });
    const response = await fetch(endpoint, { method: 'POST', headers, body });
    return { status: response.status, body: await response.json() };
  };
  expect((await ask(expression.padEnd(4096))).status).toBe(200);
  for (const [text, size] of [
    [expression.padEnd(4097), 4097],
    ['é'.repeat(2049), 4098],
  ] as const)
    expect(await ask(text)).toEqual({
      status: 400,
      body: {
        __type: 'com.amazon.coral.validate#ValidationException',
        message: `Invalid ${name}: Expression size has exceeded the maximum allowed size; expression size: ${size}`,
      },
    });
});
