import type { DynamoDB } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { callItems, toCounted } from '../../../lib/aws/counted-call.ts';
import { dynamodb } from '../../../lib/aws/dynamodb.ts';
import { dynamoJournal } from '../../../lib/aws/journal.ts';
import { localTableNames } from '../../../lib/aws/tables.ts';
import { latecomers } from '../../../lib/aws/usage/latecomers.ts';
import { usageReader } from '../../../lib/aws/usage/reader.ts';
import { type Books, rollTenant } from '../../../lib/aws/usage/roll-tenant.ts';
import { rolledItems } from '../../../lib/aws/usage/rolled.ts';
import { summaries } from '../../../lib/aws/usage/summaries.ts';
import { add, noSums } from '../../../lib/aws/usage/sums.ts';
import { idMaker } from '../../../lib/ids.ts';
import type { CallRecord } from '../../../lib/world.ts';
import { bareTables } from '../../support/bare-tables.ts';
import { recordOf } from '../../support/records.ts';

const { tables } = await bareTables();
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const beginning = Date.UTC(2026, 10, 24, 22);

/** Whoever does something: how far its clock is off, and after which request it dies, and whether that was still sent. */
const dying = fc.option(fc.record({ at: fc.nat(25), sent: fc.boolean() }), { nil: undefined, freq: 2 });
const skewMs = fc.integer({ min: -50_000, max: 50_000 });
const write = fc.record({
  do: fc.constant('write' as const),
  agoMs: fc.oneof(fc.nat(4 * MINUTE_MS), fc.nat(90 * MINUTE_MS), fc.nat(30 * HOUR_MS)),
  asideMs: fc.integer({ min: -3_000, max: 3 * MINUTE_MS }),
  name: fc.constantFrom('bob', '__proto__', 'constructor', 'zoë "x"\n', ''),
  dies: fc.option(fc.record({ at: fc.nat(3), sent: fc.boolean() }), { nil: undefined, freq: 3 }),
  skewMs,
});
const again = fc.record({ do: fc.constant('write again' as const), dies: dying, skewMs });
const roll = fc.record({
  do: fc.constant('roll' as const),
  dies: dying,
  skewMs,
  mostBytes: fc.constantFrom(150, 350_000),
  within: fc.boolean(),
  steady: fc.boolean(),
});
/** A reader asks for all since a call, that one included, or just not. */
const read = fc.record({ do: fc.constant('read' as const), sinceCall: fc.nat(100), without: fc.boolean() });
const deed = fc.oneof({ weight: 4, arbitrary: write }, again, { weight: 3, arbitrary: roll }, read);
const scene = fc.record({
  passMs: fc.oneof(fc.nat(4 * MINUTE_MS), fc.nat(30 * MINUTE_MS), fc.nat(20 * HOUR_MS)),
  deeds: fc.array(deed, { minLength: 1, maxLength: 4 }),
  afterwards: read,
});
type Deed = typeof deed extends fc.Arbitrary<infer Value> ? Value : never;

let stories = 0;
let underWay = 0;

/** Lets each request come to its end before chance says whose is the next: it can keep one waiting while others do all they want. */
async function oneByOne(go: () => Promise<void>): Promise<void> {
  await go();
  for (let calm = 0; calm < 3; calm = underWay === 0 ? calm + 1 : 0) await new Promise(setImmediate);
}

test('whoever writes, sums up, dies and reads at whatever moment: a sum is that of all records, no more and no less', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(scene, { minLength: 4, maxLength: 14 }), fc.scheduler(), async (scenes, scheduler) => {
      const tenant = `story ${++stories}`;
      const book = openBook(tenant);
      for (const { passMs, deeds, afterwards } of scenes) {
        book.pass(passMs);
        await scheduler.waitFor(Promise.all(deeds.map((deed) => book.act(deed, scheduler))), oneByOne);
        await scheduler.waitFor(book.act(afterwards, scheduler), oneByOne);
        await book.check();
      }
      book.pass(2 * HOUR_MS);
      await book.rollInPeace();
      // What comes days late is looked for when another day is over, of which there must be something to sum up.
      book.pass(26 * HOUR_MS);
      const { act } = book;
      await scheduler.waitFor(
        act({ do: 'write', agoMs: 0, asideMs: 0, name: 'bob', dies: undefined, skewMs: 0 }, scheduler),
        oneByOne,
      );
      book.pass(2 * HOUR_MS);
      await book.rollInPeace();
      await book.check();
      await book.checkAnnouncements();
    }),
    { numRuns: 30, endOnFailure: true },
  );
}, 180_000);

