import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, expect, test } from 'vitest';
import { callItems } from '../../../lib/aws/counted-call.ts';
import { dynamodb } from '../../../lib/aws/dynamodb.ts';
import { localTableNames } from '../../../lib/aws/tables.ts';
import { latecomers } from '../../../lib/aws/usage/latecomers.ts';
import { DAY_MS, QUARTER_MS } from '../../../lib/aws/usage/quarter.ts';
import { type Books, rollTenant } from '../../../lib/aws/usage/roll-tenant.ts';
import { rolledItems } from '../../../lib/aws/usage/rolled.ts';
import { summaries } from '../../../lib/aws/usage/summaries.ts';
import type { Sums } from '../../../lib/aws/usage/sums.ts';
import { summarySk, usagePk } from '../../../lib/aws/usage/usage-keys.ts';
import { bareTables } from '../../support/bare-tables.ts';
import { forgettingIn } from '../../support/forgetting.ts';
import { summing } from '../../support/summing.ts';

const { tables } = await bareTables();
const client = dynamodb({ endpoint: tables.endpoint, tryMs: 20_000, tries: 2 });
afterAll(() => client.destroy());
const { write, rollFor, told } = summing(client, tables);
const TableName = localTableNames.calls;
const HOUR_MS = 3_600_000;
const day = Math.floor(Date.now() / DAY_MS - 3) * DAY_MS;
const noon = day + 12 * HOUR_MS;
const later = noon + 2 * DAY_MS;
const silently = () => {};

const forget = (tenant: string, user: string, now: number) =>
  forgettingIn(client, { now: () => now }).forget({ tenant, user }, silently);

/** Calls of two users and of nobody in two quarters, summed up with their day. */
async function summedUp(tenant: string): Promise<void> {
  for (const at of [noon, noon + QUARTER_MS])
    for (const user of ['annabel', 'annabel', 'bobby', undefined])
      await write(tenant, at, at, user === undefined ? {} : { user });
  await rollFor(tenant, noon + HOUR_MS);
  await rollFor(tenant, later);
}

/** What of sums must be as it was. */
const rest = ({ by: { user: _, ...by }, ...sums }: Sums) => ({ by, ...sums });
const usersIn = ({ by }: Sums): readonly string[] => [...by.user.keys()].sort();

/** The users in all that stands of quarters and days. */
async function standing(tenant: string): Promise<readonly (readonly string[])[]> {
  const { within } = summaries(client, TableName);
  const always = { start: 0, end: later };
  const all = await Promise.all([within(tenant, 'quarter', always), within(tenant, 'day', always)]);
  return all.flatMap((each) => [...each.values()]).map((each) => (each === 'unfit' ? ['unfit'] : usersIn(each.sums)));
}

test('sums lose the user at once and for good, and tell the same otherwise', async () => {
  await summedUp('sums');
  const before = await told('sums', later);
  expect(await standing('sums')).toEqual(Array(3).fill(['annabel', 'bobby']));
  expect(await forget('sums', 'annabel', later)).toMatchObject({ counts: { calls: 4, sums: 3 } });
  for (const now of [later, later + HOUR_MS, later + DAY_MS]) {
    const after = await told('sums', now);
    expect([usersIn(after), rest(after)]).toEqual([['bobby'], rest(before)]);
    expect(await standing('sums')).toEqual(Array(3).fill(['bobby']));
    await rollFor('sums', now + HOUR_MS);
  }
  expect(await tables.item('calls', usagePk('sums'), summarySk('day', day))).toMatchObject({ counted: 2 });
});

test('sums lose the user where the records are gone, or some of them, and lose nothing else', async () => {
  await summedUp('gone');
  const before = await told('gone', later);
  const records = await tables.calls('gone');
  // All of one quarter, and another's one of the other.
  for (const { sk } of [...records.slice(0, 4), ...records.slice(4).filter(({ user }) => user === 'bobby')])
    await client.send(new DeleteItemCommand({ TableName, Key: marshall({ pk: 'tenant#gone', sk }) }));
  expect(await forget('gone', 'annabel', later)).toMatchObject({ counts: { calls: 2, sums: 3 } });
  for (const now of [later, later + HOUR_MS, later + DAY_MS]) {
    const after = await told('gone', now);
    expect([usersIn(after), rest(after)]).toEqual([['bobby'], rest(before)]);
    await rollFor('gone', now + HOUR_MS);
  }
  expect(await standing('gone')).toEqual(Array(3).fill(['bobby']));
});

