import type { DynamoDB } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dynamodb } from '../../../lib/aws/dynamodb.ts';
import { noUsage } from '../../../lib/catalog/usage.ts';
import type { Hold } from '../../../lib/ledger/admission.ts';
import type { Bill } from '../../../lib/world.ts';
import { failureOf } from '../../support/bytes.ts';
import { scratch } from '../../support/gateway.ts';
import { asking, ledgerAt, scope } from '../../support/ledgers.ts';
import { hearingAnswers, losingAnswers } from '../../support/lost-answers.ts';
import { nobody } from '../../support/server.ts';
import { startTables, type Tables } from '../../support/tables.ts';

const { folder, remove } = scratch();
let tables: Tables;
let client: DynamoDB;
beforeAll(async () => {
  tables = await startTables(`${folder}/data`);
  client = connected();
});
afterAll(async () => {
  client?.destroy();
  await tables?.stop();
  remove();
});

const connected = () => dynamodb({ endpoint: tables.endpoint, tryMs: 2_500, tries: 1 });
const ledgerOf = (over = client, patienceMs = 20_000, timeoutMs = 10_000) =>
  ledgerAt(tables.endpoint, { client: over, patienceMs, timeoutMs }).ledger;
const usage = { ...noUsage, input: 10, cacheRead: 2, cacheWrite: 3, output: 4, reasoning: 5 };
const bill: Bill = { usage, nanoDollars: 1_000, estimated: false };
const at = Date.UTC(2026, 10, 23, 12);
let holds = 0;
const holdOf = (tenant: string, moment = at): Hold => ({
  ...asking(`req_${++holds}`, [scope('tenant', tenant), scope('key', tenant)], 0, { at: moment }),
  mark: 'r#req',
  nanoDollars: 0,
});
const markers = (item: object) => Object.keys(item).filter((name) => name.startsWith('s#'));
const calledOnce = { total: 1_000, calls: 1 };

