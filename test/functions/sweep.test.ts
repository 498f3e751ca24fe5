import { expect, test, vi } from 'vitest';
import { bundle, bundled } from '../../esbuild.config.ts';
import { tables as definitions } from '../../lib/aws/tables.ts';
import { bareTables } from '../support/bare-tables.ts';
import { asking, ledgerAt, scope } from '../support/ledgers.ts';

const { tables } = await bareTables();

test('the bundled sweep charges a call that nobody ended, says how many there were, and counts them in a metric', async () => {
  const dead = ledgerAt(tables.endpoint, { holdMs: 1 });
  const day = { budgets: { day: 1_000 }, rates: {} };
  const [key, tenant] = [scope('key', 'key_1', day), scope('tenant', 'acme', day)];
  await dead.ledger.reserve(asking('req_dead', [key, tenant], 400, { at: Date.now() - 1_000 }));
  dead.close();

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
  const context = { functionName: 'sweep', memoryLimitInMB: '256', invokedFunctionArn: 'arn', awsRequestId: '1' };
  expect(await handler({}, context)).toEqual({ ended: 2 });
  expect(await handler({}, context)).toEqual({ ended: 0 });
  written.mockRestore();

  for (const { id } of [key, tenant]) expect((await tables.spent(id)).item).toMatchObject({ total: 400, live: 0 });
  expect(await tables.calls('acme')).toMatchObject([
    { id: 'req_dead', status: 'abandoned', bill: { nanoDollars: 400 } },
  ]);
  const metrics = lines.map((line) => JSON.parse(line)).filter((line) => '_aws' in line);
  expect(metrics.map(({ AbandonedHolds }) => AbandonedHolds)).toEqual([2]); // a metric costs money, and zero is none
});
