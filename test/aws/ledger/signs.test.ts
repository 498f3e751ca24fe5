import { expect, test } from 'vitest';
import type { Database } from '../../../lib/aws/database.ts';
import { direct } from '../../../lib/aws/direct.ts';
import { bareTables } from '../../support/bare-tables.ts';
import { asking, billOf, ledgerAt, scope } from '../../support/ledgers.ts';
import { timer } from '../../support/timer.ts';
import { type Fault, unreliableDatabase } from '../../support/unreliable.ts';

const { tables } = await bareTables();
const MINUTE_MS = 60_000;

/** A call whose booking is repeated each time the line is as said, three minutes after the time before; others are booked meanwhile. Gives what is booked in all. */
async function repeatedOver(name: string, lines: readonly Fault[]) {
  const means = { timer, now: Date.now, random: Math.random };
  const database = direct({ url: tables.direct, region: 'local' }, means)({ tryMs: 60_000, tries: 1 });
  let now = Date.UTC(2026, 10, 23, 12);
  let fault: Fault = 'none';
  let repeat = Promise.withResolvers<() => void>();
  const clock = (_: number, ring: () => void) => {
    repeat.resolve(ring);
    return () => {};
  };
  // Tried once each time, however long the answer takes.
  const unhurried: Database = { ...database, updateItem: (input) => database.updateItem(input) };
  const patient = { now: () => now, patienceMs: 10 * MINUTE_MS, timeoutMs: 5 };
  const line = unreliableDatabase(unhurried, () => ({ fault, after: 0 }));
  const one = ledgerAt(tables.direct, { ...patient, clock, database: line.database }).ledger;
  const other = ledgerAt(tables.direct, { ...patient, timeoutMs: 2_500, database }).ledger;
  const key = scope('key', name);
  const settled = async (ledger: typeof one, id: string) => {
    const admission = await ledger.reserve(asking(id, [key], 500));
    if (admission.ok) await ledger.settle(admission.hold, billOf(100));
  };
  const [first = 'none', ...others] = lines;
  fault = first;
  const booked = settled(one, `req_${name}`);
  for (const [index, next] of others.entries()) {
    const ring = await repeat.promise;
    repeat = Promise.withResolvers();
    now += 3 * MINUTE_MS;
    for (const each of ['a', 'b', 'c']) await settled(other, `req_${name}_${index}${each}`);
    fault = next;
    ring();
  }
  await booked;
  return (await tables.spent(key.id)).total;
}

test('a booking that arrived without an answer is not made again, as long as it is repeated', async () => {
  expect(await repeatedOver('hung', ['lost', 'none'])).toBe(400);
});

test('nor is one that arrived without an answer minutes after it was first sent', async () => {
  expect(await repeatedOver('away', ['never sent', 'lost', 'none'])).toBe(700);
});
