import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { cacheAdmin } from '../../lib/aws/cache-admin.ts';
import { dynamodb } from '../../lib/aws/dynamodb.ts';
import { localTableNames } from '../../lib/aws/tables.ts';
import { type LocalVectors, startVectors } from '../../lib/local/vectors/start.ts';
import { type Counting, type Passed, startCounting } from '../support/counting.ts';
import { embeds } from '../support/embeds.ts';
import { answer } from '../support/flaky.ts';
import { gated } from '../support/gated.ts';
import { scratch } from '../support/gateway.ts';
import { type Joining, openJoining } from '../support/joining.ts';
import { reworded } from '../support/reworded.ts';
import type { Script } from '../support/upstream.ts';

const BUDGET_MS = 150;
const { folder, remove } = scratch();
let vectors: LocalVectors;
let line: Counting;
let house: Joining;
let embedding: Script;
let answers = 0;

beforeAll(async () => {
  vectors = await startVectors({ dataDir: folder });
  house = await openJoining(
    { mode: 'semantic', embeddings: { model: 'lab/e', dimensions: undefined, budgetMs: BUDGET_MS } },
    {
      vectorsEndpoint: async () => vectors.endpoint,
      endpoint: async (tables) => {
        line = await startCounting(tables.endpoint);
        return line.endpoint;
      },
    },
  );
  house.upstream.answerWith((asked, response) =>
    (asked.path.endsWith('/embeddings') ? embedding : answer(`Answer ${++answers}.`))(asked, response),
  );
});
beforeEach(() => {
  embedding = embeds;
});
afterAll(async () => {
  await house?.close();
  await line?.close();
  await vectors?.close();
  remove();
});

/** Something new, that means what all questions mean here. */
const question = () => ({ messages: [{ role: 'user', content: reworded() }] });
const embeddings = () => house.upstream.asked.filter(({ path }) => path.endsWith('/embeddings')).length;
const passed = (which: (each: Passed) => boolean) => line.passed.filter(which).length;
const kept = () => passed(({ operation, table, ms }) => operation === 'PutItem' && table === 'Cache' && ms > 0);

/** All is booked that so many calls of a key came to. */
const booked = ({ tenant, id }: { readonly tenant: string; readonly id: string }, calls: number) =>
  expect
    .poll(() => Promise.all([house.tables.spent(`tenant#${tenant}`), house.tables.spent(`key#${id}`)]))
    .toMatchObject([{ calls, item: { live: 0 } }, { calls }]);

/** Asks, and lets the time pass that a search may take, once it has begun. */
async function askInVain(key: string, fields: object, headers: Readonly<Record<string, string>>) {
  const before = embeddings();
  const call = house.ask(key, fields, headers);
  await expect.poll(() => embeddings() - before).toBe(1);
  house.clock.pass(BUDGET_MS);
  const response = await call;
  expect(response.headers.get('x-sluice-cache')).toBe('miss; reason=late');
  return response.text();
}

describe('an embedding that never comes', () => {
  const usual = { 'x-sluice-cache': 'semantic' };
  const brief = { 'x-sluice-cache': 'semantic; ttl=4' };
  const young = { 'x-sluice-cache': 'semantic', 'cache-control': 'max-age=4' };
  const clear = async (tenant: string) => {
    const client = dynamodb({ endpoint: house.tables.endpoint, tryMs: 5_000, tries: 3 });
    await cacheAdmin(client, localTableNames, house.clock.now).clear({ of: 'tenant', name: tenant });
    client.destroy();
  };

  test.each([
    ['is over', brief, async () => house.clock.pass(4_500)],
    ['is too old for its caller', young, async () => house.clock.pass(4_500)],
    ['is cleared', usual, clear],
  ])('is given up, and until then keeps no answer that %s', async (_, headers, ends) => {
    embedding = () => {};
    const { key, tenant } = await house.keyOf({ budgets: { day: 100 } });
    const before = { answers, kept: kept() };
    const fields = question();
    expect(await askInVain(key, fields, headers)).toContain(`Answer ${before.answers + 1}.`);
    await expect.poll(() => kept() - before.kept).toBe(1);
    const again = await house.ask(key, fields, headers);
    expect(again.headers.get('x-sluice-cache')).toBe('hit');
    expect(await again.text()).toContain(`Answer ${before.answers + 1}.`);
    await ends(tenant);
    expect(await askInVain(key, fields, headers)).toContain(`Answer ${before.answers + 2}.`);
    await expect.poll(() => house.live(tenant)).toBe(2); // who wait for their embeddings, to be billed for them
    house.clock.pass(5_000);
    await expect.poll(() => house.live(tenant)).toBe(0);
    expect((await house.tables.calls(tenant)).map(({ cache, status }) => [cache, status])).toEqual([
      ['miss', 'ok'],
      ['hit', 'ok'],
      ['miss', 'ok'],
    ]);
  });
});

test('a call that wants a young answer does not join one that will do with an old one', async () => {
  const { key, tenant } = await house.keyOf({ budgets: { day: 100 } });
  const headers = { 'x-sluice-cache': 'semantic' };
  await (await house.ask(key, question(), headers)).text();
  const similar = async () => (await house.ask(key, question(), headers)).headers.get('x-sluice-cache');
  await expect.poll(similar).toContain('semantic-hit');
  house.clock.pass(3_000);
  const { held, open } = gated(embeds);
  embedding = held;
  const before = { answers, embeddings: embeddings() };
  const fields = question();
  const old = house.ask(key, fields, headers);
  await expect.poll(() => embeddings() - before.embeddings).toBe(1);
  const young = house.ask(key, fields, { ...headers, 'cache-control': 'max-age=1' });
  await expect.poll(() => embeddings() - before.embeddings).toBe(2);
  open();
  expect((await old).headers.get('x-sluice-cache')).toContain('semantic-hit');
  expect((await young).headers.get('x-sluice-cache')).toMatch(/^miss/);
  expect(await (await young).text()).toContain(`Answer ${before.answers + 1}.`);
  await expect.poll(() => house.live(tenant)).toBe(0);
});

test('a ledger that is slow to hold what a search costs keeps nobody waiting beyond the budget', async () => {
  const { key, ...whose } = await house.keyOf({ budgets: { day: 100 } });
  await (await house.ask(key, question())).text();
  await booked(whose, 1);
  const before = { embeddings: embeddings(), answers };
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  let holds = 0;
  line.answerWith(async ({ table, operation }) => {
    // The first hold lets the call in, the second is for its search.
    if (table === 'Counters' && operation === 'UpdateItem' && ++holds === 2) await gate;
    return false;
  });
  const call = house.ask(key, question(), { 'x-sluice-cache': 'semantic' });
  await expect.poll(() => holds).toBe(2);
  house.clock.pass(BUDGET_MS);
  const response = await call;
  expect(response.headers.get('x-sluice-cache')).toBe('miss; reason=late');
  expect(await response.text()).toContain(`Answer ${before.answers + 1}.`);
  expect(embeddings()).toBe(before.embeddings);
  open();
  await booked(whose, 2);
  expect(await house.tables.spent(`tenant#${whose.tenant}`)).toMatchObject({ total: 32_000 });
});
