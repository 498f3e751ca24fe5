import { type DynamoDB, QueryCommand } from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import type { CallsSought } from '../../lib/aws/calls-sought.ts';
import { dynamodb } from '../../lib/aws/dynamodb.ts';
import { dynamoJournal } from '../../lib/aws/journal.ts';
import { recordedCalls } from '../../lib/aws/recorded-calls.ts';
import { localTableNames } from '../../lib/aws/tables.ts';
import { idMaker, idsSince } from '../../lib/ids.ts';
import type { CallRecord } from '../../lib/world.ts';
import { bareTables } from '../support/bare-tables.ts';
import { recordOf } from '../support/records.ts';

const { tables } = await bareTables();
const client: DynamoDB = dynamodb({ endpoint: tables.endpoint, tryMs: 10_000, tries: 3 });
afterAll(() => client.destroy());
const recorded = recordedCalls(client, localTableNames);
const start = Date.UTC(2026, 10, 23, 12);

/** Writes a call down that began so many seconds after the start. */
async function write(seconds: number, more: Partial<CallRecord>): Promise<string> {
  const at = start + seconds * 1_000;
  const id = idMaker('req_', () => at)();
  await dynamoJournal(client, localTableNames).record(recordOf({ id, at, ...more }));
  return id;
}

const latest = async (sought: CallsSought) => (await Array.fromAsync(recorded.latest(sought))).flat();
const idsOf = async (sought: CallsSought) => (await latest(sought)).map(({ id }) => id);

describe('calls on record', () => {
  test('of a feature are those of its tenant only, though another has a feature of the same name', async () => {
    const [one, other] = [
      await write(1, { tenant: 'a', feature: 'search' }),
      await write(2, { tenant: 'b', feature: 'search' }),
    ];
    await write(3, { tenant: 'a', feature: 'chat' });
    await write(4, { tenant: 'a' });
    expect(await idsOf({ by: 'feature', tenant: 'a', feature: 'search', since: 0 })).toEqual([one]);
    const [found] = await latest({ by: 'feature', tenant: 'b', feature: 'search', since: 0 });
    expect(found).toMatchObject({ tenant: 'b', id: other, told: { object: 'call', id: other, cost: 0.000016 } });
    expect(found?.told).not.toHaveProperty('featureId');
  });

  test('of a key come the newest first, whole, however many hundreds of items that takes', async () => {
    const ids: string[] = [];
    for (let at = 0; at < 230; at++) ids.push(await write(at, { tenant: 'many', keyId: 'key_many' }));
    await write(50, { tenant: 'many', keyId: 'key_few' });
    const pages = await Array.fromAsync(recorded.latest({ by: 'key', keyId: 'key_many', since: 0 }));
    expect(pages.map((page) => page.length)).toEqual([100, 100, 30]);
    expect(pages.flat().map(({ id }) => id)).toEqual(ids.toReversed());
    expect(pages.flat().map(({ call }) => call?.promptTokens)).toEqual(ids.map(() => 10));
  });

  test('of a tenant come the newest first, over more pages than one', async () => {
    const metadata = Object.fromEntries(Array.from({ length: 16 }, (_, at) => [`name${at}`, 'x'.repeat(512)]));
    const ids: string[] = [];
    for (let at = 0; at < 150; at++) ids.push(await write(at, { tenant: 'large', metadata })); // of 9 kB each
    const pages = await Array.fromAsync(recorded.latest({ by: 'tenant', tenant: 'large', since: 0 }));
    expect(pages.length).toBeGreaterThan(1);
    expect(pages.flat().map(({ id }) => id)).toEqual(ids.toReversed());
  });

  test('are those between a moment and another call, that one left out, whatever these are', async () => {
    const ids: string[] = [];
    for (let at = 0; at < 6; at++) ids.push(await write(at, { tenant: 'span', keyId: 'key_span', feature: 'f' }));
    const ways = [
      { by: 'tenant', tenant: 'span' },
      { by: 'key', keyId: 'key_span' },
      { by: 'feature', tenant: 'span', feature: 'f' },
    ] as const;
    const given = fc.tuple(fc.constantFrom(...ways), fc.integer({ min: -2, max: 8 }), fc.option(fc.nat(5)));
    await fc.assert(
      fc.asyncProperty(given, async ([way, seconds, before]) => {
        const since = start + seconds * 1_000;
        const found = await idsOf({ ...way, since, ...(before !== null && { before: ids[before] }) });
        const wanted = ids.filter((id, at) => id >= idsSince('req_', since) && (before === null || at < before));
        expect(found).toEqual(wanted.toReversed());
      }),
      { numRuns: 60 },
    );
    expect(await idsOf({ by: 'tenant', tenant: 'span', since: -1 })).toHaveLength(6);
  });

  test('are found by id alone, whichever of many tenants made them', async () => {
    const id = await write(7, { tenant: 'someone' });
    const crowd = Array.from({ length: 250 }, (_, at) => `tenant-${at}`);
    expect(await recorded.find(id, [...crowd, 'someone', ...crowd])).toMatchObject({ id, tenant: 'someone' });
    expect(await recorded.find(id, crowd)).toBeUndefined();
    expect(await recorded.find(id, [])).toBeUndefined();
  });

  test('that nobody can read are shown for what they are', async () => {
    await tables.put('calls', { pk: 'tenant#torn', sk: 'req_torn', keyId: 'k', bill: { nanoDollars: 'much' } });
    expect(await latest({ by: 'tenant', tenant: 'torn', since: 0 })).toEqual([
      {
        tenant: 'torn',
        id: 'req_torn',
        call: undefined,
        told: { object: 'call', keyId: 'k', bill: { nanoDollars: 'much' } },
      },
    ]);
  });

  test.each([
    'The table does not have the specified index: byKey',
    'Cannot read from backfilling global secondary index: byKey',
  ])('cannot be asked for by key while AWS says: %s', async (message) => {
    const aws = dynamodb({ endpoint: undefined, tryMs: 1, tries: 1 });
    mockClient(aws)
      .on(QueryCommand)
      .rejects(Object.assign(new Error(message), { name: 'ValidationException' }));
    const asked = Array.fromAsync(recordedCalls(aws, localTableNames).latest({ by: 'key', keyId: 'k', since: 0 }));
    await expect(asked).rejects.toThrow('Deploy again');
  });
});
