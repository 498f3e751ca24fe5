import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { dynamodb } from '../../lib/aws/dynamodb.ts';
import { localTableNames } from '../../lib/aws/tables.ts';
import { usageReader } from '../../lib/aws/usage/reader.ts';
import { rolling } from '../../lib/aws/usage/rolling.ts';
import { runsItem } from '../../lib/aws/usage/runs.ts';
import { summaries } from '../../lib/aws/usage/summaries.ts';
import { unhurried } from '../support/cachings.ts';
import { chance } from '../support/chance.ts';
import { type House, openHouse } from '../support/door.ts';
import { type Environment, startEnvironment } from '../support/environment.ts';
import { labs } from '../support/labs.ts';
import { accounts, type Entry, entriesOf, sum } from '../support/mixed/books.ts';
import { type Call, drawCalls, routes } from '../support/mixed/calls.ts';
import type { Heard } from '../support/mixed/heard.ts';
import { outcomes } from '../support/mixed/outcome.ts';
import { openProviders, type Providers } from '../support/mixed/providers.ts';
import { run } from '../support/mixed/run.ts';
import { mostOf, tariffs, toPrice } from '../support/mixed/tariff.ts';
import { enrolled, type Scope } from '../support/mixed/tenants.ts';
import { sluice } from '../support/sluice.ts';

const CALLS = 5_000;
const AT_ONCE = 16;
const SEED = 20_261_123;

let providers: Providers;
let house: House;
let second: Environment;
let scopes: readonly Scope[];
let tenants: readonly string[];
let calls: readonly Call[];
let heard: readonly Heard[];
let entries: readonly Entry[];

beforeAll(async () => {
  providers = await openProviders(SEED);
  const config = {
    providers: providers.providers,
    prices: Object.fromEntries(Object.entries(tariffs).map(([target, tariff]) => [target, toPrice(tariff)])),
    models: routes,
    cache: unhurried,
    ledger: { holdSeconds: 960, timeoutMs: 20_000 },
  };
  // Metrics are lines of output, and that of this process is the test's report.
  house = await openHouse({ config, world: (world) => ({ ...world, metrics: { ...world.metrics, count: () => {} } }) });
  second = await startEnvironment({ endpoint: house.tables.endpoint, config: { ...labs({}), ...config } });
  const { members, ...rest } = await enrolled(house.tables);
  scopes = rest.scopes;
  tenants = [...new Set(members.map(({ tenant }) => tenant))];
  const doors = [house.url, second.url];
  calls = drawCalls(CALLS, members, doors.length, chance(SEED));
  heard = await run(calls, doors, providers, AT_ONCE);
  await vi.waitFor(async () => expect(await stillOpen()).toEqual([]), { timeout: 60_000, interval: 200 });
  entries = await entriesOf(house.tables, tenants, calls);
}, 400_000);
afterAll(async () => {
  await second?.kill();
  await house?.close();
  await providers?.close();
});

/** What is not over yet: requests at a provider, and calls that some counter holds or has not booked. */
async function stillOpen(): Promise<readonly string[]> {
  const counters = await Promise.all(scopes.map(async ({ id }) => ({ id, ...(await house.tables.spent(id)) })));
  const booked = (kind: string) =>
    counters.reduce((total, { id, calls: count }) => total + (id.startsWith(kind) ? count : 0), 0);
  const expected = letIn().length;
  return [
    ...(providers.open() > 0 ? [`${providers.open()} requests`] : []),
    ...counters.flatMap(({ id, item }) => (Number(item.live ?? 0) === 0 ? [] : [id])),
    ...['tenant#', 'key#'].flatMap((kind) =>
      booked(kind) === expected ? [] : [`${booked(kind)} of ${expected} in ${kind}`],
    ),
  ];
}