describe('settling', () => {
  test('books a call for tenant and key, by day, month and in all', async () => {
    const ledger = ledgerOf();
    const scopes = [scope('key', 'k'), scope('tenant', 'plain')];
    const admission = await ledger.reserve(asking('req_plain', scopes, 500));
    if (!admission.ok) throw new Error('Nothing limits it.');
    const { hold } = admission;
    expect(hold).toMatchObject({ id: 'req_plain', at, scopes });
    expect((await tables.spent('tenant#plain')).item).toEqual({}); // nothing to hold, nothing to write
    await ledger.settle(hold, bill);
    for (const { id } of hold.scopes)
      expect((await tables.spent(id)).item).toMatchObject({
        d20261123: 1_000,
        mo202611: 1_000,
        total: 1_000,
        calls: 1,
        promptTokens: 15,
        completionTokens: 9,
      });
  });

  test('books in the windows of the UTC date a call was let in at', async () => {
    const ledger = ledgerOf();
    for (const moment of ['2026-12-31T23:59:59.999Z', '2027-01-01T00:00:00.000Z', '2027-01-01T00:30:00+01:00'])
      await ledger.settle(holdOf('dated', Date.parse(moment)), bill);
    expect((await tables.spent('tenant#dated')).item).toMatchObject({
      d20261231: 2_000,
      mo202612: 2_000,
      d20270101: 1_000,
      mo202701: 1_000,
      total: 3_000,
      calls: 3,
    });
  });

  test('the same call twice counts once: at once, one after the other, and from two processes', async () => {
    const ledger = ledgerOf();
    const [twice, after, elsewhere] = [holdOf('twice'), holdOf('after'), holdOf('elsewhere')];
    await Promise.all([ledger.settle(twice, bill), ledger.settle(twice, bill)]);
    expect(await tables.spent('tenant#twice')).toMatchObject(calledOnce);
    await Promise.all([ledgerOf().settle(elsewhere, bill), ledgerOf().settle(elsewhere, bill)]);
    expect(await tables.spent('tenant#elsewhere')).toMatchObject(calledOnce);
    await ledger.settle(after, bill);
    await ledger.settle(after, bill);
    expect(await tables.spent('tenant#after')).toMatchObject(calledOnce);
  });

  test('the same call again, after another of its scope, still counts once', async () => {
    const ledger = ledgerOf();
    const first = holdOf('again');
    await ledger.settle(first, bill);
    await ledger.settle(holdOf('again'), bill);
    await ledger.settle(first, bill);
    expect(await tables.spent('tenant#again')).toMatchObject({ total: 2_000, calls: 2 });
  });

  test('counts once when the answer to a write was lost and the write is repeated', async () => {
    const losing = connected();
    const lost = losingAnswers(losing, 4);
    const ledger = ledgerOf(losing);
    await ledger.settle(holdOf('lost'), bill);
    await ledger.settle(holdOf('lost'), bill);
    expect(lost()).toBe(4);
    for (const scope of ['tenant#lost', 'key#lost']) {
      const { item, ...spent } = await tables.spent(scope);
      expect(spent).toEqual({ total: 2_000, calls: 2 });
      expect(markers(item)).toHaveLength(2); // a twin of what was sent twice may still be on its way
    }
    losing.destroy();
  });

  test('counts once when every answer was lost and the call is settled again', async () => {
    const losing = connected();
    const lost = losingAnswers(losing);
    const ledger = ledgerOf(losing, 0, 60); // a few tries a counter, and no patience afterwards
    const hold = holdOf('mute');
    expect(await failureOf(ledger.settle(hold, bill))).toBeInstanceOf(Error);
    expect(lost()).toBeGreaterThanOrEqual(2); // each counter was written to
    hearingAnswers(losing);
    await ledger.settle(hold, bill);
    expect(await tables.spent('tenant#mute')).toMatchObject(calledOnce);
    losing.destroy();
  });

  test('leaves one marker a process, however many calls it settled', async () => {
    const ledgers = [ledgerOf(), ledgerOf()];
    for (let call = 0; call < 20; call++) await ledgers[call % 2]?.settle(holdOf('marked'), bill);
    const { item, calls } = await tables.spent('tenant#marked');
    expect([calls, markers(item).length]).toEqual([20, 2]);
  });

  test('sums two hundred calls at once exactly, and clears up after them', async () => {
    const ledger = ledgerOf();
    await Promise.all(
      Array.from({ length: 200 }, (_, each) => ledger.settle(holdOf('busy'), { ...bill, nanoDollars: each })),
    );
    for (const scope of ['tenant#busy', 'key#busy'])
      expect(await tables.spent(scope)).toMatchObject({
        total: (200 * 199) / 2,
        calls: 200,
        item: { promptTokens: 3_000, completionTokens: 1_800 },
      });
    for (let call = 0; call < 5; call++) await ledger.settle(holdOf('busy'), bill);
    expect(markers((await tables.spent('tenant#busy')).item)).toHaveLength(1);
  });

  test('books calls that wait for each other in one write', async () => {
    const own = connected();
    let writes = 0;
    own.middlewareStack.add(
      (next) => (ask) => {
        writes++;
        return next(ask);
      },
      { step: 'build' },
    );
    const { ledger } = ledgerAt(tables.endpoint, { client: own, restMs: 20 });
    await Promise.all(Array.from({ length: 50 }, () => ledger.settle(holdOf('together'), bill)));
    expect(writes).toBe(2); // of tenant and key
    const { item, ...spent } = await tables.spent('tenant#together');
    expect([spent, markers(item).length]).toEqual([{ total: 50_000, calls: 50 }, 1]);
    own.destroy();
  });

  test('leaves no more markers of many calls at once than leave in one write, or each write would be slower than the one before', async () => {
    const ledger = ledgerOf();
    await Promise.all(Array.from({ length: 600 }, () => ledger.settle(holdOf('ahead'), bill)));
    const { calls, item } = await tables.spent('tenant#ahead');
    expect(calls).toBe(600);
    expect(markers(item).length).toBeLessThan(100);
  });

  test('holds amounts to the nano-dollar, beyond what a float could add', async () => {
    const ledger = ledgerOf();
    for (const nanoDollars of [Number.MAX_SAFE_INTEGER, 1, 0])
      await ledger.settle(holdOf('rich'), { ...bill, nanoDollars });
    expect(String((await tables.spent('tenant#rich')).item.total)).toBe(String(2 ** 53));
    expect((await tables.spent('tenant#rich')).calls).toBe(3);
  });

  test('fails within its time when nobody is there', async () => {
    const lost = dynamodb({ endpoint: await nobody(), tryMs: 200, tries: 1 });
    const startedAt = performance.now();
    expect(await failureOf(ledgerOf(lost, 200, 500).settle(holdOf('nobody'), bill))).toBeInstanceOf(Error);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    lost.destroy();
  });
});