function openBook(tenant: string) {
  let now = beginning;
  const begun: CallRecord[] = [];
  const written = new Set<CallRecord>();

  const clientOf = (scheduler?: fc.Scheduler, dies?: { at: number; sent: boolean }) => {
    const client = dynamodb({ endpoint: tables.endpoint, tryMs: 20_000, tries: 1 });
    let requests = 0;
    client.middlewareStack.add(
      (next) => async (ask) => {
        await scheduler?.schedule(Promise.resolve());
        underWay += 1;
        const last = dies !== undefined && requests++ >= dies.at;
        try {
          const answer = last && !dies.sent ? undefined : await next(ask);
          if (last || answer === undefined) throw new Died();
          return answer;
        } finally {
          underWay -= 1;
        }
      },
      { step: 'deserialize', priority: 'high', name: 'dying' },
    );
    return client;
  };
  const booksOf = (client: DynamoDB, clock: () => number, mostBytes?: number): Books => ({
    records: callItems(client, localTableNames),
    summaries: summaries(client, localTableNames.calls, mostBytes),
    latecomers: latecomers(client, localTableNames.calls),
    rolled: rolledItems(client, localTableNames.calls),
    now: clock,
    log: {
      info: () => {},
      error: (line) => {
        throw new Error(line);
      },
    },
  });
  const journal = async (client: DynamoDB, record: CallRecord, skewMs: number) => {
    await dynamoJournal(client, localTableNames, 90, () => now + skewMs).record(record);
    written.add(record);
  };

  const act = async (deed: Deed, scheduler: fc.Scheduler): Promise<void> => {
    const client = clientOf(scheduler, 'dies' in deed ? deed.dies : undefined);
    try {
      await deeds(deed, client);
    } catch (error) {
      if (!(error instanceof Died)) throw error;
    } finally {
      client.destroy();
    }
  };
  const deeds = async (deed: Deed, client: DynamoDB): Promise<void> => {
    switch (deed.do) {
      case 'write': {
        const madeAt = now - deed.agoMs;
        // Each costs another bit: a sum tells which of them it has.
        const bill = { ...recordOf().bill, nanoDollars: 2 ** begun.length };
        const { name: user } = deed;
        const record = recordOf({ id: idMaker('req_', () => madeAt)(), tenant, at: madeAt + deed.asideMs, bill, user });
        begun.push(record);
        return journal(client, record, deed.skewMs);
      }
      case 'write again': {
        const record = begun.findLast((each) => !written.has(each));
        return record && journal(client, record, deed.skewMs);
      }
      case 'roll': {
        const clock = () => now + deed.skewMs;
        const until = deed.within ? Number.POSITIVE_INFINITY : 0;
        await rollTenant(tenant, booksOf(client, clock, deed.mostBytes), { until, steady: deed.steady });
        return;
      }
      case 'read': {
        const since = (begun[deed.sinceCall % begun.length]?.at ?? 0) + (deed.without ? 1 : 0);
        const sure = bitsOf([...written].filter(({ at }) => at >= since));
        const { all } = await usageReader(client, localTableNames)({ tenant, since, now }, () => {});
        const possible = bitsOf(begun.filter(({ at }) => at >= since));
        const told = BigInt(all.costNanoUsd);
        expect({ told, calls: all.calls, missing: sure & ~told, wrong: told & ~possible }).toEqual({
          told,
          calls: ones(told),
          missing: 0n,
          wrong: 0n,
        });
        return;
      }
    }
  };

  return {
    pass: (ms: number) => {
      now += ms;
    },
    act,
    rollInPeace: async () => {
      const client = clientOf();
      expect(
        await rollTenant(
          tenant,
          booksOf(client, () => now),
          { until: Number.POSITIVE_INFINITY, steady: true },
        ),
      ).toBe(true);
      client.destroy();
    },
    /** While nobody writes, sums are the same as record by record. */
    check: async () => {
      const client = clientOf();
      const plain = noSums();
      const records = callItems(client, localTableNames);
      for await (const page of records(tenant, { start: 0, end: Number.POSITIVE_INFINITY }))
        for (const item of page) add(plain, toCounted(item));
      const sums = await usageReader(client, localTableNames)({ tenant, since: 0, now }, () => {});
      expect(sorted(sums)).toEqual(sorted(plain));
      client.destroy();
    },
    /** At the end nothing is left to be summed up anew. */
    checkAnnouncements: async () => {
      const client = clientOf();
      const { quarters } = await latecomers(client, localTableNames.calls).within(tenant, { start: 0, end: now });
      for (const { late, counted } of quarters.values()) expect(counted).toBe(late);
      client.destroy();
    },
  };
}

class Died extends Error {}

const bitsOf = (records: readonly CallRecord[]): bigint =>
  records.reduce((bits, { bill }) => bits | BigInt(bill.nanoDollars), 0n);
const ones = (bits: bigint): number => bits.toString(2).replaceAll('0', '').length;

const sorted = ({ by, quarters, keptUntil: _, ...sums }: ReturnType<typeof noSums>) => ({
  ...sums,
  by: Object.entries(by).map(([group, its]) => [group, [...its].sort()]),
  quarters: [...quarters].sort(),
});