/** The calls that were let in, and made: a repetition that got the answer of the call before it is none. */
const letIn = () => heard.filter(({ admitted, replayed }) => admitted && !replayed);
const heardSo = (so: (each: Heard) => boolean) => heard.filter(so).length;

describe('five thousand calls of every kind, at two gateways, of providers that fail in every way', () => {
  test('are as mixed as they are meant to be', () => {
    const billed = providers.billed();
    const rare = outcomes.filter((outcome) => billed.filter((each) => each.outcome === outcome).length < 10);
    expect(rare).toEqual([]);
    expect(heardSo(({ status }) => status === 200)).toBeGreaterThan(CALLS / 2);
    expect(heardSo(({ cache }) => cache === 'hit')).toBeGreaterThan(100);
    expect(heardSo(({ replayed }) => replayed)).toBeGreaterThan(100);
    for (const scope of ['tenant', 'key', 'user', 'feature'])
      expect([scope, heardSo(({ refusedBy }) => refusedBy === scope) > 0]).toEqual([scope, true]);
    expect(heardSo(({ code }) => code === 'rate_limit_exceeded')).toBeGreaterThan(0);
    expect(heardSo(({ code }) => code === 'model_not_allowed')).toBeGreaterThan(0);
  });

  test('have a record each that was let in, and none that was refused or repeated', () => {
    const numbers = (all: readonly { readonly call: Call }[]) =>
      all.map(({ call: { number } }) => number).sort((one, other) => one - other);
    expect(numbers(entries)).toEqual(numbers(letIn()));
    expect(new Set(entries.map(({ id }) => id)).size).toBe(entries.length);
    const ids = new Map(entries.map(({ id, call }) => [call, id]));
    for (const { call, id } of letIn())
      if (id !== undefined) expect([call.number, ids.get(call)]).toEqual([call.number, id]);
  });

  test('come to the same in the records and in every counter, and nothing stays held', async () => {
    for (const { id } of scopes) {
      const own = entries.filter((entry) => entry.scopes.includes(id));
      const { total, calls: count, item } = await house.tables.spent(id);
      expect([id, total, count]).toEqual([id, sum(own), own.length]);
      expect([id, windowed(item, /^d\d{8}$/), windowed(item, /^mo\d{6}$/)]).toEqual([id, total, total]);
      expect(Object.keys(item).filter((name) => name.startsWith('r#'))).toEqual([]);
    }
  });

  test('were billed by each provider what is on record, to the nano-dollar, wherever it told what it counted', () => {
    const differing = accounts(entries, providers.billed()).filter(
      ({ attempts, billed }) =>
        billed.every(({ told }) => told) &&
        (sum(attempts) !== sum(billed) || attempts.some(({ estimated }) => estimated)),
    );
    expect(differing).toEqual([]);
  });

  test('are on record with no less than was billed where a provider could not tell, and as an estimate', () => {
    const untold = accounts(entries, providers.billed()).filter(({ billed }) => !billed.every(({ told }) => told));
    expect(untold.length).toBeGreaterThan(100);
    expect(
      untold.filter(
        ({ attempts, billed }) => sum(attempts) < sum(billed) || !attempts.some(({ estimated }) => estimated),
      ),
    ).toEqual([]);
  });

  test('are on record with no more than they could have come to, estimated or not', () => {
    const beyond = entries.flatMap(({ call, attempts }) =>
      attempts.filter(({ target, nanoDollars }) => nanoDollars > mostOf(call, target)),
    );
    expect(beyond).toEqual([]);
  });

  test('come to the sum of their attempts', () => {
    expect(entries.filter(({ nanoDollars, attempts }) => nanoDollars !== sum(attempts))).toEqual([]);
  });

  test('told their callers what is on record', () => {
    const bills = Map.groupBy(entries, ({ call }) => call.question);
    const wrong = heard.filter(({ call, told, replayed }) => {
      const own = (bills.get(call.question) ?? []).filter((entry) => replayed || entry.call === call);
      return !told.every((cost) => own.some(({ nanoDollars }) => nanoDollars === cost));
    });
    expect(wrong).toEqual([]);
    expect(heardSo(({ told }) => told.length > 0)).toBeGreaterThan(CALLS / 3);
  });

  test('never spent more than a day allows, neither by the counters nor by what providers billed', async () => {
    const tenantOf = new Map(calls.map(({ question, member }) => [question, `tenant#${member.tenant}`]));
    for (const { id, day } of scopes) {
      const { item } = await house.tables.spent(id);
      for (const [name, spent] of Object.entries(item))
        if (/^d\d{8}$/.test(name)) expect([id, Number(spent) <= day]).toEqual([id, true]);
      if (!id.startsWith('tenant#')) continue;
      expect(sum(providers.billed().filter(({ question }) => tenantOf.get(question) === id))).toBeLessThanOrEqual(day);
    }
  });

  test('are summed up alike for the operator', async () => {
    await Promise.all(
      tenants.map(async (tenant) => {
        const words = ['usage', '--tenant', tenant, '--since', '24h', '--local', '--json'];
        const { stdout, stderr } = await sluice(words, house.dataDir);
        expect(stderr).toBe('');
        const told = JSON.parse(stdout);
        const own = entries.filter(({ call }) => call.member.tenant === tenant);
        expect(told).toMatchObject({ calls: own.length, costNanoUsd: sum(own), heldNanoUsd: 0, abandoned: 0 });
        for (const [name, by] of [
          ['keys', (entry: Entry) => entry.keyId],
          ['users', (entry: Entry) => entry.user],
          ['features', (entry: Entry) => entry.feature],
        ] as const) {
          const expected = [...Map.groupBy(own, by)].flatMap(([key, all]) =>
            key === undefined ? [] : [[key, { calls: all.length, costNanoUsd: sum(all) }] as const],
          );
          expect(told[name]).toMatchObject(Object.fromEntries(expected));
          expect(Object.keys(told[name])).toHaveLength(expected.length);
        }
      }),
    );
  });

  test('come to the same once they are summed up, in all and in every group', async () => {
    const client = dynamodb({ endpoint: house.tables.endpoint, tryMs: 20_000, tries: 3 });
    const later = Date.now() + 36 * 3_600_000;
    const failures: unknown[] = [];
    const log = { info: () => {}, error: (...said: unknown[]) => void failures.push(said) };
    const told = (now: number) =>
      Promise.all(
        tenants.map(async (tenant) => {
          const { quarters, by, ...all } = await usageReader(client, localTableNames)(
            { tenant, since: 0, now },
            () => {},
          );
          const named = Object.entries(by).map(([group, sums]) => [group, [...sums].sort()]);
          return { tenant, ...all, named, quarters: [...quarters].sort() };
        }),
      );
    const before = await told(Date.now());
    await runsItem(client, localTableNames.calls).put({ since: 0, ranAt: later, wholeAt: 0 });
    const roll = rolling(client, localTableNames, { now: () => later, random: () => 0, log });
    expect(await roll(Number.POSITIVE_INFINITY)).toBe(true);
    expect(failures).toEqual([]);
    expect(await told(later)).toEqual(before);
    const found = await Promise.all(
      tenants.map((tenant) => summaries(client, localTableNames.calls).within(tenant, 'day', { start: 0, end: later })),
    );
    client.destroy();
    const summed = found.flatMap((days) => [...days.values()].map((day) => (day === 'unfit' ? 0 : day.sums.all.calls)));
    expect(summed.reduce((total, count) => total + count, 0)).toBe(entries.length);
  });
});

/** What a counter says of all windows of a kind: of two, should it have been midnight. */
const windowed = (item: Readonly<Record<string, unknown>>, name: RegExp): number =>
  Object.entries(item).reduce((total, [each, amount]) => total + (name.test(each) ? Number(amount) : 0), 0);
