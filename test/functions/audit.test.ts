import { expect, test } from 'vitest';
import { bundle, bundled } from '../../esbuild.config.ts';
import { auditTable } from '../../lib/aws/tables.ts';
import { bareTables } from '../support/bare-tables.ts';
import { STREAM, streamed } from '../support/streamed.ts';

const { tables } = await bareTables();

test('the bundled function logs what a stream tells, knows no table but its own, and leaves each hash in its log', async () => {
  const [size] = await bundle('audit');
  expect(size?.allBytes).toBeLessThan(700_000);
  Object.assign(process.env, {
    SLUICE_DYNAMODB_ENDPOINT: tables.endpoint,
    SLUICE_AUDIT_KEPT_DAYS: '400',
    SLUICE_ACCESS_STREAM: STREAM,
    [auditTable.variable]: auditTable.localName,
  });
  const printed: string[] = [];
  const { write } = process.stdout;
  process.stdout.write = (text: string | Uint8Array) => printed.push(String(text)) > 0;
  try {
    const { handler } = await import(`${bundled('audit')}/index.mjs`);
    const context = { functionName: 'audit', memoryLimitInMB: '256', invokedFunctionArn: 'arn', awsRequestId: '1' };
    const event = streamed({ after: { pk: 'tenant#acme', sk: 'tenant', budgets: { day: 5 } } });
    expect(await handler(event, context)).toEqual({ batchItemFailures: [] });
    expect(await handler(event, context)).toEqual({ batchItemFailures: [] });
  } finally {
    process.stdout.write = write;
  }
  const day = new Date().toISOString().slice(0, 10);
  const entry = await tables.item('audit', 'audit', `${day}#000001`);
  expect(entry).toMatchObject({ subject: 'tenant acme', ttl: expect.any(Number), after: '{"budgets":{"day":5}}' });
  expect(await tables.item('audit', 'audit', `${day}#000002`)).toBeUndefined();
  expect(printed.filter((line) => line.includes(String(entry?.hash)))).toHaveLength(2); // the first may have been lost
});
