import { expect, test } from 'vitest';
import { dynamodb } from '../../../lib/aws/dynamodb.ts';
import type { Limits } from '../../../lib/ledger/limits.ts';
import { bareTables } from '../../support/bare-tables.ts';
import { startCounting } from '../../support/counting.ts';
import { asking, billOf, ledgerAt, scope } from '../../support/ledgers.ts';

const { tables } = await bareTables();

/** Calls one after the other in a scope with these limits, none of which waits for the end of the one before; gives what was held for each, and how many writes it took. */
async function inTurn(name: string, limits: Limits) {
  const line = await startCounting(tables.endpoint);
  const client = dynamodb({ endpoint: line.endpoint, tryMs: 2_500, tries: 1 });
  const { ledger } = ledgerAt(line.endpoint, { client, restMs: 2_000, now: () => Date.UTC(2026, 10, 23, 12) });
  const settling: Promise<void>[] = [];
  const held: (number | string)[] = [];
  for (let call = 0; call < 5; call++) {
    const more = { demand: { nanoDollars: 600, leastNanoDollars: 100, tokens: 100 } };
    const admission = await ledger.reserve(asking(`req_${call}`, [scope('tenant', name, limits)], 600, more));
    held.push(admission.ok ? admission.hold.nanoDollars : admission.refusal.kind);
    if (admission.ok) settling.push(ledger.settle(admission.hold, billOf(50)));
    await new Promise((resolve) => setImmediate(resolve)); // so that it is queued
  }
  const writes = line.passed.length;
  await Promise.all(settling);
  client.destroy();
  await line.close();
  return { held, writes, item: (await tables.spent(`tenant#${name}`)).item };
}

test('calls one after the other write their counter once each, and find what those before gave back', async () => {
  const { held, writes, item } = await inTurn('one', { rates: { concurrent: 1 } });
  expect([held, writes]).toEqual([[600, 600, 600, 600, 600], 5]);
  expect(item).toMatchObject({ total: 250, live: 0, calls: 5 });
});

test('calls one after the other have all the money that those before gave back', async () => {
  const { held, item } = await inTurn('rich', { budgets: { day: 1_000 }, rates: {} });
  expect(held).toEqual([600, 600, 600, 600, 600]);
  expect(item).toMatchObject({ total: 250, live: 0, calls: 5 });
});