test('a run that has read the records before puts the name back where nobody is told it, and the next takes it out', async () => {
  const now = noon + QUARTER_MS + 6 * 60_000;
  for (const user of ['annabel', 'bobby']) await write('raced', noon, noon, { user });
  const books: Books = {
    records: async function* (tenant, span) {
      for await (const page of callItems(client, localTableNames)(tenant, span)) {
        await forget('raced', 'annabel', now);
        yield page;
      }
    },
    summaries: summaries(client, TableName),
    latecomers: latecomers(client, TableName),
    rolled: rolledItems(client, TableName),
    now: () => now,
    log: { info: silently, error: silently },
  };
  await rollTenant('raced', books, { until: Number.POSITIVE_INFINITY, steady: true });
  expect(await standing('raced')).toEqual([['annabel', 'bobby']]);
  expect(usersIn(await told('raced', now))).toEqual(['bobby']);
  await rollFor('raced', now + HOUR_MS);
  expect(await standing('raced')).toEqual([['bobby']]);
  expect((await told('raced', now + HOUR_MS)).all.calls).toBe(2);
});

test('two who are forgotten at once both go from the sums, whoever is first, and from sums of before this release', async () => {
  for (const lots of ['with their lots', 'without']) {
    const tenant = `at once ${lots}`;
    await summedUp(tenant);
    const bobs = () => forget(tenant, 'bobby', later);
    if (lots === 'without')
      for (const [kind, start] of [
        ['quarter', noon],
        ['quarter', noon + QUARTER_MS],
        ['day', day],
      ] as const) {
        const { lot: _, ...item } = (await tables.item('calls', usagePk(tenant), summarySk(kind, start))) ?? {};
        await tables.put('calls', item);
      }
    let raced = 0;
    const racing = dynamodb({ endpoint: tables.endpoint, tryMs: 20_000, tries: 2 });
    racing.middlewareStack.add((next) => async (args) => {
      if (JSON.stringify(args.input).includes(usagePk(tenant)) && 'Item' in args.input && raced++ === 0) await bobs();
      return next(args);
    });
    const annabels = await forgettingIn(racing, { now: () => later }).forget({ tenant, user: 'annabel' }, silently);
    racing.destroy();
    expect(annabels).toMatchObject({ counts: { sums: 3 } });
    expect(raced).toBeGreaterThan(0);
    expect(await standing(tenant)).toEqual([[], [], []]);
  }
});

test('nothing is left of what summaries said before, be they of one item or of many', async () => {
  await summedUp('parts');
  const small = summaries(client, TableName, 100);
  const span = { start: noon, end: noon + QUARTER_MS };
  const found = (await small.within('parts', 'quarter', span)).get(noon);
  if (found === undefined || found === 'unfit') throw new Error('There is no such summary.');
  await small.put('parts', 'quarter', noon, found); // in parts, of which none is left after
  await tables.put('calls', { pk: usagePk('parts'), sk: summarySk('day', day), v: 1, counted: 0, body: 'annabel' });
  await forget('parts', 'annabel', later);
  expect(await standing('parts')).toEqual([['bobby'], ['bobby']]);
  const left = await tables.everything('calls');
  expect(left).not.toContain(`${summarySk('quarter', noon)}#`);
  expect(usersIn(await told('parts', later))).toEqual(['bobby']);
});

test('a quarter that cannot be read is told from its records, and summed up anew', async () => {
  await summedUp('unfit');
  const before = await told('unfit', later);
  const sk = summarySk('quarter', noon);
  await tables.put('calls', { pk: usagePk('unfit'), sk, v: 1, counted: 0, body: 'annabel' });
  await forget('unfit', 'annabel', later);
  const after = await told('unfit', later);
  expect([usersIn(after), rest(after)]).toEqual([['bobby'], rest(before)]);
  await rollFor('unfit', later + DAY_MS + 2 * HOUR_MS); // what is so old is looked for once a day
  expect(await standing('unfit')).toEqual(Array(3).fill(['bobby']));
});
