import { DeleteTableCommand } from '@aws-sdk/client-dynamodb';
import { expect, test, vi } from 'vitest';
import { bundle, bundled } from '../../esbuild.config.ts';
import { dynamodb } from '../../lib/aws/dynamodb.ts';
import { tables as definitions, localTableNames } from '../../lib/aws/tables.ts';
import { QUARTER_MS, quarterOf } from '../../lib/aws/usage/quarter.ts';
import { ROLLED, usagePk } from '../../lib/aws/usage/usage-keys.ts';
import { idMaker } from '../../lib/ids.ts';
import { bareTables } from '../support/bare-tables.ts';
import { asking, ledgerAt, scope } from '../support/ledgers.ts';
import { recordOf } from '../support/records.ts';

const { tables } = await bareTables();

test('the bundled sweep charges a call that nobody ended, says how many there were, counts them in a metric, and sums up what calls came to', async () => {
  const dead = ledgerAt(tables.endpoint, { holdMs: 1 });
  const day = { budgets: { day: 1_000 }, rates: {} };
  const [key, tenant] = [scope('key', 'key_1', day), scope('tenant', 'acme', day)];
  await dead.ledger.reserve(asking('req_dead', [key, tenant], 400, { at: Date.now() - 1_000 }));

  // It has no configuration of its own: how long calls are kept says the one in force.
  await tables.put('access', { pk: 'config', sk: 'current', version: 1, json: '{"calls":{"keptDays":400}}' });

  await bundle('sweep');
  const lines: string[] = [];
  const written = vi.spyOn(process.stdout, 'write').mockImplementation((line) => {
    lines.push(String(line));
    return true;
  });
  Object.assign(process.env, {
    SLUICE_DYNAMODB_ENDPOINT: tables.endpoint,
    ...Object.fromEntries(Object.values(definitions).map(({ variable, localName }) => [variable, localName])),
  });
  const { handler } = await import(`${bundled('sweep')}/index.mjs`);
  const longAgo = Date.now() - 6 * 3_600_000;
  await dead.book.record(recordOf({ id: idMaker('req_', () => longAgo)(), at: longAgo }));
  const context = {
    functionName: 'sweep',
    memoryLimitInMB: '512',
    invokedFunctionArn: 'arn',
    awsRequestId: '1',
    getRemainingTimeInMillis: () => 600_000,
  };
  expect(await handler({}, context)).toEqual({ ended: 2, summedUp: true });
  expect(await handler({}, context)).toEqual({ ended: 0, summedUp: true });
  // Little is left of its time: it sums up nothing more.
  expect(await handler({}, { ...context, getRemainingTimeInMillis: () => 60_000 })).toEqual({
    ended: 0,
    summedUp: false,
  });
  written.mockRestore();

  for (const { id } of [key, tenant]) expect((await tables.spent(id)).item).toMatchObject({ total: 400, live: 0 });
  expect(await tables.item('calls', usagePk('acme'), ROLLED)).toMatchObject({
    upTo: expect.toSatisfy((upTo) => upTo >= quarterOf(longAgo) + QUARTER_MS),
  });
  dead.close();
  const abandoned = (await tables.calls('acme')).slice(1);
  expect(abandoned).toMatchObject([{ id: 'req_dead', status: 'abandoned', bill: { nanoDollars: 400 } }]);
  expect(abandoned.map(({ at, ttl }) => Number(ttl) - Math.floor(Number(at) / 1000))).toEqual([400 * 86_400]);
  const metrics = lines.map((line) => JSON.parse(line)).filter((line) => '_aws' in line);
  expect(metrics.map(({ AbandonedHolds }) => AbandonedHolds)).toEqual([2]); // a metric costs money, and zero is none
});

test('the sweep ends calls though nothing can be summed up, and fails all the same; where both fail it tells both', async () => {
  const { handler } = await import(`${bundled('sweep')}/index.mjs`);
  const context = { functionName: 'sweep', awsRequestId: '2', getRemainingTimeInMillis: () => 600_000 };
  const lines: string[] = [];
  const note = (line: unknown) => {
    lines.push(String(line));
    return true;
  };
  const out = [process.stdout, process.stderr].map((stream) => vi.spyOn(stream, 'write').mockImplementation(note));
  const client = dynamodb({ endpoint: tables.endpoint, tryMs: 10_000, tries: 1 });
  await client.send(new DeleteTableCommand({ TableName: localTableNames.calls }));
  await expect(handler({}, context)).rejects.toThrow();
  expect(lines.join('')).toContain('"message":"swept"');
  await client.send(new DeleteTableCommand({ TableName: localTableNames.counters }));
  await expect(handler({}, context)).rejects.toThrow();
  for (const each of out) each.mockRestore();
  client.destroy();
  expect(lines.join('')).toContain('Summing up failed, too.');
});
